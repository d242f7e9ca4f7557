"""FedEx's services: what they cost, where they are sold, and what they are called."""

from __future__ import annotations

from connector_service.sandbox.pricing import Tariff

TARIFFS = (
    Tariff("PRIORITY_OVERNIGHT", 3_290, 430, 1, "home"),
    Tariff("STANDARD_OVERNIGHT", 2_890, 390, 1, "home"),
    Tariff("FEDEX_2_DAY", 1_790, 280, 2, "home"),
    Tariff("FEDEX_EXPRESS_SAVER", 1_490, 240, 3, "home"),
    Tariff("FEDEX_GROUND", 850, 150, 4, "home"),
    Tariff("FEDEX_NEXT_DAY", 2_790, 410, 1, "home"),
    Tariff("FEDEX_INTERNATIONAL_PRIORITY", 5_890, 940, 2, "abroad"),
    Tariff("FEDEX_INTERNATIONAL_CONNECT_PLUS", 3_990, 690, 4, "abroad"),
    Tariff("INTERNATIONAL_ECONOMY", 3_290, 560, 5, "abroad"),
    Tariff("FEDEX_REGIONAL_ECONOMY", 1_290, 190, 3),
)
NAMES = {
    "PRIORITY_OVERNIGHT": "FedEx Priority Overnight®",
    "STANDARD_OVERNIGHT": "FedEx Standard Overnight®",
    "FEDEX_2_DAY": "FedEx 2Day®",
    "FEDEX_EXPRESS_SAVER": "FedEx Express Saver®",
    "FEDEX_GROUND": "FedEx Ground®",
    "FEDEX_NEXT_DAY": "FedEx® Next Day",
    "FEDEX_INTERNATIONAL_PRIORITY": "FedEx International Priority®",
    "FEDEX_INTERNATIONAL_CONNECT_PLUS": "FedEx International Connect Plus®",
    "INTERNATIONAL_ECONOMY": "FedEx International Economy®",
    "FEDEX_REGIONAL_ECONOMY": "FedEx® Regional Economy",
}
GROUND = frozenset({"FEDEX_GROUND"})
NORTH_AMERICAN = frozenset(
    {"PRIORITY_OVERNIGHT", "STANDARD_OVERNIGHT", "FEDEX_2_DAY", "FEDEX_EXPRESS_SAVER", "FEDEX_GROUND"}
)
EUROPEAN = frozenset({"FEDEX_NEXT_DAY", "FEDEX_REGIONAL_ECONOMY"})
WORLDWIDE = frozenset({"FEDEX_INTERNATIONAL_PRIORITY", "FEDEX_INTERNATIONAL_CONNECT_PLUS", "INTERNATIONAL_ECONOMY"})
NORTH_AMERICA = frozenset({"US", "CA", "PR"})


def sold_on(from_country: str, to_country: str) -> frozenset[str]:
    """The services from one country to the other."""
    if from_country == to_country:
        return NORTH_AMERICAN if from_country in NORTH_AMERICA else EUROPEAN
    return WORLDWIDE if {from_country, to_country} & NORTH_AMERICA else WORLDWIDE | {"FEDEX_REGIONAL_ECONOMY"}
