"""Between FedEx's shapes and ours; pure."""

from __future__ import annotations

import base64
import re
from datetime import date, datetime
from typing import Any

from canonical_models import Address, Label, LabelDocument
from connector_service.adapters.amounts import price
from connector_service.adapters.carrier_contract import (
    AddressCheck,
    LabelRequest,
    PickupConfirmed,
    PickupRequest,
)
from connector_service.adapters.carriers.fedex import SLUG, services, shapes
from connector_service.adapters.carriers.fedex.codes import GONE_BEFORE
from connector_service.adapters.karrio_words import customs, parcels, receiver
from connector_service.adapters.shapes import Unreadable, said

TRACKING_NUMBER = re.compile(r"[0-9]{12}|[0-9]{15}")
TRACKING_URL = "https://www.fedex.com/fedextrack/?trknbr="
MAX_REFERENCE = 40
"""Characters of a reference; karrio would cut it at 30, so it is written here."""
MAX_ORDER = 30
REFERENCE, ORDER = "CUSTOMER_REFERENCE", "P_O_NUMBER"
FORMATS = {"ZPLII": "zpl", "PDF": "pdf", "PNG": "png"}
INVOICE = "COMMERCIAL_INVOICE"
COMPANY_AND_PLACE = ("carrierCode", "location")
OLD = "old_"


def shipment_payload(req: LabelRequest, origin: dict[str, Any], day: date) -> dict[str, Any]:
    """The purchase in karrio's words. A return travels from the buyer to us, paid by us."""
    buyer = receiver(req.ship_to)
    ends = (buyer, origin) if req.is_return else (origin, buyer)
    return {
        "shipper": ends[0],
        "recipient": ends[1],
        "service": req.rate.quote_id or services.code_of(req.rate.service),
        # Given kilograms, karrio calls centimetres inches when the parcels leave from the United States.
        "parcels": parcels(req.parcels, req.reference, imperial=ends[0]["country_code"] == "US"),
        "payment": {"paid_by": "sender"},
        "customs": customs(req.customs),
        "options": {
            "currency": req.rate.currency,
            "shipment_date": str(day),
            **({"fedex_return_shipment": True} if req.is_return else {}),
        },
        "reference": req.reference,
        "label_type": "ZPL" if req.format == "zpl" else "PDF",
    }


def as_wanted(native: dict[str, Any], req: LabelRequest) -> dict[str, Any]:
    """Karrio's request with both references on each parcel, customs papers only where there is something to declare,
    and the whole label, not a link that its parser would fetch."""
    shipment = native["requestedShipment"]
    named = [{"customerReferenceType": REFERENCE, "value": req.reference}]
    if 0 < len(req.order_number) <= MAX_ORDER:
        named.append({"customerReferenceType": ORDER, "value": req.order_number})
    for line in shipment["requestedPackageLineItems"]:
        line["customerReferences"] = named
    if req.customs is None:
        shipment.pop("shippingDocumentSpecification", None)
    if req.is_return:
        special = shipment.setdefault("shipmentSpecialServices", {})
        special["specialServiceTypes"] = ["RETURN_SHIPMENT"]
        special["returnShipmentDetail"] = {"returnType": "PRINT_RETURN_LABEL"}
    return {**native, "labelResponseOptions": "LABEL"}


def label(req: LabelRequest, bought_at: datetime, body: bytes) -> Label:
    """The label that was bought. FedEx does not say to whom it is addressed: that is what was asked."""
    sold = shapes.Answer[shapes.Shipments].model_validate_json(body).output.transactionShipments[0]
    _check_ours(sold, req)
    numbers = [piece.trackingNumber for piece in sold.pieceResponses]
    papers = [_document(piece, req.is_return) for piece in sold.pieceResponses]
    papers += [_paper("commercial_invoice", each, "") for each in sold.shipmentDocuments if _is_invoice(each)]
    paid = sold.price()
    return Label(
        label_id=sold.masterTrackingNumber,
        carrier=SLUG,
        service=req.rate.service,
        tracking_number=sold.masterTrackingNumber,
        tracking_url=TRACKING_URL + sold.masterTrackingNumber,
        cost_minor=price(paid.total(), paid.currency, "/completedShipmentDetail") if paid else req.rate.cost_minor,
        currency=paid.currency if paid else req.rate.currency,
        transit_days=req.rate.transit_days,
        weight_g=sum(parcel.weight_g for parcel in req.parcels),
        ship_to=req.ship_to,
        reference=req.reference,
        document=papers[0].content if papers[0].format == "zpl" else "",
        bought_at=bought_at,
        tracking_numbers=sorted(numbers, key=lambda each: each != sold.masterTrackingNumber),
        documents=papers,
    )


def _check_ours(sold: shapes.Sold, req: LabelRequest) -> None:
    """Raises `Unreadable` for another parcel's label."""
    pointer = "/output/transactionShipments/0"
    if len(sold.pieceResponses) != len(req.parcels):
        raise Unreadable("there must be one label for each parcel", f"{pointer}/pieceResponses")
    if sold.masterTrackingNumber not in [piece.trackingNumber for piece in sold.pieceResponses]:
        raise Unreadable("the shipment's number is none of its parcels'", f"{pointer}/masterTrackingNumber")
    if sold.serviceType != services.code_of(req.rate.quote_id or req.rate.service):
        raise Unreadable("this is the label of another service", f"{pointer}/serviceType")
    for piece in sold.pieceResponses:
        called = [each.value for each in piece.customerReferences if each.customerReferenceType == REFERENCE]
        if called and req.reference not in called:
            raise Unreadable("this is the label of another reference", f"{pointer}/pieceResponses")


def _document(piece: shapes.Piece, is_return: bool) -> LabelDocument:
    for document in piece.packageDocuments:
        if "LABEL" in document.contentType:
            return _paper("return_label" if is_return else "label", document, piece.trackingNumber)
    raise Unreadable("a parcel has no label", "/pieceResponses/packageDocuments")


def _is_invoice(document: shapes.Document) -> bool:
    return INVOICE in document.contentType and document.encodedLabel is not None


def _paper(kind: Any, document: shapes.Document, number: str) -> LabelDocument:
    format_: Any = FORMATS.get(document.docType)
    if format_ is None or not document.encodedLabel:
        raise Unreadable("a label must come as ZPLII, PDF or PNG", "/packageDocuments")
    try:
        content = document.encodedLabel
        if format_ == "zpl":
            content = base64.b64decode(content, validate=True).decode()
    except ValueError:  # not base64, not ASCII, or no text inside
        raise Unreadable("a label is no base64 of text", "/packageDocuments/encodedLabel") from None
    if format_ == "zpl" and number not in content:
        raise Unreadable("the label shows another tracking number", "/packageDocuments/encodedLabel")
    return LabelDocument(kind=kind, format=format_, content=content, tracking_number=number)


def cancelled(body: bytes) -> None:
    """Raises `Unreadable` unless FedEx says that the shipment is cancelled, now or before."""
    answer = shapes.Answer[shapes.Cancelled].model_validate_json(body).output
    if not answer.cancelledShipment and GONE_BEFORE not in [alert.code for alert in answer.alerts]:
        raise Unreadable("the answer does not say that it was cancelled", "/output/cancelledShipment")


def pickup(req: PickupRequest, day: str, company: str, body: bytes) -> PickupConfirmed:
    """A collection as confirmed; FedEx wants its day, its company and its place again to cancel it."""
    made = shapes.Answer[shapes.Pickup].model_validate_json(body).output
    return PickupConfirmed(
        carrier=SLUG,
        reference=req.reference,
        confirmation=made.pickupConfirmationCode,
        pickup_date=date.fromisoformat(day),
        details={"carrierCode": company, "location": made.location},
    )


def pickup_cancel_body(confirmed: PickupConfirmed, account_number: str) -> dict[str, Any]:
    """The request to call a collection off."""
    return {
        "associatedAccountNumber": {"value": account_number},
        "pickupConfirmationCode": confirmed.confirmation,
        "scheduledDate": confirmed.pickup_date.isoformat(),
        **{key: confirmed.details[key] for key in COMPANY_AND_PLACE if confirmed.details.get(key)},
    }


def left_standing(old: PickupConfirmed) -> dict[str, str]:
    """What a new collection remembers of the one that it was to replace."""
    place = {f"{OLD}{key}": old.details.get(key, "") for key in COMPANY_AND_PLACE}
    return {f"{OLD}confirmation": old.confirmation, f"{OLD}day": old.pickup_date.isoformat(), **place}


def still_standing(confirmed: PickupConfirmed) -> PickupConfirmed | None:
    """The collection that this one was to replace and that could not be called off, if there is one."""
    details = confirmed.details
    if f"{OLD}confirmation" not in details:
        return None
    return PickupConfirmed(
        carrier=SLUG,
        reference=confirmed.reference,
        confirmation=details[f"{OLD}confirmation"],
        pickup_date=date.fromisoformat(details[f"{OLD}day"]),
        details={key: details[f"{OLD}{key}"] for key in COMPANY_AND_PLACE},
    )


def called_off(body: bytes) -> str:
    """The number of the collection that was called off."""
    return shapes.Answer[shapes.Pickup].model_validate_json(body).output.pickupConfirmationCode


def address_body(address: Address) -> dict[str, Any]:
    """The question whether an address exists."""
    place = {
        "streetLines": [line for line in (address.line1, address.line2) if line],
        "city": address.city,
        "stateOrProvinceCode": address.region,
        "postalCode": address.postal_code,
        "countryCode": address.country,
    }
    return {"addressesToValidate": [{"address": place}]}


def address_check(asked: Address, body: bytes) -> AddressCheck:
    """What FedEx makes of an address."""
    found = shapes.Answer[shapes.Addresses].model_validate_json(body).output.resolvedAddresses[0]
    words = tuple(str(each.get("message", "")) if isinstance(each, dict) else each for each in found.customerMessages)
    if found.is_("MultipleMatches"):
        return AddressCheck("ambiguous", words=words)
    if not (found.is_("Resolved") or found.is_("Matched")):
        return AddressCheck("invalid", words=words)
    lines = [*found.streetLinesToken, "", ""]
    place = asked.model_copy(
        update={
            "line1": lines[0],
            "line2": lines[1],
            "city": found.city,
            "region": found.stateOrProvinceCode,
            "postal_code": found.postalCode,
            "country": found.countryCode,
        }
    )
    residential = {"RESIDENTIAL": True, "BUSINESS": False}.get(found.classification)
    return AddressCheck("valid" if _spelt(place) == _spelt(asked) else "corrected", (place,), residential, words)


def _spelt(address: Address) -> tuple[str, ...]:
    """What must be the same for an address to need no correction: letters in any case, the four digits more do not."""
    fields = (address.line1, address.line2, address.city, address.region, address.postal_code.partition("-")[0])
    return tuple(field.upper().strip() for field in fields)


def refusal(body: bytes) -> str:
    """What FedEx says when it refuses."""
    return said(shapes.Problem, lambda problem: "; ".join(f"{e.message} ({e.code})" for e in problem.errors), body)


def valid_tracking_number(number: str) -> bool:
    """Express: eleven digits weighted 3, 1, 7, ... and the rest by 11, ten being 0. Ground: fourteen digits in tens."""
    if TRACKING_NUMBER.fullmatch(number) is None:
        return False
    digits = [int(digit) for digit in number]
    if len(digits) == 12:
        weighted = sum(digit * (3, 1, 7)[at % 3] for at, digit in enumerate(digits[:-1]))
        return weighted % 11 % 10 == digits[-1]
    backwards = digits[-2::-1]
    return -(3 * sum(backwards[::2]) + sum(backwards[1::2])) % 10 == digits[-1]
