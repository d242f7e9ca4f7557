"""Which addresses exist, as the carriers' address checks see it.

A postal code of zeros only, or no street at all, is nowhere. A street without a number could be several places. Any
other is found, and is written in capitals.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A street, a city and what goes with them."""

    lines: tuple[str, ...]
    city: str
    region: str
    postal_code: str
    country: str


def found(place: Place) -> list[Place]:
    """The places it may be: none, the one in the carrier's own spelling, or two."""
    street = place.lines[0].upper() if place.lines and place.lines[0] else ""
    if not street or not place.city or not place.postal_code.strip("0 -"):
        return []
    if any(char.isdigit() for char in street):
        return [_spelt(place, street)]
    return [_spelt(place, f"1 {street}"), _spelt(place, f"2 {street}")]


def is_po_box(place: Place) -> bool:
    """Whether nobody is there to take a parcel."""
    return any(line.upper().replace(".", "").replace(" ", "").startswith("POBOX") for line in place.lines)


def _spelt(place: Place, street: str) -> Place:
    lines = (street, *(line.upper() for line in place.lines[1:] if line))
    return Place(lines, place.city.upper(), place.region.upper(), place.postal_code.upper(), place.country)
