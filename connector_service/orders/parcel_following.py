"""A shipment goes where its parcels' scans say it is: forwards only, and delivered when every parcel is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from canonical_models import (
    FINAL_ORDER_STATUSES,
    ExceptionCase,
    ExceptionCode,
    Order,
    Shipment,
    ShipmentStatus,
    TrackingEvent,
)
from connector_service.orders.carrier_record import note_outcome
from connector_service.orders.changes import change_shipment
from connector_service.orders.exceptions import raise_exception, save_exception
from connector_service.orders.parcel_history import TROUBLE, Piece, by_number, delivered_at, piece_of, unanswered
from connector_service.orders.progress import follow_shipments
from connector_service.orders.tracking_answers import close_answered, diverting_case
from connector_service.orders.work import Work
from connector_service.store import tracking
from connector_service.store.carrier_facts import FactOutcome

_S = ShipmentStatus
_FURTHER = {_S.SHIPPED: 0, _S.IN_TRANSIT: 1, _S.DELIVERED: 2}
_OUTCOMES: dict[ExceptionCode, FactOutcome] = {
    ExceptionCode.PARCEL_DAMAGED: "damaged",
    ExceptionCode.PARCEL_LOST: "lost",
    ExceptionCode.RETURN_TO_SENDER: "returned",
}


def scans_of(work: Work, shipment: Shipment) -> dict[str, list[TrackingEvent]]:
    """The scans of each parcel of a shipment, in the order in which they happened."""
    connection, tenant_id = work.tx.connection, work.tenant_id
    numbers = tracking.numbers_of(connection, tenant_id, shipment.id)
    kept = [each.scan for each in tracking.history(connection, tenant_id, shipment.id)]
    return by_number(numbers, [scan for scan in kept if scan.tracking_number in numbers])


def follow_parcels(work: Work, order: Order, shipment: Shipment, because: str) -> None:
    """Bring a shipment up to its parcels' scans, in whichever order they came; what has not left stays as it is."""
    case = diverting_case(work, order, shipment)
    on_the_way = shipment.status in _FURTHER or (
        shipment.status is _S.EXCEPTION and case is not None and case.resume_shipment_status in _FURTHER
    )
    if not on_the_way or order.status in FINAL_ORDER_STATUSES:
        return
    scans = scans_of(work, shipment)
    pieces = [piece_of(each) for each in scans.values()]
    trouble = [scan for each in scans.values() for scan in unanswered(each)]
    reached = _reached(pieces)
    close_answered(work, order, shipment, pieces, trouble, because, reached)
    _raise_trouble(work, order, shipment, trouble)
    if reached is not None:
        _move(work, order, shipment, reached, delivered_at(pieces), because)


def _reached(pieces: Sequence[Piece]) -> ShipmentStatus | None:
    if delivered_at(pieces) is not None:
        return _S.DELIVERED
    return _S.IN_TRANSIT if any(piece.seen for piece in pieces) else None


def _raise_trouble(work: Work, order: Order, shipment: Shipment, trouble: Sequence[TrackingEvent]) -> None:
    if not trouble:
        return
    told = {case.evidence.get("scan"): case for case in work.tx.find_by(ExceptionCase, order_id=order.id)}
    for scan in trouble:
        if scan.event_id not in told:
            _raise(work, order, shipment, scan)


def _raise(work: Work, order: Order, shipment: Shipment, scan: TrackingEvent) -> None:
    code = TROUBLE[scan.type]
    because = f"{scan.carrier} reports {scan.type.value}" + (f" at {scan.place}." if scan.place else ".")
    stays = shipment if shipment.status is not _S.DELIVERED else None
    case = raise_exception(work, order, code, because, shipment=stays, scan=scan.event_id, raw=scan.raw_code)
    if case.evidence.get("scan") != scan.event_id:  # it is open already, and this is the latest of it
        case.evidence = {**case.evidence, "scan": scan.event_id, "raw": scan.raw_code}
        save_exception(work, order, case, "followed", because)
    if code in _OUTCOMES:
        note_outcome(work, order, shipment, _OUTCOMES[code])


def _move(
    work: Work, order: Order, shipment: Shipment, status: ShipmentStatus, arrived: datetime | None, because: str
) -> None:
    if shipment.status is _S.EXCEPTION:
        _follow_in_exception(work, order, shipment, status, arrived, because)
        return
    if _FURTHER[status] <= _FURTHER[shipment.status]:
        return
    if status is _S.DELIVERED:
        shipment.delivered_at = arrived
    change_shipment(work, order, shipment, status.value, because, status=status)
    if status is _S.DELIVERED:
        note_outcome(work, order, shipment, "delivered")
    follow_shipments(work, order, because)


def _follow_in_exception(
    work: Work, order: Order, shipment: Shipment, status: ShipmentStatus, arrived: datetime | None, because: str
) -> None:
    """The parcel moves although its delivery failed: it goes on from where it is once the exception is closed."""
    case = diverting_case(work, order, shipment)
    before = case.resume_shipment_status if case is not None else None
    if case is None or before not in _FURTHER or _FURTHER[status] <= _FURTHER[before]:
        return
    if status is _S.DELIVERED:
        shipment.delivered_at = arrived
        change_shipment(work, order, shipment, "reported", because)
        note_outcome(work, order, shipment, "delivered")
    case.resume_shipment_status = status
    save_exception(work, order, case, "followed", because)
