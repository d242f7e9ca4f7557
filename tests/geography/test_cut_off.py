from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from connector_service.business_time import Calendar
from connector_service.errors import InvalidInput
from connector_service.geography import business_days_after, ship_date

WEEKDAYS = [[(480, 1080)]] * 5 + [[], []]
NEW_YORK = Calendar("America/New_York", WEEKDAYS, "US")
FOUR = time(16, 0)


def utc(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_before_the_cut_off_it_ships_today() -> None:
    found = ship_date(NEW_YORK, FOUR, utc(20, 19, 30))  # Friday 14:30 in New York
    assert (found.day, found.cut_off, found.minutes_to_cut_off) == (date(2026, 11, 20), utc(20, 21), 90)


def test_at_the_very_minute_of_the_cut_off_it_still_ships_today_and_a_minute_later_on_the_next_open_day() -> None:
    assert ship_date(NEW_YORK, FOUR, utc(20, 21)).day == date(2026, 11, 20)
    late = ship_date(NEW_YORK, FOUR, utc(20, 21, 1))
    assert (late.day, late.minutes_to_cut_off) == (date(2026, 11, 23), -1)


def test_on_a_closed_day_there_is_no_cut_off_and_it_ships_on_the_next_open_day() -> None:
    found = ship_date(NEW_YORK, FOUR, utc(26, 15))  # Thanksgiving, 10:00 in New York
    assert (found.day, found.minutes_to_cut_off) == (date(2026, 11, 27), None)


def test_today_is_the_day_in_the_locations_own_zone() -> None:
    tokyo = Calendar("Asia/Tokyo", WEEKDAYS)
    assert ship_date(tokyo, FOUR, utc(19, 23)).day == date(2026, 11, 20)  # Friday 08:00 in Tokyo
    assert ship_date(tokyo, FOUR, utc(20, 8)).day == date(2026, 11, 23)  # Friday 17:00 in Tokyo


def test_the_cut_off_keeps_its_local_hour_when_the_clocks_change() -> None:
    always = Calendar("America/New_York", [[(0, 1440)]] * 7)
    assert ship_date(always, FOUR, utc(31, 12, month=10)).cut_off == utc(31, 20, month=10)
    assert ship_date(always, FOUR, utc(1, 12)).cut_off == utc(1, 21)  # clocks went back that morning
    skipped = ship_date(always, time(2, 30), datetime(2026, 3, 8, 5, tzinfo=UTC))
    assert skipped.cut_off == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="has no time zone"):
        ship_date(NEW_YORK, FOUR, datetime(2026, 11, 20, 12))


@pytest.mark.parametrize(
    ("day", "days", "arrives"),
    [(20, 0, 20), (20, 1, 23), (20, 3, 25), (20, 4, 27), (21, 0, 23), (21, 1, 23), (21, 2, 24), (26, 1, 27)],
)
def test_business_days_leave_out_weekends_and_holidays(day: int, days: int, arrives: int) -> None:
    assert business_days_after(NEW_YORK, date(2026, 11, day), days) == date(2026, 11, arrives)


def test_a_negative_number_of_business_days_is_refused() -> None:
    with pytest.raises(InvalidInput, match="cannot be negative: -1"):
        business_days_after(NEW_YORK, date(2026, 11, 20), -1)
