"""Where a location lies, on which day it ships what is asked of it now, and when that arrives: from its own words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from canonical_models import Location
from connector_service.business_time import WEEKDAYS, Calendar
from connector_service.errors import InvalidInput
from connector_service.geography.cut_off import business_days_after, last_cut_off, ship_date
from connector_service.geography.places import Exactness, Place, place

NO_CUT_OFF = time(23, 59)
"""For a location that does not say: what is ordered today ships today."""
_ALL_DAY = ((0, 1440),)
_MINUTE = timedelta(minutes=1)


class Dispatch(NamedTuple):
    """The local day on which a location ships what is asked of it now.

    All that is asked of it after `since` and up to and with `until` (its cut-off, UTC) ships on that day. `waits` are
    the days until then, 0 for today. `minutes_to_cut_off` is negative after today's cut-off, and None when it does not
    ship today or names no cut-off.
    """

    day: date
    since: datetime
    until: datetime
    waits: int
    minutes_to_cut_off: int | None


class Schedule(NamedTuple):
    """What decides a location's days, to remember them by."""

    timezone: str
    holidays: str | None
    ships_on: tuple[str, ...]
    closed_on: tuple[date, ...]
    cut_off: str | None
    cut_offs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, location: Location) -> Schedule:
        """A location's; its country's public holidays when it does not say whose it keeps."""
        holidays = location.country if location.holidays is None else location.holidays or None
        cut_offs = tuple(location.cut_offs.items())
        closed = tuple(location.closed_on)
        return cls(location.timezone, holidays, tuple(location.ships_on), closed, location.cut_off, cut_offs)

    def check(self) -> None:
        """Raises InvalidInput, whose pointer names the field of the location, for an unknown zone or unknown holidays,
        and when it ships on no day of the next year."""
        calendar = Calendar(self.timezone, _week(self.ships_on), self.holidays, self.closed_on)
        if self.closed_on:
            try:
                business_days_after(calendar, min(self.closed_on), 0)
            except InvalidInput as error:
                raise InvalidInput("closed_on leaves no day on which it ships.", pointer="/closed_on") from error


class _Today(NamedTuple):
    """One local day of a schedule: its cut-off, when it ships then, and the open days around it."""

    cut_off: datetime | None
    before: datetime
    next_day: date
    next_cut_off: datetime


def dispatch(location: Location, now: datetime) -> Dispatch:
    """When a location ships what is asked of it at `now` (UTC)."""
    schedule = Schedule.of(location)
    here = now.astimezone(_calendar(schedule).zone).date()
    today = _today(schedule, here)
    left = None
    if today.cut_off is not None:
        says = schedule.cut_off is not None or bool(schedule.cut_offs)
        left = (today.cut_off - now) // _MINUTE if says else None
        if now <= today.cut_off:
            return Dispatch(here, today.before, today.cut_off, 0, left)
    since = today.cut_off or today.before
    return Dispatch(today.next_day, since, today.next_cut_off, (today.next_day - here).days, left)


def next_ship_day(location: Location, day: date) -> date:
    """The first day from `day` on, itself included, on which the location ships."""
    return business_days_after(_calendar(Schedule.of(location)), day, 0)


def next_midnight(location: Location, now: datetime) -> datetime:
    """When the location's next day begins (UTC)."""
    zone = _calendar(Schedule.of(location)).zone
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


def arrival_day(location: Location, ships_on: date, transit_days: int) -> date:
    """The day on which what ships on a day arrives after so many days on which carriers, too, are at work."""
    return _arrival_day(location.timezone, location.country, ships_on, transit_days)


def place_of(location: Location) -> Place | None:
    """Its coordinates when it has some, else what is known of its address; None when there is no such country."""
    if location.latitude is not None and location.longitude is not None:
        exact = Exactness.POSTAL_CODE
        return Place(location.country, round(location.latitude, 4), round(location.longitude, 4), exact, 1)
    return place(location.country, location.region, location.postal_code, location.city)


@lru_cache(maxsize=10_000)
def _today(schedule: Schedule, day: date) -> _Today:
    calendar = _calendar(schedule)
    usual = _time(schedule.cut_off) if schedule.cut_off is not None else NO_CUT_OFF
    others = {WEEKDAYS.index(name): _time(at) for name, at in schedule.cut_offs}
    midnight = datetime.combine(day, time(), calendar.zone)
    first = ship_date(calendar, usual, midnight, others)
    before = last_cut_off(calendar, usual, day, others)
    if first.day > day:
        return _Today(None, before, first.day, first.cut_off)
    after = ship_date(calendar, usual, first.cut_off + timedelta(microseconds=1), others)
    return _Today(first.cut_off, before, after.day, after.cut_off)


@lru_cache(maxsize=20_000)
def _arrival_day(timezone: str, country: str, ships_on: date, transit_days: int) -> date:
    working = Schedule(timezone, country, WEEKDAYS[:5], (), None, ())
    return business_days_after(_calendar(working), ships_on, transit_days)


@lru_cache(maxsize=1_000)
def _calendar(schedule: Schedule) -> Calendar:
    """What is not known of a place does not keep it from being answered for."""
    week = _week(schedule.ships_on)
    zone, holidays, closed = schedule.timezone, schedule.holidays, schedule.closed_on
    for known, kept in ((zone, holidays), (zone, None), ("UTC", None)):
        try:
            return Calendar(known, week, kept, closed)
        except InvalidInput:
            continue
    raise AssertionError("UTC is always known")


def _week(ships_on: tuple[str, ...]) -> list[tuple[tuple[int, int], ...]]:
    return [_ALL_DAY if day in ships_on else () for day in WEEKDAYS]


def _time(said: str) -> time:
    return time.fromisoformat(said)
