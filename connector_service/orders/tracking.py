"""What carriers say of a parcel: the shipment follows, trouble becomes an exception."""

from __future__ import annotations

from canonical_models import ExceptionCode, Order, OrderStatus, Shipment, ShipmentStatus, TrackingEvent, TrackingType
from connector_service.orders.changes import change_order, change_shipment
from connector_service.orders.exceptions import raise_exception
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
    if status is None or status == shipment.status or shipment.status not in _ON_THE_WAY:
        return shipment
    if status == ShipmentStatus.DELIVERED:
        shipment.delivered_at = scan.occurred_at
    change_shipment(work, order, shipment, status.value, because, status=status, scan=scan.event_id)
    follow_shipments(work, order, because)
    return shipment


def close_order(work: Work, order: Order) -> None:
    """Everything is delivered and nobody has anything to do any more; a closed order stays as it is.

    Raises:
        TransitionRefused: the order is not delivered yet.
    """
    if order.status != OrderStatus.CLOSED:
        change_order(work, order, "closed", "Delivered, nothing left to do.", status=OrderStatus.CLOSED)
