"""FedEx's scans, in answers of Track and in what its visibility webhook pushes; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import AwareDatetime, Field

from canonical_models import TrackingEvent
from connector_service.adapters.carriers.fedex import SLUG
from connector_service.adapters.carriers.fedex.codes import UNKNOWN, meaning
from connector_service.adapters.carriers.fedex.shapes import Answer, Error, Number, Text
from connector_service.adapters.shapes import Unreadable, VendorShape
from connector_service.errors import NotFound


class _Place(VendorShape):
    city: Text | None = None
    stateOrProvinceCode: Text | None = None
    countryCode: Text | None = None

    def words(self) -> str:
        return ", ".join(filter(None, (self.city, self.stateOrProvinceCode, self.countryCode)))[:200]


class _Scan(VendorShape):
    date: AwareDatetime
    eventType: str = Field(default="", max_length=20)
    exceptionCode: str = Field(default="", max_length=20)
    scanLocation: _Place | None = None


class _NumberInfo(VendorShape):
    trackingNumber: Number


class _Latest(VendorShape):
    code: str = Field(default="", max_length=20)


class _Result(VendorShape):
    trackingNumberInfo: _NumberInfo | None = None
    latestStatusDetail: _Latest = _Latest()
    scanEvents: tuple[_Scan, ...] = Field(default=(), max_length=1_000)
    error: Error | None = None


class _Complete(VendorShape):
    trackingNumber: str = Field(default="", max_length=64)
    trackResults: tuple[_Result, ...] = ()


class _Tracked(VendorShape):
    completeTrackResults: tuple[_Complete, ...] = Field(min_length=1)


def scans(number: str, body: bytes) -> tuple[TrackingEvent, ...]:
    """The scans of one parcel, oldest first; FedEx reuses numbers, and the parcel with the latest scan is ours."""
    results = [each for whole in _complete(body) if whole.trackingNumber == number for each in whole.trackResults]
    with_scans = [each for each in results if each.scanEvents]
    if with_scans:
        latest = max(with_scans, key=lambda each: max(scan.date for scan in each.scanEvents))
        return _events(number, latest.scanEvents)
    errors = [each.error.code for each in results if each.error]
    if any(code in UNKNOWN for code in errors):
        raise NotFound(f"{SLUG} does not know the tracking number {number!r}")
    if not results:
        raise Unreadable("there is nothing about the parcel that was asked about", "/output/completeTrackResults")
    return ()


def scans_of_many(numbers: Sequence[str], body: bytes) -> dict[str, tuple[TrackingEvent, ...]]:
    """The same for many parcels; a number that FedEx does not know has none."""
    found: dict[str, tuple[TrackingEvent, ...]] = {}
    for number in numbers:
        try:
            found[number] = scans(number, body)
        except NotFound:
            found[number] = ()
    return found


def push(body: bytes) -> tuple[TrackingEvent, ...]:
    """The scans in a push."""
    return tuple(
        event
        for whole in _complete(body)
        for result in whole.trackResults
        for event in _events(_number_of(whole, result), result.scanEvents)
    )


def _complete(body: bytes) -> tuple[_Complete, ...]:
    return Answer[_Tracked].model_validate_json(body).output.completeTrackResults


def _number_of(whole: _Complete, result: _Result) -> str:
    number = whole.trackingNumber or (result.trackingNumberInfo.trackingNumber if result.trackingNumberInfo else "")
    if not number:
        raise Unreadable("a push must say which parcel it is about", "/output/completeTrackResults/trackingNumber")
    return number


def _events(number: str, found: tuple[_Scan, ...]) -> tuple[TrackingEvent, ...]:
    events = (_event(number, scan) for scan in reversed(found))
    return tuple(sorted(filter(None, events), key=_when))


def _when(event: TrackingEvent) -> datetime:
    return event.occurred_at


def _event(number: str, scan: _Scan) -> TrackingEvent | None:
    kind = meaning(scan.eventType, scan.exceptionCode)
    if kind is None:
        return None
    raw = "/".join(filter(None, (scan.eventType, scan.exceptionCode)))
    return TrackingEvent(
        # FedEx has no id for a scan: what happened to which parcel, and when, is one.
        event_id=f"{number}-{scan.date.timestamp():.0f}-{raw}",
        carrier=SLUG,
        tracking_number=number,
        type=kind,
        occurred_at=scan.date,
        place=scan.scanLocation.words() if scan.scanLocation else "",
        raw_code=raw,
    )
