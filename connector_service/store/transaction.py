"""What a step may do to one tenant's objects inside a transaction: load, save with an event, find."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import orjson

from canonical_models import CanonicalObject, Decision, Event, Location, Order, Product
from connector_service.errors import NotFound
from connector_service.store import outbox, workload
from connector_service.store.connection import Connection, LateTable
from connector_service.store.kinds import KIND_OF_MODEL, Body, Kind
from connector_service.store.memory import Known, Memory

Model = TypeVar("Model", bound=CanonicalObject)
T = TypeVar("T")
ALL = -1
"""A limit that SQLite takes for none."""
_EVENTS = LateTable(
    "INSERT INTO events (position, tenant_id, id, kind, subject, sequence, type, time, order_id, data) VALUES {rows}",
    10,
    keyed=False,
)
_DECISIONS = LateTable(
    "INSERT INTO decisions (tenant_id, id, subject_id, file_id, decided_at, body) VALUES {rows}",
    6,
    keyed=False,
)


def encode_time(moment: datetime) -> str:
    """UTC as text that sorts by time, microseconds always written."""
    return moment.isoformat(timespec="microseconds")


class Transaction:
    """A handle bound to one tenant: no query made through it can see another tenant's rows.

    An object asked for twice is the same instance, with the changes made to it meanwhile.
    """

    def __init__(
        self,
        connection: Connection,
        tenant_id: str,
        now: datetime,
        memory: Memory | None = None,
        *,
        looks_only: bool = False,
    ) -> None:
        self.connection = connection
        self.tenant_id = tenant_id
        self.now = now
        self._time = encode_time(now)
        self._memory = memory
        self._looks_only = looks_only
        self._objects: dict[str, Known] = {}

    def part(self) -> Transaction:
        """A handle for a part of the work that may fail on its own: it knows nothing of what this one has loaded."""
        return Transaction(self.connection, self.tenant_id, self.now, self._memory)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is written in the block is undone when it raises; what was loaded through this handle may have changed
        by then, so go on with another one."""
        self.connection.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK TO part")
            raise
        finally:
            self.connection.execute("RELEASE part")

    def succeeded(self) -> None:
        """What was loaded and saved here holds, and may be handed to the next transaction."""
        if self._memory is not None:
            self._memory.give_back(self.tenant_id, self._objects)
            self._objects = {}

    # Objects

    def find(self, model: type[Model], object_id: str) -> Model | None:
        """The object, or None."""
        known = self._objects.get(object_id) or self._recalled(object_id)
        if known is not None and isinstance(known.item, model):
            return known.item
        rows = self.connection.at_once(KIND_OF_MODEL[model].select_by_id, (self.tenant_id, object_id))
        found = self._load(model, rows)
        return found[0] if found else None

    def _recalled(self, object_id: str) -> Known | None:
        if self._memory is None:
            return None
        known = (self._memory.peek if self._looks_only else self._memory.take)(self.tenant_id, object_id)
        if known is not None:
            self._objects[object_id] = known
        return known

    def get(self, model: type[Model], object_id: str) -> Model:
        """The object.

        Raises:
            NotFound: no such object of this tenant.
        """
        found = self.find(model, object_id)
        if found is None:
            kind = KIND_OF_MODEL[model].name
            raise NotFound(f"There is no {kind} {object_id!r}.")
        return found

    def find_by(self, model: type[Model], *, limit: int = ALL, **columns: str | Sequence[str]) -> list[Model]:
        """Objects whose columns equal the given value, or one of the given values, oldest first."""
        clauses, values = [], []
        for column, wanted in columns.items():
            options = [wanted] if isinstance(wanted, str) else list(wanted)
            clauses.append(f"{column} IN ({','.join('?' * len(options))})")
            values.extend(options)
        return self._select(model, " AND ".join(clauses) or "1", tuple(values), limit)

    def _select(self, model: type[Model], where: str, values: tuple[Any, ...], limit: int = ALL) -> list[Model]:
        kind = KIND_OF_MODEL[model]
        rows = self.connection.at_once(
            f"SELECT id, version, body FROM {kind.table} WHERE tenant_id = ? AND {where} ORDER BY +rowid LIMIT ?",  # noqa: S608
            (self.tenant_id, *values, limit),
        )
        return self._load(model, rows)

    def _newest(self, kind: Kind, object_id: str, version: int, text: str) -> str:
        waiting = self.connection.waiting(kind.bodies, (self.tenant_id, object_id))
        return str(waiting[3]) if waiting is not None and waiting[2] > version else text

    def _load(self, model: type[Model], rows: Iterable[tuple[str, int, str]]) -> list[Model]:
        found = []
        for object_id, version, text in rows:
            known = self._objects.get(object_id) or self._recalled(object_id)
            if known is None or not isinstance(known.item, model):
                text = self._newest(KIND_OF_MODEL[model], object_id, version, text)
                known = Known(model.model_validate_json(text), orjson.loads(text))
                self._objects[object_id] = known
            found.append(known.item)
        return found  # type: ignore[return-value]  # each was checked to be one, or made as one

    def save(self, item: CanonicalObject, event: str, data: dict[str, Any], *, order_id: str | None = None) -> None:
        """Keep a changed (or new) object and append its event, `event` being such as `order.allocated`.

        The event's `changes` hold exactly the fields that changed, so that folding events gives the object again.
        """
        kind = KIND_OF_MODEL[type(item)]
        known = self._objects.get(item.id)
        before = known.body if known is not None else {}
        item.version = before.get("version", 0) + 1
        item.updated_at = self.now
        after = kind.dump(item)
        changes = {key: value for key, value in after.items() if key not in before or before[key] != value}
        self._objects[item.id] = Known(item, after)
        self._note(kind.name, item.id, after)
        self._write_projection(kind, after, tuple(changes), new=not before)
        self._append(kind, after, event, {**data, "changes": changes}, order_id or kind.order_id(after))

    def _note(self, kind: str, object_id: str, body: Body) -> None:
        if self._memory is not None:
            self._memory.changes.note(self.tenant_id, kind, object_id, body)

    def _write_projection(self, kind: Kind, body: Body, changed: tuple[str, ...], *, new: bool) -> None:
        text, object_id, version = orjson.dumps(body).decode(), body["id"], body["version"]
        if new:
            self.connection.at_once(kind.insert, (self.tenant_id, object_id, version, text, *kind.row(body)))
            return
        update = kind.update(changed)
        if update is None:
            self.connection.write_late(kind.bodies, (self.tenant_id, object_id, version, text))
            return
        values = [value(body) for value in update.values]
        self.connection.at_once(update.statement, (version, text, *values, self.tenant_id, object_id))

    def _append(self, kind: Kind, body: Body, event: str, data: dict[str, Any], order_id: str) -> None:
        subject, sequence, event_type = body["id"], body["version"], f"dockline.{event}.v1"
        event_id = f"{subject}:{sequence}"
        text, position = orjson.dumps(data).decode(), self.connection.next_position()
        stream = (kind.name, subject, sequence, event_type, self._time, order_id, text)
        self.connection.write_late(_EVENTS, (position, self.tenant_id, event_id, *stream))
        wanting = self._wanting(event_type) if kind.published else ()
        if wanting:
            news = outbox.News(position, event_id, event_type, subject, express=data.get("priority") == "express")
            outbox.enqueue(self.connection, self.tenant_id, news, wanting)

    def _wanting(self, event_type: str) -> Sequence[str]:
        """The subscriptions that want an event."""
        if self._memory is not None:
            return self._memory.wanted(self.connection, self.tenant_id).get(event_type, ())
        return outbox.wanting(self.connection, self.tenant_id).get(event_type, ())

    # Orders: questions that need more than a column

    def order_by_number(self, source: str, number: str) -> Order | None:
        """The order that `source` sent under `number`, or None."""
        found = self.find_by(Order, source=source, number=number)
        return found[0] if found else None

    def similar_orders(self, fingerprint: str, since: datetime) -> list[Order]:
        """Orders with the same fingerprint (see `kinds.order_fingerprint`) received since a moment."""
        return self._select(Order, "fingerprint = ? AND created_at >= ?", (fingerprint, _as_json_time(since)))

    # Reference data

    def products(self, skus: Iterable[str]) -> dict[str, Product]:
        """The known products among `skus`, by SKU."""
        found = ((sku, self.reference(("product", sku), partial(self._product, sku))) for sku in sorted(set(skus)))
        return {sku: product for sku, product in found if product is not None}

    def _product(self, sku: str) -> Product | None:
        row = self.connection.execute(
            "SELECT body FROM products WHERE tenant_id = ? AND id = ?", (self.tenant_id, sku)
        ).fetchone()
        return Product.model_validate_json(row[0]) if row is not None else None

    def locations(self) -> list[Location]:
        """All locations, by id; nobody writes to what this returns."""
        return self.reference("locations", self._locations)

    def _locations(self) -> list[Location]:
        rows = self.connection.execute("SELECT body FROM locations WHERE tenant_id = ? ORDER BY id", (self.tenant_id,))
        return [Location.model_validate_json(body) for (body,) in rows]

    def reference(self, key: Hashable, load: Callable[[], T]) -> T:
        """What `load` reads of the tenant's reference data (see `store.reference`), kept under a key meanwhile."""
        if self._memory is None:
            return load()
        return self.connection.reference.of((self.tenant_id, key), load)

    def recent_demand(self, skus: Iterable[str]) -> workload.ByPlace:
        """By SKU and location, what was taken in the last whole weeks (see `workload.recent_demand`)."""
        wanted, today = sorted(set(skus)), self.now.date()
        if self._memory is not None:
            return self._memory.demand(self.connection, self.tenant_id, wanted, today)
        return workload.recent_demand(self.connection, self.tenant_id, wanted, today)

    def planned_since(self, location_id: str, moment: datetime) -> int:
        """How many shipments were planned at a location after a moment."""
        return workload.planned_since(self.connection, self.tenant_id, location_id, moment)

    def put_products(self, products: Iterable[Product]) -> None:
        """Add or replace products."""
        for product in products:
            self._put("products", product.sku, product.model_dump_json())
            self._note("product", product.sku, {})

    def put_locations(self, locations: Iterable[Location]) -> None:
        """Add or replace locations."""
        for location in locations:
            self._put("locations", location.id, location.model_dump_json())
            self._note("location", location.id, {})

    def _put(self, table: str, key: str, body: str) -> None:
        self.connection.execute(
            f"INSERT INTO {table} (tenant_id, id, body) VALUES (?,?,?)"  # noqa: S608
            " ON CONFLICT (tenant_id, id) DO UPDATE SET body = excluded.body",
            (self.tenant_id, key, body),
        )

    # Decisions and the audit trail

    def keep_decision(self, decision: dict[str, Any]) -> None:
        """Keep a decision (the fields of `Decision`, tenant and time are added) with its inputs and reasons."""
        body = {"tenant_id": self.tenant_id, **decision, "decided_at": self.now}
        about = (decision["id"], decision["subject_id"], decision["file_id"])
        self.connection.write_late(_DECISIONS, (self.tenant_id, *about, self._time, orjson.dumps(body).decode()))

    def decisions(self, subject_id: str) -> list[Decision]:
        """Every decision about an object, oldest first."""
        rows = self.connection.execute(
            "SELECT body FROM decisions WHERE tenant_id = ? AND subject_id = ? ORDER BY rowid",
            (self.tenant_id, subject_id),
        )
        return [Decision.model_validate_json(body) for (body,) in rows]

    def timeline(self, order_id: str) -> list[Event]:
        """Every event of an order, its shipments, reservations and exceptions, in the order they happened."""
        return self._events("order_id = ?", order_id)

    def stream(self, subject: str) -> list[Event]:
        """Every event of one object, in the order they happened."""
        return self._events("subject = ?", subject)

    def _events(self, where: str, value: str) -> list[Event]:
        rows = self.connection.execute(
            "SELECT id, type, subject, time, sequence, kind, data FROM events"  # noqa: S608
            f" WHERE tenant_id = ? AND {where} ORDER BY position",
            (self.tenant_id, value),
        )
        return [
            Event(
                id=event_id,
                source=f"dockline/{self.tenant_id}",
                type=event_type,
                subject=subject,
                time=datetime.fromisoformat(time),
                sequence=sequence,
                dataschema=f"/v1/schemas/{kind}_event.v1.json",
                data=orjson.loads(data),
            )
            for event_id, event_type, subject, time, sequence, kind, data in rows
        ]


def _as_json_time(moment: datetime) -> str:
    """As pydantic writes a time into a body."""
    return moment.isoformat().replace("+00:00", "Z")
