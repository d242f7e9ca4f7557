"""The event-sourced objects: their table, their model, and the columns that queries need beside the body."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property, partial
from typing import Any, NamedTuple

import orjson

from canonical_models import (
    CanonicalObject,
    Credential,
    ExceptionCase,
    InventoryPosition,
    Order,
    Pickup,
    Reservation,
    Shipment,
    Transfer,
)
from connector_service.store.connection import LateTable

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column beside the body: its value, and the fields of the body that it is made of."""

    value: Callable[[Body], Any]
    made_of: frozenset[str]


class Update(NamedTuple):
    """Changes a row: version, body, the values of some columns (an index is only touched when its column is named),
    then tenant and id of the row."""

    statement: str
    values: tuple[Callable[[Body], Any], ...]


@dataclass(frozen=True, eq=False)
class Kind:
    """How one object is kept. `columns` are computed from the body, so that a rebuild finds them again.

    Only events of `published` kinds may be subscribed to.
    """

    name: str
    table: str
    model: type[CanonicalObject]
    columns: dict[str, Column]
    order_id: Callable[[Body], str]
    published: bool = True

    @cached_property
    def dump(self) -> Callable[[CanonicalObject], Body]:
        """An object as JSON values: what `model_dump(mode="json")` does, without its questions about options."""
        return partial(self.model.__pydantic_serializer__.to_python, mode="json")

    @cached_property
    def insert(self) -> str:
        """Adds a row: tenant, id, version, body, columns."""
        names = ["tenant_id", "id", "version", "body", *self.columns]
        return f"INSERT INTO {self.table} ({','.join(names)}) VALUES ({','.join('?' * len(names))})"  # noqa: S608

    def row(self, body: Body) -> list[Any]:
        """The value of every column."""
        return [column.value(body) for column in self.columns.values()]

    @cache  # noqa: B019 - kinds are made once and live as long as the process
    def update(self, changed: tuple[str, ...]) -> Update | None:
        """How a row follows a change of these fields; None when no column is made of them."""
        stale = {name: column for name, column in self.columns.items() if not column.made_of.isdisjoint(changed)}
        if not stale:
            return None
        sets = "".join(f", {name} = ?" for name in stale)
        statement = f"UPDATE {self.table} SET version = ?, body = ?{sets} WHERE tenant_id = ? AND id = ?"  # noqa: S608
        return Update(statement, tuple(column.value for column in stale.values()))

    @cached_property
    def bodies(self) -> LateTable:
        """Bodies alone: tenant, id, version, body. Queries look at columns, and a waiting body stands in for its
        row's (see `Transaction`)."""
        statement = (
            "WITH new (tenant_id, id, version, body) AS (VALUES {rows})"  # noqa: S608
            f" UPDATE {self.table} AS old SET version = new.version, body = new.body FROM new"
            " WHERE old.tenant_id = new.tenant_id AND old.id = new.id AND old.version < new.version"
        )
        return LateTable(statement, 4, keyed=True)

    @cached_property
    def select_by_id(self) -> str:
        """Finds an object by tenant and id: id, version, body."""
        return f"SELECT id, version, body FROM {self.table} WHERE tenant_id = ? AND id = ?"  # noqa: S608


def order_fingerprint(body: Body) -> str:
    """The same for two orders of one customer with the same lines to the same address and for the same money.

    The parts of a kit and what replaced a SKU are not what the customer asked for.
    """
    ship_to = body["ship_to"]
    said = [
        (ship_to["email"] or ship_to["name"]).casefold(),
        ship_to["country"],
        ship_to["postal_code"].replace(" ", "").casefold(),
        ship_to["line1"].casefold(),
        body["currency"],
        body["totals"]["total_minor"],
        sorted((_ordered_sku(line), line["quantity_ordered"]) for line in body["lines"] if not line["parent_line_id"]),
    ]
    return hashlib.sha256(orjson.dumps(said)).hexdigest()[:32]


def _ordered_sku(line: Body) -> str:
    replaced = line.get("substitution")
    sku: str = replaced["ordered_sku"] if replaced else line["sku"]
    return sku


def _expiry(body: Body) -> str | None:
    return _sortable(body["expires_at"])


def _again(body: Body) -> str | None:
    return _sortable(body["call"]["again_at"]) if body["call"] else None


def _sortable(said: str | None) -> str | None:
    """A moment that sorts as text."""
    return datetime.fromisoformat(said).isoformat(timespec="microseconds") if said else None


def _field(name: str) -> Column:
    return Column(lambda body: body[name], frozenset({name}))


def _tracking_number(body: Body) -> str | None:
    return body["label"]["tracking_number"] if body["label"] else None


ORDER = Kind(
    "order",
    "orders",
    Order,
    {
        "number": _field("number"),
        "status": _field("status"),
        "source": _field("source"),
        "owner": _field("owner"),
        "fingerprint": Column(order_fingerprint, frozenset({"ship_to", "currency", "totals", "lines"})),
        "created_at": _field("created_at"),
    },
    order_id=lambda body: body["id"],
)
SHIPMENT = Kind(
    "shipment",
    "shipments",
    Shipment,
    {
        "order_id": _field("order_id"),
        "status": _field("status"),
        "warehouse_reference": _field("warehouse_reference"),
        "tracking_number": Column(_tracking_number, frozenset({"label"})),
    },
    order_id=lambda body: body["order_id"],
)
POSITION = Kind(
    "position",
    "positions",
    InventoryPosition,
    {"sku": _field("sku"), "location_id": _field("location_id")},
    order_id=lambda body: "",
    published=False,
)
RESERVATION = Kind(
    "reservation",
    "reservations",
    Reservation,
    {
        "order_id": _field("order_id"),
        "shipment_id": _field("shipment_id"),
        "state": _field("state"),
        "expires_at": Column(_expiry, frozenset({"expires_at"})),
    },
    order_id=lambda body: body["order_id"],
    published=False,
)
TRANSFER = Kind("transfer", "transfers", Transfer, {}, order_id=lambda body: "", published=False)
CREDENTIAL = Kind("credential", "credentials", Credential, {}, order_id=lambda body: "", published=False)
PICKUP = Kind(
    "pickup",
    "pickups",
    Pickup,
    {
        "location_id": _field("location_id"),
        "carrier": _field("carrier"),
        "status": _field("status"),
        "again_at": Column(_again, frozenset({"call"})),
    },
    order_id=lambda body: "",
)
EXCEPTION = Kind(
    "exception",
    "exceptions",
    ExceptionCase,
    {
        "order_id": _field("order_id"),
        "state": _field("state"),
        "code": _field("code"),
        "owner": _field("owner"),
    },
    order_id=lambda body: body["order_id"] or "",
)

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (ORDER, SHIPMENT, POSITION, RESERVATION, TRANSFER, PICKUP, EXCEPTION, CREDENTIAL)
}
KIND_OF_MODEL: dict[type[CanonicalObject], Kind] = {kind.model: kind for kind in KINDS.values()}
