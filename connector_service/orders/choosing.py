"""Choose among the offers that a shipment was given: by the rules, or from the carrier that a flow names."""

from __future__ import annotations

from typing import Any

from canonical_models import ExceptionCase, ExceptionCode, Offer, Order, Shipment, ShipmentStatus
from connector_service.adapters.carrier_contract import Rate
from connector_service.errors import Conflict
from connector_service.orders.carrier_choice import Ranking, rank
from connector_service.orders.changes import change_shipment
from connector_service.orders.exceptions import blocking, raise_exception
from connector_service.orders.labels import promised_days
from connector_service.orders.work import Work

Choice = dict[str, Any]
"""The offer that is taken with its reason in words, and `offers`: how each of them was judged."""


def choose_offer(
    work: Work, order: Order, shipment: Shipment, carrier: str, service: str
) -> tuple[ExceptionCase | None, Choice | None]:
    """Put the offer to buy first, the others behind it for the case that its carrier refuses.

    `carrier` and `service` narrow the choice, empty ones do not. Nothing is chosen for a shipment that has its label.

    Raises:
        Conflict: the shipment has no offers, none from that carrier and service, or none of those may be taken.
    """
    blocked = blocking(work, order)
    if blocked is not None or shipment.label is not None:
        return blocked, None
    if shipment.status != ShipmentStatus.PACKED or not shipment.offers:
        raise Conflict(f"Shipment {shipment.id} is {shipment.status} and has no offers: rate it first.")
    wanted = _wanted(shipment, carrier, service)
    ranking = rank(work, order, shipment, [_rate(offer) for offer in wanted], promised_days(order))
    if ranking.offers:
        return None, _take(work, order, shipment, ranking, named=len(wanted) < len(shipment.offers))
    if carrier or service:
        raise Conflict(ranking.because)
    shipment.offers = []
    words, code = ranking.because, ExceptionCode.CARRIER_REJECTED
    return raise_exception(work, order, code, words, shipment=shipment, **ranking.evidence()), None


def _wanted(shipment: Shipment, carrier: str, service: str) -> list[Offer]:
    found = [offer for offer in shipment.offers if carrier in ("", offer.carrier) and service in ("", offer.service)]
    if not found:
        offered = ", ".join(f"{offer.carrier} {offer.service}" for offer in shipment.offers)
        raise Conflict(f"{carrier} {service}".strip() + f" offers nothing for {shipment.id}; there are: {offered}.")
    return found


def _take(work: Work, order: Order, shipment: Shipment, ranking: Ranking, *, named: bool) -> Choice:
    first = [Offer(**_fields(rate)) for rate in ranking.offers]
    behind = [offer for offer in shipment.offers if offer not in first and named]
    taken, before = first[0], shipment.offers
    because = f"The flow asks for {taken.carrier}. {ranking.because}" if named else ranking.because
    shipment.offers = [*first, *behind]
    if shipment.offers != before:
        chosen: dict[str, Any] = {"carrier": taken.carrier, "service": taken.service, "cost_minor": taken.cost_minor}
        change_shipment(work, order, shipment, "carrier_chosen", because, **chosen)
    return {**taken.model_dump(mode="json"), **ranking.details(), "because": because}


def _rate(offer: Offer) -> Rate:
    return Rate(**dict(offer))


def _fields(rate: Rate) -> dict[str, Any]:
    return {name: getattr(rate, name) for name in Offer.model_fields}
