"""When a location ships what is asked of it now, and when that arrives: cut-off times and business days, as dates of
the place's own calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType

from connector_service.business_time import Calendar
from connector_service.errors import InvalidInput

LONGEST_WAIT_DAYS = 366
"""A calendar that stays closed longer than this ships nothing."""
CutOffs = Mapping[int, time]
"""By weekday (0 is Monday), where the cut-off is not the usual one."""
_NONE: CutOffs = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ShipDate:
    """The local day on which it ships, the cut-off of that day (UTC), and minutes until the cut-off of today.

    `minutes_to_cut_off` is negative after it, and None when the location is closed today.
    """

    day: date
    cut_off: datetime
    minutes_to_cut_off: int | None


def ship_date(calendar: Calendar, cut_off: time, now: datetime, others: CutOffs = _NONE) -> ShipDate:
    """The first day on which the location is open and whose cut-off, a local time, is not over at `now`; `others` are
    weekdays with another cut-off.

    What comes at the very minute of the cut-off still ships. A cut-off in the hour that daylight saving skips counts as
    an hour later; in the hour that comes twice it counts the first time. Raises InvalidInput for a time without a zone
    or a calendar that stays closed for a year.
    """
    if now.tzinfo is None:
        raise InvalidInput(f"{now.isoformat()} has no time zone; pass a time in UTC.")
    today = now.astimezone(calendar.zone).date()
    limit = _moment(calendar, today, others.get(today.weekday(), cut_off))
    left = (limit - now) // timedelta(minutes=1) if calendar.open_on(today.toordinal()) else None
    for day in _open_days(calendar, today):
        limit = _moment(calendar, day, others.get(day.weekday(), cut_off))
        if now <= limit:
            return ShipDate(day, limit, left)
    raise AssertionError("an open day after today is always before its cut-off")


def last_cut_off(calendar: Calendar, cut_off: time, before: date, others: CutOffs = _NONE) -> datetime:
    """The cut-off (UTC) of the last open day before a day; of a calendar that was closed for a year, of that day a year
    ago."""
    day = before - timedelta(days=1)
    while not calendar.open_on(day.toordinal()) and (before - day).days < LONGEST_WAIT_DAYS:
        day -= timedelta(days=1)
    return _moment(calendar, day, others.get(day.weekday(), cut_off))


def business_days_after(calendar: Calendar, day: date, days: int) -> date:
    """The day that lies `days` open days after a day; with 0 the day itself when it is open, else the next that is.

    Raises InvalidInput for a negative number or a calendar that stays closed for a year.
    """
    if days < 0:
        raise InvalidInput(f"A number of business days cannot be negative: {days}.")
    found = next(_open_days(calendar, day))
    if found > day:
        days -= 1
    following = _open_days(calendar, found)
    for _ in range(days + 1):
        found = next(following)
    return found


def _open_days(calendar: Calendar, first: date) -> Iterator[date]:
    """The open days from the first on. Raises InvalidInput when there is none for a year."""
    closed = 0
    for ordinal in range(first.toordinal(), date.max.toordinal()):
        if calendar.open_on(ordinal):
            closed = 0
            yield date.fromordinal(ordinal)
        elif (closed := closed + 1) > LONGEST_WAIT_DAYS:
            break
    raise InvalidInput(f"The calendar stays closed for a year from {first}; open it on some day.", pointer="/open")


def _moment(calendar: Calendar, day: date, at: time) -> datetime:
    return datetime.combine(day, at.replace(tzinfo=None, fold=0), calendar.zone).astimezone(UTC)
