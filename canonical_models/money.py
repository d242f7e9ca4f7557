"""Money between decimal amounts and minor units."""

from __future__ import annotations

from decimal import Decimal

DECIMALS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"), 0),
    **dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Currencies whose minor unit is not a hundredth (ISO 4217 list one)."""


def to_minor(amount: Decimal, currency: str) -> int:
    """`12.40` EUR is 1240. Raises ValueError when the amount has parts smaller than the currency's minor unit."""
    scaled = amount.scaleb(DECIMALS.get(currency, 2))
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} is not a whole number of {currency} minor units")
    return int(scaled)


def in_words(minor: int, currency: str) -> str:
    """1240 EUR minor units are `12.40 EUR`."""
    return f"{Decimal(minor).scaleb(-DECIMALS.get(currency, 2))} {currency}"
