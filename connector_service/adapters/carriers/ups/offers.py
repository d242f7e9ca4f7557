"""UPS's prices in our words; pure. Read field by field: they come with every order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from connector_service.adapters import fields
from connector_service.adapters.amounts import price
from connector_service.adapters.carrier_contract import Rate, RateRequest
from connector_service.adapters.carriers.ups import SLUG, services
from connector_service.adapters.karrio_bridge import several
from connector_service.adapters.shapes import Unreadable

TOTALS = ("TotalChargesWithTaxes", "TotalCharge", "TotalCharges")
"""Where a total stands, the first that is there; the account's own prices say `TotalCharge`."""


def rates(req: RateRequest, quoted_at: datetime, body: bytes) -> tuple[Rate, ...]:
    """The offers in an answer: the account's own price where there is one, taxes included."""
    try:
        rated = fields.listed(several(fields.read(body)["RateResponse"]["RatedShipment"]))
    except fields.ODD as error:
        raise fields.unfit(error, "") from None
    country = req.ship_from.country
    found = [_rate(each, country, quoted_at, at) for at, each in enumerate(rated)]
    return tuple(each for each in found if req.service in (None, each.service))


def _rate(rated: Any, country: str, quoted_at: datetime, at: int) -> Rate:
    try:
        code, total, days = fields.word(rated["Service"]["Code"]), _total(rated), _days(rated.get("TimeInTransit"))
        currency = fields.currency(total["CurrencyCode"])
        return Rate(
            carrier=SLUG,
            service=services.name_of(code, country),
            cost_minor=price(total["MonetaryValue"], currency, ""),
            currency=currency,
            transit_days=services.usual_days(code) if days is None else days,
            quote_id=code,
            quoted_at=quoted_at,
            transit_estimated=days is None,
        )
    except fields.ODD as error:
        raise fields.unfit(error, f"/RateResponse/RatedShipment/{at}") from None


def _total(rated: Any) -> Any:
    for charges in (rated.get("NegotiatedRateCharges") or {}, rated):
        for name in TOTALS:
            if charges.get(name) is not None:
                return charges[name]
    if rated.get("TransportationCharges") is None:
        raise Unreadable("a rate without a price", "")
    return rated["TransportationCharges"]


def _days(transit: Any) -> int | None:
    """Business days, when they were asked for and UPS says them."""
    if transit is None:
        return None
    days = transit.get("ServiceSummary", {}).get("EstimatedArrival", {}).get("BusinessDaysInTransit")
    return None if days is None else fields.days(days)
