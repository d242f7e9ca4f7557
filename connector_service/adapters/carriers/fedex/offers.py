"""FedEx's prices in our words; pure. Read field by field: they come with every order."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from connector_service.adapters import fields
from connector_service.adapters.amounts import price
from connector_service.adapters.carrier_contract import Rate, RateRequest
from connector_service.adapters.carriers.fedex import SLUG, services

KINDS = ("PREFERRED_CURRENCY", "ACCOUNT")
"""Which of a service's prices is taken: in the currency that was asked for, else the account's own, else the first."""


def rates(req: RateRequest, leaves_on: date, quoted_at: datetime, body: bytes) -> tuple[Rate, ...]:
    """The offers in an answer."""
    try:
        replies = fields.listed(fields.read(body)["output"]["rateReplyDetails"])
    except fields.ODD as error:
        raise fields.unfit(error, "") from None
    found = [_rate(each, leaves_on, quoted_at, at) for at, each in enumerate(replies)]
    return tuple(each for each in found if req.service in (None, each.service))


def _rate(reply: Any, leaves_on: date, quoted_at: datetime, at: int) -> Rate:
    try:
        code, detail = fields.word(reply["serviceType"]), _price(fields.listed(reply["ratedShipmentDetails"]))
        currency, days = fields.currency(detail["currency"]), _days(reply.get("operationalDetail"), leaves_on)
        return Rate(
            carrier=SLUG,
            service=services.name_of(code),
            cost_minor=price(_total(detail), currency, ""),
            currency=currency,
            transit_days=services.USUAL_DAYS.get(code, services.OTHERWISE) if days is None else days,
            quote_id=code,
            quoted_at=quoted_at,
            transit_estimated=days is None,
        )
    except fields.ODD as error:
        raise fields.unfit(error, f"/output/rateReplyDetails/{at}") from None


def _price(details: list[Any]) -> Any:
    for kind in KINDS:
        for detail in details:
            if detail["rateType"] == kind:
                return detail
    return details[0]


def _total(detail: Any) -> Any:
    """What is to be paid. FedEx writes numbers; as floats of up to 15 digits they print as they were written."""
    taxed = detail.get("totalNetChargeWithDutiesAndTaxes")
    return detail["totalNetCharge"] if taxed is None else taxed


def _days(operation: Any, leaves_on: date) -> int | None:
    """Business days: FedEx's own words first, else the working days until the day it commits itself to."""
    if operation is None:
        return None
    days = services.days_in_words(operation.get("transitTime"))
    commit = operation.get("commitDate")
    if days is not None or commit is None:
        return days
    try:
        arrives = date.fromisoformat(commit[:10])
    except ValueError:
        return None
    span = min((arrives - leaves_on).days, fields.MOST_DAYS)
    return sum((leaves_on + timedelta(days=each)).weekday() < 5 for each in range(1, span + 1))
