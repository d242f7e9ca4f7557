"""Claims of orders on positions: held for a time, bound at release, picked, used up, or given back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from canonical_models import InventoryPosition, Order, OrderLine, Reservation, ReservationState, Shipment
from connector_service.errors import Conflict
from connector_service.inventory import kits, serials
from connector_service.inventory.lots import promisable
from connector_service.inventory.work import StockWork, save_position, stock_settings
from connector_service.store import claims as expiries

Missing = Mapping[tuple[str, str], int]
"""Units by SKU and lot."""
RENEWED_AFTER = timedelta(minutes=1)
"""A claim younger than this is not renewed: an order that runs through without a stop writes nothing for it."""


def claim_time(work: StockWork) -> timedelta:
    """How long a tenant's claims last without being renewed."""
    return timedelta(minutes=stock_settings(work).claim_minutes)


def hold(
    work: StockWork,
    order: Order,
    line: OrderLine,
    shipment_id: str,
    position: InventoryPosition,
    quantity: int,
    until: datetime,
) -> Reservation:
    """Claim a quantity of a position for a shipment until a moment.

    Raises:
        Conflict: less may be promised to the line.
    """
    offered = promisable(line, position, work.now)
    if not 0 < quantity <= offered:
        raise Conflict(f"{position.id} has {offered} available, not {quantity}.")
    taken = serials.take(position, quantity, demanded=line.serial_required)
    position.reserved += quantity
    because = f"{quantity} for order {order.number}."
    save_position(work, position, "reserved", because, order_id=order.id, quantity=quantity)
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
        serials=taken,
        expires_at=until,
    )
    line.quantity_allocated += quantity
    _save(work, reservation, "held", f"{quantity} x {position.sku} at {position.location_id}.")
    return reservation


def _save(work: StockWork, reservation: Reservation, event: str, because: str) -> None:
    work.tx.save(reservation, f"reservation.{event}", {"actor": work.actor, "because": because, "rule": None})


def active(work: StockWork, shipment: Shipment) -> list[Reservation]:
    """The claims of a shipment that still bind stock."""
    found = work.tx.find_by(Reservation, shipment_id=shipment.id)
    return [r for r in found if r.state in (ReservationState.HELD, ReservationState.ALLOCATED)]


def overdue(work: StockWork, shipment: Shipment) -> bool:
    """Whether the time of one of a shipment's claims has run out."""
    return any(r.expires_at is not None and r.expires_at <= work.now for r in active(work, shipment))


def renew(work: StockWork, order: Order) -> None:
    """Let an order's held claims last for their full time again, because the order has moved."""
    if not order.shipment_ids:
        return
    soonest = expiries.soonest(work.tx.connection, work.tenant_id, order.shipment_ids)
    if soonest is None:
        return
    until = work.now + claim_time(work)
    if until - soonest < RENEWED_AFTER:
        return
    for reservation in work.tx.find_by(Reservation, shipment_id=order.shipment_ids):
        if reservation.state == ReservationState.HELD:
            reservation.expires_at = until
            _save(work, reservation, "renewed", "The order moves.")


def allocate(work: StockWork, shipment: Shipment, because: str) -> None:
    """Bind a shipment's claims: they do not expire any more."""
    for reservation in active(work, shipment):
        if reservation.state == ReservationState.HELD:
            _close(work, reservation, ReservationState.ALLOCATED, because)


def _close(work: StockWork, reservation: Reservation, state: ReservationState, because: str) -> None:
    reservation.state, reservation.expires_at = state, None
    _save(work, reservation, state, because)


def pick(work: StockWork, shipment: Shipment) -> None:
    """Keep what the warehouse says it has taken off the shelf for a shipment; the same said again changes nothing."""
    said = {line.line_id: 0 for line in shipment.lines}
    for line in shipment.lines:
        said[line.line_id] += line.quantity_picked
    for reservation in active(work, shipment):
        picked = min(reservation.quantity, said.get(reservation.line_id, 0))
        said[reservation.line_id] = said.get(reservation.line_id, 0) - picked
        more = picked - reservation.picked
        if more == 0:
            continue
        position = work.tx.get(InventoryPosition, reservation.position_id)
        position.picked += more
        reservation.picked = picked
        because = f"{picked} picked for {shipment.id}."
        save_position(work, position, "picked", because, order_id=reservation.order_id, quantity=more)
        _save(work, reservation, "picked", because)


def give_back(
    work: StockWork, order: Order, shipment: Shipment, because: str, *, missing: Missing | None = None
) -> None:
    """Give a shipment's claims back. `missing` units were not found: they are set aside until counted."""
    missing = dict(missing or {})
    lines = {line.line_id: line for line in order.lines}
    for reservation in active(work, shipment):
        position = work.tx.get(InventoryPosition, reservation.position_id)
        key = (reservation.sku, reservation.lot)
        lost = min(missing.get(key, 0), reservation.quantity)
        missing[key] = missing.get(key, 0) - lost
        position.reserved -= reservation.quantity
        position.picked -= reservation.picked
        position.unavailable += lost
        serials.put(position, reservation.serials)
        serials.trim(position)
        lines[reservation.line_id].quantity_allocated -= reservation.quantity
        details: dict[str, Any] = {"order_id": order.id, "quantity": reservation.quantity, "set_aside": lost}
        save_position(work, position, "given_back", because, more=True, **details)
        _close(work, reservation, ReservationState.RELEASED, because)
    kits.roll_up(order)


def consume(work: StockWork, order: Order, shipment: Shipment) -> None:
    """The goods have left: they are no longer on hand, and the claims are used up."""
    lines = {line.line_id: line for line in order.lines}
    for reservation in active(work, shipment):
        position = work.tx.get(InventoryPosition, reservation.position_id)
        position.reserved -= reservation.quantity
        position.picked -= reservation.picked
        position.on_hand -= reservation.quantity
        lines[reservation.line_id].quantity_fulfilled += reservation.quantity
        because = f"Shipped with {shipment.id}."
        save_position(work, position, "shipped", because, order_id=order.id, quantity=reservation.quantity)
        _close(work, reservation, ReservationState.CONSUMED, because)
    kits.roll_up(order)
