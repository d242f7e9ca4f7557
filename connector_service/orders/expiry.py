"""Claims whose time has run out: given back, their shipments withdrawn, and the order put before a flow again."""

from __future__ import annotations

from canonical_models import ExceptionCase, Order, OrderStatus, Shipment, ShipmentStatus
from connector_service.inventory import claims
from connector_service.orders.allocation import allocate_order, can_serve
from connector_service.orders.changes import change_order
from connector_service.orders.exceptions import save_exception
from connector_service.orders.progress import DIVERTED, shipments_of, status_from_shipments
from connector_service.orders.quality import gate_passed
from connector_service.orders.withdrawal import withdraw
from connector_service.orders.work import Work

_BEFORE_CLAIMS = (OrderStatus.RECEIVED, OrderStatus.VALIDATED, OrderStatus.BACKORDERED)


def expire_claims(work: Work, order_id: str) -> bool:
    """Give back what an order has held for too long without moving; False when it has moved meanwhile.

    An order on the ordinary path is validated again and goes to a flow, or is short when nothing is left. One that
    waits for a person stays where it is and is allocated again when it is let go.
    """
    order = work.tx.get(Order, order_id)
    late = [shipment for shipment in shipments_of(work, order) if claims.overdue(work, shipment)]
    withdrawn = [shipment for shipment in late if not _kept(work, shipment)]
    if not withdrawn:
        return bool(late)
    because = "It did not move for so long that its claims on stock ran out."
    for shipment in withdrawn:
        withdraw(work, order, shipment, because)
    if order.status in DIVERTED:
        resume_before_claims(work, order, because)
        change_order(work, order, "claims_expired", because)
        return True
    status = status_from_shipments(order, shipments_of(work, order))
    if can_serve(work, order):
        change_order(work, order, "requeued", because, status=status)
    else:
        change_order(work, order, "claims_expired", because, status=status)
        allocate_order(work, order)
    return True


def _kept(work: Work, shipment: Shipment) -> bool:
    """Bind the claims of a shipment that may be at its warehouse already.

    After its last gate a shipment is handed over at once. If nobody kept the warehouse's answer, it may be picking:
    what it picks must not be promised to another order. Releasing it again is one release.
    """
    in_doubt = shipment.status == ShipmentStatus.PLANNED and gate_passed(shipment, "pre_pick")
    if in_doubt:
        claims.allocate(work, shipment, "The warehouse may have it.")
    return in_doubt


def resume_before_claims(work: Work, order: Order, because: str) -> None:
    """Nothing is claimed any more: the open exceptions must not bring the order back to where something was."""
    for exception_id in order.exception_ids:
        case = work.tx.get(ExceptionCase, exception_id)
        if case.resume_order_status not in _BEFORE_CLAIMS:
            case.resume_order_status = OrderStatus.VALIDATED
            save_exception(work, order, case, "followed", because)
