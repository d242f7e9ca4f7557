"""Between MyDHL API's shapes and ours; pure. Requests begin with what karrio builds, answers are read natively."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pydantic import ConfigDict, Field

from canonical_models import Address, Label, LabelDocument, TrackingEvent
from canonical_models.base import Country
from canonical_models.money import DECIMALS
from connector_service.adapters.amounts import price
from connector_service.adapters.carrier_contract import (
    Customs,
    LabelRequest,
    PickupConfirmed,
    Rate,
)
from connector_service.adapters.carriers.dhl_express import SLUG
from connector_service.adapters.carriers.dhl_express.codes import CHECKPOINTS, OTHERWISE_DAYS, USUAL_DAYS
from connector_service.adapters.carriers.dhl_express.rating import package
from connector_service.adapters.shapes import Unreadable, VendorShape, said

LONGEST_REFERENCE = 35
WAYBILL_DIGITS = 10
WAYBILL = re.compile("[0-9]{10}")
TRACKING_PAGE = "https://www.dhl.com/en/express/tracking.html?AWB={}"


class _Shape(VendorShape):
    """MyDHL API writes waybill numbers and postal codes now as text, now as numbers."""

    model_config = ConfigDict(coerce_numbers_to_str=True)


class _Amount(_Shape):
    currencyType: str = ""
    priceCurrency: str = ""
    price: Decimal | None = None


class _Delivery(_Shape):
    totalTransitDays: int | None = Field(default=None, ge=0, le=365)


class _Product(_Shape):
    productCode: str = Field(min_length=1, max_length=64)
    totalPrice: tuple[_Amount, ...] = ()
    deliveryCapabilities: _Delivery | None = None


class _Products(_Shape):
    products: tuple[_Product, ...]


def rates(body: bytes, now: datetime) -> tuple[Rate, ...]:
    """The offers in an answer. A product without a price is not sold on this lane, and is left out."""
    offers = []
    for at, product in enumerate(_Products.model_validate_json(body).products):
        amount = _billed(product.totalPrice)
        if amount is not None and amount.price:
            offers.append(_rate(product, amount, f"/products/{at}/totalPrice", now))
    if not offers:
        raise Unreadable("every product has a price of zero, or none", "/products")
    return tuple(offers)


def _billed(amounts: tuple[_Amount, ...]) -> _Amount | None:
    """The amount in the currency of the bill (BILLC); the others are the same money in other currencies."""
    ranked = sorted(amounts, key=lambda amount: amount.currencyType != "BILLC")
    return next((amount for amount in ranked if amount.price is not None), None)


def _rate(product: _Product, amount: _Amount, pointer: str, now: datetime) -> Rate:
    days = product.deliveryCapabilities.totalTransitDays if product.deliveryCapabilities else None
    return Rate(
        carrier=SLUG,
        service=product.productCode,
        cost_minor=price(amount.price, amount.priceCurrency, pointer),
        currency=amount.priceCurrency,
        transit_days=USUAL_DAYS.get(product.productCode, OTHERWISE_DAYS) if days is None else days,
        quote_id=product.productCode,
        quoted_at=now,
        transit_estimated=days is None,
    )


def complete_shipment(body: dict[str, Any], req: LabelRequest, day: date, *, dutiable: bool) -> None:
    """What karrio leaves out or rounds: our references, exact weights, values to the cent, the invoice."""
    body["customerReferences"] = [
        {"value": req.reference[:LONGEST_REFERENCE], "typeCode": "CU"},
        {"value": req.order_number[:LONGEST_REFERENCE], "typeCode": "CO"},
    ]
    content = body["content"]
    for made, parcel in zip(content["packages"], req.parcels, strict=True):
        made.update(package(parcel))
    body["outputImageProperties"]["encodingFormat"] = req.format
    if req.is_return:
        number = body["accounts"][0]["number"]
        body["accounts"].append({"typeCode": "payer", "number": number})
    if dutiable and req.customs is not None:
        _declare(body, req.customs, req.reference, day)
    else:
        for name in ("declaredValue", "declaredValueCurrency", "incoterm", "exportDeclaration"):
            content.pop(name, None)
        content["isCustomsDeclarable"] = False


def _declare(body: dict[str, Any], customs: Customs, reference: str, day: date) -> None:
    content = body["content"]
    for item, line in zip(content["exportDeclaration"]["lineItems"], customs.lines, strict=True):
        item["price"] = _major(line.value_minor, line.currency)
        item["weight"] = {"netValue": line.weight_g / 1_000, "grossValue": line.weight_g / 1_000}
    currency = customs.lines[0].currency
    content["declaredValue"] = _major(sum(line.value_minor * line.quantity for line in customs.lines), currency)
    content["declaredValueCurrency"] = currency
    number = customs.invoice_number or reference
    content["exportDeclaration"]["invoice"] = {"number": number[:LONGEST_REFERENCE], "date": day.isoformat()}
    body["outputImageProperties"]["imageOptions"].append(
        {"typeCode": "invoice", "templateName": "COMMERCIAL_INVOICE_P_10", "isRequested": True}
    )


def _major(minor: int, currency: str) -> float:
    return float(Decimal(minor).scaleb(-DECIMALS.get(currency, 2)))


class _Document(_Shape):
    typeCode: str = ""
    imageFormat: str = ""
    content: str = Field(min_length=1)


class _Postal(_Shape):
    postalCode: str = ""
    cityName: str = ""
    countryCode: Country
    provinceCode: str = ""
    addressLine1: str = ""
    addressLine2: str = ""


class _Contact(_Shape):
    companyName: str = ""
    fullName: str = ""
    phone: str = ""


class _Receiver(_Shape):
    postalAddress: _Postal
    contactInformation: _Contact


class _Parties(_Shape):
    receiverDetails: _Receiver | None = None


class _Detail(_Shape):
    customerDetails: _Parties | None = None


class _Package(_Shape):
    trackingNumber: str = ""


class _Shipment(_Shape):
    shipmentTrackingNumber: str = Field(min_length=1, max_length=64)
    trackingUrl: str = ""
    packages: tuple[_Package, ...] = ()
    documents: tuple[_Document, ...] = Field(min_length=1)
    shipmentDetails: tuple[_Detail, ...] = ()
    shipmentCharges: tuple[_Amount, ...] = ()


def label(req: LabelRequest, to: Address, now: datetime, body: bytes) -> Label:
    """The label bought under `req.reference`. `to` is where the parcels go.

    MyDHL API names no days and no weight, and no receiver unless it is configured to; what was asked stands in.
    """
    shape = _Shipment.model_validate_json(body)
    if shape.packages and len(shape.packages) != len(req.parcels):
        raise Unreadable("this is the label of another number of pieces", "/packages")
    number = shape.shipmentTrackingNumber.zfill(WAYBILL_DIGITS)
    printed = _printed(shape, to)
    documents = [_document(each, at, req.is_return) for at, each in enumerate(shape.documents)]
    zpl = [each.content for each in documents if each.format == "zpl"]
    charge = _billed(shape.shipmentCharges)
    known = charge is not None and charge.price
    return Label(
        label_id=number,
        carrier=SLUG,
        service=req.rate.service,
        tracking_number=number,
        tracking_url=TRACKING_PAGE.format(number),
        cost_minor=price(charge.price, charge.priceCurrency, "/shipmentCharges")
        if charge and known
        else req.rate.cost_minor,
        currency=charge.priceCurrency if charge and known else req.rate.currency,
        transit_days=req.rate.transit_days,
        weight_g=sum(parcel.weight_g for parcel in req.parcels),
        ship_to=printed,
        reference=req.reference,
        document=zpl[0] if zpl else "",
        bought_at=now,
        documents=documents,
    )


def _printed(shape: _Shipment, to: Address) -> Address:
    found = [detail.customerDetails for detail in shape.shipmentDetails if detail.customerDetails]
    receiver = found[0].receiverDetails if found else None
    if receiver is None:
        return to
    who, where = receiver.contactInformation, receiver.postalAddress
    if who.fullName and who.fullName.casefold() != (to.name or to.company).casefold():
        raise Unreadable("this is the label of another receiver", "/shipmentDetails/0/customerDetails")
    return Address(
        name=who.fullName,
        company=to.company and who.companyName,
        line1=where.addressLine1,
        line2=where.addressLine2,
        city=where.cityName,
        region=where.provinceCode,
        postal_code=where.postalCode,
        country=where.countryCode,
        phone=who.phone,
        email=to.email,
        residential=to.residential,
    )


def _document(document: _Document, at: int, is_return: bool) -> LabelDocument:
    form = document.imageFormat.lower()
    label_kind = "return_label" if is_return else "label"
    kind = "commercial_invoice" if "invoice" in document.typeCode.lower() else label_kind
    try:
        raw = base64.b64decode(document.content, validate=True)
        content = raw.decode() if form == "zpl" else document.content
    except ValueError:  # not base64, not ASCII, or no text inside
        raise Unreadable("a document is no base64", f"/documents/{at}/content") from None
    fields = {"kind": kind, "format": form, "content": content}
    return LabelDocument.model_validate(fields)


class _Area(_Shape):
    code: str = ""
    description: str = ""


class _Event(_Shape):
    date: date
    time: str = Field(pattern=r"^\d\d:\d\d(:\d\d)?$")
    GMTOffset: str = ""
    typeCode: str = Field(max_length=64)
    serviceArea: tuple[_Area, ...] = ()

    def moment(self) -> datetime:
        """When it happened, in UTC; where the offset is missing the time is taken as UTC."""
        offset = self.GMTOffset if re.fullmatch(r"[+-]\d\d:\d\d", self.GMTOffset) else "+00:00"
        return datetime.fromisoformat(f"{self.date}T{self.time}{offset}").astimezone(UTC)


class _Tracked(_Shape):
    shipmentTrackingNumber: str
    events: tuple[_Event, ...] = Field(default=(), max_length=1_000)


class _Trackings(_Shape):
    shipments: tuple[_Tracked, ...] = Field(min_length=1)


def events(number: str, body: bytes) -> tuple[TrackingEvent, ...]:
    """The scans of one waybill, oldest first. A code without meaning to us is left out."""
    tracked = _Trackings.model_validate_json(body).shipments[0]
    if tracked.shipmentTrackingNumber.zfill(WAYBILL_DIGITS) != number:
        raise Unreadable("these are the scans of another waybill", "/shipments/0/shipmentTrackingNumber")
    found = [_event(number, event) for event in reversed(tracked.events) if event.typeCode in CHECKPOINTS]
    return tuple(sorted(found, key=lambda event: event.occurred_at))


def _event(number: str, event: _Event) -> TrackingEvent:
    area = event.serviceArea[0] if event.serviceArea else _Area()
    return TrackingEvent(
        event_id=f"{number}-{event.typeCode}-{event.date}T{event.time}-{area.code}"[:128],
        carrier=SLUG,
        tracking_number=number,
        type=CHECKPOINTS[event.typeCode],
        occurred_at=event.moment(),
        place=area.description[:200],
        raw_code=event.typeCode,
    )


class _Appointment(_Shape):
    dispatchConfirmationNumbers: tuple[str, ...] = ()
    dispatchConfirmationNumber: str = ""
    nextPickupDate: date | None = None


def pickup(reference: str, day: date, details: Mapping[str, str], body: bytes) -> PickupConfirmed:
    """The appointment; a change is answered with the number in another field than an order."""
    shape = _Appointment.model_validate_json(body)
    number = next(iter(shape.dispatchConfirmationNumbers), shape.dispatchConfirmationNumber)
    if not number:
        raise Unreadable("there is no confirmation number", "/dispatchConfirmationNumbers")
    return PickupConfirmed(SLUG, reference, number, shape.nextPickupDate or day, details=details)


class _Problem(_Shape):
    title: str = ""
    detail: str = ""
    message: str = ""
    additionalDetails: tuple[str, ...] = ()


def refusal(body: bytes) -> str:
    """What DHL Express says when it refuses."""
    return said(
        _Problem,
        lambda shape: "; ".join(filter(None, (shape.detail or shape.message or shape.title, *shape.additionalDetails))),
        body,
    )


def valid_tracking_number(number: str) -> bool:
    """Ten digits, the last being the first nine modulo seven."""
    return WAYBILL.fullmatch(number) is not None and int(number[:9]) % 7 == int(number[9])
