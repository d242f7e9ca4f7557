"""What Canada Post sells from Canada: service codes, their names, prices and working days."""

from __future__ import annotations

from connector_service.sandbox.pricing import Tariff

DOMESTIC = (
    Tariff("DOM.PC", 2890, 520, 1),
    Tariff("DOM.XP", 1790, 310, 2),
    Tariff("DOM.EP", 1290, 190, 3),
    Tariff("DOM.RP", 1190, 180, 6),
)
USA = (Tariff("USA.XP", 3290, 640, 3), Tariff("USA.EP", 2290, 480, 6), Tariff("USA.TP", 1490, 390, 7))
WORLD = (
    Tariff("INT.XP", 5890, 1490, 5),
    Tariff("INT.TP", 2690, 1190, 9),
    Tariff("INT.IP.SURF", 3890, 690, 40),
)
NAMES = {
    "DOM.PC": "Priority",
    "DOM.XP": "Xpresspost",
    "DOM.EP": "Expedited Parcel",
    "DOM.RP": "Regular Parcel",
    "USA.XP": "Xpresspost USA",
    "USA.EP": "Expedited Parcel USA",
    "USA.TP": "Tracked Packet USA",
    "INT.XP": "Xpresspost International",
    "INT.TP": "Tracked Packet International",
    "INT.IP.SURF": "International Parcel Surface",
}
FUEL_SHARE = 0.12
HST_SHARE = 0.115
"""The parts of a price that are shown as fuel surcharge and, within Canada, as tax."""


def goes_to(service: str, country: str) -> bool:
    """Whether the service serves the country."""
    return service.partition(".")[0] == {"CA": "DOM", "US": "USA"}.get(country, "INT")
