"""What parcels cost by a rate table."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_models import Address, Dimensions, Location, Parcel
from connector_service.rate_tables import RateTable, prices, read_json
from connector_service.rate_tables.pricing import with_surcharge
from tests.rate_tables.test_reading import a_document

KIEL = Location(id="north", name="North", country="DE", city="Kiel", postal_code="24103", wms="northdock")


def to(country: str, postal_code: str) -> Address:
    return Address(country=country, postal_code=postal_code)


def parcel(weight_g: int, *sides: int) -> Parcel:
    size = Dimensions(length_mm=sides[0], width_mm=sides[1], height_mm=sides[2]) if sides else None
    return Parcel(parcel_id="P", weight_g=weight_g, dims_mm=size)


def table(**changes: Any) -> RateTable:
    return read_json(a_document(fuel_surcharge_per_mille=0, **changes))


def costs(of: RateTable, postal_code: str, *parcels: Parcel) -> dict[str, int]:
    return {price.service: price.cost_minor for price in prices(of, KIEL, to("DE", postal_code), parcels)}


def test_the_zone_of_the_destination_and_the_weight_step_give_the_price() -> None:
    assert costs(table(), "24937", parcel(2_000)) == {"standard": 490, "express": 990}
    assert costs(table(), "80331", parcel(2_000)) == {"standard": 690}


def test_a_parcel_heavier_than_a_service_takes_has_no_price_there() -> None:
    assert costs(table(), "24937", parcel(2_001)) == {"standard": 790}
    assert costs(table(), "80331", parcel(2_001)) == {}


def test_over_the_last_step_every_started_kilogram_is_charged() -> None:
    assert costs(table(), "24937", parcel(10_000))["standard"] == 790
    assert costs(table(), "24937", parcel(10_001))["standard"] == 900
    assert costs(table(), "24937", parcel(12_000))["standard"] == 1_010


def test_each_parcel_is_priced_for_itself() -> None:
    assert costs(table(), "24937", parcel(1_500), parcel(1_500)) == {"standard": 980, "express": 1_980}


def test_one_service_only_when_asked() -> None:
    found = prices(table(), KIEL, to("DE", "24937"), [parcel(1)], "express")
    assert [(price.service, price.zone, price.transit_days) for price in found] == [("express", "near", 1)]


@pytest.mark.parametrize("there", [to("FR", "75001"), to("AT", "2410")])
def test_a_lane_that_is_not_served_has_no_price(there: Address) -> None:
    assert prices(table(), KIEL, there, [parcel(1)]) == ()


def test_nothing_to_ship_has_no_price() -> None:
    assert prices(table(), KIEL, to("DE", "24937"), []) == ()


def test_large_light_parcels_are_billed_by_volume() -> None:
    by_volume = table(volume_divisor=5_000)
    assert costs(by_volume, "24937", parcel(500, 300, 200, 100))["standard"] == 490  # 6 dm3 weigh 1,200 g
    assert costs(by_volume, "24937", parcel(500, 300, 200, 167))["standard"] == 790  # 10.02 dm3 weigh 2,004 g
    assert costs(by_volume, "24937", parcel(500))["standard"] == 490


def test_the_fuel_surcharge_is_on_the_sum() -> None:
    assert costs(read_json(a_document()), "24937", parcel(1)) == {"standard": 551, "express": 1_114}


@given(st.integers(1, 10**6), st.integers(0, 2_000))
def test_a_surcharge_is_rounded_to_the_nearest_minor_unit(cost: int, per_mille: int) -> None:
    exact = cost * (1_000 + per_mille) / 1_000
    assert abs(with_surcharge(cost, per_mille) - exact) <= 0.5


@given(st.integers(0, 60_000), st.integers(0, 60_000))
def test_a_heavier_parcel_never_costs_less(one: int, other: int) -> None:
    light, heavy = sorted((one, other))
    first, second = (costs(table(), "24937", parcel(grams))["standard"] for grams in (light, heavy))
    assert first <= second


def lanes(*zones: tuple[str, list[str], list[str]]) -> RateTable:
    services = [
        {
            "service": "s",
            "prices": [
                {"zone": name, "transit_days": 1, "steps": [{"up_to_g": 1_000, "cost_minor": at}]}
                for at, (name, _, _) in enumerate(zones, start=1)
            ],
        }
    ]
    written = [{"zone": name, "ship_from": origins, "ship_to": there} for name, origins, there in zones]
    return read_json(a_document(zones=written, services=services))


def test_the_narrowest_destination_holds_then_the_narrowest_origin() -> None:
    found = lanes(
        ("all", ["*"], ["*"]),
        ("us", ["*"], ["US"]),
        ("east", ["US:070"], ["US"]),
        ("chart", ["*"], ["US:005-098"]),
        ("town", ["*"], ["US:02108"]),
    )
    nj, ca = ("US", "07001"), ("US", "90001")
    assert found.zone_of(ca, ("US", "99501")) == "us"
    assert found.zone_of(nj, ("US", "99501")) == "east"
    assert found.zone_of(nj, ("US", "02109-0001")) == "chart"
    assert found.zone_of(nj, ("US", "02108")) == "town"
    assert found.zone_of(nj, ("CA", "K1A 0B1")) == "all"


def test_british_areas_are_told_apart() -> None:
    found = lanes(("birmingham", ["*"], ["GB:B"]), ("bath", ["*"], ["GB:BA"]), ("b1", ["*"], ["GB:B1"]))
    here = ("GB", "M1 1AA")
    assert found.zone_of(here, ("GB", "B2 4QA")) == "birmingham"
    assert found.zone_of(here, ("GB", "B1 1AA")) == "b1"
    assert found.zone_of(here, ("GB", "BA1 1AA")) == "bath"
    assert found.zone_of(here, ("GB", "EH1 1AA")) is None


@given(
    zones=st.lists(
        st.tuples(st.sampled_from(["*", "DE", "DE:2", "DE:24"]), st.sampled_from(["*", "DE", "DE:8", "DE:803", "FR"])),
        min_size=1,
        max_size=8,
        unique=True,
    ),
    origin=st.sampled_from(["24103", "20095", "80331", ""]),
    there=st.sampled_from([("DE", "80331"), ("DE", "81925"), ("DE", "24103"), ("FR", "80310"), ("DE", "")]),
)
def test_the_zone_is_the_one_that_a_plain_search_finds(
    zones: list[tuple[str, str]], origin: str, there: tuple[str, str]
) -> None:
    found = lanes(*((f"z{at}", [start], [end]) for at, (start, end) in enumerate(zones)))

    def fits(area: str, country: str, code: str) -> bool:
        wanted, _, prefix = area.partition(":")
        return area == "*" or (wanted == country and code.startswith(prefix))

    fitting = [
        (len(end) if end != "*" else 0, len(start) if start != "*" else 0, f"z{at}")
        for at, (start, end) in enumerate(zones)
        if fits(start, "DE", origin) and fits(end, *there)
    ]
    assert found.zone_of(("DE", origin), there) == (max(fitting)[2] if fitting else None)


def test_a_table_is_valid_on_its_first_and_last_day() -> None:
    year = table(valid_until="2026-12-31")
    assert [year.holds(date(y, m, d)) for y, m, d in ((2025, 12, 31), (2026, 1, 1), (2026, 12, 31), (2027, 1, 1))] == [
        False,
        True,
        True,
        False,
    ]
