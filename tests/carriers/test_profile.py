"""What makes two rate questions the same."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_models import Address, Dimensions, Parcel
from connector_service.adapters.carrier_contract import RateRequest
from connector_service.carriers.billing import BILLING, EXACT, Billing, billing_of
from connector_service.carriers.profile import Profile, profile_of
from tests.carriers.questions import TENANT, a_request

TODAY = date(2026, 11, 9)
GRAMS_PER_POUND = 453.59237


def profile(request: RateRequest, billing: Billing = EXACT, **changes: Any) -> Profile:
    who: dict[str, Any] = {"tenant_id": TENANT, "carrier": "ups", "account": "main", "today": TODAY}
    return profile_of(request=request, billing=billing, **{**who, **changes})


def parcel(weight_g: int, *sides: int) -> Parcel:
    size = Dimensions(length_mm=sides[0], width_mm=sides[1], height_mm=sides[2]) if sides else None
    return Parcel(parcel_id="P", weight_g=weight_g, dims_mm=size)


PARCELS = st.builds(parcel, st.integers(0, 40_000), st.integers(1, 2_000), st.integers(1, 2_000), st.integers(1, 2_000))

NOT_ASKED_OF_CARRIERS = {"reference": "another", "order_number": "N2"}
ASKED = {
    "ship_from": a_request().ship_from.model_copy(update={"postal_code": "24105"}),
    "ship_to": a_request().ship_to.model_copy(update={"postal_code": "80333"}),
    "parcels": (parcel(1_201, 300, 200, 100),),
    "currency": "USD",
    "promised_days": 2,
    "ship_date": TODAY + timedelta(days=1),
    "service": "express",
}


def test_every_field_of_a_request_is_known_to_matter_or_not() -> None:
    assert {field.name for field in fields(RateRequest)} == set(NOT_ASKED_OF_CARRIERS) | set(ASKED)


@pytest.mark.parametrize("name", NOT_ASKED_OF_CARRIERS)
def test_whose_order_it_is_makes_no_difference(name: str) -> None:
    assert profile(a_request(**{name: NOT_ASKED_OF_CARRIERS[name]})) == profile(a_request())


@pytest.mark.parametrize("name", ASKED)
def test_what_a_carrier_is_told_makes_a_difference(name: str) -> None:
    other, one = profile(a_request(**{name: ASKED[name]})), profile(a_request())
    assert other != one
    assert other.key() != one.key()


@pytest.mark.parametrize(("name", "value"), [("tenant_id", "other"), ("carrier", "fedex"), ("account", "second")])
def test_tenants_carriers_and_accounts_never_share_an_answer(name: str, value: str) -> None:
    assert profile(a_request(), **{name: value}).key() != profile(a_request()).key()


def test_a_request_without_a_ship_date_is_for_today() -> None:
    assert profile(a_request()) == profile(a_request(ship_date=TODAY))
    assert profile(a_request(), today=TODAY + timedelta(days=1)) != profile(a_request())


def test_the_receivers_name_and_street_make_no_difference() -> None:
    there = a_request().ship_to
    elsewhere = there.model_copy(update={"name": "Ben", "line1": "Gasse 7", "phone": "1", "email": "b@example.org"})
    assert profile(a_request(ship_to=elsewhere)) == profile(a_request())


def test_homes_and_businesses_are_billed_differently() -> None:
    there = a_request().ship_to
    seen = {
        profile(a_request(ship_to=there.model_copy(update=each))).key()
        for each in ({"residential": True}, {"residential": False}, {"company": ""}, {"company": "Böll & Co"})
    }
    assert len(seen) == 3  # a company's name says as much as `residential: false`


@pytest.mark.parametrize(
    ("one", "other"),
    [("80331", " 80331 "), ("02108", "02108-1234"), ("SW1A 1AA", "SW1A 2AA"), ("LV-1010", "1010")],
)
def test_spellings_of_a_postal_code_are_one(one: str, other: str) -> None:
    country = {"8": "DE", "0": "US", "S": "GB", "L": "LV"}[one[0]]
    first, second = (
        profile(a_request(ship_to=Address(country=country, postal_code=code, city="X"))) for code in (one, other)
    )
    assert first == second


def test_without_postal_codes_towns_are_told_apart() -> None:
    towns = [Address(country="AE", region="DU", city=city) for city in ("Dubai", "Hatta", "dubai ")]
    keys = [profile(a_request(ship_to=town)).key() for town in towns]
    assert keys[0] != keys[1]
    assert keys[0] == keys[2]


def test_a_carrier_that_prices_by_three_digits_is_asked_once_for_an_area() -> None:
    by_three = Billing(postal_characters={"US": 3})
    codes = ("10118", "10119", "10019")
    seen = [profile(a_request(ship_to=Address(country="US", postal_code=code)), by_three).ship_to for code in codes]
    assert seen == ["US-101", "US-101", "US-100"]


@given(st.lists(PARCELS, min_size=1, max_size=4).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_the_order_of_parcels_makes_no_difference(both: tuple[list[Parcel], list[Parcel]]) -> None:
    one, other = (profile(a_request(parcels=tuple(some)), billing_of("ups")) for some in both)
    assert one == other


@given(PARCELS, st.permutations(range(3)))
def test_how_a_parcel_lies_makes_no_difference(lying: Parcel, order: list[int]) -> None:
    assert lying.dims_mm is not None
    sides = (lying.dims_mm.length_mm, lying.dims_mm.width_mm, lying.dims_mm.height_mm)
    turned = parcel(lying.weight_g, *(sides[at] for at in order))
    assert profile(a_request(parcels=(turned,))) == profile(a_request(parcels=(lying,)))


@given(st.sampled_from(sorted(BILLING)), PARCELS, PARCELS)
def test_parcels_of_one_profile_are_billed_alike_to_the_pound_and_inch_or_half_kilogram_and_centimetre(
    carrier: str, one: Parcel, other: Parcel
) -> None:
    """Checked against the roundings themselves, in floating point as carriers publish them."""
    same = profile(a_request(parcels=(one,)), billing_of(carrier)) == profile(
        a_request(parcels=(other,)), billing_of(carrier)
    )
    if same:
        assert _billed(carrier, one) == _billed(carrier, other)


def _billed(carrier: str, each: Parcel) -> tuple[int, ...]:
    assert each.dims_mm is not None
    sides = sorted((each.dims_mm.length_mm, each.dims_mm.width_mm, each.dims_mm.height_mm))
    if carrier in ("ups", "fedex"):
        return (_up(each.weight_g / GRAMS_PER_POUND), *(_up(side / 25.4) for side in sides))
    if carrier == "usps":
        return (_up(each.weight_g / GRAMS_PER_POUND), *(round(side / 25.4 + 1e-9) for side in sides))
    return (_up(each.weight_g / 500), *(_up(side / 10) for side in sides))


def _up(number: float) -> int:
    return int(number) if number == int(number) else int(number) + 1


@given(st.integers(1, 30_000), st.integers(0, 400))
def test_within_a_started_pound_ups_is_asked_once(grams: int, more: int) -> None:
    ups = billing_of("ups")
    one, other = (profile(a_request(parcels=(parcel(weight),)), ups) for weight in (grams, grams + more))
    assert (one == other) == (_up(grams / GRAMS_PER_POUND) == _up((grams + more) / GRAMS_PER_POUND))


def test_several_parcels_are_told_apart_by_their_sum_too() -> None:
    """Each of 1.1 lb and each of 1.9 lb are 2 lb, but together 3 lb and 4 lb."""
    light, heavy = (a_request(parcels=(parcel(grams), parcel(grams))) for grams in (499, 862))
    assert profile(light, billing_of("ups")) != profile(heavy, billing_of("ups"))


def test_a_carrier_nobody_has_described_is_taken_to_bill_every_gram_and_millimetre() -> None:
    assert billing_of("swiftparcel") is EXACT
    grown = replace(a_request(), parcels=(parcel(1_200, 301, 200, 100),))
    assert profile(grown) != profile(a_request())
