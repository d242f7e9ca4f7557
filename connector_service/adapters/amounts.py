"""Vendors' amounts of money in minor units, exactly."""

from __future__ import annotations

from decimal import Decimal

from canonical_models.money import DECIMALS, to_minor
from connector_service.adapters.shapes import Unreadable

MOST_DIGITS = 15
"""Of an amount, before its point and in minor units."""


def minor(amount: object, currency: str, pointer: str) -> int:
    """A vendor's amount (text, or a number) in minor units.

    Raises:
        Unreadable: it is no amount of this currency, or less than zero.
    """
    text, decimals = str(amount), DECIMALS.get(currency, 2)
    whole, _, part = text.partition(".")
    digits = whole + part.ljust(decimals, "0")
    if whole and len(part) <= decimals and len(digits) <= MOST_DIGITS and digits.isdecimal():
        return int(digits)  # as nearly all are written, and as the long way below has it
    try:
        exact = Decimal(text)
        value = to_minor(exact, currency) if exact.adjusted() < MOST_DIGITS else None
    except (ValueError, ArithmeticError):
        raise Unreadable(f"this is not an amount of {currency}", pointer) from None
    if value is None:
        raise Unreadable("nothing costs so much", pointer)
    if value < 0:
        raise Unreadable("an amount is less than zero", pointer)
    return value


def price(amount: object, currency: str, pointer: str) -> int:
    """As `minor`, for what must cost something."""
    value = minor(amount, currency, pointer)
    if value == 0:
        raise Unreadable("a price of zero", pointer)
    return value
