"""Buy a label of the best offer; and what a person has found out about a purchase whose outcome nobody knew: either
the tracking number, or that there is nothing to pay for."""

from __future__ import annotations

import asyncio
from functools import partial

from canonical_models import ExceptionCase, Label, Offer, Shipment, ShipmentStatus
from connector_service.adapters.carrier_contract import LabelRequest, Rate
from connector_service.errors import InvalidInput, VendorError
from connector_service.orders.case_orders import its_order
from connector_service.orders.customs import customs_of
from connector_service.orders.invoices import with_invoice
from connector_service.orders.label_sheets import SHEETS, on_sheets
from connector_service.orders.parcels import Parcels
from connector_service.orders.purchase_once import PurchaseUnknown, buy_once
from connector_service.orders.systems import Systems
from connector_service.orders.work import Work
from connector_service.store import purchases

VOID_CONFIRMED = "void confirmed"
MOST_CHARACTERS = 64


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
            return await _with_papers(plan, await buy_once(systems, offer.carrier, _request(plan, offer)))
        except PurchaseUnknown:
            raise
        except VendorError as error:
            if error.retryable:
                raise
            errors.append(error)
    raise errors[0]


async def _with_papers(plan: Parcels, label: Label) -> Label:
    customs = customs_of(plan)
    if customs is not None:
        label = await asyncio.to_thread(with_invoice, plan, customs, label)
    return await asyncio.to_thread(on_sheets, label, plan.paper) if plan.paper in SHEETS else label


def _request(plan: Parcels, offer: Offer) -> LabelRequest:
    return LabelRequest(
        reference=reference_of(plan.shipment),
        rate=Rate(**offer.model_dump()),
        order_number=plan.order.number,
        ship_from=plan.ship_from,
        ship_to=plan.order.ship_to,
        parcels=tuple(plan.shipment.parcels),
        format="zpl" if plan.paper == "zpl" else "pdf",
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
        ship_to=its_order(work.tx, case).ship_to,
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
