"""Exceptions that a later scan answers close by themselves, with the scan as their reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from canonical_models import EXCEPTION_CATALOG, ExceptionCase, ExceptionCode, Order, Shipment, ShipmentStatus
from canonical_models.tracking_event import TrackingEvent
from connector_service.orders.changes import change_order
from connector_service.orders.exceptions import save_exception
from connector_service.orders.parcel_history import ANSWERED_BY, TROUBLE, Piece, delivered_at
from connector_service.orders.resolving import requeue
from connector_service.orders.work import Work
from connector_service.store import callbacks, deadlines


def open_cases(work: Work, order: Order, shipment: Shipment) -> list[ExceptionCase]:
    """The open exceptions of one shipment, oldest first."""
    found = [work.tx.get(ExceptionCase, exception_id) for exception_id in order.exception_ids]
    return [case for case in found if case.shipment_id == shipment.id]


def diverting_case(work: Work, order: Order, shipment: Shipment) -> ExceptionCase | None:
    """The exception that keeps a shipment off its way, or None."""
    cases = open_cases(work, order, shipment)
    return next((case for case in cases if EXCEPTION_CATALOG[case.code].diverts_to is not None), None)


def close_answered(
    work: Work,
    order: Order,
    shipment: Shipment,
    pieces: Sequence[Piece],
    trouble: Sequence[TrackingEvent],
    because: str,
    reached: ShipmentStatus | None,
) -> None:
    """Close what the scans have answered; `trouble` is what they have not, `reached` where the shipment is by them."""
    still = {TROUBLE[scan.type] for scan in trouble}
    for case in open_cases(work, order, shipment):
        if _is_answered(case, pieces, still):
            _close(work, order, shipment, case, because, reached)


def _is_answered(case: ExceptionCase, pieces: Sequence[Piece], still: set[ExceptionCode]) -> bool:
    if case.code is ExceptionCode.NO_SCAN:
        since = datetime.fromisoformat(str(case.evidence.get("since", case.raised_at.isoformat())))
        return any(piece.last_scan is not None and piece.last_scan.occurred_at > since for piece in pieces)
    if case.code not in ANSWERED_BY or case.code in still:
        return False
    return delivered_at(pieces) is not None or "scan" in case.evidence


def _close(
    work: Work, order: Order, shipment: Shipment, case: ExceptionCase, because: str, reached: ShipmentStatus | None
) -> None:
    words = f"{because} That answers it."
    if case.state != "resolved":
        case.state, case.resolved_by, case.resolution = "resolved", work.actor, words
        save_exception(work, order, case, "resolved", words)
        if case.resume_url is not None:
            callbacks.enqueue(work.tx.connection, work.tenant_id, case.id, case.resume_url, work.now)
    diverting = EXCEPTION_CATALOG[case.code].diverts_to is not None
    others = [each for each in open_cases(work, order, shipment) if each is not case]
    if diverting and not any(EXCEPTION_CATALOG[each.code].diverts_to is not None for each in others):
        # The shipment goes on from where it was; `follow_parcels` takes it further at once.
        requeue(work, case)
    else:
        _let_go(work, order, case, words)


def _let_go(work: Work, order: Order, case: ExceptionCase, words: str) -> None:
    """Close an exception that nothing waits for."""
    case.state, case.deadline_at = "requeued", None
    deadlines.clear_deadline(work.tx.connection, work.tenant_id, case.id)
    save_exception(work, order, case, "requeued", words)
    order.exception_ids.remove(case.id)
    change_order(work, order, "exception_closed", words, exception_id=case.id)
