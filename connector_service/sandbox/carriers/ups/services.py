"""UPS's services: what they cost, where they are sold, and what they are called."""

from __future__ import annotations

from connector_service.sandbox.pricing import Tariff

TARIFFS = (
    Tariff("01", 3_190, 410, 1, "home"),
    Tariff("02", 1_890, 290, 2, "home"),
    Tariff("12", 1_390, 230, 3, "home"),
    Tariff("03", 890, 140, 4, "home"),
    Tariff("13", 2_790, 380, 1, "home"),
    Tariff("07", 3_490, 560, 1),
    Tariff("65", 2_690, 450, 2),
    Tariff("08", 3_890, 620, 5, "abroad"),
    Tariff("11", 990, 160, 3),
)
NAMES = {
    "01": "UPS Next Day Air",
    "02": "UPS 2nd Day Air",
    "03": "UPS Ground",
    "07": "UPS Worldwide Express",
    "08": "UPS Worldwide Expedited",
    "11": "UPS Standard",
    "12": "UPS 3 Day Select",
    "13": "UPS Next Day Air Saver",
    "65": "UPS Worldwide Saver",
}
AMERICAN = frozenset({"01", "02", "03", "12", "13"})
CANADIAN = frozenset({"01", "02", "11", "13"})
EUROPEAN = frozenset({"07", "11", "65"})
WORLDWIDE = frozenset({"07", "08", "65"})
NORTH_AMERICA = frozenset({"US", "CA", "MX", "PR"})


def sold_on(from_country: str, to_country: str) -> frozenset[str]:
    """The services from one country to the other."""
    if from_country == to_country:
        return {"US": AMERICAN, "PR": AMERICAN, "CA": CANADIAN}.get(from_country, EUROPEAN)
    overland = {from_country, to_country} <= NORTH_AMERICA or not {from_country, to_country} & NORTH_AMERICA
    return WORLDWIDE | {"11"} if overland else WORLDWIDE
