"""Prices as Canada Post takes the question, and answers it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from connector_service.sandbox.carriers.canadapost.tariffs import FUEL_SHARE, HST_SHARE, NAMES
from connector_service.sandbox.carriers.canadapost.xml import Asked, Markup, answer, tag
from connector_service.sandbox.gate import Raw, Refusal
from connector_service.sandbox.pricing import Price, decimal

NAMESPACE = "http://www.canadapost.ca/ws/ship/rate-v4"
POSTAL_CODE = re.compile("[A-Z][0-9][A-Z][0-9][A-Z][0-9]")
HEAVIEST_KG = 30


@dataclass(frozen=True, slots=True)
class Money:
    """A price in its parts, in cents."""

    base: int
    fuel: int
    hst: int
    due: int

    @classmethod
    def of(cls, due: int, *, home: bool) -> Money:
        """The parts of what is due."""
        hst = round(due * HST_SHARE) if home else 0
        fuel = round(due * FUEL_SHARE)
        return cls(due - hst - fuel, fuel, hst, due)


def cents(minor: int) -> str:
    """12.30"""
    return decimal(minor, "CAD")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A `mailing-scenario`: where to, and grams."""

    country: str
    weight_g: int
    services: frozenset[str]
    mailing_date: date

    @classmethod
    def read(cls, body: bytes) -> Scenario:
        """Raises `Refusal`."""
        asked = Asked.read(body, "mailing-scenario")
        postal_code(asked.need("origin-postal-code"))
        day = asked.text("expected-mailing-date")
        return cls(
            _country(asked("destination")),
            grams(asked("parcel-characteristics")),
            frozenset(each.text() for each in asked("services").all("service-code")),
            date.fromisoformat(day) if day else datetime.now(UTC).date(),
        )


def postal_code(text: str) -> str:
    """The code. Raises `Refusal` when it has not the form A1A1A1."""
    if not POSTAL_CODE.fullmatch(text):
        raise Refusal(400, "Server", f"The postal code {text} must have the form A1A1A1.")
    return text


def grams(parcel: Asked) -> int:
    """The weight of a parcel. Raises `Refusal` when it is too heavy, or its dimensions are half there."""
    kilograms = parcel.number("weight")
    if not 0 < kilograms <= HEAVIEST_KG:
        raise Refusal(400, "9111", f"The weight must be up to {HEAVIEST_KG} kg.")
    if parcel("dimensions"):
        for name in ("length", "width", "height"):
            parcel.number("dimensions", name)
    return round(kilograms * 1_000)


def _country(destination: Asked) -> str:
    if destination("domestic"):
        postal_code(destination.need("domestic", "postal-code"))
        return "CA"
    if destination("united-states"):
        destination.need("united-states", "zip-code")
        return "US"
    return destination.need("international", "country-code")


def quotes(offers: list[Price], scenario: Scenario) -> Raw:
    """The offers, as Canada Post lists them."""
    home = scenario.country == "CA"
    listed = (_quote(price, scenario.mailing_date, home) for price in offers)
    return answer(tag("price-quotes", *listed, xmlns=NAMESPACE), "ship.rate-v4")


def _quote(price: Price, mailing: date, home: bool) -> Markup:
    money = Money.of(price.cost_minor, home=home)
    fuel = tag(
        "adjustment",
        tag("adjustment-code", "FUELSC"),
        tag("adjustment-name", "Fuel surcharge"),
        tag("adjustment-cost", cents(money.fuel)),
    )
    tracking = tag(
        "option", tag("option-code", "DC"), tag("option-name", "Delivery confirmation"), tag("option-price", "0")
    )
    details = tag(
        "price-details",
        tag("base", cents(money.base)),
        tag("taxes", tag("gst", "0.00"), tag("pst", "0"), tag("hst", cents(money.hst))),
        tag("due", cents(money.due)),
        tag("options", tracking),
        tag("adjustments", fuel),
    )
    return tag(
        "price-quote",
        tag("service-code", price.service),
        tag("service-name", NAMES[price.service]),
        details,
        tag("weight-details"),
        standard(price.days, mailing, "expected-transit-time"),
    )


def standard(days: int, mailing: date, name: str) -> Markup:
    """When it arrives; shipments call the days by another name than quotes."""
    return tag(
        "service-standard",
        tag("am-delivery", "false"),
        tag("guaranteed-delivery", "false"),
        tag(name, str(days)),
        tag("expected-delivery-date", (mailing + timedelta(days=days)).isoformat()),
    )
