"""Numbers as Canada Post prints them."""

from __future__ import annotations


def pin(serial: int) -> str:
    """A tracking PIN: sixteen digits, the last a modulo 10 check digit with the weights 3 and 1 from the right."""
    body = f"70{serial % 10**13:013}"
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(body)))
    return body + str(-total % 10)
