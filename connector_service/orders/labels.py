"""Rate and buy a label, check it, and confirm the shipment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from canonical_models import ExceptionCase, ExceptionCode, Label, Offer, Order, Shipment, ShipmentStatus
from canonical_models.inventory import LabelPaper
from connector_service.adapters.carrier_contract import Rate, RateRequest
from connector_service.carriers.outcome import Shopped
from connector_service.errors import Conflict, InvalidInput, VendorError
from connector_service.inventory import claims
from connector_service.inventory.backorders import PROMISED_DAYS
from connector_service.orders.carrier_choice import rank
from connector_service.orders.changes import change_order, change_shipment
from connector_service.orders.customs import crosses_customs
from connector_service.orders.documents import keep_documents
from connector_service.orders.exceptions import blocking, open_exception, raise_exception
from connector_service.orders.label_formats import label_format_of
from connector_service.orders.parcels import Parcels
from connector_service.orders.progress import shipments_of, status_from_shipments
from connector_service.orders.purchase import reference_of, take_label
from connector_service.orders.purchase_once import PurchaseUnknown
from connector_service.orders.quality import gate_passed
from connector_service.orders.resolving import requeue, resolve
from connector_service.orders.systems import Systems
from connector_service.orders.work import Work
from connector_service.store import purchases

AsSet = Literal["as_set"]
_PAST = (ShipmentStatus.LABELLED, ShipmentStatus.SHIPPED, ShipmentStatus.IN_TRANSIT, ShipmentStatus.DELIVERED)


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
    declared = crosses_customs(origin.country, order.ship_to.country)
    products = work.tx.products(line.sku for line in shipment.lines) if declared else {}
    return Parcels(order.model_copy(), shipment.model_copy(), origin, products)


def plan_rates(work: Work, order: Order, shipment: Shipment) -> Parcels | ExceptionCase | None:
    """What to get rates for; None when the offers are there already.

    Raises:
        Conflict: the shipment is not packed yet.
    """
    return None if shipment.offers and blocking(work, order) is None else _packed(work, order, shipment)


async def ask_rates(systems: Systems, plan: Parcels) -> Shopped:
    """Ask all carriers at once, each for no longer than its own limit; what stands in for a silent one says so.

    Raises:
        Conflict: the tenant has no carrier.
    """
    accounts = systems.accounts()
    if not accounts:
        raise Conflict("The tenant has no carrier; add one with PUT /v1/connections/<carrier>.")
    return await systems.shop.shop(systems.tenant_id, accounts, rate_request(plan))


def rate_request(plan: Parcels) -> RateRequest:
    """What the carriers are asked."""
    return RateRequest(
        reference=plan.shipment.id,
        order_number=plan.order.number,
        ship_from=plan.ship_from,
        ship_to=plan.order.ship_to,
        parcels=tuple(plan.shipment.parcels),
        currency=plan.order.currency,
        promised_days=promised_days(plan.order),
    )


def record_rates(work: Work, order: Order, shipment: Shipment, answer: Shopped | VendorError) -> ExceptionCase | None:
    """Keep the offers, best first, and how each carrier fared."""
    if shipment.offers or shipment.status != ShipmentStatus.PACKED:
        return blocking(work, order)
    if isinstance(answer, VendorError):
        return no_carrier(work, order, shipment, answer, step="rate", waiting_for=[answer.vendor])
    failure = answer.failure()
    if failure is not None:
        return no_carrier(work, order, shipment, failure, step="rate", waiting_for=list(answer.waiting_for))
    ranking = rank(work, order, shipment, answer.rates, promised_days(order))
    if not ranking.offers:
        words = f"{ranking.because} The parcel goes back to the packing bench at {shipment.location_id}."
        code = ExceptionCode.CARRIER_REJECTED
        return raise_exception(work, order, code, words, shipment=shipment, **ranking.evidence())
    shipment.offers = [Offer.model_validate(rate, from_attributes=True) for rate in ranking.offers]
    because = f"{ranking.because} {_silent_words(answer)}".strip()
    choice = ranking.kept(work, order, shipment)
    details: dict[str, Any] = {"offers": len(shipment.offers), "carriers": _fared(answer), "choice": choice}
    change_shipment(work, order, shipment, "rated", because, **details)
    return None


def choose_offer(work: Work, order: Order, shipment: Shipment, carrier: str, service: str) -> ExceptionCase | None:
    """Put an offer first: the one named, or, with no name, the one that the rules and the record of carriers speak for
    now. A shipment that has its label stays as it is.

    Raises:
        Conflict: the shipment is not rated.
        InvalidInput: no carrier made an offer of this name.
    """
    blocked = blocking(work, order)
    if blocked is not None or shipment.label is not None:
        return blocked
    if not shipment.offers:
        raise Conflict(f"Shipment {shipment.id} has no offers: rate it first.")
    if carrier:
        offers, because = _named_first(shipment.offers, carrier, service)
    else:
        rates = [Rate(**offer.model_dump()) for offer in shipment.offers]
        ranking = rank(work, order, shipment, rates, promised_days(order))
        offers, because = [Offer.model_validate(rate, from_attributes=True) for rate in ranking.offers], ranking.because
    if offers and offers != shipment.offers:
        shipment.offers = offers
        change_shipment(work, order, shipment, "carrier_chosen", because, offers=len(offers))
    return None


def _named_first(offers: list[Offer], carrier: str, service: str) -> tuple[list[Offer], str]:
    wanted = [each for each in offers if each.carrier == carrier and service in ("", each.service)]
    if not wanted:
        known = ", ".join(f"{each.carrier} {each.service}" for each in offers)
        raise InvalidInput(f"There is no offer of {carrier} {service}; there are {known}.", pointer="/carrier")
    first = wanted[0]
    return [first, *(each for each in offers if each is not first)], f"{carrier} {first.service} was asked for."


def _silent_words(answer: Shopped) -> str:
    return " ".join(f"{each.carrier}: {each.words}." for each in answer.answers if each.trouble is not None)


def _fared(answer: Shopped) -> list[dict[str, str]]:
    """How each carrier fared, for the event."""
    return [
        {"carrier": each.carrier, "outcome": each.outcome, "trouble": each.trouble or "", "because": each.words}
        for each in answer.answers
    ]


def no_carrier(
    work: Work, order: Order, shipment: Shipment, error: VendorError, *, step: str, waiting_for: list[str]
) -> ExceptionCase:
    """No offer, or no label: the parcel goes back to the packing bench with an owner and a deadline.

    `waiting_for` names the carriers that may answer another time: `carrier_retries` tries them again by itself.
    """
    code = ExceptionCode.CARRIER_UNREACHABLE if error.retryable else ExceptionCode.CARRIER_REJECTED
    words = f"{error.detail} The parcel goes back to the packing bench at {shipment.location_id}."
    if not error.retryable:
        shipment.offers = []
        return raise_exception(work, order, code, words, shipment=shipment)
    return raise_exception(work, order, code, words, shipment=shipment, step=step, waiting_for=waiting_for)


def plan_label(
    work: Work, order: Order, shipment: Shipment, label_format: LabelPaper | AsSet = "as_set"
) -> Parcels | ExceptionCase | None:
    """What to buy for a packed and rated shipment; None when it has its label. `as_set`: in the format that the
    location's printers take, else the tenant's.

    Raises:
        Conflict: the shipment is not packed, or not rated.
    """
    plan = _packed(work, order, shipment)
    if isinstance(plan, Parcels) and not shipment.offers:
        raise Conflict(f"Shipment {shipment.id} has no offers: rate it first.")
    if not isinstance(plan, Parcels):
        return plan
    if label_format == "as_set":
        label_format = label_format_of(work, plan.ship_from)
    return replace(plan, paper=label_format)


def record_label(work: Work, order: Order, shipment: Shipment, answer: Label | VendorError) -> ExceptionCase | None:
    """Keep the label; no label sends the shipment back to the packing bench as an exception."""
    in_doubt = open_exception(work, order, ExceptionCode.LABEL_UNKNOWN, shipment)
    if isinstance(answer, Label) and in_doubt is not None and answer.reference == reference_of(shipment):
        # Another call took the purchase for lost, and here it comes after all.
        in_doubt.evidence["sold"] = answer.tracking_number
    elif shipment.label is not None or shipment.status != ShipmentStatus.PACKED:
        return blocking(work, order)
    if isinstance(answer, PurchaseUnknown):
        return _unknown(work, order, shipment, answer)
    if isinstance(answer, VendorError):
        return no_carrier(work, order, shipment, answer, step="buy", waiting_for=[answer.vendor])
    purchases.settle(work.tx.connection, work.tenant_id, answer.carrier, answer.reference)
    other = _others(work, shipment, answer)
    if other is not None:
        return _not_ours(work, order, shipment, answer, other)
    take_label(shipment, keep_documents(work, shipment, answer))
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
    return _came_after_all(work, in_doubt)


def _came_after_all(work: Work, case: ExceptionCase | None) -> ExceptionCase | None:
    if case is None:
        return None
    case.resume_shipment_status = ShipmentStatus.LABELLED
    words = f"The answer came late: label {case.evidence['sold']} was sold."
    fields = {"found": str(case.evidence["sold"])}
    resolve(work, case, "dockline", fields, list(case.audit_steps), words)
    requeue(work, case)
    return None


def _unknown(work: Work, order: Order, shipment: Shipment, answer: PurchaseUnknown) -> ExceptionCase:
    reference = reference_of(shipment)
    words = f"{answer.detail} Ask {answer.vendor} for the label of {reference}, or have it voided."
    return raise_exception(
        work,
        order,
        ExceptionCode.LABEL_UNKNOWN,
        words,
        shipment=shipment,
        carrier=answer.vendor,
        reference=reference,
    )


def _others(work: Work, shipment: Shipment, label: Label) -> Shipment | None:
    """The other shipment that has this tracking number, if any."""
    found = work.tx.find_by(Shipment, tracking_number=label.tracking_number)
    same = [each for each in found if each.id != shipment.id and each.label is not None]
    return next((each for each in same if each.label is not None and each.label.carrier == label.carrier), None)


def _not_ours(work: Work, order: Order, shipment: Shipment, label: Label, other: Shipment) -> ExceptionCase:
    """The carrier gave us another parcel's label. It is not voided: the other parcel needs it."""
    shipment.label_attempt += 1
    shipment.offers = []
    words = f"{label.carrier} gave label {label.tracking_number}, which is shipment {other.id}'s, for {shipment.id}."
    return raise_exception(work, order, ExceptionCode.LABEL_INVALID, words, shipment=shipment, other=other.id)


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
