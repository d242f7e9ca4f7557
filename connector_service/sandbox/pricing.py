"""What carriers charge, and how long they take: each vendor declares its tariffs beside its shapes.

The figures are nobody's price list: each carrier agrees on its own with each customer. They are made up, so that quick
costs more than slow, heavy more than light, far more than near.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from canonical_models.money import DECIMALS

ABROAD_FACTOR = 2.2
ABROAD_DAYS = 3
SLOW_DAYS = 14


@dataclass(frozen=True, slots=True)
class Tariff:
    """A service: base price and price per kilogram in hundredths of the currency unit, and days on the road at home."""

    service: str
    base: int
    per_kg: int
    days: int
    where: Literal["anywhere", "home", "abroad"] = "anywhere"


@dataclass(frozen=True, slots=True)
class Price:
    """What one shipment costs (minor units, tax included) and how many days it takes."""

    service: str
    cost_minor: int
    currency: str
    days: int


COUNTRY_CURRENCY = {
    **dict.fromkeys(("AT", "BE", "DE", "ES", "FI", "FR", "GR", "IE", "IT", "LU", "NL", "PT"), "EUR"),
    **{"US": "USD", "PR": "USD", "CA": "CAD", "MX": "MXN", "GB": "GBP", "CH": "CHF", "SE": "SEK", "DK": "DKK"},
    **{"NO": "NOK", "PL": "PLN", "CZ": "CZK", "JP": "JPY", "CN": "CNY", "AU": "AUD", "NZ": "NZD", "SG": "SGD"},
}


def currency_of(country: str) -> str:
    """What a carrier bills in when it picks up in this country."""
    return COUNTRY_CURRENCY.get(country, "USD")


def decimal(minor: int, currency: str) -> str:
    """An amount as most vendors write it: 12.30, or 1230 where the currency has no parts."""
    decimals = DECIMALS.get(currency, 2)
    whole, part = divmod(minor, 10**decimals)
    return f"{whole}.{part:0{decimals}}" if decimals else str(whole)


def prices(tariffs: Iterable[Tariff], weight_g: int, currency: str, *, abroad: bool, slow: bool) -> Iterator[Price]:
    """The price of each service that goes there."""
    for tariff in tariffs:
        if tariff.where == "anywhere" or (tariff.where == "abroad") == abroad:
            farther = abroad and tariff.where == "anywhere"
            hundredths = (tariff.base + tariff.per_kg * weight_g / 1_000) * (ABROAD_FACTOR if farther else 1)
            cost = round(hundredths * 10.0 ** (DECIMALS.get(currency, 2) - 2))
            days = tariff.days + (ABROAD_DAYS if farther else 0) + (SLOW_DAYS if slow else 0)
            yield Price(tariff.service, cost, currency, days)
