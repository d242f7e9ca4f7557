"""Tracking numbers of the Postal Service, and its scans; pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from pydantic import Field

from canonical_models import TrackingEvent
from connector_service.adapters.carriers.usps import SLUG
from connector_service.adapters.carriers.usps.codes import meaning
from connector_service.adapters.shapes import Unreadable, VendorShape

BARCODE = re.compile("[0-9]{20}|[0-9]{22}|[0-9]{26}|[0-9]{30}|[0-9]{34}")


class _Event(VendorShape):
    eventType: str = ""
    eventCode: str = Field(default="", max_length=64)
    eventTimestamp: str | None = None
    GMTTimestamp: str | None = None
    GMTOffset: str | None = None
    eventCity: str | None = None
    eventState: str | None = None

    def moment(self) -> datetime:
        """When it happened, in UTC; a local time without its offset is taken as UTC."""
        offset = self.GMTOffset if re.fullmatch(r"[+-]\d\d:\d\d", self.GMTOffset or "") else "+00:00"
        text = self.GMTTimestamp or f"{(self.eventTimestamp or '').removesuffix('Z')}{offset}"
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise Unreadable("an event has no time", "/trackingEvents") from None
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)


class _Tracking(VendorShape):
    trackingNumber: str
    trackingEvents: tuple[_Event, ...] = Field(default=(), max_length=1_000)


def events(number: str, body: bytes) -> tuple[TrackingEvent, ...]:
    """The scans of one parcel, oldest first. An event without meaning to us is left out."""
    tracked = _Tracking.model_validate_json(body)
    if tracked.trackingNumber != number:
        raise Unreadable("these are the scans of another parcel", "/trackingNumber")
    found = []
    for event in reversed(tracked.trackingEvents):
        kind = meaning(event.eventCode, event.eventType)
        if kind is not None:
            at = event.moment()
            found.append(
                TrackingEvent(
                    event_id=f"{number}-{event.eventCode}-{at:%Y%m%dT%H%M%S}",
                    carrier=SLUG,
                    tracking_number=number,
                    type=kind,
                    occurred_at=at,
                    place=", ".join(filter(None, (event.eventCity, event.eventState)))[:200],
                    raw_code=event.eventCode,
                )
            )
    return tuple(sorted(found, key=lambda each: each.occurred_at))


def valid_tracking_number(number: str) -> bool:
    """An Intelligent Mail package barcode: digits, the last of them weighted 3 and 1 from the right, modulo 10.

    A number that begins with `420` has the ZIP code of its destination before it, which does not count.
    """
    if BARCODE.fullmatch(number) is None:
        return False
    body = number[{30: 8, 34: 12}.get(len(number), 0) :] if number.startswith("420") else number
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(reversed(body)))
    return total % 10 == 0
