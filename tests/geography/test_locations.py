"""Where a location lies and when it ships, in its own words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from canonical_models import Location
from connector_service.errors import InvalidInput
from connector_service.geography import Schedule, arrival_day, dispatch, place_of


def newark(**said: Any) -> Location:
    return Location.model_validate(
        {"id": "x", "name": "X", "country": "US", "postal_code": "07102", "timezone": "America/New_York", "wms": "w"}
        | said
    )


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_before_the_cut_off_it_ships_today_with_the_minutes_left() -> None:
    found = dispatch(newark(cut_off="15:00"), utc(9, 18, 30))  # Monday 13:30 in Newark
    assert (found.day, found.waits, found.minutes_to_cut_off) == (date(2026, 11, 9), 0, 90)
    assert (found.since, found.until) == (utc(6, 20), utc(9, 20))


def test_after_the_cut_off_it_ships_on_the_next_open_day_and_the_minutes_are_negative() -> None:
    found = dispatch(newark(cut_off="15:00"), utc(13, 21))  # Friday 16:00
    assert (found.day, found.waits, found.minutes_to_cut_off) == (date(2026, 11, 16), 3, -60)
    assert (found.since, found.until) == (utc(13, 20), utc(16, 20))


def test_on_a_day_off_there_is_no_cut_off_to_count_to() -> None:
    found = dispatch(newark(cut_off="15:00"), utc(14, 15))
    assert (found.day, found.waits, found.minutes_to_cut_off) == (date(2026, 11, 16), 2, None)


def test_a_location_that_names_no_cut_off_ships_today_and_counts_no_minutes() -> None:
    found = dispatch(newark(), utc(9, 23))
    assert (found.day, found.minutes_to_cut_off) == (date(2026, 11, 9), None)


def test_a_weekday_may_have_another_cut_off() -> None:
    early_friday = newark(cut_off="15:00", cut_offs={"fri": "11:00"})
    assert dispatch(early_friday, utc(12, 19)).day == date(2026, 11, 12)
    assert dispatch(early_friday, utc(13, 19)).day == date(2026, 11, 16)
    assert dispatch(early_friday, utc(13, 19)).since == utc(13, 16)


@pytest.mark.parametrize(
    ("said", "now", "day"),
    [
        ({"ships_on": ["sat"]}, utc(9, 15), date(2026, 11, 14)),
        ({}, utc(26, 15), date(2026, 11, 27)),
        ({"holidays": ""}, utc(26, 15), date(2026, 11, 26)),
        ({"holidays": "GB"}, utc(26, 15), date(2026, 11, 26)),
        ({"closed_on": ["2026-11-09", "2026-11-10"]}, utc(9, 15), date(2026, 11, 12)),
    ],
    ids=["its own week", "its country's holidays", "no holidays", "another country's holidays", "closed"],
)
def test_it_ships_on_its_own_days(said: dict[str, Any], now: datetime, day: date) -> None:
    assert dispatch(newark(timezone="UTC", **said), now).day == day


def test_what_comes_between_two_cut_offs_ships_on_one_day() -> None:
    where = newark(cut_off="15:00")
    days = [dispatch(where, utc(day, hour, 30)) for day in range(9, 16) for hour in range(24)]
    for found in days:
        assert dispatch(where, found.until) == found._replace(minutes_to_cut_off=0, waits=0)
        assert dispatch(where, found.since).day < found.day


def test_carriers_do_not_deliver_on_weekends() -> None:
    assert arrival_day(newark(ships_on=["sat"]), date(2026, 11, 13), 1) == date(2026, 11, 16)


def test_coordinates_go_before_the_postal_code() -> None:
    known = place_of(newark())
    found = place_of(newark(latitude=47.3769, longitude=8.5417))
    assert found is not None
    assert known is not None
    assert (found.point, found.note) == ((47.3769, 8.5417), "")
    assert known.point != found.point


def test_one_coordinate_is_no_place() -> None:
    with pytest.raises(ValueError, match="both latitude and longitude"):
        newark(latitude=47.0)


def test_a_cut_off_for_a_day_on_which_it_does_not_ship_is_refused() -> None:
    with pytest.raises(ValueError, match="cut_offs names sat, on which it does not ship"):
        newark(cut_offs={"sat": "11:00"})


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"timezone": "Nowhere/Atall"}, "/timezone"),
        ({"holidays": "XX"}, "/holidays"),
        ({"closed_on": [date.fromordinal(date(2026, 1, 1).toordinal() + at) for at in range(366)]}, "/closed_on"),
    ],
    ids=["unknown zone", "unknown holidays", "closed for a year"],
)
def test_a_schedule_that_nobody_can_keep_is_refused(said: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Schedule.of(newark(**said)).check()
    assert refused.value.pointer == pointer
