from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_service.errors import InvalidInput
from connector_service.geography import Place, carriage, place, read_table, standard_table
from connector_service.geography.carriage import STANDARD_TABLE
from connector_service.geography.places import Exactness

TABLE = standard_table()


def at(country: str, code: str) -> Place:
    found = place(country, "", code)
    assert found is not None
    return found


def on_the_equator(degree: float, country: str = "US") -> Place:
    return Place(country, 0.0, degree, Exactness.POSTAL_CODE, 1)


def definition() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(STANDARD_TABLE.read_text())
    return read


def test_a_parcel_across_the_country_costs_what_its_zone_and_weight_step_say() -> None:
    estimate = carriage(TABLE, at("US", "10118"), at("US", "90001"), 1_500)
    assert (estimate.zone, estimate.domestic, estimate.cost_minor, estimate.currency) == ("D8", True, 1_580, "USD")
    assert estimate.transit_days == 5
    assert estimate.reason == f"{estimate.distance_km} km within US to US: zone D8, 1500 g"
    assert carriage(TABLE, at("US", "10118"), at("US", "90001"), 1_500, "express").transit_days == 2


@pytest.mark.parametrize(
    ("weight_g", "cost"), [(0, 620), (500, 620), (501, 680), (30_000, 2_500), (30_001, 2_570), (32_000, 2_640)]
)
def test_a_weight_step_holds_what_weighs_just_as_much_and_more_is_paid_by_the_started_kilogram(
    weight_g: int, cost: int
) -> None:
    assert carriage(TABLE, on_the_equator(0), on_the_equator(0.5), weight_g).cost_minor == cost


def test_a_zone_holds_what_is_just_as_far() -> None:
    table = read_table(
        definition() | {"domestic": [dict(definition()["domestic"][0], up_to_km=111), definition()["domestic"][-1]]}
    )
    assert carriage(table, on_the_equator(0), on_the_equator(1), 1).zone == "D1"  # 111 km
    assert carriage(table, on_the_equator(0), on_the_equator(1.01), 1).zone == "D8"  # 112 km


def test_within_the_european_union_there_is_no_border_but_to_switzerland_there_is() -> None:
    berlin = at("DE", "10117")
    assert carriage(TABLE, berlin, at("FR", "75007"), 1_000).zone == "D4"
    swiss = carriage(TABLE, berlin, at("CH", "8001"), 1_000)
    assert (swiss.zone, swiss.domestic) == ("X2", False)
    assert "across the border from DE to CH" in swiss.reason


def test_a_tenant_has_its_own_table_in_its_own_currency() -> None:
    own = read_table(definition() | {"id": "acme", "currency": "EUR", "borderless": []})
    estimate = carriage(own, at("DE", "10117"), at("FR", "75007"), 1_000)
    assert (estimate.currency, estimate.zone) == ("EUR", "X2")


@given(st.floats(0, 180), st.floats(0, 180), st.integers(0, 10**6), st.integers(0, 10**6), st.booleans())
def test_farther_and_heavier_is_never_cheaper_or_sooner(
    near: float, far: float, light: int, heavy: int, abroad: bool
) -> None:
    (near, far), (light, heavy) = sorted((near, far)), sorted((light, heavy))
    here, country = on_the_equator(0), "JP" if abroad else "US"
    less = carriage(TABLE, here, on_the_equator(near, country), light)
    more = carriage(TABLE, here, on_the_equator(far, country), heavy)
    assert less.cost_minor <= more.cost_minor
    assert less.transit_days <= more.transit_days


def test_a_negative_weight_and_an_unknown_service_are_refused() -> None:
    with pytest.raises(InvalidInput, match="cannot weigh -1 g"):
        carriage(TABLE, on_the_equator(0), on_the_equator(1), -1)
    with pytest.raises(InvalidInput, match="no service 'drone' in zone D2; it has express, standard"):
        carriage(TABLE, on_the_equator(0), on_the_equator(1), 1, "drone")


def broken(**changes: Any) -> dict[str, Any]:
    return definition() | changes


@pytest.mark.parametrize(
    ("table", "words", "pointer"),
    [
        (broken(currency="usd"), "should match pattern", "/currency"),
        (broken(speed=1), "not permitted", "/speed"),
        (broken(weight_steps_g=[500, 400, 2000, 5000, 10000, 20000, 30000]), "must rise", None),
        (broken(weight_steps_g=[500]), "needs 1 costs, one per weight step, and has 7", None),
        (broken(domestic=definition()["domestic"][:-1]), "null in the last zone of `domestic`", None),
        (broken(domestic=[definition()["domestic"][-1]] * 2), "and only there", None),
        (broken(borderless=[["DE"], ["DE"]]), "stands twice", None),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_the_reason(
    table: dict[str, Any], words: str, pointer: str | None
) -> None:
    with pytest.raises(InvalidInput, match="carriage table is not valid") as caught:
        read_table(table)
    assert words in caught.value.detail
    assert caught.value.pointer == pointer


def test_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(InvalidInput, match="Invalid JSON"):
        read_table("{")
