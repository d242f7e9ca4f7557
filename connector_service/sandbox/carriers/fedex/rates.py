"""What FedEx answers to Rates: the account's price, the list price, and one in the preferred currency."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from connector_service.sandbox.carriers.fedex.asked import Priced, Rates
from connector_service.sandbox.carriers.fedex.services import NAMES
from connector_service.sandbox.carriers.measures import weight_in, workday_after
from connector_service.sandbox.pricing import Price, decimal

LIST = 1.25
"""The list price of what costs the account 1."""
DAYS = ("SAME_DAY", "ONE_DAY", "TWO_DAYS", "THREE_DAYS", "FOUR_DAYS", "FIVE_DAYS", "SIX_DAYS", "SEVEN_DAYS")


def amount(minor: int, currency: str) -> float:
    """Money as FedEx writes it: a JSON number."""
    return float(decimal(minor, currency))


def currency_asked(types: list[str], preferred: str | None, own: str) -> str:
    """The currency prices are wanted in: the account's own, unless PREFERRED ones are asked for."""
    return preferred if preferred and "PREFERRED" in types else own


def reply(price: Price, asked: Rates) -> dict[str, Any]:
    """One service's price, with the days when they are asked for."""
    shipment = asked.requestedShipment
    kinds = {"ACCOUNT": price.cost_minor, "LIST": round(price.cost_minor * LIST)}
    if "PREFERRED" in shipment.rateRequestType and shipment.preferredCurrency:
        kinds["PREFERRED_CURRENCY"] = price.cost_minor
    answer: dict[str, Any] = {
        "serviceType": price.service,
        "serviceName": NAMES[price.service],
        "packagingType": shipment.packagingType,
        "ratedShipmentDetails": [_detail(kind, minor, price.currency, shipment) for kind, minor in kinds.items()],
        "signatureOptionType": "SERVICE_DEFAULT",
    }
    if asked.rateRequestControlParameters.returnTransitTimes:
        arrival = workday_after(_ship_day(shipment), price.days)
        moment = f"{arrival:%Y-%m-%d}T17:00:00"
        transit = DAYS[price.days] if price.days < len(DAYS) else "UNKNOWN"
        answer["commit"] = {"dateDetail": {"dayOfWeek": f"{arrival:%a}".upper(), "dayFormat": moment}}
        answer["operationalDetail"] = {"commitDate": moment, "transitTime": transit}
    return answer


def _ship_day(shipment: Priced) -> date:
    return date.fromisoformat(shipment.shipDateStamp) if shipment.shipDateStamp else datetime.now(UTC).date()


def _detail(kind: str, minor: int, currency: str, shipment: Priced) -> dict[str, Any]:
    lines = shipment.requestedPackageLineItems
    total = sum(line.weight.grams() * line.groupPackageCount for line in lines)
    unit = lines[0].weight.units
    price = amount(minor, currency)
    return {
        "rateType": kind,
        "ratedWeightMethod": "ACTUAL",
        "totalDiscounts": 0.0,
        "totalBaseCharge": price,
        "totalNetCharge": price,
        "totalNetFedExCharge": price,
        "shipmentRateDetail": {
            "rateZone": "05",
            "surCharges": [],
            "totalSurcharges": 0.0,
            "totalBillingWeight": {"units": unit, "value": float(weight_in(total, unit))},
            "currency": currency,
        },
        "currency": currency,
    }
