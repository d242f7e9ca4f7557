"""What the scans of a shipment's parcels come to: where it is, and which trouble nothing has answered yet. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from canonical_models import ExceptionCode, TrackingEvent, TrackingType

_T = TrackingType
TROUBLE: Mapping[TrackingType, ExceptionCode] = {
    _T.DELIVERY_FAILED: ExceptionCode.DELIVERY_FAILED,
    _T.ADDRESS_CORRECTION: ExceptionCode.ADDRESS_CORRECTION,
    _T.DAMAGED: ExceptionCode.PARCEL_DAMAGED,
    _T.LOST: ExceptionCode.PARCEL_LOST,
    _T.RETURN_TO_SENDER: ExceptionCode.RETURN_TO_SENDER,
}
"""What a scan raises by itself. That a carrier says it is late is judged by the tracking rules, with its promise."""
_GOOD = frozenset({_T.PICKED_UP, _T.IN_TRANSIT, _T.OUT_FOR_DELIVERY, _T.DELIVERED})
ANSWERED_BY: Mapping[ExceptionCode, frozenset[TrackingType]] = {
    ExceptionCode.NO_SCAN: frozenset(_T) - {_T.LABEL_CREATED},
    ExceptionCode.DELIVERY_DELAYED: frozenset({_T.DELIVERED}),
    ExceptionCode.DELIVERY_FAILED: frozenset({_T.DELIVERED}),
    ExceptionCode.ADDRESS_CORRECTION: frozenset({_T.DELIVERED}),
    ExceptionCode.PARCEL_LOST: frozenset({_T.DELIVERED}),
}
"""Which later scan of the same parcel says that an exception is over. Nothing a carrier says mends a damaged parcel,
and one that comes back is delivered to us, not to the customer."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One parcel by its scans: whether the carrier has it, and when it reached its customer."""

    seen: bool
    delivered_at: datetime | None
    last_scan: TrackingEvent | None


def piece_of(scans: Sequence[TrackingEvent]) -> Piece:
    """Where a parcel is; `scans` in the order in which they happened."""
    returning = any(scan.type is _T.RETURN_TO_SENDER for scan in scans)
    arrived = next((scan.occurred_at for scan in scans if scan.type is _T.DELIVERED), None)
    seen = [scan for scan in scans if scan.type is not _T.LABEL_CREATED]
    return Piece(bool(seen), None if returning else arrived, seen[-1] if seen else None)


def by_number(numbers: Sequence[str], scans: Sequence[TrackingEvent]) -> dict[str, list[TrackingEvent]]:
    """The scans of each parcel, oldest first; one without scans is there too."""
    found: dict[str, list[TrackingEvent]] = {number: [] for number in numbers}
    for scan in scans:
        found.setdefault(scan.tracking_number, []).append(scan)
    return found


def delivered_at(pieces: Sequence[Piece]) -> datetime | None:
    """When the last of the parcels was delivered; None while one is on its way."""
    times = [piece.delivered_at for piece in pieces]
    whole = [moment for moment in times if moment is not None]
    return max(whole) if whole and len(whole) == len(times) else None


def unanswered(scans: Sequence[TrackingEvent]) -> list[TrackingEvent]:
    """The trouble of one parcel that no later scan has answered, the newest scan of each kind."""
    newest: dict[TrackingType, TrackingEvent] = {}
    for scan in scans:
        if scan.type in TROUBLE:
            newest[scan.type] = scan
        for kind in [kind for kind in newest if scan.type in ANSWERED_BY.get(TROUBLE[kind], ())]:
            del newest[kind]
    return list(newest.values())


def is_good(scan: TrackingEvent) -> bool:
    """Whether a scan says that the parcel moves."""
    return scan.type in _GOOD
