"""When a location would ship what is ordered now, and when it would arrive: the one place that says so in answers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from canonical_models import Location


class Days(NamedTuple):
    """The location's own dates. `holds_until` is the moment (UTC) from which the answer would be another one."""

    ships_on: date
    holds_until: datetime


def days_at(location: Location, now: datetime) -> Days:
    """What is ordered before the location's day ends leaves on that day, by the location's own clock."""
    local = now.astimezone(_zone(location.timezone))
    tomorrow = datetime.combine(local.date() + timedelta(days=1), time(0), local.tzinfo)
    return Days(local.date(), tomorrow.astimezone(UTC))


def serves(location: Location, country: str) -> bool:
    """Whether a location ships to a country; to any when it names none, and when none is asked for."""
    return not country or not location.serves or country in location.serves


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
