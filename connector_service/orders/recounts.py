"""A warehouse's own count that is not ours: orders that it leaves without goods become `inventory_mismatch`."""

from __future__ import annotations

from datetime import datetime

from canonical_models import ExceptionCode, InventoryPosition, Order, OrderStatus, Reservation, Shipment
from connector_service.inventory.positions import Shelf, position_at, set_count, take_count
from connector_service.inventory.reconciliation import Drift, reconcile
from connector_service.inventory.work import Source
from connector_service.orders.exceptions import raise_exception
from connector_service.orders.withdrawal import withdraw
from connector_service.orders.work import Work
from connector_service.store import claims


def recount(
    work: Work, position: InventoryPosition, counted: int, counted_at: datetime, *, source: Source | None = None
) -> Drift | None:
    """Take over what a warehouse counted at a moment, in units; what it differs by, or None when it agrees.

    Where fewer are there than are claimed, the newest orders that no warehouse has yet give theirs back, with the
    exception `inventory_mismatch`. What warehouses are picking stays claimed: the pick will tell.
    """
    drift = reconcile(work, position, counted, counted_at)
    if drift is None:
        return None
    now_there = max(0, counted + position.on_hand - drift.expected)
    make_room(work, position, now_there, drift)
    there = max(now_there, position.reserved)
    set_count(work, position, there, source=source, counted=counted, expected=drift.expected)
    return drift


def count_now(work: Work, shelf: Shelf, on_hand: int) -> bool:
    """Take over what somebody counts at a shelf now; False when that is what was known."""
    position = position_at(work, shelf)
    if on_hand < position.reserved:
        return recount(work, position, on_hand, work.now) is not None
    return take_count(
        work,
        sku=shelf.sku,
        location_id=shelf.location_id,
        lot=shelf.lot,
        expires_on=shelf.expires_on,
        on_hand=on_hand,
    )


def make_room(work: Work, position: InventoryPosition, now_there: int, drift: Drift, words: str = "") -> None:
    """Have the newest orders that no warehouse has yet give back their claims, until no more is claimed than is there.

    Each becomes an `inventory_mismatch` with both figures and the events between. More may stay claimed: what
    warehouses have been given.
    """
    words = words or f"{drift.location_id} counted {drift.counted} x {drift.sku}, and {drift.expected} should be there."
    for reservation_id in claims.holding(work.tx.connection, work.tenant_id, position.id):
        if position.reserved <= now_there:
            break
        _stop(work, work.tx.get(Reservation, reservation_id), drift, words)


def _stop(work: Work, reservation: Reservation, drift: Drift, words: str) -> None:
    if reservation.shipment_id is None or reservation.expires_at is None:
        return
    order = work.tx.get(Order, reservation.order_id)
    withdraw(work, order, work.tx.get(Shipment, reservation.shipment_id), words)
    raise_exception(
        work, order, ExceptionCode.INVENTORY_MISMATCH, words, resume=OrderStatus.VALIDATED, **drift.evidence
    )
