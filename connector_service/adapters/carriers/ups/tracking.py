"""UPS's scans, in answers to Tracking and in what Track Alert sends; pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from canonical_models import TrackingEvent
from connector_service.adapters.carriers.ups import SLUG
from connector_service.adapters.carriers.ups.codes import meaning
from connector_service.adapters.carriers.ups.shapes import Number, Text
from connector_service.adapters.karrio_bridge import several
from connector_service.adapters.shapes import Unreadable, VendorShape
from connector_service.errors import NotFound

UNKNOWN = "TW0001"


class _Place(VendorShape):
    city: Text | None = None
    stateProvince: Text | None = None
    country: Text | None = None
    countryCode: Text | None = None

    def words(self) -> str:
        country = self.country or self.countryCode
        return ", ".join(filter(None, (self.city, self.stateProvince, country)))[:200]


class _Location(VendorShape):
    address: _Place | None = None


class _Status(VendorShape):
    type: str = Field(default="", max_length=10)
    code: str = Field(default="", max_length=20)
    statusCode: str = Field(default="", max_length=20)
    descriptionCode: str = Field(default="", max_length=20)


class _Activity(VendorShape):
    location: _Location | None = None
    status: _Status | None = None
    date: str = Field(default="", max_length=20)
    time: str = Field(default="", max_length=20)
    gmtDate: str = Field(default="", max_length=20)
    gmtTime: str = Field(default="", max_length=20)


class _Package(VendorShape):
    trackingNumber: Number
    activity: Annotated[tuple[_Activity, ...], BeforeValidator(several), Field(max_length=1_000)] = ()


class _Warning(VendorShape):
    code: str = Field(max_length=40)
    message: Text = ""


class _Shipment(VendorShape):
    package: Annotated[tuple[_Package, ...], BeforeValidator(several)] = ()
    warnings: Annotated[tuple[_Warning, ...], BeforeValidator(several)] = ()


class _Tracked(VendorShape):
    shipment: Annotated[tuple[_Shipment, ...], BeforeValidator(several)] = Field(min_length=1)


class _Answer(VendorShape):
    trackResponse: _Tracked


class _Alert(VendorShape):
    trackingNumber: Number
    activityStatus: _Status
    activityLocation: _Place = _Place()
    localActivityDate: str = Field(default="", max_length=20)
    localActivityTime: str = Field(default="", max_length=20)
    gmtActivityDate: str = Field(default="", max_length=20)
    gmtActivityTime: str = Field(default="", max_length=20)


def scans(number: str, body: bytes) -> tuple[TrackingEvent, ...]:
    """The scans of one parcel, oldest first; UPS sends the newest first, and the other parcels of the shipment, too."""
    shipments = _Answer.model_validate_json(body).trackResponse.shipment
    found = [each for shipment in shipments for each in shipment.package if each.trackingNumber == number]
    if not found:
        if any(warning.code == UNKNOWN for shipment in shipments for warning in shipment.warnings):
            raise NotFound(f"{SLUG} does not know the tracking number {number!r}")
        raise Unreadable("there is nothing about the parcel that was asked about", "/trackResponse/shipment")
    events = [
        _event(
            number,
            activity.status or _Status(),
            _moment(activity.gmtDate or activity.date, activity.gmtTime if activity.gmtDate else activity.time),
            activity.location.address.words() if activity.location and activity.location.address else "",
        )
        for activity in reversed(found[0].activity)
    ]
    return tuple(sorted(filter(None, events), key=lambda event: event.occurred_at))


def alert(body: bytes) -> tuple[TrackingEvent, ...]:
    """The scan in a message of Track Alert; nothing when its type has no meaning to us."""
    told = _Alert.model_validate_json(body)
    gmt = bool(told.gmtActivityDate)
    at = _moment(
        told.gmtActivityDate if gmt else told.localActivityDate, told.gmtActivityTime if gmt else told.localActivityTime
    )
    event = _event(told.trackingNumber, told.activityStatus, at, told.activityLocation.words())
    return (event,) if event else ()


def _moment(day: str, time: str) -> datetime:
    """UPS writes GMT in some answers, and the local time alone in old ones, which is then taken for GMT."""
    try:
        return datetime.strptime(day + time.replace(":", ""), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise Unreadable("a scan's time must be YYYYMMDD and HHMMSS", "/activity") from None


def _event(number: str, status: _Status, at: datetime, place: str) -> TrackingEvent | None:
    # Tracking calls the detail `statusCode`, Track Alert `descriptionCode`.
    kind = meaning(status.type, status.code, status.statusCode or status.descriptionCode)
    if kind is None:
        return None
    return TrackingEvent(
        # UPS has no id for a scan: what happened to which parcel, and when, is one.
        event_id=f"{number}-{at:%Y%m%d%H%M%S}-{status.type}{status.code}",
        carrier=SLUG,
        tracking_number=number,
        type=kind,
        occurred_at=at,
        place=place,
        raw_code=f"{status.type}/{status.code}",
    )
