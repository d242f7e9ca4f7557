"""Stock: positions and the claims on them. on_hand - reserved - unavailable is never negative."""

from __future__ import annotations

import hashlib
from typing import Any

from canonical_models import (
    InventoryPosition,
    Order,
    OrderLine,
    Reservation,
    ReservationState,
    Shipment,
    ShipmentStatus,
)
from connector_service.errors import Conflict
from connector_service.orders.changes import change_shipment
from connector_service.orders.work import Work

_LONGEST_NAME = 100


def position_id(sku: str, location_id: str, lot: str = "") -> str:
    """Positions are named by what they are, so that a feed finds them again; a name that gets too long by its hash."""
    name = "/".join(part.replace("~", "~0").replace("/", "~1") for part in (location_id, sku, lot))
    return name if len(name) <= _LONGEST_NAME else "pos_" + hashlib.blake2b(name.encode(), digest_size=20).hexdigest()


def _save(work: Work, position: InventoryPosition, event: str, because: str, **details: Any) -> None:
    position.as_of = work.now
    data = {"actor": work.actor, "because": because, "rule": None, **details}
    work.tx.save(position, f"position.{event}", data, order_id=details.get("order_id", ""))


def set_count(work: Work, position: InventoryPosition, on_hand: int) -> None:
    """Set what lies on the shelf to what was counted there; what was set aside until a count is found or gone now.

    Raises:
        Conflict: less was counted than is reserved.
    """
    if on_hand < position.reserved:
        raise Conflict(
            f"{position.id}: {on_hand} were counted, but {position.reserved} are reserved. "
            "Give reservations back first."
        )
    before, position.on_hand, position.unavailable = position.on_hand, on_hand, 0
    _save(work, position, "counted", f"Counted {on_hand}, was {before}.", on_hand_before=before)


def set_aside(work: Work, position: InventoryPosition, because: str) -> None:
    """Promise nothing more from a position until it is counted; what is reserved there stays reserved."""
    position.unavailable = position.on_hand - position.reserved
    _save(work, position, "set_aside", because)


def take_count(work: Work, *, sku: str, location_id: str, lot: str, expires_on: str | None, on_hand: int) -> bool:
    """Take over a count from a feed, making the position if it is new; False when nothing changed.

    Raises:
        Conflict: less was counted than is reserved.
    """
    key = position_id(sku, location_id, lot)
    position = work.tx.find(InventoryPosition, key)
    if position is None:
        position = InventoryPosition(
            tenant_id=work.tenant_id,
            id=key,
            version=0,
            created_at=work.now,
            updated_at=work.now,
            as_of=work.now,
            sku=sku,
            location_id=location_id,
            lot=lot,
            expires_on=expires_on,
            on_hand=on_hand,
        )
        _save(work, position, "counted", f"First count: {on_hand}.")
        return True
    if position.on_hand == on_hand and not position.unavailable:
        return False
    set_count(work, position, on_hand)
    return True


def reserve(
    work: Work, order: Order, line: OrderLine, shipment_id: str, position: InventoryPosition, quantity: int
) -> Reservation:
    """Claim a quantity of a position for a shipment.

    Raises:
        Conflict: less is available.
    """
    if quantity > position.available:
        raise Conflict(f"{position.id} has {position.available} available, not {quantity}.")
    position.reserved += quantity
    _save(work, position, "reserved", f"{quantity} for order {order.number}.", order_id=order.id, quantity=quantity)
    reservation = Reservation(
        tenant_id=work.tenant_id,
        id=work.new_id("rsv"),
        version=0,
        created_at=work.now,
        updated_at=work.now,
        order_id=order.id,
        line_id=line.line_id,
        shipment_id=shipment_id,
        position_id=position.id,
        sku=position.sku,
        location_id=position.location_id,
        lot=position.lot,
        quantity=quantity,
        state=ReservationState.ALLOCATED,
    )
    line.quantity_allocated += quantity
    because = f"{quantity} x {position.sku} at {position.location_id}."
    work.tx.save(reservation, "reservation.allocated", {"actor": work.actor, "because": because, "rule": None})
    return reservation


def _active(work: Work, shipment: Shipment) -> list[Reservation]:
    found = work.tx.find_by(Reservation, shipment_id=shipment.id)
    return [r for r in found if r.state in (ReservationState.HELD, ReservationState.ALLOCATED)]


def _close(work: Work, reservation: Reservation, state: ReservationState, because: str) -> None:
    reservation.state = state
    work.tx.save(reservation, f"reservation.{state}", {"actor": work.actor, "because": because, "rule": None})


def give_back(
    work: Work, order: Order, shipment: Shipment, because: str, *, missing: dict[str, int] | None = None
) -> None:
    """Give a shipment's claims back. `missing` units per SKU were not found: they are set aside until counted."""
    missing = dict(missing or {})
    lines = {line.line_id: line for line in order.lines}
    for reservation in _active(work, shipment):
        position = work.tx.get(InventoryPosition, reservation.position_id)
        position.reserved -= reservation.quantity
        lost = min(missing.get(reservation.sku, 0), reservation.quantity)
        missing[reservation.sku] = missing.get(reservation.sku, 0) - lost
        position.unavailable += lost
        lines[reservation.line_id].quantity_allocated -= reservation.quantity
        _save(work, position, "given_back", because, order_id=order.id, quantity=reservation.quantity, set_aside=lost)
        _close(work, reservation, ReservationState.RELEASED, because)


def give_back_planned(work: Work, order: Order, because: str) -> None:
    """Cancel the order's shipments that the warehouse has not begun, and give their claims back."""
    for shipment in work.tx.find_by(Shipment, order_id=order.id, status=ShipmentStatus.PLANNED.value):
        give_back(work, order, shipment, because)
        drop_shipment(work, order, shipment, because)


def drop_shipment(work: Work, order: Order, shipment: Shipment, because: str) -> None:
    """Cancel a shipment whose claims are given back."""
    change_shipment(work, order, shipment, "cancelled", because, status=ShipmentStatus.CANCELLED)
    order.shipment_ids.remove(shipment.id)


def consume(work: Work, order: Order, shipment: Shipment) -> None:
    """The goods have left: they are no longer on hand, and the claims are used up."""
    lines = {line.line_id: line for line in order.lines}
    for reservation in _active(work, shipment):
        position = work.tx.get(InventoryPosition, reservation.position_id)
        position.reserved -= reservation.quantity
        position.on_hand -= reservation.quantity
        lines[reservation.line_id].quantity_fulfilled += reservation.quantity
        because = f"Shipped with {shipment.id}."
        _save(work, position, "shipped", because, order_id=order.id, quantity=reservation.quantity)
        _close(work, reservation, ReservationState.CONSUMED, because)
