"""Reading a vendor's JSON field by field: for the answers that come with every order, at a third of what a shape costs.

Whoever reads so catches `ODD` around it and raises `unfit`, which says where.
"""

from __future__ import annotations

from typing import Any

import orjson

from connector_service.adapters.shapes import Unreadable

ODD = (LookupError, TypeError, AttributeError, ValueError)
"""What reading JSON of another shape raises; `Unreadable` is a ValueError."""
LONGEST_WORD = 128
MOST_DAYS = 365


def unfit(error: Exception, pointer: str) -> Unreadable:
    """What to raise for one of `ODD` below `pointer`. It never names a value, which may be personal."""
    if isinstance(error, Unreadable):
        return Unreadable(str(error), pointer + error.pointer)
    # A key that is missing is one that the reader asked for.
    words = f"{error.args[0]} is missing" if isinstance(error, KeyError) else "this has another shape"
    return Unreadable(words, pointer)


def read(body: bytes) -> Any:
    """The JSON of an answer. Raises `Unreadable`."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Unreadable("this is not JSON", "") from None


def listed(value: Any) -> list[Any]:
    """A list that is not empty. Raises `Unreadable`."""
    if type(value) is not list or not value:
        raise Unreadable("this must be a list with something in it", "")
    return value


def word(value: Any) -> str:
    """A code or a name: some characters on one line. Raises `Unreadable`."""
    if type(value) is not str or not 0 < len(value) <= LONGEST_WORD or not value.isprintable():
        raise Unreadable("this must be a short text", "")
    return value


def currency(value: Any) -> str:
    """Three capital letters (ISO 4217). Raises `Unreadable`."""
    if type(value) is not str or len(value) != 3 or not (value.isascii() and value.isalpha() and value.isupper()):
        raise Unreadable("this must be three capital letters", "")
    return value


def days(value: Any) -> int:
    """A number of days, which some vendors write as text. Raises `Unreadable`."""
    number = int(value) if type(value) is str and value.isdecimal() and len(value) <= 3 else value
    if type(number) is not int or not 0 <= number <= MOST_DAYS:
        raise Unreadable(f"this must be a number of days up to {MOST_DAYS}", "")
    return number
