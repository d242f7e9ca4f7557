"""What carriers say of a parcel: the shipment follows, trouble becomes an exception."""

from __future__ import annotations

from canonical_models import (
    ExceptionCase,
    ExceptionCode,
    Order,
    OrderStatus,
    Shipment,
    ShipmentStatus,
    TrackingEvent,
    TrackingType,
)
from connector_service.orders.changes import change_order, change_shipment
from connector_service.orders.exceptions import open_exception, raise_exception, save_exception
from connector_service.orders.progress import follow_shipments
from connector_service.orders.work import Work

_MOVES = {
    TrackingType.PICKED_UP: ShipmentStatus.IN_TRANSIT,
    TrackingType.IN_TRANSIT: ShipmentStatus.IN_TRANSIT,
    TrackingType.OUT_FOR_DELIVERY: ShipmentStatus.IN_TRANSIT,
    TrackingType.DELIVERED: ShipmentStatus.DELIVERED,
}
_TROUBLE = {
    TrackingType.DELIVERY_FAILED,
    TrackingType.DAMAGED,
    TrackingType.LOST,
    TrackingType.RETURN_TO_SENDER,
}
_ON_THE_WAY = (ShipmentStatus.SHIPPED, ShipmentStatus.IN_TRANSIT)


def apply_tracking(work: Work, scan: TrackingEvent) -> Shipment | None:
    """Take over a carrier's scan; one that says nothing new, or names a parcel that is not ours, changes nothing."""
    found = work.tx.find_by(Shipment, tracking_number=scan.tracking_number)
    if not found:
        return None
    shipment = found[0]
    order = work.tx.get(Order, shipment.order_id)
    because = f"{scan.carrier} reports {scan.type.value}" + (f" at {scan.place}." if scan.place else ".")
    if scan.type in _TROUBLE and shipment.status in _ON_THE_WAY:
        raise_exception(
            work,
            order,
            ExceptionCode.DELIVERY_FAILED,
            because,
            shipment=shipment,
            scan=scan.event_id,
            raw=scan.raw_code,
        )
        return shipment
    status = _MOVES.get(scan.type)
    case = open_exception(work, order, ExceptionCode.DELIVERY_FAILED, shipment)
    if case is not None and status is not None:
        _follow_in_exception(work, order, shipment, case, scan, because)
        return shipment
    if status is None or status == shipment.status or shipment.status not in _ON_THE_WAY:
        return shipment
    if status == ShipmentStatus.DELIVERED:
        shipment.delivered_at = scan.occurred_at
    change_shipment(work, order, shipment, status.value, because, status=status, scan=scan.event_id)
    follow_shipments(work, order, because)
    return shipment


def _follow_in_exception(
    work: Work, order: Order, shipment: Shipment, case: ExceptionCase, scan: TrackingEvent, because: str
) -> None:
    """The parcel moves although its delivery failed: it goes on from where it is once the exception is closed."""
    status = _MOVES[scan.type]
    if case.resume_shipment_status in (status, ShipmentStatus.DELIVERED):
        return
    if status == ShipmentStatus.DELIVERED:
        shipment.delivered_at = scan.occurred_at
    change_shipment(work, order, shipment, "reported", because, scan=scan.event_id)
    case.resume_shipment_status = status
    save_exception(work, order, case, "followed", because)


def close_order(work: Work, order: Order) -> None:
    """Everything is delivered and nobody has anything to do any more; a closed order stays as it is.

    Raises:
        TransitionRefused: the order is not delivered yet.
    """
    if order.status != OrderStatus.CLOSED:
        change_order(work, order, "closed", "Delivered, nothing left to do.", status=OrderStatus.CLOSED)
