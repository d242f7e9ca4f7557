"""What the pilot's run has left behind, read from the connector's database and from the sandbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from canonical_models import (
    CanonicalObject,
    Event,
    ExceptionCase,
    InventoryPosition,
    Order,
    Reservation,
    Shipment,
)
from connector_service.demo.catalog import shelves
from connector_service.demo.invariants import Evidence
from connector_service.demo.orders import PlannedOrder
from connector_service.demo.sending import Answer
from connector_service.local.tenant_setup import open_database
from connector_service.store import Transaction, rejected

ALL = 10_000_000
READINGS = 5
KINDS: tuple[type[CanonicalObject], ...] = (Order, Shipment, ExceptionCase, InventoryPosition, Reservation)


@dataclass(frozen=True, slots=True)
class Glance:
    """Where the orders are now. `ends` is each order number's status with the codes of its open exceptions; `pulse`
    rises with every change of anything."""

    statuses: Counter[str]
    codes: Counter[str]
    ends: dict[str, tuple[str, frozenset[str]]]
    pulse: int


def glance(database: Path, tenant_id: str, now: datetime) -> Glance:
    """A quick look at all orders, their shipments and exceptions."""
    with open_database(database) as connection:
        tx = Transaction(connection, tenant_id, now)
        orders, cases = tx.find_by(Order, limit=ALL), tx.find_by(ExceptionCase, limit=ALL)
        shipments = tx.find_by(Shipment, limit=ALL)
    numbers = {order.id: order.number for order in orders}
    open_codes: dict[str, set[str]] = {number: set() for number in numbers.values()}
    for case in cases:
        if case.order_id is not None and case.state in ("open", "claimed", "resolved"):
            open_codes[numbers[case.order_id]].add(case.code.value)
    return Glance(
        statuses=Counter(order.status.value for order in orders),
        codes=Counter(code for codes in open_codes.values() for code in codes),
        ends={order.number: (order.status.value, frozenset(open_codes[order.number])) for order in orders},
        pulse=sum(item.version for items in (orders, cases, shipments) for item in items),
    )


def collect(
    database: Path,
    tenant_id: str,
    now: datetime,
    orders: Sequence[PlannedOrder],
    answers: Sequence[Answer],
    ledger: Any,
) -> Evidence:
    """Everything the invariants are checked on; `ledger` is what the sandbox says happened."""
    with open_database(database) as connection:
        tx = Transaction(connection, tenant_id, now)
        objects, events = _consistent(tx)
        kept = {message.id for message in rejected.find(connection, tenant_id)}
    stock: Counter[str] = Counter()
    for shelf in shelves():
        stock[shelf.sku] += shelf.on_hand
    return Evidence(
        expected={order.number: order.expected for order in orders},
        acknowledged=[answer.number for answer in answers if answer.status < 300],
        rejected=[answer.number for answer in answers if answer.rejected_id in kept],
        initial_stock=stock,
        orders=_plain(objects[Order]),
        shipments=_plain(objects[Shipment]),
        exceptions=_plain([case for case in objects[ExceptionCase] if case.order_id is not None]),
        positions=_plain(objects[InventoryPosition]),
        reservations=_plain(objects[Reservation]),
        events=_plain(events),
        ledger=ledger,
    )


Objects = dict[type[CanonicalObject], list[Any]]


def _consistent(tx: Transaction) -> tuple[Objects, list[Event]]:
    """All objects, and all events in the order they happened, as of one moment: an object has as many events as its
    version says, so that a change between the two readings shows, and both are read again."""
    for _ in range(READINGS):
        objects: Objects = {kind: tx.find_by(kind, limit=ALL) for kind in KINDS}
        # Counts of positions belong to no order.
        streams = ["", *(order.id for order in objects[Order])]
        events = [event for order_id in streams for event in tx.timeline(order_id)]
        if len(events) == sum(item.version for items in objects.values() for item in items):
            break
    return objects, sorted(events, key=lambda event: event.time)


def _plain(items: Sequence[Any]) -> list[dict[str, Any]]:
    return [item.model_dump(mode="json") for item in items]
