"""Numbers as DHL Express prints them."""

from __future__ import annotations


def waybill(serial: int) -> str:
    """Ten digits: nine, and what is left of them divided by seven."""
    body = serial % 10**9
    return f"{body:09}{body % 7}"


def piece(serial: int) -> str:
    """The licence plate of one piece: `JD01` and sixteen digits."""
    return f"JD01{serial % 10**16:016}"


def appointment(serial: int, country: str) -> str:
    """The confirmation number of a pickup: `PRG`, six digits, and where it is."""
    return f"PRG{serial % 10**9:09}{country}"
