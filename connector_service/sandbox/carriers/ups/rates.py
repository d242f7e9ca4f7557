"""What UPS answers to Rating: published prices, the account's own when asked for, and days when asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from connector_service.sandbox.carriers.measures import weight_in, workday_after
from connector_service.sandbox.carriers.ups.asked import Consigned
from connector_service.sandbox.carriers.ups.services import NAMES
from connector_service.sandbox.pricing import Price, decimal

PUBLISHED = 1.25
"""The published price of what costs the account 1."""
SUCCESS = {"Code": "1", "Description": "Success"}
REFERENCE_ONLY = {"Code": "110971", "Description": "Your invoice may vary from the displayed reference rates"}


def head(context: str) -> dict[str, Any]:
    """The head of each answer."""
    return {"ResponseStatus": SUCCESS, "TransactionReference": {"CustomerContext": context}}


def money(minor: int, currency: str) -> dict[str, str]:
    """An amount."""
    return {"CurrencyCode": currency, "MonetaryValue": decimal(minor, currency)}


def weight(weight_g: int, unit: str) -> dict[str, Any]:
    """A weight in the unit it was asked in."""
    return {"UnitOfMeasurement": {"Code": unit, "Description": unit}, "Weight": str(weight_in(weight_g, unit))}


def charges(cost_minor: int, currency: str, *, negotiated: bool) -> dict[str, Any]:
    """What a shipment costs; the account's own price stands beside the published one when it is asked for."""
    published = money(round(cost_minor * PUBLISHED), currency)
    answer: dict[str, Any] = {
        "TransportationCharges": published,
        "BaseServiceCharge": published,
        "ItemizedCharges": [],
        "ServiceOptionsCharges": money(0, currency),
        "TotalCharges": published,
    }
    if negotiated:
        own = money(cost_minor, currency)
        answer["NegotiatedRateCharges"] = {"BaseServiceCharge": own, "ItemizedCharges": [], "TotalCharge": own}
    return answer


def rated(offers: Iterable[Price], asked: Consigned, *, with_days: bool) -> list[dict[str, Any]]:
    """The price of each service."""
    unit = asked.Package[0].PackageWeight.UnitOfMeasurement.Code
    billed = weight(sum(package.PackageWeight.grams() for package in asked.Package), unit)
    packages = [{"Weight": str(package.PackageWeight.Weight)} for package in asked.Package]
    start = _ship_day(asked.ShipmentDate) if with_days else None
    return [
        {
            "Service": {"Code": price.service, "Description": NAMES[price.service]},
            "RatedShipmentAlert": [REFERENCE_ONLY],
            "BillingWeight": billed,
            **charges(price.cost_minor, price.currency, negotiated=asked.negotiated()),
            "RatedPackage": packages,
            **({"TimeInTransit": _days(price.service, price.days, start)} if start else {}),
        }
        for price in offers
    ]


def _ship_day(written: str | None) -> date:
    if not written:
        return datetime.now(UTC).date()
    return date(int(written[:4]), int(written[4:6]), int(written[6:]))


@lru_cache(maxsize=1_000)
def _days(service: str, days: int, start: date) -> dict[str, Any]:
    arrival = workday_after(start, days)
    return {
        "PickupDate": f"{start:%Y%m%d}",
        "PackageBillType": "03",
        "ServiceSummary": {
            "Service": {"Description": NAMES[service]},
            "EstimatedArrival": {
                "Arrival": {"Date": f"{arrival:%Y%m%d}", "Time": "230000"},
                "BusinessDaysInTransit": str(days),
                "Pickup": {"Date": f"{start:%Y%m%d}", "Time": "180000"},
                "DayOfWeek": f"{arrival:%a}".upper(),
                "TotalTransitDays": str((arrival - start).days),
            },
        },
    }
