"""Business time: how long a calendar was open between two moments, and when a number of open hours will have passed.

A calendar is a time zone, opening hours per weekday and public holidays (from the `holidays` package). Local hours
become UTC intervals once per day and are kept, so daylight saving is exact: a day that loses an hour is that shorter.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays as public_holidays

from connector_service.errors import InvalidInput

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)$")
_DURATION = re.compile(r"^([1-9]\d{0,4})(m|h|bd)$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY_MINUTES = 24 * 60
_KEPT_DAYS = 20_000
_YEARS = range(1970, 2200)

Minutes = tuple[int, int]
Open = tuple[int, int]


class Calendar:
    """Opening hours of a desk or a warehouse.

    `week` holds, for Monday to Sunday, the open spans as (first, last) minutes of the local day; `holidays` is an ISO
    3166 country or subdivision ("US", "US-NY"), or None; on the days `closed` it does not open either. Raises
    InvalidInput when the zone or the country is not known, or when the calendar never opens.
    """

    def __init__(
        self,
        timezone: str,
        week: Sequence[Sequence[Minutes]],
        holidays: str | None = None,
        closed: Collection[date] = (),
    ) -> None:
        if not any(week):
            raise InvalidInput(
                "A calendar must be open at some time of the week; add hours to `open`.", pointer="/open"
            )
        self.zone = _zone(timezone)
        self._week = tuple(tuple(spans) for spans in week)
        self._holidays = holidays
        self._closed = frozenset(closed)
        self._days: dict[int, tuple[Open, ...]] = {}
        _holidays_of(holidays, 2026)
        lengths = [sum(last - first for first, last in spans) for spans in self._week if spans]
        self.business_day = timedelta(minutes=max(lengths, key=lengths.count))
        """The usual length of an open day: what `1bd` means on this calendar."""

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Calendar:
        """A calendar as a rule file writes it: timezone, holidays, and `open`, which is `{"mon-fri": "08:00-18:00"}` or
        "always". Raises InvalidInput whose pointer leads into the definition."""
        hours = definition["open"]
        week = [[(0, _DAY_MINUTES)]] * 7 if hours == "always" else _week(hours)
        return cls(definition["timezone"], week, definition.get("holidays"))

    def open_on(self, ordinal: int) -> tuple[Open, ...]:
        """The open intervals of one local day (a Gregorian ordinal), rising, in microseconds since 1970 UTC."""
        found = self._days.get(ordinal)
        if found is None:
            if len(self._days) >= _KEPT_DAYS:
                self._days.clear()
            found = self._days[ordinal] = self._build(date.fromordinal(ordinal))
        return found

    def holiday_on(self, day: date) -> str | None:
        """The name of the public holiday on a local day, or None."""
        return _holidays_of(self._holidays, day.year).get(day)

    def _build(self, day: date) -> tuple[Open, ...]:
        if day in self._closed or day in _holidays_of(self._holidays, day.year):
            return ()
        opened: list[Open] = []
        for first, last in self._week[day.weekday()]:
            start, end = self._instant(day, first), self._instant(day, last)
            if opened:
                start = max(start, opened[-1][1])
            if start < end:  # a span inside the hour that daylight saving skips is empty
                opened.append((start, end))
        return tuple(opened)

    def _instant(self, day: date, minute: int) -> int:
        if minute == _DAY_MINUTES:
            day, minute = day + timedelta(days=1), 0
        return _micros(datetime.combine(day, time(minute // 60, minute % 60), self.zone))


def add_business_time(calendar: Calendar, start_utc: datetime, duration: timedelta) -> datetime:
    """The first moment (UTC) at which the calendar was open for `duration` since `start_utc`.

    Raises InvalidInput for a time without a zone, a negative duration, or an answer past the year 2199.
    """
    now, left = _checked(start_utc), duration // _MICROSECOND
    if left < 0:
        raise InvalidInput(f"A duration cannot be negative: {duration}.")
    if left == 0:
        return start_utc.astimezone(UTC)
    ordinal = _first_day(calendar, start_utc)
    while True:
        for start, end in calendar.open_on(_bounded(ordinal)):
            begin = start if start > now else now
            if end - begin >= left:
                return _EPOCH + timedelta(microseconds=begin + left)
            if end > begin:
                left -= end - begin
        ordinal += 1


def business_time_between(calendar: Calendar, start_utc: datetime, end_utc: datetime) -> timedelta:
    """How long the calendar was open between two moments; zero when the end is not after the start.

    Raises InvalidInput for a time without a zone or outside the years 1970 to 2199.
    """
    first, last = _checked(start_utc), _checked(end_utc)
    total = 0
    for ordinal in range(_first_day(calendar, start_utc), end_utc.astimezone(calendar.zone).toordinal() + 2):
        for start, end in calendar.open_on(_bounded(ordinal)):
            total += max(0, min(end, last) - max(start, first))
    return timedelta(microseconds=total)


def parse_duration(text: str, calendar: Calendar) -> timedelta:
    """`30m`, `2h` or `1bd` (one usual open day of the calendar) as open time. Raises InvalidInput for anything else."""
    match = _DURATION.match(text)
    if match is None:
        raise InvalidInput(
            f"{text!r} is not a duration; write minutes, hours or business days, such as 30m, 2h or 1bd."
        )
    unit = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "bd": calendar.business_day}[match[2]]
    return int(match[1]) * unit


def _first_day(calendar: Calendar, start: datetime) -> int:
    # A span of the day before can reach past local midnight when a clock change happens there.
    return start.astimezone(calendar.zone).toordinal() - 1


def _bounded(ordinal: int) -> int:
    if ordinal > _LAST_DAY:
        raise InvalidInput(
            "The answer lies past the year 2199; the duration is too long or the calendar hardly ever opens."
        )
    return ordinal


_LAST_DAY = date(_YEARS[-1], 12, 31).toordinal() + 2


def _checked(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise InvalidInput(f"{moment.isoformat()} has no time zone; pass a time in UTC.")
    if moment.year not in _YEARS:
        raise InvalidInput(f"{moment.isoformat()} is outside the years 1970 to 2199.")
    return _micros(moment)


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"There is no time zone {name!r}; write an IANA name such as Europe/Berlin."
        raise InvalidInput(message, pointer="/timezone") from error


@cache
def _holidays_of(place: str | None, year: int) -> Mapping[date, str]:
    if place is None:
        return {}
    country, _, subdivision = place.partition("-")
    try:
        return dict(public_holidays.country_holidays(country, subdiv=subdivision or None, years=year))
    except NotImplementedError as error:
        message = f"No holidays are known for {place!r}; write an ISO 3166 country or subdivision such as US or US-NY."
        raise InvalidInput(message, pointer="/holidays") from error


def _week(hours: Mapping[str, Any]) -> list[list[Minutes]]:
    week: list[list[Minutes]] = [[] for _ in WEEKDAYS]
    for days, spans in hours.items():
        first, _, last = days.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            raise InvalidInput(
                f"{days!r} names no weekday; write mon, or a range such as mon-fri.", pointer=f"/open/{days}"
            )
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        for day in range(start, end + 1 if end >= start else end + 8):
            week[day % 7].extend(_spans(spans, days))
    return [sorted(day) for day in week]


def _spans(spans: str | Sequence[str], days: str) -> list[Minutes]:
    return [_span(span, days) for span in ([spans] if isinstance(spans, str) else spans)]


def _span(text: str, days: str) -> Minutes:
    match = _SPAN.match(text)
    first = int(match[1]) * 60 + int(match[2]) if match else 0
    last = (_DAY_MINUTES if match[3] == "24:00" else int(match[4]) * 60 + int(match[5])) if match else 0
    if last <= first:
        message = f"{text!r} is not a span of a day; write opening and closing time such as 08:00-18:00."
        raise InvalidInput(message, pointer=f"/open/{days}")
    return first, last


ALWAYS_OPEN = Calendar("UTC", [[(0, _DAY_MINUTES)]] * 7)
"""A calendar that never closes: business time is wall-clock time."""
