"""Locations and products as a tenant sets them up: what is taken, and what is refused where."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.app.conftest import Api, Json

pytestmark = pytest.mark.anyio

WEST: Json = {"id": "west", "name": "West", "country": "US", "postal_code": "90001", "wms": "northdock"}
FULL: Json = WEST | {
    "latitude": 33.94,
    "longitude": -118.24,
    "timezone": "America/Los_Angeles",
    "cut_off": "15:30",
    "cut_offs": {"sat": "11:00"},
    "ships_on": ["mon", "tue", "wed", "thu", "fri", "sat"],
    "holidays": "US-CA",
    "closed_on": ["2026-12-24"],
    "capacity_per_day": 4_000,
    "carriers": ["swiftparcel"],
    "handles_hazmat": True,
    "handles_lithium": False,
}


async def test_a_location_says_when_it_ships_how_much_and_what_it_may_handle(api: Api) -> None:
    assert (await api.mine.put("/v1/locations", json={"locations": [FULL]})).json() == {"locations": 1}
    (kept,) = [each for each in api.services.store.read("acme").locations() if each.id == "west"]
    assert kept.model_dump(mode="json") | FULL == kept.model_dump(mode="json")
    assert kept.handles_cold_chain is None


@pytest.mark.parametrize(
    ("said", "pointer", "words"),
    [
        ({"cut_off": "25:00"}, "/locations/0/cut_off", "25:00"),
        ({"cut_offs": {"sun": "11:00"}}, "/locations/0", "does not ship"),
        ({"timezone": "Mars/Base"}, "/locations/0/timezone", "Europe/Berlin"),
        ({"holidays": "US-XX"}, "/locations/0/holidays", "US-NY"),
        ({"closed_on": ["Christmas"]}, "/locations/0/closed_on/0", "valid date"),
        ({"capacity_per_day": -1}, "/locations/0/capacity_per_day", "greater than or equal to 0"),
        ({"carriers": ["pigeon"]}, "/locations/0/carriers/0", "swiftparcel"),
        ({"wms": "shelf"}, "/locations/0/wms", "northdock"),
        ({"latitude": 1.0}, "/locations/0", "longitude"),
        ({"longitude": 181}, "/locations/0/longitude", "180"),
        ({"ships_on": []}, "/locations/0/ships_on", "at least 1"),
    ],
)
async def test_a_location_that_cannot_work_is_refused_where_it_is_wrong(
    api: Api, said: dict[str, Any], pointer: str, words: str
) -> None:
    answer = await api.mine.put("/v1/locations", json={"locations": [WEST | said]})
    assert answer.status_code in (400, 422), answer.text
    problem = answer.json()
    assert problem["pointer"] == pointer
    assert words in problem["detail"]


async def test_one_wrong_location_keeps_all_out(api: Api) -> None:
    good, bad = WEST | {"id": "new"}, WEST | {"id": "bad", "timezone": "Mars/Base"}
    answer = await api.mine.put("/v1/locations", json={"locations": [good, bad]})
    assert answer.json()["pointer"] == "/locations/1/timezone"
    assert "new" not in [each.id for each in api.services.store.read("acme").locations()]


async def test_a_product_says_what_must_be_minded(api: Api) -> None:
    drill = {"sku": "DRILL", "weight_g": 1_400, "lithium": True, "ships_alone": True}
    assert (await api.mine.put("/v1/products", json={"products": [drill]})).status_code == 200
    kept = api.services.store.read("acme").products(["DRILL"])["DRILL"]
    assert (kept.lithium, kept.ships_alone, kept.hazmat, kept.cold_chain) == (True, True, False, False)


async def test_availability_keeps_to_the_cut_off_and_the_days_of_the_location(api: Api) -> None:
    closed = WEST | {"timezone": "UTC", "cut_off": "00:00", "ships_on": ["wed"]}
    await api.mine.put("/v1/locations", json={"locations": [closed]})
    answer = (await api.mine.get("/v1/availability", params={"sku": "TEE", "quantity": 1, "country": "US"})).json()
    (west,) = [each for each in answer["items"][0]["locations"] if each["location_id"] == "west"]
    now = api.services.store.clock.now().date()
    assert west["ships_on"] > now.isoformat()
    assert date.fromisoformat(west["ships_on"]).weekday() == 2
