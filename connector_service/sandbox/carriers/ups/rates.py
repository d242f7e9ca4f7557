"""What UPS answers to Rating: published prices, the account's own when asked for, and days when asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime
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


def rated(price: Price, asked: Consigned, *, with_days: bool) -> dict[str, Any]:
    """One service's price."""
    unit = asked.Package[0].PackageWeight.UnitOfMeasurement.Code
    total = sum(package.PackageWeight.grams() for package in asked.Package)
    answer: dict[str, Any] = {
        "Service": {"Code": price.service, "Description": NAMES[price.service]},
        "RatedShipmentAlert": [REFERENCE_ONLY],
        "BillingWeight": weight(total, unit),
        **charges(price.cost_minor, price.currency, negotiated=asked.negotiated()),
        "RatedPackage": [{"Weight": str(package.PackageWeight.Weight)} for package in asked.Package],
    }
    if with_days:
        answer["TimeInTransit"] = _days(price, _ship_day(asked))
    return answer


def _ship_day(asked: Consigned) -> date:
    return datetime.strptime(asked.ShipmentDate, "%Y%m%d").date() if asked.ShipmentDate else datetime.now(UTC).date()


def _days(price: Price, start: date) -> dict[str, Any]:
    arrival = workday_after(start, price.days)
    return {
        "PickupDate": f"{start:%Y%m%d}",
        "PackageBillType": "03",
        "ServiceSummary": {
            "Service": {"Description": NAMES[price.service]},
            "EstimatedArrival": {
                "Arrival": {"Date": f"{arrival:%Y%m%d}", "Time": "230000"},
                "BusinessDaysInTransit": str(price.days),
                "Pickup": {"Date": f"{start:%Y%m%d}", "Time": "180000"},
                "DayOfWeek": f"{arrival:%a}".upper(),
                "TotalTransitDays": str((arrival - start).days),
            },
        },
    }
