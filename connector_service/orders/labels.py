"""Rate and buy a label, check it, and confirm the shipment."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from canonical_models import ExceptionCase, ExceptionCode, Label, Location, Offer, Order, Shipment, ShipmentStatus
from canonical_models.money import in_words
from connector_service.adapters.carrier_contract import LabelRequest, Rate, RateRequest
from connector_service.errors import Conflict, VendorError
from connector_service.inventory import claims
from connector_service.inventory.backorders import PROMISED_DAYS
from connector_service.orders.changes import change_order, change_shipment
from connector_service.orders.exceptions import blocking, raise_exception
from connector_service.orders.progress import shipments_of, status_from_shipments
from connector_service.orders.quality import gate_passed
from connector_service.orders.systems import Systems
from connector_service.orders.work import Work

_PAST = (ShipmentStatus.LABELLED, ShipmentStatus.SHIPPED, ShipmentStatus.IN_TRANSIT, ShipmentStatus.DELIVERED)


@dataclass(frozen=True, slots=True)
class Parcels:
    """What to ask the carriers about."""

    order: Order
    shipment: Shipment
    ship_from: Location


def promised_days(order: Order) -> int:
    """How many days the parcel may be on its way, from now."""
    if order.requested_delivery_at is not None:
        return max(0, (order.requested_delivery_at - order.created_at).days)
    return PROMISED_DAYS[order.priority.value]


def _packed(work: Work, order: Order, shipment: Shipment) -> Parcels | ExceptionCase | None:
    blocked = blocking(work, order)
    if blocked is not None:
        return blocked
    if shipment.status in _PAST or shipment.status == ShipmentStatus.CANCELLED:
        return None
    if shipment.status != ShipmentStatus.PACKED:
        raise Conflict(f"Shipment {shipment.id} is {shipment.status}: carriers are asked once it is packed.")
    origin = next(where for where in work.tx.locations() if where.id == shipment.location_id)
    return Parcels(order, shipment, origin)


def plan_rates(work: Work, order: Order, shipment: Shipment) -> Parcels | ExceptionCase | None:
    """What to get rates for; None when the offers are there already.

    Raises:
        Conflict: the shipment is not packed yet.
    """
    return None if shipment.offers and blocking(work, order) is None else _packed(work, order, shipment)


async def ask_rates(systems: Systems, plan: Parcels) -> list[Rate]:
    """Ask all carriers at once.

    Raises:
        VendorError: no carrier made an offer; `retryable` when none of them answered.
        Conflict: the tenant has no carrier.
    """
    request = RateRequest(
        reference=plan.shipment.id,
        order_number=plan.order.number,
        ship_from=plan.ship_from,
        ship_to=plan.order.ship_to,
        parcels=tuple(plan.shipment.parcels),
        currency=plan.order.currency,
        promised_days=promised_days(plan.order),
    )
    carriers = systems.carriers()
    if not carriers:
        raise Conflict("The tenant has no carrier; add one with PUT /v1/connections/<carrier>.")
    answers = await asyncio.gather(*(each.rates(request) for each in carriers.values()), return_exceptions=True)
    rates: list[Rate] = []
    errors: list[VendorError] = []
    for answer in answers:
        if isinstance(answer, VendorError):
            errors.append(answer)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            rates += answer
    if errors and not rates:
        raise _worst(errors)
    return rates


def _worst(errors: list[VendorError]) -> VendorError:
    """A carrier that said no outweighs one that said nothing: trying again will not change a no."""
    return min(errors, key=lambda error: error.retryable)


def record_rates(
    work: Work, order: Order, shipment: Shipment, answer: list[Rate] | VendorError
) -> ExceptionCase | None:
    """Keep the offers, best first: those that keep the promise, then the cheapest."""
    if shipment.offers or shipment.status != ShipmentStatus.PACKED:
        return blocking(work, order)
    if isinstance(answer, VendorError) or not answer:
        return _no_carrier(work, order, shipment, answer or None)
    days = promised_days(order)
    ranked = sorted(answer, key=lambda rate: (rate.transit_days > days, rate.cost_minor, rate.carrier))
    shipment.offers = [
        Offer(
            carrier=rate.carrier,
            service=rate.service,
            cost_minor=rate.cost_minor,
            currency=rate.currency,
            transit_days=rate.transit_days,
            quote_id=rate.quote_id,
        )
        for rate in ranked
    ]
    best = shipment.offers[0]
    fits = "the cheapest" if best.transit_days <= days else "none is fast enough, the cheapest"
    because = (
        f"{best.carrier} {best.service} at {in_words(best.cost_minor, best.currency)}, {best.transit_days} days: "
        f"{fits} of {len(ranked)} offers for a promise of {days} days."
    )
    change_shipment(work, order, shipment, "rated", because, offers=len(ranked))
    return None


def _no_carrier(work: Work, order: Order, shipment: Shipment, error: VendorError | list[Rate] | None) -> ExceptionCase:
    retryable = isinstance(error, VendorError) and error.retryable
    code = ExceptionCode.CARRIER_UNREACHABLE if retryable else ExceptionCode.CARRIER_REJECTED
    said = error.detail if isinstance(error, VendorError) else "No carrier made an offer."
    words = f"{said} The parcel goes back to the packing bench at {shipment.location_id}."
    if not retryable:
        shipment.offers = []
    return raise_exception(work, order, code, words, shipment=shipment)


def plan_label(work: Work, order: Order, shipment: Shipment) -> Parcels | ExceptionCase | None:
    """What to buy for a packed and rated shipment; None when it has its label.

    Raises:
        Conflict: the shipment is not packed, or not rated.
    """
    plan = _packed(work, order, shipment)
    if isinstance(plan, Parcels) and not shipment.offers:
        raise Conflict(f"Shipment {shipment.id} has no offers: rate it first.")
    return plan


async def buy(systems: Systems, plan: Parcels) -> Label:
    """Buy from the best offer; from the next one only when its carrier gave a final no.

    The reference stays the same until a label is voided, so that asking the same carrier twice is one label.

    Raises:
        VendorError: nobody sold a label. After no answer nobody knows whether it was bought, so no other carrier is
            asked; the same one will be asked again.
    """
    errors: list[VendorError] = []
    for offer in plan.shipment.offers:
        request = LabelRequest(
            reference=f"{plan.shipment.id}-{plan.shipment.label_attempt}",
            rate=Rate(**offer.model_dump()),
            order_number=plan.order.number,
            ship_from=plan.ship_from,
            ship_to=plan.order.ship_to,
            parcels=tuple(plan.shipment.parcels),
        )
        try:
            return await systems.carrier(offer.carrier).buy_label(request)
        except VendorError as error:
            if error.retryable:
                raise
            errors.append(error)
    raise errors[0]


def record_label(work: Work, order: Order, shipment: Shipment, answer: Label | VendorError) -> ExceptionCase | None:
    """Keep the label; no label sends the shipment back to the packing bench as an exception."""
    if shipment.label is not None or shipment.status != ShipmentStatus.PACKED:
        return blocking(work, order)
    if isinstance(answer, VendorError):
        return _no_carrier(work, order, shipment, answer)
    shipment.label, shipment.carrier, shipment.service = answer, answer.carrier, answer.service
    shipment.parcels[0].tracking_number = answer.tracking_number
    shipment.parcels[0].tracking_url = answer.tracking_url or None
    change_shipment(
        work,
        order,
        shipment,
        "labelled",
        f"{answer.carrier} sold label {answer.tracking_number}.",
        status=ShipmentStatus.LABELLED,
        carrier=answer.carrier,
        service=answer.service,
        tracking_number=answer.tracking_number,
        cost_minor=answer.cost_minor,
    )
    return None


def confirm_shipment(work: Work, order: Order, shipment: Shipment) -> ExceptionCase | None:
    """The parcel leaves: stock goes down, the order follows. A shipment that has left stays as it is.

    Raises:
        Conflict: the shipment has no label that passed the shipping gate.
    """
    blocked = blocking(work, order)
    gone = (ShipmentStatus.SHIPPED, ShipmentStatus.IN_TRANSIT, ShipmentStatus.DELIVERED, ShipmentStatus.CANCELLED)
    if blocked is not None or shipment.status in gone:
        return blocked
    if shipment.status != ShipmentStatus.LABELLED:
        raise Conflict(f"Shipment {shipment.id} is {shipment.status}: it is confirmed once it has its label.")
    if not gate_passed(shipment, "shipping"):
        raise Conflict(f"The label of shipment {shipment.id} has not passed the shipping gate: run that check first.")
    claims.consume(work, order, shipment)
    shipment.shipped_at = work.now
    because = f"Handed to {shipment.carrier} as {shipment.parcels[0].tracking_number}."
    change_shipment(work, order, shipment, "shipped", because, status=ShipmentStatus.SHIPPED)
    # Saved even when its status stays: what has been fulfilled of its lines has changed.
    status = status_from_shipments(order, shipments_of(work, order))
    change_order(work, order, status.value, because, status=status)
    return None
