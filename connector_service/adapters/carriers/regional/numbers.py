"""Tracking numbers of the regional carrier."""

from __future__ import annotations

import re

SERIAL_DIGITS = 10
PIECE_DIGITS = 3
MASTER = 1
_FORM = re.compile(r"([A-Z]{2,4})([0-9]{10})([0-9]{3})([0-9])")


def tracking_number(prefix: str, serial: int, piece: int) -> str:
    """The number of the `piece`-th parcel (from 1) of a label. Raises ValueError when the digits do not suffice."""
    body = f"{serial:0{SERIAL_DIGITS}}{piece:0{PIECE_DIGITS}}"
    if len(body) != SERIAL_DIGITS + PIECE_DIGITS:
        raise ValueError(f"serial {serial} or piece {piece} has too many digits for a tracking number")
    return f"{prefix}{body}{_luhn(body)}"


def valid(prefix: str, number: str) -> bool:
    """Whether a number has the carrier's prefix and form, and its check digit is right."""
    match = _FORM.fullmatch(number)
    return match is not None and match[1] == prefix and match[4] == _luhn(match[2] + match[3])


def master_of(number: str) -> str:
    """The number of the first parcel of the same label; the number itself when it has another form."""
    match = _FORM.fullmatch(number)
    return tracking_number(match[1], int(match[2]), MASTER) if match else number


def _luhn(body: str) -> str:
    """The Luhn check digit (ISO/IEC 7812-1, annex B)."""
    total = 0
    for at, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if at % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
