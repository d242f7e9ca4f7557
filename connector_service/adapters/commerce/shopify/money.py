"""Shopify's money: decimal text in the shop's currency, turned into minor units without ever being a float."""

from __future__ import annotations

import re

from connector_service.errors import InvalidInput

# ISO 4217, list one: the currencies whose minor unit is not a hundredth.
_EXPONENTS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"), 0
    ),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_DECIMAL = re.compile(r"(\d{1,15})(?:\.(\d{1,8}))?", re.ASCII)


def exponent(currency: str) -> int:
    """How many decimal places `currency` (ISO 4217) has: 2 unless the standard says otherwise."""
    return _EXPONENTS.get(currency, 2)


def minor_units(text: str, currency: str, pointer: str) -> int:
    """`"19.99"` in USD is 1999, `"1000"` in JPY is 1000.

    Raises:
        InvalidInput: not a plain decimal, or finer than the currency's smallest unit; `pointer` says where it stood.
    """
    match = _DECIMAL.fullmatch(text)
    places = exponent(currency)
    if match is None:
        raise InvalidInput(f'{text!r} is not an amount; send a decimal as text, such as "19.99".', pointer=pointer)
    whole, fraction = match[1], (match[2] or "").rstrip("0")
    if len(fraction) > places:
        raise InvalidInput(f"{text!r} is finer than {currency} allows ({places} decimal places).", pointer=pointer)
    return int(whole + fraction.ljust(places, "0"))
