"""Shopify's money: decimal text in the shop's currency, turned into minor units without ever being a float."""

from __future__ import annotations

import re
from decimal import Decimal

from canonical_models.money import to_minor
from connector_service.errors import InvalidInput

_DECIMAL = re.compile(r"\d{1,12}(?:\.\d{1,8})?", re.ASCII)


def minor_units(text: str, currency: str, pointer: str) -> int:
    """`"19.99"` in USD is 1999, `"1000"` in JPY is 1000.

    Raises:
        InvalidInput: not a plain decimal, or finer than the currency's smallest unit; `pointer` says where it stood.
    """
    if _DECIMAL.fullmatch(text) is None:
        raise InvalidInput(f'{text!r} is not an amount; send a decimal as text, such as "19.99".', pointer=pointer)
    try:
        return to_minor(Decimal(text), currency)
    except ValueError as error:
        raise InvalidInput(f"{text!r} is finer than {currency} allows; round it first.", pointer=pointer) from error
