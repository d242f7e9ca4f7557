"""When a location would ship what is ordered now, and when it would arrive: the one place that says so in answers.

Estimates. A location ships on its own weekdays until its cut-off, but not on its public holidays and the days it is
closed on; carriage takes as long as the standard carriage table says, on weekdays that are no holiday where it leaves.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from canonical_models import Location
from connector_service.geography import (
    Place,
    Schedule,
    arrival_day,
    carriage,
    dispatch,
    place,
    place_of,
    standard_table,
)


class Days(NamedTuple):
    """The location's own day of shipping, of what is ordered after `since` up to and with `until`, its cut-off."""

    ships_on: date
    since: datetime
    until: datetime


class ShippingDays:
    """Days of shipping by what decides them, worked out again only after a cut-off."""

    def __init__(self) -> None:
        self._days: dict[Schedule, Days] = {}

    def of(self, location: Location, now: datetime) -> Days:
        """When a location would ship what is ordered now."""
        schedule = Schedule.of(location)
        known = self._days.get(schedule)
        if known is None or not known.since < now <= known.until:
            found = dispatch(location, now)
            known = self._days[schedule] = Days(found.day, found.since, found.until)
        return known


class Arrival(NamedTuple):
    """The day it would arrive, how far that is, and how many business days it travels."""

    arrives_on: date
    distance_km: int
    transit_days: int


class Destination(NamedTuple):
    """Where something would go, as it was written."""

    country: str
    region: str
    postal_code: str
    city: str


def arrival(location: Location, destination: Destination, ships_on: date) -> Arrival | None:
    """When a parcel that leaves then would be there; None when nobody knows where the one or the other is."""
    here = place_of(location)
    found = _carried(here, destination) if here is not None else None
    if found is None:
        return None
    return Arrival(arrival_day(location, ships_on, found[1]), *found)


def serves(location: Location, country: str) -> bool:
    """Whether a location ships to a country; to any when it names none, and when none is asked for."""
    return not country or not location.serves or country in location.serves


@lru_cache(maxsize=20_000)
def _carried(here: Place, destination: Destination) -> tuple[int, int] | None:
    """Kilometres and business days."""
    there = place(*destination)
    if there is None:
        return None
    found = carriage(standard_table(), here, there, 0)
    return found.distance_km, found.transit_days
