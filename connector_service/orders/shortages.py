"""What becomes of a shortage: orders that wait are woken when stock comes, and a shortage that is over ends."""

from __future__ import annotations

from datetime import datetime

from canonical_models import ExceptionCode, InventoryPosition, Order
from connector_service.inventory.backorders import follow_queue
from connector_service.inventory.lots import may_be_sold
from connector_service.orders.changes import change_order
from connector_service.orders.closures import closed_ids
from connector_service.orders.exceptions import open_exception, save_exception
from connector_service.orders.work import Work
from connector_service.store import backorders, callbacks, deadlines

WOKEN_AT_ONCE = 100
"""Orders that one transaction tells of an arrival."""


def close_short(work: Work, order: Order) -> None:
    """End the open exception `inventory_short` of an order whose every line is claimed now; the order is not saved."""
    case = open_exception(work, order, ExceptionCode.INVENTORY_SHORT)
    if case is None:
        return
    case.state, case.deadline_at, case.resolution = "requeued", None, case.resolution or "Stock has come in."
    deadlines.clear_deadline(work.tx.connection, work.tenant_id, case.id)
    save_exception(work, order, case, "requeued", "Stock has come in.")
    order.exception_ids.remove(case.id)
    follow_queue(work, order)
    if case.resume_url is not None:
        callbacks.enqueue(work.tx.connection, work.tenant_id, case.id, case.resume_url, work.now)


def wake_waiting(work: Work, arrival: backorders.Arrival) -> int:
    """Tell flows of the orders that an arrival can serve, first the first in the queue; returns how many.

    Nothing is claimed here: the flow allocates, as it does for any order. With more to wake than one transaction
    should, the arrival stays for the next look.
    """
    connection = work.tx.connection
    queue = backorders.waiting(connection, work.tenant_id, arrival.sku, not_woken_since=arrival.at, limit=WOKEN_AT_ONCE)
    left = _available(work, arrival.sku, work.now)
    woken = 0
    for row in queue:
        if not any(left.values()):
            break
        woken += _wake(work, row, left)
    if len(queue) < WOKEN_AT_ONCE or not any(left.values()):
        backorders.forget_arrival(connection, arrival)
    return woken


def _available(work: Work, sku: str, now: datetime) -> dict[str, int]:
    """Units that may be promised, by location."""
    left: dict[str, int] = {}
    closed = closed_ids(work)
    for position in work.tx.find_by(InventoryPosition, sku=sku):
        if position.location_id not in closed and may_be_sold(position, now):
            left[position.location_id] = left.get(position.location_id, 0) + position.available
    return left


def _wake(work: Work, row: backorders.Backorder, left: dict[str, int]) -> bool:
    order = work.tx.get(Order, row.order_id)
    need = row.quantity
    for location in work.tx.locations():
        serves = not location.serves or order.ship_to.country in location.serves
        taken = min(need, left.get(location.id, 0)) if serves else 0
        if taken:
            left[location.id] -= taken
            need -= taken
    if need == row.quantity:
        return False
    change_order(work, order, "requeued", f"{row.quantity - need} x {row.sku} can be had now.")
    backorders.mark_woken(work.tx.connection, work.tenant_id, row.sku, order.id, work.now)
    return True
