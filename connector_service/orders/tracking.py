"""What carriers say of a parcel: kept as its history, the shipment follows, trouble becomes an exception."""

from __future__ import annotations

from datetime import timedelta

from canonical_models import Order, OrderStatus, Shipment, TrackingEvent
from connector_service.errors import InvalidInput
from connector_service.orders.changes import change_order, change_shipment
from connector_service.orders.parcel_following import follow_parcels
from connector_service.orders.pickup_collecting import follow_scan
from connector_service.orders.work import Work
from connector_service.store import tracking

MOST_AHEAD = timedelta(hours=14)
"""How far a scan's time may lie ahead: a carrier that tells local time as UTC is off by a time zone at most."""
MOST_BEFORE = timedelta(days=2)
"""How much older than its shipment a scan may be; carriers use their numbers again."""


def apply_tracking(work: Work, scan: TrackingEvent, heard_by: str = "webhook") -> Shipment | None:
    """Take over a carrier's scan; one that is known changes nothing.

    None: no label has this number yet, so the scan waits for it. A parcel that has not left yet follows its scans once
    it has.

    Raises:
        InvalidInput: the scan's time cannot be true.
    """
    connection, tenant_id = work.tx.connection, work.tenant_id
    shipment_id = tracking.shipment_of(connection, tenant_id, scan.carrier, scan.tracking_number)
    shipment = work.tx.get(Shipment, shipment_id) if shipment_id is not None else None
    if shipment is not None and tracking.is_known(connection, tenant_id, scan):
        return shipment
    scan = _in_time(work, scan, shipment)
    if tracking.keep(connection, tenant_id, scan, shipment_id or "", work.now, heard_by) and shipment is not None:
        _follow(work, shipment, scan)
    return shipment


def adopt_waiting(work: Work, scan: TrackingEvent) -> bool:
    """Take over a scan that waited for its label; False when it does not wait any more, or has no label yet."""
    connection, tenant_id = work.tx.connection, work.tenant_id
    shipment_id = tracking.shipment_of(connection, tenant_id, scan.carrier, scan.tracking_number)
    if shipment_id is None or not tracking.adopt(connection, tenant_id, scan, shipment_id):
        return False
    _follow(work, work.tx.get(Shipment, shipment_id), scan)
    return True


def words_of(scan: TrackingEvent) -> str:
    """A scan as the audit trail tells it."""
    return f"{scan.carrier} reports {scan.type.value}" + (f" at {scan.place}." if scan.place else ".")


def _in_time(work: Work, scan: TrackingEvent, shipment: Shipment | None) -> TrackingEvent:
    if scan.occurred_at > work.now + MOST_AHEAD:
        raise InvalidInput(
            f"The scan {scan.event_id} of {scan.tracking_number} is dated {scan.occurred_at.isoformat()}, which has not"
            f" come yet; a time up to {work.now.isoformat()} would be right.",
            pointer="/occurred_at",
        )
    if shipment is not None and scan.occurred_at < shipment.created_at - MOST_BEFORE:
        raise InvalidInput(
            f"The scan {scan.event_id} is dated {scan.occurred_at.isoformat()}, before shipment {shipment.id} was"
            f" planned: it is about an earlier parcel with the number {scan.tracking_number}.",
            pointer="/occurred_at",
        )
    ahead = scan.occurred_at > work.now
    return scan.model_copy(update={"occurred_at": work.now}) if ahead else scan


def _follow(work: Work, shipment: Shipment, scan: TrackingEvent) -> None:
    order = work.tx.get(Order, shipment.order_id)
    tracking.heard_of(work.tx.connection, work.tenant_id, shipment.id)
    because = words_of(scan)
    change_shipment(
        work,
        order,
        shipment,
        "tracked",
        because,
        scan=scan.event_id,
        tracking_number=scan.tracking_number,
        scan_type=scan.type.value,
        raw_code=scan.raw_code,
        place=scan.place,
        occurred_at=scan.occurred_at.isoformat(),
    )
    follow_parcels(work, order, shipment, because)
    follow_scan(work, shipment, scan)


def close_order(work: Work, order: Order) -> None:
    """Everything is delivered and nobody has anything to do any more; a closed order stays as it is.

    Raises:
        TransitionRefused: the order is not delivered yet.
    """
    if order.status != OrderStatus.CLOSED:
        change_order(work, order, "closed", "Delivered, nothing left to do.", status=OrderStatus.CLOSED)
