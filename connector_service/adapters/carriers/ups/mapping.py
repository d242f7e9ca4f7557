"""Between UPS's shapes and ours; pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from canonical_models import Address, Label, LabelDocument
from connector_service.adapters.amounts import minor, price
from connector_service.adapters.carrier_contract import (
    AddressCheck,
    LabelRequest,
    PickupConfirmed,
    PickupRequest,
)
from connector_service.adapters.carriers.ups import SLUG, services, shapes
from connector_service.adapters.karrio_bridge import as_pdf
from connector_service.adapters.karrio_words import customs, parcels, receiver
from connector_service.adapters.shapes import Unreadable, said

GRAMS = {"KGS": Decimal(1_000), "LBS": Decimal("453.59237"), "OZS": Decimal("28.349523125")}
TRACKING_NUMBER = re.compile(r"1Z([0-9A-Z]{15})([0-9])")
GROUND = "03"
MAX_REFERENCE = 35
DOMESTIC = ("US", "PR")
"""Within these countries UPS takes a reference with each package only, everywhere else with the shipment only."""
TRACKING_URL = "https://www.ups.com/track?tracknum="


def shipment_payload(req: LabelRequest, origin: dict[str, Any], day: date) -> dict[str, Any]:
    """The purchase in karrio's words. A return is shipped by us, to us, from the buyer."""
    buyer = receiver(req.ship_to)
    way = {"shipper": origin, "recipient": origin, "return_address": buyer} if req.is_return else None
    options = {"currency": req.rate.currency, "shipping_date": f"{day}T09:00"}
    return {
        **(way or {"shipper": origin, "recipient": buyer}),
        "service": req.rate.quote_id or services.code_of(req.rate.service),
        "parcels": parcels(req.parcels),
        "payment": {"paid_by": "sender"},
        "customs": customs(req.customs),
        "options": {**options, **({"ups_return_service": "ups_print_return_label"} if req.is_return else {})},
        "reference": req.reference,
        "label_type": "ZPL" if req.format == "zpl" else "PDF",
    }


def with_references(native: dict[str, Any], req: LabelRequest) -> dict[str, Any]:
    """Where UPS wants references depends on the lane, and karrio writes one at most."""
    shipment = native["ShipmentRequest"]["Shipment"]
    named = [{"Value": req.reference}]
    if 0 < len(req.order_number) <= MAX_REFERENCE:
        named.append({"Code": "PO", "Value": req.order_number})
    shipment.pop("ReferenceNumber", None)
    lane = req.ship_from.country, req.ship_to.country
    if lane[0] == lane[1] and lane[0] in DOMESTIC:
        for package in shipment["Package"]:
            package["ReferenceNumber"] = named
    else:
        shipment["ReferenceNumber"] = named
    shipment["NumOfPiecesInShipment"] = str(len(req.parcels))
    return native


def recovery_body(reference: str, shipper_number: str) -> dict[str, Any]:
    """The question whether a label was bought under a reference."""
    by_reference = {"ReferenceNumber": {"Value": reference}, "ShipperNumber": shipper_number}
    return {
        "LabelRecoveryRequest": {
            "Request": {"TransactionReference": {"CustomerContext": reference}},
            "LabelSpecification": {
                "LabelImageFormat": {"Code": "ZPL"},
                "LabelStockSize": {"Height": "6", "Width": "4"},
            },
            "ReferenceValues": by_reference,
        }
    }


def label(req: LabelRequest, bought_at: datetime, body: bytes) -> Label:
    """The label that was bought. UPS does not say to whom it is addressed: that is what was asked."""
    sold = shapes.Shipped.model_validate_json(body).ShipmentResponse
    _ours(sold.Response, req.reference, "/ShipmentResponse/Response")
    results = sold.ShipmentResults
    if len(results.PackageResults) != len(req.parcels):
        raise Unreadable("there must be one label for each parcel", "/ShipmentResponse/ShipmentResults/PackageResults")
    total = (results.NegotiatedRateCharges and results.NegotiatedRateCharges.total()) or results.ShipmentCharges.total()
    kind = "return_label" if req.is_return else "label"
    papers = [
        _document(kind, each.ShippingLabel.ImageFormat.Code, each.ShippingLabel.GraphicImage, each.TrackingNumber)
        for each in results.PackageResults
    ]
    if results.Form:
        papers.append(_document("commercial_invoice", "PDF", results.Form.Image.GraphicImage, ""))
    return _label(
        results.ShipmentIdentificationNumber,
        papers,
        [each.TrackingNumber for each in results.PackageResults],
        reference=req.reference,
        bought_at=bought_at,
        service=req.rate.service,
        cost_minor=price(total.MonetaryValue, total.CurrencyCode, "/ShipmentResponse")
        if total
        else req.rate.cost_minor,
        currency=total.CurrencyCode if total else req.rate.currency,
        transit_days=req.rate.transit_days,
        weight_g=_grams(results.BillingWeight),
        ship_to=req.ship_to,
    )


def found(reference: str, known: Mapping[str, Any], bought_at: datetime, body: bytes) -> Label:
    """A label that Label Recovery found. It says what was printed; `known` has the other fields of a label."""
    recovered = shapes.Recovered.model_validate_json(body).LabelRecoveryResponse
    _ours(recovered.Response, reference, "/LabelRecoveryResponse/Response")
    papers = [
        _document("label", each.LabelImage.LabelImageFormat.Code, each.LabelImage.GraphicImage, each.TrackingNumber)
        for each in recovered.LabelResults
    ]
    numbers = [each.TrackingNumber for each in recovered.LabelResults]
    return _label(
        recovered.ShipmentIdentificationNumber, papers, numbers, reference=reference, bought_at=bought_at, **known
    )


def _ours(head: shapes.Head, reference: str, pointer: str) -> None:
    echoed = head.TransactionReference.CustomerContext
    if echoed and echoed != reference:
        raise Unreadable("this is the label of another reference", f"{pointer}/TransactionReference/CustomerContext")


def _label(number: str, papers: list[LabelDocument], numbers: list[str], **fields: Any) -> Label:
    if number not in numbers:
        raise Unreadable("the shipment's number is none of its parcels'", "/ShipmentIdentificationNumber")
    first = papers[0]
    return Label(
        label_id=number,
        carrier=SLUG,
        tracking_number=number,
        tracking_url=TRACKING_URL + number,
        document=first.content if first.format == "zpl" else "",
        tracking_numbers=sorted(numbers, key=lambda each: each != number),
        documents=papers,
        **fields,
    )


def _document(kind: Any, form: str, image: str, number: str) -> LabelDocument:
    format_: Any = form.lower()
    if format_ not in ("zpl", "pdf", "png", "gif"):
        raise Unreadable("a label must be ZPL, PDF, PNG or GIF", "/ImageFormat/Code")
    try:
        content = base64.b64decode(image, validate=True).decode() if format_ == "zpl" else image
    except ValueError:  # not base64, not ASCII, or no text inside
        raise Unreadable("a label is no base64 of text", "/GraphicImage") from None
    if format_ == "zpl" and number not in content:
        raise Unreadable("the label shows another tracking number", "/GraphicImage")
    return LabelDocument(kind=kind, format=format_, content=content, tracking_number=number)


def with_pdf(label: Label) -> Label:
    """The same label with its pictures as PDF pages; a picture that is none stays as it came."""
    pages = {each.content: as_pdf(each.content) for each in label.documents if each.format in ("png", "gif")}
    documents = [
        each.model_copy(update={"format": "pdf", "content": pages[each.content]}) if pages.get(each.content) else each
        for each in label.documents
    ]
    return label.model_copy(update={"documents": documents})


def _grams(weight: shapes.Billed) -> int:
    try:
        return round(Decimal(weight.Weight) * GRAMS[weight.UnitOfMeasurement.Code])
    except (InvalidOperation, KeyError, ValueError, OverflowError):
        raise Unreadable("a weight must be a number of LBS, KGS or OZS", "/BillingWeight") from None


def done(answer: Callable[[bytes], shapes.Done], body: bytes) -> None:
    """Raises `Unreadable` unless UPS says that it was done."""
    if answer(body).Response.ResponseStatus.Code != "1":
        raise Unreadable("the answer does not say that it was done", "/Response/ResponseStatus/Code")


def voided(body: bytes) -> shapes.Done:
    """The answer to a void."""
    return shapes.Voided.model_validate_json(body).VoidShipmentResponse


def called_off(body: bytes) -> shapes.Done:
    """The answer to a cancelled collection."""
    return shapes.PickupCancelled.model_validate_json(body).PickupCancelResponse


def pickup(req: PickupRequest, day: str, body: bytes) -> PickupConfirmed:
    """A collection as confirmed."""
    made = shapes.PickupCreated.model_validate_json(body).PickupCreationResponse
    rate = made.RateResult
    costs = rate is not None and rate.GrandTotalOfAllCharge is not None and rate.CurrencyCode is not None
    currency = (rate.CurrencyCode or "") if rate and costs else ""
    return PickupConfirmed(
        carrier=SLUG,
        reference=req.reference,
        confirmation=made.PRN,
        pickup_date=date.fromisoformat(day),
        cost_minor=minor(rate.GrandTotalOfAllCharge, currency, "/RateResult") if rate and costs else None,
        currency=currency,
    )


def address_body(address: Address) -> dict[str, Any]:
    """The question whether an address exists."""
    return {
        "XAVRequest": {
            "AddressKeyFormat": {
                "ConsigneeName": address.company or address.name,
                "AddressLine": [line for line in (address.line1, address.line2) if line],
                "PoliticalDivision2": address.city,
                "PoliticalDivision1": address.region,
                "PostcodePrimaryLow": address.postal_code.partition("-")[0],
                "CountryCode": address.country,
            }
        }
    }


def address_check(asked: Address, body: bytes) -> AddressCheck:
    """What UPS makes of an address."""
    answer = shapes.Validated.model_validate_json(body).XAVResponse
    places = tuple(_place(asked, each.AddressKeyFormat) for each in answer.Candidate)
    if answer.NoCandidatesIndicator is not None or not places:
        return AddressCheck("invalid", words=("UPS knows no such address",))
    if answer.ValidAddressIndicator is None:
        return AddressCheck("ambiguous", places)
    kind = answer.Candidate[0].AddressClassification or answer.AddressClassification
    residential = {"1": False, "2": True}.get(kind.Code) if kind else None
    same = _spelt(places[0]) == _spelt(asked)
    return AddressCheck("valid" if same else "corrected", places, residential)


def _place(asked: Address, key: shapes.KeyFormat) -> Address:
    lines = [*key.AddressLine, "", ""]
    code = f"{key.PostcodePrimaryLow}-{key.PostcodeExtendedLow}" if key.PostcodeExtendedLow else key.PostcodePrimaryLow
    return asked.model_copy(
        update={
            "line1": lines[0],
            "line2": lines[1],
            "city": key.PoliticalDivision2,
            "region": key.PoliticalDivision1,
            "postal_code": code,
            "country": key.CountryCode,
        }
    )


def _spelt(address: Address) -> tuple[str, ...]:
    """What must be the same for an address to need no correction: letters in any case, the four digits more do not."""
    fields = (address.line1, address.line2, address.city, address.region, address.postal_code.partition("-")[0])
    return tuple(field.upper().strip() for field in fields)


def refusal(body: bytes) -> str:
    """What UPS says when it refuses."""
    return said(
        shapes.Problem, lambda problem: "; ".join(f"{e.message} ({e.code})" for e in problem.response.errors), body
    )


def valid_tracking_number(number: str) -> bool:
    """`1Z`, then letters as 2, 3, ... 9, 0, 1, ... and every second place twice; the sum and the digit make tens."""
    match = TRACKING_NUMBER.fullmatch(number)
    if match is None:
        return False
    values = [int(char) if char.isdigit() else (ord(char) - 63) % 10 for char in match[1]]
    return (sum(values[::2]) + 2 * sum(values[1::2]) + int(match[2])) % 10 == 0


def pickup_service(service: str) -> str:
    """The service as the Pickup API writes it, three digits; ground when it is not known."""
    code = services.code_of(service) if service else GROUND
    return code.zfill(3) if code.isdigit() else GROUND.zfill(3)
