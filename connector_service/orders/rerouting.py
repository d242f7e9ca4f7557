"""Re-route after a failed pick: give the stock back, set the missing units aside, and choose another location."""

from __future__ import annotations

from collections import Counter

from canonical_models import ExceptionCase, ExceptionCode, Order, OrderStatus, Shipment, ShipmentStatus
from connector_service.errors import Conflict
from connector_service.inventory import kits
from connector_service.orders.allocation import allocate_order
from connector_service.orders.changes import change_order
from connector_service.orders.exceptions import blocking, open_exception, raise_exception
from connector_service.orders.progress import shipments_of, status_from_shipments
from connector_service.orders.warehouse_choice import choose_warehouse
from connector_service.orders.withdrawal import withdraw
from connector_service.orders.work import Work


def reroute(work: Work, order: Order, shipment: Shipment) -> ExceptionCase | None:
    """Replace a shipment that could not be picked; a shipment re-routed before stays as it is.

    Raises:
        Conflict: the shipment's pick did not fail.
    """
    blocked = blocking(work, order)
    if blocked is not None or shipment.status == ShipmentStatus.CANCELLED:
        return blocked
    if shipment.status != ShipmentStatus.EXCEPTION or open_exception(work, order, shipment=shipment):
        raise Conflict(f"Shipment {shipment.id} is {shipment.status}; only one whose pick failed is re-routed.")
    missing: Counter[tuple[str, str]] = Counter()
    for line in shipment.lines:
        missing[line.sku, line.lot or ""] += max(0, line.quantity - line.quantity_picked)
    because = f"{shipment.location_id} could not pick it."
    withdraw(work, order, shipment, because, missing=missing)
    remaining = shipments_of(work, order)
    status = status_from_shipments(order, remaining)
    change_order(work, order, "rerouting", because, status=status, avoided=shipment.location_id)
    return _choose_again(work, order, shipment, because)


def _choose_again(work: Work, order: Order, failed: Shipment, because: str) -> ExceptionCase | None:
    cancelled = work.tx.find_by(Shipment, order_id=order.id, status=ShipmentStatus.CANCELLED.value)
    # One that was withdrawn before its warehouse had it says nothing about the place.
    tried = {failed.location_id} | {each.location_id for each in cancelled if each.warehouse_reference is not None}
    if _coverable(work, order, frozenset(tried)):
        return allocate_order(work, order, avoid=frozenset(tried))
    words = f"{because} No other location can ship it."
    return raise_exception(
        work,
        order,
        ExceptionCode.PICK_FAILED,
        words,
        resume=OrderStatus.VALIDATED,
        failed_shipment=failed.id,
        tried=sorted(tried),
    )


def _coverable(work: Work, order: Order, avoid: frozenset[str]) -> bool:
    lines = kits.open_lines(order)
    plan = choose_warehouse(work, order, avoid).plan
    taken = sum(take.quantity for takes in plan.values() for take in takes)
    return taken == sum(line.quantity_open for line in lines)
