"""When a location would ship what is ordered now: by its own clock, its week and its country's holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from canonical_models import Location
from connector_service.app.inventory.shipping_days import Destination, ShippingDays, arrival


def at(timezone: str = "America/New_York", country: str = "US") -> Location:
    return Location(id="x", name="X", country=country, timezone=timezone, wms="northdock", postal_code="07001")


@pytest.mark.parametrize(
    ("now", "timezone", "ships_on"),
    [
        (datetime(2026, 11, 9, 15, tzinfo=UTC), "America/New_York", date(2026, 11, 9)),
        (datetime(2026, 11, 10, 3, tzinfo=UTC), "America/New_York", date(2026, 11, 9)),
        (datetime(2026, 11, 9, 16, tzinfo=UTC), "Asia/Tokyo", date(2026, 11, 10)),
        (datetime(2026, 11, 14, 15, tzinfo=UTC), "America/New_York", date(2026, 11, 16)),
        (datetime(2026, 11, 26, 15, tzinfo=UTC), "America/New_York", date(2026, 11, 27)),
        (datetime(2026, 11, 9, 15, tzinfo=UTC), "Nowhere/Atall", date(2026, 11, 9)),
    ],
    ids=["today", "still today there", "tomorrow there", "after the weekend", "after Thanksgiving", "unknown zone"],
)
def test_the_day_of_shipping_is_the_locations_own(now: datetime, timezone: str, ships_on: date) -> None:
    assert ShippingDays().of(at(timezone), now).ships_on == ships_on


def test_a_day_worked_out_before_is_not_used_after_its_cut_off_nor_before_its_time() -> None:
    days = ShippingDays()
    monday = days.of(at(), datetime(2026, 11, 9, 15, tzinfo=UTC))
    assert days.of(at(), monday.until) is monday
    assert days.of(at(), datetime(2026, 11, 10, 15, tzinfo=UTC)).ships_on == date(2026, 11, 10)
    assert days.of(at(), datetime(2026, 11, 9, 15, tzinfo=UTC)).ships_on == date(2026, 11, 9)


def test_it_arrives_after_as_many_open_days_as_carriage_takes() -> None:
    found = arrival(at(), Destination("US", "CA", "90001", ""), date(2026, 11, 13))
    assert found is not None
    assert found.transit_days >= 2
    assert found.arrives_on > date(2026, 11, 16)


def test_a_location_in_no_country_is_answered_for_without_a_day_of_arrival() -> None:
    assert arrival(at(country="??"), Destination("US", "", "", ""), date(2026, 11, 13)) is None
    assert arrival(at(), Destination("??", "", "", ""), date(2026, 11, 13)) is None
    assert ShippingDays().of(at(country="??"), datetime(2026, 11, 9, 15, tzinfo=UTC)).ships_on == date(2026, 11, 9)
