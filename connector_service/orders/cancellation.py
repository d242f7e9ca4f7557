"""Hold, resume and cancel: a person stops an order."""

from __future__ import annotations

from typing import Literal

from canonical_models import ExceptionCase, Order, OrderStatus, Shipment, ShipmentStatus
from connector_service.errors import Conflict
from connector_service.orders.changes import change_order
from connector_service.orders.progress import shipments_of, status_from_shipments, wake_shipments
from connector_service.orders.withdrawal import withdraw
from connector_service.orders.work import Work
from connector_service.store import callbacks, deadlines

HoldReason = Literal["legal", "fraud", "customer", "inventory"]
_STOPPABLE = (ShipmentStatus.PLANNED, ShipmentStatus.LABELLED)
"""Nobody has touched it, or all that is left to do is to give its label back."""


def hold_order(work: Work, order: Order, reason: HoldReason, because: str) -> None:
    """Keep an order from moving until somebody resumes it; held already for the same reason is fine.

    Raises:
        TransitionRefused: the order has left the house, or is over.
    """
    if order.status == OrderStatus.ON_HOLD and order.hold == reason:
        return
    order.hold = reason
    change_order(work, order, "held", because, status=OrderStatus.ON_HOLD, hold=reason)


def resume_order(work: Work, order: Order, because: str) -> None:
    """Let a held order move again.

    Raises:
        Conflict: an open exception holds it too; that is resolved, not resumed.
    """
    if order.hold is None:
        return
    order.hold = None
    if order.exception_ids:
        raise Conflict(f"The order {order.id} waits for its exception {order.exception_ids[0]}: resolve that first.")
    shipments = shipments_of(work, order)
    status = status_from_shipments(order, shipments) if shipments else OrderStatus.RECEIVED
    change_order(work, order, "requeued", because, status=status)
    wake_shipments(work, order, because)


def cancel_order(work: Work, order: Order, because: str) -> None:
    """Cancel an order whose goods nobody has touched, or whose labels are void (see `recall`): stock is given back,
    open exceptions are closed.

    Raises:
        Conflict: a shipment of it is at the warehouse or gone.
    """
    if order.status == OrderStatus.CANCELLED:
        return
    for shipment in shipments_of(work, order):
        check_stoppable(work, order, shipment)
        if shipment.label is not None:
            raise Conflict(f"Label {shipment.label.tracking_number} of shipment {shipment.id} is not void yet.")
        withdraw(work, order, shipment, because)
    for exception_id in order.exception_ids:
        _cancel_exception(work, work.tx.get(ExceptionCase, exception_id), because)
    order.exception_ids = []
    for line in order.lines:
        line.quantity_cancelled = line.quantity_ordered - line.quantity_fulfilled
    change_order(work, order, "cancelled", because, status=OrderStatus.CANCELLED)


def _cancel_exception(work: Work, case: ExceptionCase, because: str) -> None:
    case.state, case.deadline_at = "cancelled", None
    deadlines.clear_deadline(work.tx.connection, work.tenant_id, case.id)
    data = {"actor": work.actor, "because": because, "rule": None, "code": case.code.value, "state": case.state}
    work.tx.save(case, "exception.cancelled", data)
    if case.resume_url is not None:
        callbacks.enqueue(work.tx.connection, work.tenant_id, case.id, case.resume_url, work.now)


def check_stoppable(work: Work, order: Order, shipment: Shipment) -> None:
    """Raises Conflict when the warehouse or a carrier has the shipment's goods in hand."""
    stage = shipment.status
    if stage == ShipmentStatus.EXCEPTION:
        cases = [work.tx.get(ExceptionCase, exception_id) for exception_id in order.exception_ids]
        stage = next((c.resume_shipment_status or stage for c in cases if c.shipment_id == shipment.id), stage)
    if stage not in _STOPPABLE:
        raise Conflict(
            f"Shipment {shipment.id} of order {order.id} is {stage}: the warehouse has it. Cancel it there, then here."
        )
