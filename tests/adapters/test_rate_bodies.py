"""The rate questions that are written here are those that karrio would write, but for what karrio gets wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_models import Address, Dimensions, Location, Parcel
from connector_service.adapters.carrier_contract import RateRequest
from connector_service.adapters.carriers.fedex import rating as fedex
from connector_service.adapters.carriers.ups import rating as ups
from connector_service.adapters.karrio_bridge import Karrio
from connector_service.adapters.karrio_words import Site, parcels, rate_payload, sender

ACCOUNT, DAY = "A1B2C3", "2026-11-23"
KEYS = {"account_number": ACCOUNT, "account_country_code": "US"}
UPS = Karrio("ups", {"client_id": "a", "client_secret": "b", **KEYS})
FEDEX = Karrio("fedex", {"api_key": "a", "secret_key": "b", **KEYS})

WORDS = st.text(alphabet="ABCabcé -'", max_size=20).map(lambda text: " ".join(text.split()))
NAMES = WORDS.filter(bool)
PLACES = st.sampled_from(
    [("US", "CA", "92602"), ("CA", "QC", "H2Y 1C6"), ("DE", "", "10115"), ("IN", "MH", "400001"), ("HK", "", "")]
)
SIDES = st.integers(1, 2_000)
SIZES = st.none() | st.builds(Dimensions, length_mm=SIDES, width_mm=SIDES, height_mm=SIDES)
LINES = st.builds(lambda number, words: f"{number} {words}".strip(), st.integers(1, 9_999), WORDS)
"""Streets that begin with their number: karrio puts a number that comes last in front."""


@st.composite
def requests(draw: st.DrawFn) -> tuple[RateRequest, Site | None]:
    """A question, and what is known of the place it starts from."""
    here, there = draw(PLACES), draw(PLACES)
    to = Address(
        name=draw(WORDS),
        company=draw(WORDS),
        line1=draw(LINES),
        line2=draw(WORDS),
        city=draw(WORDS),
        region=there[1],
        postal_code=there[2],
        country=there[0],
        residential=draw(st.sampled_from([None, True, False])),
    )
    location = Location(
        id="loc-1",
        name=draw(NAMES),
        country=here[0],
        region=here[1],
        city=draw(NAMES),
        postal_code=here[2],
        wms="northdock",
    )
    weights = draw(st.lists(st.tuples(st.integers(0, 70_000), SIZES), min_size=1, max_size=4))
    packed = (Parcel(parcel_id=f"P{at}", weight_g=grams, dims_mm=size) for at, (grams, size) in enumerate(weights))
    asked = RateRequest(
        reference="shp-1",
        order_number="B1",
        ship_from=location,
        ship_to=to,
        parcels=tuple(packed),
        currency=draw(st.sampled_from(["USD", "CAD", "EUR", "JPY"])),
        promised_days=3,
        service=draw(st.sampled_from([None, "fedex_ground", "fedex_international_economy"])),
    )
    site = draw(st.none() | st.builds(Site, line1=LINES, line2=WORDS, contact=WORDS))
    return asked, site


def karrios(karrio: Karrio, req: RateRequest, site: Site | None, **changes: Any) -> Any:
    payload = rate_payload(req, sender(req.ship_from, site), DAY, [req.service] if req.service else [])
    return karrio.build("rate", {**payload, **changes}).body


@settings(deadline=None, max_examples=150)
@given(requests())
def test_what_ups_is_asked_is_what_karrio_would_ask(asked: tuple[RateRequest, Site | None]) -> None:
    req, site = asked
    expected = karrios(UPS, replace(req, service=None), site, reference=req.order_number)
    for package in expected["RateRequest"]["Shipment"]["Package"]:
        if package["Dimensions"]["Length"] == "None":
            del package["Dimensions"]
    assert ups.rate_body(req, ACCOUNT, site, DAY) == expected


@settings(deadline=None, max_examples=150)
@given(requests())
def test_what_fedex_is_asked_is_what_karrio_would_ask_were_it_told_pounds_and_inches(
    asked: tuple[RateRequest, Site | None],
) -> None:
    req, site = asked
    expected = karrios(FEDEX, req, site, parcels=parcels(req.parcels, imperial=req.ship_from.country == "US"))
    assert fedex.rate_body(req, ACCOUNT, site, DAY) == expected


def a_box(country: str) -> RateRequest:
    size = Dimensions(length_mm=254, width_mm=127, height_mm=100)
    return RateRequest(
        reference="shp-1",
        order_number="B1",
        ship_from=Location(id="loc-1", name="W1", country=country, city="Town", postal_code="10115", wms="northdock"),
        ship_to=Address(name="Ana", line1="Hauptstrasse 12", city="Berlin", postal_code="10115", country="DE"),
        parcels=(Parcel(parcel_id="P1", weight_g=1_000, dims_mm=size), Parcel(parcel_id="P2", weight_g=1_000)),
        currency="USD",
        promised_days=3,
    )


@pytest.mark.parametrize(("country", "length", "units"), [("US", 10.0, "IN"), ("DE", 25.4, "CM")])
def test_fedex_hears_inches_from_the_united_states_and_centimetres_from_elsewhere(
    country: str, length: float, units: str
) -> None:
    body = fedex.rate_body(a_box(country), ACCOUNT, None, DAY)
    measured, unmeasured = body["requestedShipment"]["requestedPackageLineItems"]
    assert (measured["dimensions"]["length"], measured["dimensions"]["units"]) == (length, units)
    assert "dimensions" not in unmeasured


def test_ups_hears_no_dimensions_of_a_parcel_that_nobody_measured_and_the_street_as_it_is() -> None:
    shipment = ups.rate_body(a_box("US"), ACCOUNT, None, DAY)["RateRequest"]["Shipment"]
    measured, unmeasured = shipment["Package"]
    assert measured["Dimensions"]["Length"] == "10.0"
    assert "Dimensions" not in unmeasured
    assert shipment["ShipTo"]["Address"]["AddressLine"] == ["Hauptstrasse 12"]
