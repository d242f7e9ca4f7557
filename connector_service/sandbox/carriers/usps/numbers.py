"""Numbers as the Postal Service prints them."""

from __future__ import annotations

MAILER = "94001112345"
"""Application 94, the service type code 001, and the mailer's number."""


def package_barcode(serial: int) -> str:
    """An Intelligent Mail package barcode: 22 digits, the last a GS1 modulo 10 check digit."""
    body = f"{MAILER}{serial % 10**10:010}"
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(body)))
    return body + str(-total % 10)
