"""What DHL Express sells, for goods rather than papers: product codes, their names, prices and days."""

from __future__ import annotations

from connector_service.sandbox.pricing import Tariff

TARIFFS = (
    Tariff("E", 7490, 780, 1, "abroad"),
    Tariff("Y", 6190, 690, 1, "abroad"),
    Tariff("P", 4990, 610, 2, "abroad"),
    Tariff("U", 2990, 410, 2, "abroad"),
    Tariff("H", 3190, 380, 4, "abroad"),
    Tariff("I", 3890, 420, 1, "home"),
    Tariff("1", 3190, 360, 1, "home"),
    Tariff("N", 2290, 290, 1, "home"),
)
NAMES = {
    "E": "EXPRESS 9:00",
    "Y": "EXPRESS 12:00",
    "P": "EXPRESS WORLDWIDE",
    "U": "EXPRESS WORLDWIDE EU",
    "H": "ECONOMY SELECT",
    "I": "EXPRESS DOMESTIC 9:00",
    "1": "EXPRESS DOMESTIC 12:00",
    "N": "EXPRESS DOMESTIC",
}
FUEL_SHARE = 0.2
"""The part of each price that is shown as fuel surcharge."""
# fmt: off
EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})
# fmt: on


def crosses_customs(origin: str, destination: str) -> bool:
    """Whether goods are declared: not within a country, nor within the European Union."""
    return origin != destination and not {origin, destination} <= EU


def sold_between(origin: str, destination: str) -> frozenset[str]:
    """The products of a lane: within the European Union EXPRESS WORLDWIDE has a code of its own."""
    return frozenset(NAMES) - {"U" if crosses_customs(origin, destination) else "P"}
