"""What the two carriers charge, and how long they take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from canonical_models.money import DECIMALS

ABROAD_FACTOR = 2.2
ABROAD_DAYS = 3
SLOW_DAYS = 14


@dataclass(frozen=True, slots=True)
class Tariff:
    """A service: base price and price per kilogram in hundredths of the currency unit, and days on the road at home."""

    vendor: str
    service: str
    base: int
    per_kg: int
    days: int


@dataclass(frozen=True, slots=True)
class Price:
    """What one shipment costs (minor units, tax included) and how many days it takes."""

    service: str
    cost_minor: int
    currency: str
    days: int


TARIFFS = (
    Tariff("swiftparcel", "SWIFT_NEXT_DAY", 1490, 320, 1),
    Tariff("swiftparcel", "SWIFT_TWO_DAY", 990, 210, 2),
    Tariff("terrapost", "standard", 590, 120, 3),
    Tariff("terrapost", "economy", 390, 80, 5),
)


def prices(vendor: str, weight_g: int, currency: str, *, abroad: bool, slow: bool) -> Iterator[Price]:
    """The vendor's price for each of its services, dearest first."""
    for tariff in TARIFFS:
        if tariff.vendor == vendor:
            hundredths = (tariff.base + tariff.per_kg * weight_g / 1_000) * (ABROAD_FACTOR if abroad else 1)
            cost = round(hundredths * 10.0 ** (DECIMALS.get(currency, 2) - 2))
            days = tariff.days + (ABROAD_DAYS if abroad else 0) + (SLOW_DAYS if slow else 0)
            yield Price(tariff.service, cost, currency, days)
