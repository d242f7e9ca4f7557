"""Why a clock stood still although nobody paused it: nights, weekends and public holidays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from connector_service.business_time import Calendar

_LISTED = 6
_NIGHTS = 2


def closed_times(calendar: Calendar, start: datetime, end: datetime) -> list[str]:
    """When the calendar was closed between two moments: each stretch with a closed day in it and its reason, at most
    six, and how many nights beside those."""
    days: list[str] = []
    nights: list[str] = []
    for begin, finish in _stretches(calendar, start, end):
        reasons = _reasons(calendar, begin, finish)
        words = f"closed {local(calendar, begin)} to {local(calendar, finish)}"
        (days if reasons else nights).append(f"{words} ({', '.join(reasons) or 'outside opening hours'})")
    if len(nights) > _NIGHTS:
        nights = [f"closed {len(nights)} times outside opening hours"]
    more = [f"closed {len(days) - _LISTED} more times"] if len(days) > _LISTED else []
    return days[:_LISTED] + more + nights


def _stretches(calendar: Calendar, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    first, last = start.astimezone(calendar.zone).toordinal(), end.astimezone(calendar.zone).toordinal()
    spans = [span for day in range(first - 1, last + 2) for span in calendar.open_on(day)]
    cursor = start
    for opens, closes in ((_moment(opens), _moment(closes)) for opens, closes in spans):
        if closes > cursor:
            if cursor < min(opens, end):
                yield cursor, min(opens, end)
            cursor = closes
    if cursor < end:
        yield cursor, end


def _reasons(calendar: Calendar, start: datetime, end: datetime) -> list[str]:
    """Holidays and weekdays among the days of a stretch on which the calendar never opens."""
    days = range(start.astimezone(calendar.zone).toordinal(), end.astimezone(calendar.zone).toordinal() + 1)
    shut = [date.fromordinal(day) for day in days if not calendar.open_on(day)]
    return list(dict.fromkeys(calendar.holiday_on(day) or f"{day:%A}" for day in shut))


def _moment(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def local(calendar: Calendar, moment: datetime) -> str:
    """A moment by the clock on the calendar's wall: `Mon 2026-11-09 08:00`."""
    return f"{moment.astimezone(calendar.zone):%a %Y-%m-%d %H:%M}"
