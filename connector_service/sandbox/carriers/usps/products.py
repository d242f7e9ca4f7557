"""What the Postal Service sells within the country: mail classes, their boxes, prices and days."""

from __future__ import annotations

from dataclasses import dataclass

from connector_service.sandbox.pricing import Tariff


@dataclass(frozen=True, slots=True)
class Product:
    """A mail class in one kind of packaging. `indicator` and `category` name the packaging in a purchase."""

    mail_class: str
    name: str
    indicator: str
    category: str
    type_code: str


PRODUCTS = {
    "PRIORITY_MAIL_EXPRESS-PA": Product("PRIORITY_MAIL_EXPRESS", "Priority Mail Express", "PA", "MACHINABLE", "701"),
    "PRIORITY_MAIL-FB": Product("PRIORITY_MAIL", "Priority Mail Medium Flat Rate Box", "FB", "MACHINABLE", "055"),
    "PRIORITY_MAIL-SP": Product("PRIORITY_MAIL", "Priority Mail", "SP", "MACHINABLE", "055"),
    "USPS_GROUND_ADVANTAGE-SP": Product("USPS_GROUND_ADVANTAGE", "USPS Ground Advantage", "SP", "MACHINABLE", "001"),
}
TARIFFS = (
    Tariff("PRIORITY_MAIL_EXPRESS-PA", 3140, 410, 1),
    Tariff("PRIORITY_MAIL-FB", 1915, 0, 2),
    Tariff("PRIORITY_MAIL-SP", 990, 170, 2),
    Tariff("USPS_GROUND_ADVANTAGE-SP", 610, 110, 4),
)
