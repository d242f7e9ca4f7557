"""What FedEx answers to Rates: the account's price, the list price, and one in the preferred currency."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from connector_service.sandbox.carriers.fedex.asked import Line, Priced, Rates
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


def replies(offers: Iterable[Price], asked: Rates) -> list[dict[str, Any]]:
    """The price of each service, with the days when they are asked for."""
    shipment, start = asked.requestedShipment, None
    if asked.rateRequestControlParameters.returnTransitTimes:
        start = _ship_day(shipment)
    billed = _billed(shipment.requestedPackageLineItems)
    return [_reply(price, shipment, billed, start) for price in offers]


def _reply(price: Price, shipment: Priced, billed: dict[str, Any], start: date | None) -> dict[str, Any]:
    kinds = {"ACCOUNT": price.cost_minor, "LIST": round(price.cost_minor * LIST)}
    if "PREFERRED" in shipment.rateRequestType and shipment.preferredCurrency:
        kinds["PREFERRED_CURRENCY"] = price.cost_minor
    answer: dict[str, Any] = {
        "serviceType": price.service,
        "serviceName": NAMES[price.service],
        "packagingType": shipment.packagingType,
        "ratedShipmentDetails": [_detail(kind, minor, price.currency, billed) for kind, minor in kinds.items()],
        "signatureOptionType": "SERVICE_DEFAULT",
    }
    return answer if start is None else {**answer, **_days(start, price.days)}


@lru_cache(maxsize=1_000)
def _days(start: date, days: int) -> dict[str, Any]:
    arrival = workday_after(start, days)
    moment = f"{arrival:%Y-%m-%d}T17:00:00"
    return {
        "commit": {"dateDetail": {"dayOfWeek": f"{arrival:%a}".upper(), "dayFormat": moment}},
        "operationalDetail": {
            "commitDate": moment,
            "transitTime": DAYS[days] if days < len(DAYS) else "UNKNOWN",
        },
    }


def _ship_day(shipment: Priced) -> date:
    return date.fromisoformat(shipment.shipDateStamp) if shipment.shipDateStamp else datetime.now(UTC).date()


def _billed(lines: list[Line]) -> dict[str, Any]:
    total = sum(line.weight.grams() * line.groupPackageCount for line in lines)
    unit = lines[0].weight.units
    return {"units": unit, "value": float(weight_in(total, unit))}


def _detail(kind: str, minor: int, currency: str, billed: dict[str, Any]) -> dict[str, Any]:
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
            "totalBillingWeight": billed,
            "currency": currency,
        },
        "currency": currency,
    }
