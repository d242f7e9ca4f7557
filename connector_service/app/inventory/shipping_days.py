"""When a location would ship what is ordered now, and when it would arrive: the one place that says so in answers.

Estimates. A location is taken to be open from Monday to Friday but on its country's public holidays, and to ship what
comes before its cut-off; carriage takes as long as the standard carriage table says.
"""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache
from typing import NamedTuple

from canonical_models import Location
from connector_service.business_time import Calendar
from connector_service.errors import InvalidInput
from connector_service.geography import business_days_after, carriage, place, ship_date, standard_table

NO_CUT_OFF = time(23, 59)
"""For a location that does not say: what is ordered today ships today."""
_WEEK = [*[[(0, 1440)]] * 5, [], []]


class Days(NamedTuple):
    """The location's own day of shipping, true from `since` up to and with `until`, its cut-off."""

    ships_on: date
    since: datetime
    until: datetime


class Arrival(NamedTuple):
    """The day it would arrive, how far that is, and how many business days it travels."""

    arrives_on: date
    distance_km: int
    transit_days: int


class ShippingDays:
    """Days of shipping by time zone, country and cut-off, worked out again only after a cut-off."""

    def __init__(self) -> None:
        self._days: dict[tuple[str, str], Days] = {}

    def of(self, location: Location, now: datetime) -> Days:
        """When a location would ship what is ordered now."""
        key = (location.timezone, location.country)
        known = self._days.get(key)
        if known is None or not known.since <= now <= known.until:
            found = ship_date(_calendar(*key), NO_CUT_OFF, now)
            known = self._days[key] = Days(found.day, now, found.cut_off)
        return known


class Destination(NamedTuple):
    """Where something would go, as it was written."""

    country: str
    region: str
    postal_code: str
    city: str


def arrival(location: Location, destination: Destination, ships_on: date) -> Arrival | None:
    """When a parcel that leaves then would be there; None when nobody knows where the one or the other is."""
    origin = (location.country, location.region, location.postal_code, location.city)
    return _arrival(location.timezone, origin, destination, ships_on)


def serves(location: Location, country: str) -> bool:
    """Whether a location ships to a country; to any when it names none, and when none is asked for."""
    return not country or not location.serves or country in location.serves


@lru_cache(maxsize=20_000)
def _arrival(
    timezone: str, origin: tuple[str, str, str, str], destination: Destination, ships_on: date
) -> Arrival | None:
    here, there = place(*origin), place(*destination)
    if here is None or there is None:
        return None
    found = carriage(standard_table(), here, there, 0)
    arrives_on = business_days_after(_calendar(timezone, here.country), ships_on, found.transit_days)
    return Arrival(arrives_on, found.distance_km, found.transit_days)


@lru_cache(maxsize=500)
def _calendar(timezone: str, country: str) -> Calendar:
    """What is not known of a place does not keep it from being answered for."""
    for zone, holidays in ((timezone, country), (timezone, None), ("UTC", None)):
        try:
            return Calendar(zone, _WEEK, holidays)
        except InvalidInput:
            continue
    raise AssertionError("UTC is always known")
