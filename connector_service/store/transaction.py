"""What a step may do to one tenant's objects inside a transaction: load, save with an event, find."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import orjson

from canonical_models import CanonicalObject, Decision, Event, Location, Order, Product
from connector_service.errors import NotFound
from connector_service.store import outbox
from connector_service.store.kinds import KIND_OF_MODEL, Body, Kind

Model = TypeVar("Model", bound=CanonicalObject)
_OWN_FIELDS = ("version", "updated_at")


def encode_time(moment: datetime) -> str:
    """UTC as text that sorts by time, microseconds always written."""
    return moment.isoformat(timespec="microseconds")


class Transaction:
    """A handle bound to one tenant: no query made through it can see another tenant's rows."""

    def __init__(self, connection: sqlite3.Connection, tenant_id: str, now: datetime) -> None:
        self.connection = connection
        self.tenant_id = tenant_id
        self.now = now
        self._bodies: dict[str, Body] = {}

    # Objects

    def find(self, model: type[Model], object_id: str) -> Model | None:
        """The object, or None."""
        rows = self._select(model, "id = ?", (object_id,))
        return rows[0] if rows else None

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

    def find_by(self, model: type[Model], *, limit: int = 1_000, **columns: str | Sequence[str]) -> list[Model]:
        """Objects whose columns equal the given value, or one of the given values, oldest first."""
        clauses, values = [], []
        for column, wanted in columns.items():
            options = [wanted] if isinstance(wanted, str) else list(wanted)
            clauses.append(f"{column} IN ({','.join('?' * len(options))})")
            values.extend(options)
        return self._select(model, " AND ".join(clauses) or "1", tuple(values), limit)

    def _select(self, model: type[Model], where: str, values: tuple[Any, ...], limit: int = 1_000) -> list[Model]:
        kind = KIND_OF_MODEL[model]
        rows = self.connection.execute(
            f"SELECT id, body FROM {kind.table} WHERE tenant_id = ? AND {where} ORDER BY rowid LIMIT ?",  # noqa: S608
            (self.tenant_id, *values, limit),
        ).fetchall()
        found = []
        for object_id, text in rows:
            body = orjson.loads(text)
            self._bodies[object_id] = body
            found.append(model.model_validate(body))
        return found

    def save(self, item: CanonicalObject, event: str, data: dict[str, Any], *, order_id: str | None = None) -> Event:
        """Keep a changed (or new) object and append its event, `event` being such as `order.allocated`.

        The event's `changes` hold exactly the fields that changed, so that folding events gives the object again.
        """
        kind = KIND_OF_MODEL[type(item)]
        before = self._bodies.get(item.id)
        item.version = before["version"] + 1 if before else 1
        item.updated_at = self.now
        after = item.model_dump(mode="json")
        changes = {key: value for key, value in after.items() if before is None or before[key] != value}
        self._write_projection(kind, before, after)
        self._bodies[item.id] = after
        return self._append(kind, after, event, {**data, "changes": changes}, order_id or kind.order_id(after))

    def _write_projection(self, kind: Kind, before: Body | None, after: Body) -> None:
        columns = {name: compute(after) for name, compute in kind.columns.items()}
        text = orjson.dumps(after).decode()
        if before is None:
            names = ["tenant_id", "id", "version", "body", *columns]
            self.connection.execute(
                f"INSERT INTO {kind.table} ({','.join(names)}) VALUES ({','.join('?' * len(names))})",  # noqa: S608
                (self.tenant_id, after["id"], after["version"], text, *columns.values()),
            )
        else:
            sets = "".join(f", {name} = ?" for name in columns)
            self.connection.execute(
                f"UPDATE {kind.table} SET version = ?, body = ?{sets} WHERE tenant_id = ? AND id = ?",  # noqa: S608
                (after["version"], text, *columns.values(), self.tenant_id, after["id"]),
            )

    def _append(self, kind: Kind, body: Body, event: str, data: dict[str, Any], order_id: str) -> Event:
        envelope = Event.model_construct(
            id=f"{body['id']}:{body['version']}",
            source=f"dockline/{self.tenant_id}",
            type=f"dockline.{event}.v1",
            subject=body["id"],
            time=self.now,
            dataschema=f"/v1/schemas/{kind.name}_event.v1.json",
            sequence=body["version"],
            data=data,
        )
        cursor = self.connection.execute(
            "INSERT INTO events (tenant_id, id, kind, subject, sequence, type, time, order_id, data)"
            " VALUES (?,?,?,?,?,?,?,?,?)",
            (
                self.tenant_id,
                envelope.id,
                kind.name,
                envelope.subject,
                envelope.sequence,
                envelope.type,
                encode_time(self.now),
                order_id,
                orjson.dumps(data).decode(),
            ),
        )
        express = data.get("priority") == "express"
        outbox.enqueue(self.connection, self.tenant_id, envelope, cursor.lastrowid or 0, express=express)
        return envelope

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
        wanted = sorted(set(skus))
        rows = self.connection.execute(
            f"SELECT id, body FROM products WHERE tenant_id = ? AND id IN ({','.join('?' * len(wanted))})",  # noqa: S608
            (self.tenant_id, *wanted),
        )
        return {sku: Product.model_validate_json(body) for sku, body in rows}

    def locations(self) -> list[Location]:
        """All locations, by id."""
        rows = self.connection.execute("SELECT body FROM locations WHERE tenant_id = ? ORDER BY id", (self.tenant_id,))
        return [Location.model_validate_json(body) for (body,) in rows]

    def put_product(self, product: Product) -> None:
        """Add or replace a product."""
        self._put("products", product.sku, product.model_dump_json())

    def put_location(self, location: Location) -> None:
        """Add or replace a location."""
        self._put("locations", location.id, location.model_dump_json())

    def _put(self, table: str, key: str, body: str) -> None:
        self.connection.execute(
            f"INSERT INTO {table} (tenant_id, id, body) VALUES (?,?,?)"  # noqa: S608
            " ON CONFLICT (tenant_id, id) DO UPDATE SET body = excluded.body",
            (self.tenant_id, key, body),
        )

    # Decisions and the audit trail

    def keep_decision(self, decision: Decision) -> None:
        """Keep a decision with its inputs and reasons."""
        self.connection.execute(
            "INSERT INTO decisions (tenant_id, id, subject_id, file_id, decided_at, body) VALUES (?,?,?,?,?,?)",
            (
                self.tenant_id,
                decision.id,
                decision.subject_id,
                decision.file_id,
                encode_time(decision.decided_at),
                decision.model_dump_json(),
            ),
        )

    def timeline(self, order_id: str) -> list[Event]:
        """Every event of an order, its shipments, reservations and exceptions, in the order they happened."""
        rows = self.connection.execute(
            "SELECT id, type, subject, time, sequence, kind, data FROM events"
            " WHERE tenant_id = ? AND order_id = ? ORDER BY position",
            (self.tenant_id, order_id),
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
