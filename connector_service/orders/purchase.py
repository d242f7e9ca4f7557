"""Buy a label, and never two for one parcel, whatever happens in between.

A carrier that takes a reference twice for one purchase is simply asked again; at one that finds labels by reference the
adapter looks before it buys. At any other carrier the purchase is written down before it is made: one whose outcome
nobody knows (no answer, or a process that was killed) is not made again. A person asks the carrier, and says either the
tracking number or that there is nothing to pay for.
"""

from __future__ import annotations

import asyncio
from functools import partial

from canonical_models import ExceptionCase, Label, Offer, Order, Shipment, ShipmentStatus
from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import LabelRequest, Rate
from connector_service.adapters.contracts import Capability
from connector_service.adapters.http_errors import Busy, CircuitOpen
from connector_service.errors import InvalidInput, VendorError, VendorRejected, VendorUnreachable
from connector_service.orders.customs import customs_of
from connector_service.orders.invoices import with_invoice
from connector_service.orders.parcels import Parcels
from connector_service.orders.systems import Systems
from connector_service.orders.work import Work
from connector_service.store import purchases

SAFE_TO_REPEAT = frozenset({Capability.DEDUPES_BY_REFERENCE, Capability.LOOKUP_BY_REFERENCE})
VOID_CONFIRMED = "void confirmed"
MOST_CHARACTERS = 64


class PurchaseUnknown(VendorRejected):
    """The carrier may have sold the label or not, and cannot be asked by us; buying again might buy it twice."""

    title = "It is not known whether the label was bought"


def reference_of(shipment: Shipment) -> str:
    """The name a label is bought under: the same until a label is voided, so that asking again is one label."""
    return f"{shipment.id}-{shipment.label_attempt}"


async def buy(systems: Systems, plan: Parcels) -> Label:
    """Buy from the best offer; from the next one only when its carrier gave a final no.

    Raises:
        PurchaseUnknown: it may have been sold, and must not be bought again.
        VendorError: nobody sold a label. After no answer nobody knows whether it was bought, so no other carrier is
            asked; the same one will be asked again.
    """
    errors: list[VendorError] = []
    for offer in plan.shipment.offers:
        try:
            return await _with_papers(plan, await _buy_from(systems, plan, offer))
        except PurchaseUnknown:
            raise
        except VendorError as error:
            if error.retryable:
                raise
            errors.append(error)
    raise errors[0]


async def _with_papers(plan: Parcels, label: Label) -> Label:
    customs = customs_of(plan)
    return label if customs is None else await asyncio.to_thread(with_invoice, plan, customs, label)


async def _buy_from(systems: Systems, plan: Parcels, offer: Offer) -> Label:
    carrier, request = systems.carrier(offer.carrier), _request(plan, offer)
    if SAFE_TO_REPEAT & registry.CARRIERS[offer.carrier].capabilities:
        return await carrier.buy_label(request)
    if not await systems.begin_purchase(offer.carrier, request.reference):
        text = f"{offer.carrier} was asked for label {request.reference} before, and what it did is not known."
        raise PurchaseUnknown(text, vendor=offer.carrier)
    asked = _label_calls(systems, offer.carrier)
    try:
        return await carrier.buy_label(request)
    except (CircuitOpen, Busy, VendorRejected):
        await systems.settle_purchase(offer.carrier, request.reference)
        raise
    except VendorUnreachable as error:
        if _label_calls(systems, offer.carrier) == asked:
            # It failed before the purchase, such as at the token endpoint.
            await systems.settle_purchase(offer.carrier, request.reference)
            raise
        raise PurchaseUnknown(f"{error.detail}. It may have sold the label.", vendor=offer.carrier) from None


def _label_calls(systems: Systems, carrier: str) -> int:
    """How many purchases of this tenant have reached the network; of another parcel at the same time too, which only
    makes us more careful."""
    reading = systems.transport.health.of(systems.tenant_id, carrier).kinds.get("label")
    return reading.calls if reading is not None else 0


def _request(plan: Parcels, offer: Offer) -> LabelRequest:
    return LabelRequest(
        reference=reference_of(plan.shipment),
        rate=Rate(**offer.model_dump()),
        order_number=plan.order.number,
        ship_from=plan.ship_from,
        ship_to=plan.order.ship_to,
        parcels=tuple(plan.shipment.parcels),
        format=plan.ship_from.label_format,
        customs=customs_of(plan),
    )


def settle(work: Work, case: ExceptionCase) -> None:
    """What a person has found out about a purchase: its tracking number, or that it is void.

    Raises:
        InvalidInput: it is neither.
    """
    found = str(case.fields["found"]).strip()
    shipment = work.tx.get(Shipment, case.shipment_id or "")
    carrier = str(case.evidence.get("carrier"))
    purchases.settle(work.tx.connection, work.tenant_id, carrier, reference_of(shipment))
    if shipment.label is not None:
        return
    save = partial(work.tx.save, shipment, "shipment.label_settled")
    if found.casefold() == VOID_CONFIRMED:
        shipment.label_attempt += 1
        save(_settled(work, shipment, f"{carrier} confirmed that there is no label to pay for."))
        return
    if " " in found or not 4 <= len(found) <= MOST_CHARACTERS:
        words = f'found must be the tracking number that {carrier} shows, or "{VOID_CONFIRMED}", not {found[:80]!r}.'
        raise InvalidInput(words, pointer="/fields/found")
    take_label(shipment, _found_label(work, case, shipment, carrier, found))
    case.resume_shipment_status = ShipmentStatus.LABELLED
    save(_settled(work, shipment, f"{carrier} had sold label {found}."))


def _found_label(work: Work, case: ExceptionCase, shipment: Shipment, carrier: str, number: str) -> Label:
    offer = next(each for each in shipment.offers if each.carrier == carrier)
    return Label(
        label_id=number,
        carrier=carrier,
        service=offer.service,
        tracking_number=number,
        cost_minor=offer.cost_minor,
        currency=offer.currency,
        transit_days=offer.transit_days,
        weight_g=sum(parcel.weight_g for parcel in shipment.parcels),
        ship_to=work.tx.get(Order, case.order_id).ship_to,
        reference=reference_of(shipment),
        bought_at=work.now,
    )


def take_label(shipment: Shipment, label: Label) -> None:
    """The label becomes the shipment's: each parcel has its tracking number."""
    shipment.label, shipment.carrier, shipment.service = label, label.carrier, label.service
    numbers = label.tracking_numbers or [label.tracking_number]
    for at, parcel in enumerate(shipment.parcels):
        parcel.tracking_number = numbers[at] if at < len(numbers) else label.tracking_number
        parcel.tracking_url = label.tracking_url or None


def _settled(work: Work, shipment: Shipment, because: str) -> dict[str, str | None]:
    return {
        "actor": work.actor,
        "because": because,
        "rule": None,
        "from_status": shipment.status.value,
        "to_status": shipment.status.value,
    }
