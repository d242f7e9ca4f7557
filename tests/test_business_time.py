"""Business time: exact over nights, weekends, holidays and clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_service.business_time import (
    ALWAYS_OPEN,
    Calendar,
    add_business_time,
    business_time_between,
    parse_duration,
)
from connector_service.errors import InvalidInput

NEW_YORK = Calendar.from_definition(
    {"timezone": "America/New_York", "open": {"mon-fri": "08:00-18:00"}, "holidays": "US"}
)
BERLIN_NIGHTS = Calendar.from_definition(
    {"timezone": "Europe/Berlin", "open": {"mon-sun": ["00:00-06:00", "22:00-24:00"]}, "holidays": "DE-BE"}
)
KOLKATA = Calendar.from_definition(
    {"timezone": "Asia/Kolkata", "open": {"mon-sat": "09:30-18:15", "sun": "10:00-10:01"}, "holidays": "IN"}
)
HAVANA = Calendar.from_definition({"timezone": "America/Havana", "open": "always"})
SKIPPED_HOUR = Calendar.from_definition(
    {"timezone": "America/New_York", "open": {"sun": ["01:30-02:30", "02:45-03:15"]}}
)
CALENDARS = [NEW_YORK, BERLIN_NIGHTS, KOLKATA, HAVANA, SKIPPED_HOUR, ALWAYS_OPEN]

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
DURATIONS = st.timedeltas(timedelta(0), timedelta(hours=300))
SOME = st.sampled_from(CALENDARS)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@settings(deadline=None)
@given(SOME, MOMENTS, DURATIONS)
def test_between_gives_back_what_add_was_given(calendar: Calendar, start: datetime, duration: timedelta) -> None:
    assert business_time_between(calendar, start, add_business_time(calendar, start, duration)) == duration


@settings(deadline=None)
@given(SOME, MOMENTS, DURATIONS, DURATIONS)
def test_more_time_is_never_due_earlier(
    calendar: Calendar, start: datetime, first: timedelta, second: timedelta
) -> None:
    less, more = sorted((first, second))
    assert add_business_time(calendar, start, less) <= add_business_time(calendar, start, more)


@settings(deadline=None)
@given(SOME, MOMENTS, MOMENTS, DURATIONS)
def test_a_later_start_is_never_due_earlier(
    calendar: Calendar, first: datetime, second: datetime, duration: timedelta
) -> None:
    early, late = sorted((first, second))
    assert add_business_time(calendar, early, duration) <= add_business_time(calendar, late, duration)


@settings(deadline=None)
@given(SOME, MOMENTS, DURATIONS, DURATIONS)
def test_adding_twice_is_adding_once(calendar: Calendar, start: datetime, first: timedelta, second: timedelta) -> None:
    twice = add_business_time(calendar, add_business_time(calendar, start, first), second)
    assert twice == add_business_time(calendar, start, first + second)


@settings(deadline=None)
@given(SOME, st.lists(MOMENTS, min_size=3, max_size=3))
def test_the_time_between_adds_up(calendar: Calendar, moments: list[datetime]) -> None:
    first, second, third = sorted(moments)
    parts = business_time_between(calendar, first, second) + business_time_between(calendar, second, third)
    assert parts == business_time_between(calendar, first, third)


@given(MOMENTS, DURATIONS)
def test_a_calendar_that_never_closes_is_the_wall_clock(start: datetime, duration: timedelta) -> None:
    assert add_business_time(ALWAYS_OPEN, start, duration) == start + duration


@settings(max_examples=30, deadline=None)
@given(st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(0, 1439), st.integers(1, 40 * 60))
def test_it_is_the_same_as_walking_minute_by_minute(day: date, minute: int, duration: int) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    # 4 July 2026 falls on a Saturday and is kept on the Friday before.
    closed = {date(2026, 1, 1), date(2026, 7, 3), date(2026, 12, 25), date(2027, 1, 1)}
    closed |= {date(2026, *day) for day in ((1, 19), (2, 16), (5, 25), (6, 19), (9, 7), (10, 12), (11, 11), (11, 26))}
    now, left = start, duration
    while left:
        local = now.astimezone(ZoneInfo("America/New_York"))
        left -= local.weekday() < 5 and 8 <= local.hour < 18 and local.date() not in closed
        now += timedelta(minutes=1)
    assert add_business_time(NEW_YORK, start, timedelta(minutes=duration)) == now


def test_friday_evening_goes_on_monday_morning() -> None:
    assert add_business_time(NEW_YORK, utc("2026-11-06T22:00:00"), timedelta(hours=2)) == utc("2026-11-09T14:00:00")


def test_a_holiday_does_not_count() -> None:
    assert add_business_time(NEW_YORK, utc("2026-11-10T22:00:00"), timedelta(hours=2)) == utc("2026-11-12T14:00:00")


def test_the_due_time_is_closing_time_not_the_next_opening() -> None:
    assert add_business_time(NEW_YORK, utc("2026-11-06T22:00:00"), timedelta(hours=1)) == utc("2026-11-06T23:00:00")


def test_opening_hours_follow_the_clock_change() -> None:
    before, after = utc("2026-03-06T13:00:00"), utc("2026-03-09T12:00:00")
    assert add_business_time(NEW_YORK, before, timedelta(hours=10, minutes=1)) == after + timedelta(minutes=1)


def test_a_day_that_loses_an_hour_is_an_hour_shorter() -> None:
    calendar = Calendar.from_definition({"timezone": "America/New_York", "open": {"sun": "00:00-24:00"}})
    day = business_time_between(calendar, utc("2026-03-08T00:00:00"), utc("2026-03-10T00:00:00"))
    assert day == timedelta(hours=23)
    assert business_time_between(calendar, utc("2026-11-01T00:00:00"), utc("2026-11-03T00:00:00")) == timedelta(
        hours=25
    )


def test_an_hour_that_does_not_exist_is_not_counted_twice() -> None:
    # On 8 March 2026 New York goes from 01:59 to 03:00; half of the first span and the half hour till 03:15 remain.
    open_time = business_time_between(SKIPPED_HOUR, utc("2026-03-08T00:00:00"), utc("2026-03-09T00:00:00"))
    assert open_time == timedelta(hours=1)


def test_nothing_passes_before_the_start() -> None:
    assert business_time_between(NEW_YORK, utc("2026-11-10T15:00:00"), utc("2026-11-09T15:00:00")) == timedelta(0)


def test_no_duration_is_due_at_once_in_utc() -> None:
    start = datetime(2026, 11, 7, 12, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    due = add_business_time(NEW_YORK, start, timedelta(0))
    assert (due, due.tzinfo) == (start, UTC)


@pytest.mark.parametrize(
    ("text", "duration"), [("30m", timedelta(minutes=30)), ("2h", timedelta(hours=2)), ("3bd", timedelta(hours=30))]
)
def test_durations_are_minutes_hours_and_business_days(text: str, duration: timedelta) -> None:
    assert parse_duration(text, NEW_YORK) == duration


def test_a_business_day_is_the_usual_day_of_the_calendar() -> None:
    assert parse_duration("1bd", ALWAYS_OPEN) == timedelta(days=1)
    assert parse_duration("1bd", KOLKATA) == timedelta(hours=8, minutes=45)


@pytest.mark.parametrize("text", ["", "2", "h", "0h", "-1h", "1.5h", "2 h", "1d", "999999h"])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not a duration"):
        parse_duration(text, NEW_YORK)


@pytest.mark.parametrize(
    ("definition", "pointer"),
    [
        ({"timezone": "Mars/Olympus", "open": "always"}, "/timezone"),
        ({"timezone": "../../etc/passwd", "open": "always"}, "/timezone"),
        ({"timezone": "UTC", "open": {"mon": "08:00-18:00"}, "holidays": "XX"}, "/holidays"),
        ({"timezone": "UTC", "open": {"mon": "08:00-18:00"}, "holidays": "US-XX"}, "/holidays"),
        ({"timezone": "UTC", "open": {"mon": "18:00-08:00"}}, "/open/mon"),
        ({"timezone": "UTC", "open": {"mon": "08:00-25:00"}}, "/open/mon"),
        ({"timezone": "UTC", "open": {"mo": "08:00-18:00"}}, "/open/mo"),
        ({"timezone": "UTC", "open": {"mon": []}}, "/open"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_with_its_place(definition: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Calendar.from_definition(definition)
    assert refused.value.pointer == pointer


def test_a_range_of_days_may_cross_the_weekend() -> None:
    calendar = Calendar.from_definition({"timezone": "UTC", "open": {"sat-mon": "00:00-01:00"}})
    week = business_time_between(calendar, utc("2026-11-02T00:00:00"), utc("2026-11-09T00:00:00"))
    assert week == timedelta(hours=3)


def test_times_without_a_zone_and_out_of_range_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no time zone"):
        add_business_time(NEW_YORK, datetime(2026, 11, 9), timedelta(hours=1))
    with pytest.raises(InvalidInput, match="no time zone"):
        business_time_between(NEW_YORK, utc("2026-11-09T00:00:00"), datetime(2026, 11, 9))
    with pytest.raises(InvalidInput, match="outside the years"):
        add_business_time(NEW_YORK, datetime(1, 1, 1, tzinfo=UTC), timedelta(hours=1))
    with pytest.raises(InvalidInput, match="past the year 2199"):
        add_business_time(NEW_YORK, utc("2199-12-31T00:00:00"), timedelta(hours=100))
    with pytest.raises(InvalidInput, match="negative"):
        add_business_time(NEW_YORK, utc("2026-11-09T00:00:00"), timedelta(hours=-1))
