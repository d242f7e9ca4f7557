"""The rate questions that are written here are those that karrio would write, but for what karrio gets wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_models import Address, Dimensions, Location, Parcel
from connector_service.adapters.carrier_contract import RateRequest
from connector_service.adapters.carriers import canadapost, usps
from connector_service.adapters.carriers.canadapost import rating as canadapost_rating
from connector_service.adapters.carriers.canadapost import xml
from connector_service.adapters.carriers.dhl_express import rating as dhl_express_rating
from connector_service.adapters.carriers.fedex import rating as fedex
from connector_service.adapters.carriers.ups import rating as ups
from connector_service.adapters.carriers.usps import rating as usps_rating
from connector_service.adapters.carriers.usps.mapping import SMALLEST_INCHES
from connector_service.adapters.karrio_bridge import Karrio
from connector_service.adapters.karrio_words import Site, parcels, receiver, sender

ACCOUNT, DAY = "A1B2C3", "2026-11-23"
KEYS = {"account_number": ACCOUNT, "account_country_code": "US"}
UPS = Karrio("ups", {"client_id": "a", "client_secret": "b", **KEYS})
FEDEX = Karrio("fedex", {"api_key": "a", "secret_key": "b", **KEYS})
USPS = Karrio("usps", {"client_id": "a", "client_secret": "b", "account_number": ACCOUNT, "account_type": "EPS"})
DHL_EXPRESS = Karrio("mydhl", {"username": "a", "password": "b", "account_number": ACCOUNT})
SECRETS = {"api_key": "a:b", "webhook_secret": "s", "account_number": ACCOUNT}

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
def requests(
    draw: st.DrawFn,
    starts: st.SearchStrategy[tuple[str, str, str]] = PLACES,
    ends: st.SearchStrategy[tuple[str, str, str]] = PLACES,
    most: int = 4,
) -> tuple[RateRequest, Site | None]:
    """A question about up to `most` parcels, and what is known of the place it starts from."""
    here, there = draw(starts), draw(ends)
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
    weights = draw(st.lists(st.tuples(st.integers(0, 70_000), SIZES), min_size=1, max_size=most))
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
    payload = {
        "shipper": sender(req.ship_from, site),
        "recipient": receiver(req.ship_to),
        "parcels": parcels(req.parcels),
        "services": [req.service] if req.service else [],
        "reference": req.reference,
        "options": {"shipment_date": DAY, "currency": req.currency},
    }
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


US_PLACES = st.sampled_from([("US", "CA", "92602"), ("US", "MA", "02101-1234"), ("US", "NY", "10118 ")])
CA_PLACES = st.sampled_from([("CA", "QC", "H2Y 1C6"), ("CA", "ON", "k1a0b1")])


@settings(deadline=None, max_examples=100)
@given(requests(US_PLACES, US_PLACES, most=1), st.sampled_from(["RETAIL", "COMMERCIAL"]))
def test_what_usps_is_asked_is_what_karrio_would_ask(asked: tuple[RateRequest, Site | None], price_type: str) -> None:
    req = replace(asked[0], service=None)
    ours = usps.Settings(**SECRETS, price_type=price_type)
    (expected,) = karrios(USPS, req, None, options={"shipment_date": DAY, "usps_price_type": price_type})
    for name in ("originZIPCode", "destinationZIPCode"):
        expected[name] = expected[name].strip()[:5]
    package, body = expected["packageDescription"], usps_rating.rate_body(req, ours, DAY)
    if req.parcels[0].dims_mm is None:
        package |= SMALLEST_INCHES
    # Karrio has 2.205 pounds in a kilogram, and rounds both to hundredths.
    assert body["packageDescription"].pop("weight") == pytest.approx(package.pop("weight"), abs=0.06)
    assert body == expected


@settings(deadline=None, max_examples=100)
@given(requests())
def test_what_dhl_express_is_asked_is_what_karrio_would_ask(asked: tuple[RateRequest, Site | None]) -> None:
    req = replace(asked[0], service=None)
    expected = karrios(DHL_EXPRESS, req, None)
    for package, parcel in zip(expected["packages"], req.parcels, strict=True):
        assert package.pop("weight") == pytest.approx(parcel.weight_g / 1_000, abs=0.01)
        package["weight"] = parcel.weight_g / 1_000
        if parcel.dims_mm:  # karrio rounds down, DHL Express bills centimetres that are begun
            sides = parcel.dims_mm.model_dump()
            package["dimensions"] = {
                name: max(1, -(-sides[f"{name}_mm"] // 10)) for name in ("length", "width", "height")
            }
    abroad = req.ship_from.country != req.ship_to.country
    assert dhl_express_rating.rate_body(req, ACCOUNT, DAY, declarable=abroad) == expected


@settings(deadline=None, max_examples=100)
@given(requests(CA_PLACES, st.one_of(CA_PLACES, US_PLACES, PLACES), most=1), st.sampled_from(["", "42"]))
def test_what_canada_post_is_asked_is_what_karrio_would_ask(
    asked: tuple[RateRequest, Site | None], contract: str
) -> None:
    req = replace(asked[0], service=None)
    ours = canadapost.Settings(**SECRETS, contract_id=contract)
    theirs = {"username": "a", "password": "b", "customer_number": ACCOUNT, "contract_id": contract or None}
    (text,) = karrios(Karrio("canadapost", theirs), req, None)
    expected, body = xml.read(text), xml.read(canadapost_rating.rate_body(req, ours, date.fromisoformat(DAY)))
    parcel, kilograms = xml.find(expected, "parcel-characteristics"), req.parcels[0].weight_g / 1_000
    assert parcel is not None
    assert float(xml.need(parcel, "weight")) == pytest.approx(kilograms, abs=0.1)  # karrio rounds to a tenth
    xml.put(parcel, "weight", str(kilograms))
    if req.parcels[0].dims_mm is None:
        xml.drop(parcel, "dimensions")
    assert leaves(body) == leaves(expected)


def leaves(root: xml.Element) -> list[tuple[str, str | float]]:
    """Every element in its order, with its text or its number."""
    found = []
    for element in root.iter():
        text = (element.text or "").strip()
        found.append((xml.name(element), float(text) if re.fullmatch(r"[0-9]+\.?[0-9]*", text) else text))
    return found


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
