"""What becomes of a shortage: orders that wait are woken when stock comes, and a shortage that is over ends."""

from __future__ import annotations

from collections import Counter

from canonical_models import ExceptionCase, ExceptionCode, InventoryPosition, Order
from connector_service.exception_record import close_case
from connector_service.inventory.backorders import follow_queue, share_out, turns_end
from connector_service.inventory.claims import claim_time
from connector_service.orders.changes import change_order
from connector_service.orders.exceptions import open_exception
from connector_service.orders.work import Work
from connector_service.store import backorders

WOKEN_AT_ONCE = 100
"""Orders that one transaction tells of an arrival."""
MOST_LOOKED_AT = 2_000
"""Orders in the queue that one transaction looks at for those whom the arrival can serve."""


def close_short(work: Work, order: Order, but: ExceptionCode | None = None) -> None:
    """End the open exceptions `inventory_short` and `no_location_free` of an order, save one of the code `but`, which
    still holds; the order is not saved."""
    for code in (ExceptionCode.INVENTORY_SHORT, ExceptionCode.NO_LOCATION_FREE):
        case = open_exception(work, order, code) if code != but else None
        if case is not None:
            _close(work, order, case, "It waits for something else now." if but else _OVER[code])


_OVER = {
    ExceptionCode.INVENTORY_SHORT: "Stock has come in.",
    ExceptionCode.NO_LOCATION_FREE: "A location may ship it now.",
}


def _close(work: Work, order: Order, case: ExceptionCase, words: str) -> None:
    close_case(work.tx, case, work.actor, words, rule=None, priority=order.priority.value)
    order.exception_ids.remove(case.id)
    follow_queue(work, order)


def wake_waiting(work: Work, arrival: backorders.Arrival) -> int:
    """Tell flows of the orders that an arrival can serve, first the first in the queue; returns how many.

    Nothing is claimed here: the flow allocates, as it does for any order, and until it has, what came in is kept for
    them. With more to wake than one transaction should, the arrival is looked at again at once; while some still have
    their turn, when one of them has had it.
    """
    connection, expired = work.tx.connection, turns_end(work)
    told, first = backorders.told(connection, arrival, expired)
    there = work.tx.find_by(InventoryPosition, sku=arrival.sku)
    kept: Counter[str] = Counter()
    share_out(work, told, there, kept)
    left = sum(position.available for position in there) - kept.total()
    woken = 0
    for row in backorders.to_wake(connection, arrival, expired, MOST_LOOKED_AT):
        if left <= 0 or woken == WOKEN_AT_ONCE:
            break
        units = share_out(work, {row.country: row.quantity}, there, kept)[row.country]
        left -= units
        woken += _wake(work, row, units) if units else 0
    if woken == WOKEN_AT_ONCE:
        return woken
    if woken or first is not None:
        backorders.look_again(connection, arrival, (first or work.now) + claim_time(work))
    else:
        backorders.forget_arrival(connection, arrival)
    return woken


def _wake(work: Work, row: backorders.Backorder, units: int) -> bool:
    change_order(work, work.tx.get(Order, row.order_id), "requeued", f"{units} x {row.sku} can be had now.")
    backorders.mark_woken(work.tx.connection, work.tenant_id, row.sku, row.order_id, work.now)
    return True
