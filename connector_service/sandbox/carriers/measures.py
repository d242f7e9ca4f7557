"""Weights and days as carriers count them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

GRAMS = {
    **dict.fromkeys(("LB", "LBS"), Decimal("453.59237")),
    **dict.fromkeys(("KG", "KGS"), Decimal(1_000)),
    **dict.fromkeys(("OZ", "OZS"), Decimal("28.349523125")),
}
SATURDAY = 5


def grams(weight: Decimal, unit: str) -> int:
    """A weight in whole grams. Raises KeyError for a unit no carrier has."""
    return round(weight * GRAMS[unit])


def weight_in(weight_g: int, unit: str) -> Decimal:
    """Grams in another unit, with two decimals."""
    return (weight_g / GRAMS[unit]).quantize(Decimal("0.01"))


def workday_after(start: date, days: int) -> date:
    """The day that is so many workdays later; a weekend is none."""
    day = start
    for _ in range(days):
        day += timedelta(days=1)
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
    return day
