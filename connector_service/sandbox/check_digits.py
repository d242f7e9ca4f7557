"""Numbers with their check digits, as the vendors print them."""

from __future__ import annotations


def sscc(serial: int) -> str:
    """A serial shipping container code: 18 digits, the last a GS1 modulo 10 check digit."""
    body = f"0{serial % 10**16:016}"
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(body))
    return body + str(-total % 10)


def luhn(serial: int) -> str:
    """Ten digits and a Luhn check digit."""
    body = f"{serial % 10**10:010}"
    total = 0
    for at, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if at % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def s10(serial: int) -> str:
    """Eight digits and the check digit of UPU S10."""
    body = f"{serial % 10**8:08}"
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(body, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    return body + str(0 if rest == 10 else 5 if rest == 11 else rest)


def ups_1z(serial: int) -> str:
    """`1Z`, fifteen characters (here digits) and their check digit: every second one counts twice."""
    body = f"{serial % 10**15:015}"
    total = sum(int(digit) * (1 if at % 2 == 0 else 2) for at, digit in enumerate(body))
    return f"1Z{body}{-total % 10}"


def fedex_express(serial: int) -> str:
    """Eleven digits weighted 3, 1, 7 over and over, and the rest of their sum by 11; a rest of ten is 0."""
    body = f"{serial % 10**11:011}"
    return body + str(sum(int(digit) * (3, 1, 7)[at % 3] for at, digit in enumerate(body)) % 11 % 10)


def spoiled(digits: str) -> str:
    """The same digits with a wrong check digit at the end."""
    return digits[:-1] + str((int(digits[-1]) + 1) % 10)
