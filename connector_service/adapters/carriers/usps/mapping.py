"""Between the Postal Service's shapes and ours; pure. Requests begin with what karrio builds, answers are native."""

from __future__ import annotations

import base64
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, JsonValue

from canonical_models import Address, Label, LabelDocument, Location, Parcel
from connector_service.adapters.amounts import price
from connector_service.adapters.carrier_contract import (
    LabelRequest,
    Manifest,
    ManifestRequest,
    PickupConfirmed,
    Rate,
)
from connector_service.adapters.carriers.usps import SLUG
from connector_service.adapters.carriers.usps.codes import OTHERWISE_DAYS, OWN_PACKAGING, USUAL_DAYS
from connector_service.adapters.carriers.usps.parts import fields
from connector_service.adapters.shapes import Unreadable, VendorShape, said
from connector_service.errors import VendorRejected

POUND_G = Decimal("453.59237")
SMALLEST_INCHES = {"length": 6.0, "width": 3.0, "height": 0.25}
"""Of a parcel whose size nobody measured: the smallest there is."""
LONGEST_REFERENCE = 30
"""Of a longer one the end is printed, which tells one purchase from another."""
TRACKING_PAGE = "https://tools.usps.com/go/TrackConfirmAction?tLabels={}"


def describe(package: dict[str, Any], parcel: Parcel) -> None:
    """Exact pounds, and a size where none is known."""
    package["weight"] = float((parcel.weight_g / POUND_G).quantize(Decimal("0.0001")))
    for name, inches in SMALLEST_INCHES.items():
        package.setdefault(name, inches)


def zip5(code: str) -> str:
    """The first five digits of a ZIP code."""
    return code.strip()[:5]


class _Commitment(VendorShape):
    name: str = ""


class _Priced(VendorShape):
    mailClass: str = Field(min_length=1, max_length=60)
    rateIndicator: str = Field(min_length=1, max_length=4)
    processingCategory: str = ""
    destinationEntryFacilityType: str = "NONE"


class _RateOption(VendorShape):
    commitment: _Commitment | None = None
    totalPrice: Decimal | None = None
    totalBasePrice: Decimal | None = None
    rates: tuple[_Priced, ...] = ()


class _ShippingOption(VendorShape):
    rateOptions: tuple[_RateOption, ...] = ()


class _PricingOption(VendorShape):
    shippingOptions: tuple[_ShippingOption, ...] = ()


class _Options(VendorShape):
    pricingOptions: tuple[_PricingOption, ...]


def rates(service: str | None, now: datetime, body: bytes) -> tuple[Rate, ...]:
    """The offers for a parcel in a box of our own; of several for one service, those for machines come first."""
    options = [
        option
        for pricing in _Options.model_validate_json(body).pricingOptions
        for shipping in pricing.shippingOptions
        for option in shipping.rateOptions
        if option.rates and option.rates[0].rateIndicator in OWN_PACKAGING
    ]
    if not options:
        raise Unreadable("there is no price for a parcel in a box of our own", "/pricingOptions")
    best: dict[str, Rate] = {}
    for option in sorted(options, key=lambda each: each.rates[0].processingCategory != "MACHINABLE"):
        rate = _rate(option, now)
        best.setdefault(rate.service, rate)
    return tuple(rate for rate in best.values() if service in (None, rate.service))


def _rate(option: _RateOption, now: datetime) -> Rate:
    priced = option.rates[0]
    amount = option.totalPrice if option.totalPrice is not None else option.totalBasePrice
    named = re.findall(r"\d+", option.commitment.name) if option.commitment else []
    parts = (priced.mailClass, priced.rateIndicator, priced.processingCategory, priced.destinationEntryFacilityType)
    return Rate(
        carrier=SLUG,
        service=f"{priced.mailClass}-{priced.rateIndicator}",
        cost_minor=price(amount, "USD", "/pricingOptions"),
        currency="USD",
        transit_days=int(named[-1]) if named else USUAL_DAYS.get(priced.mailClass, OTHERWISE_DAYS),
        quote_id="|".join(parts),
        quoted_at=now,
        transit_estimated=not named,
    )


def label_body(body: dict[str, Any], req: LabelRequest) -> None:
    """What karrio leaves out of a purchase: the rate that was chosen, both references, exact weight."""
    package = body["packageDescription"]
    describe(package, req.parcels[0])
    mail_class, indicator, category, entry = _quoted(req.rate)
    package["mailClass"], package["rateIndicator"] = mail_class, indicator
    package["processingCategory"], package["destinationEntryFacilityType"] = category, entry
    package.pop("girth", None)
    package["customerReference"] = [
        {"referenceNumber": text[-LONGEST_REFERENCE:], "printReferenceNumber": True}
        for text in (req.reference, req.order_number)
        if text
    ]
    if "inductionZIPCode" in package:
        package["inductionZIPCode"] = zip5(package["inductionZIPCode"])
    for end in ("toAddress", "fromAddress", "senderAddress"):
        _tidy(body.get(end) or {})


def _quoted(rate: Rate) -> list[str]:
    parts = rate.quote_id.split("|")
    if len(parts) != 4 or f"{parts[0]}-{parts[1]}" != rate.service:
        raise VendorRejected(f"{SLUG} gave no such quote; ask for rates and buy one of them", vendor=SLUG)
    return parts


def _tidy(address: dict[str, Any]) -> None:
    """The Postal Service takes telephone numbers of ten digits only."""
    digits = re.sub(r"\D", "", address.pop("phone", ""))[-10:]
    if len(digits) == 10:
        address["phone"] = digits


class _LabelAddress(VendorShape):
    streetAddress: str = ""
    secondaryAddress: str = ""
    city: str = ""
    state: str = ""
    ZIPCode: str = ""
    ZIPPlus4: str = ""
    firstName: str = ""
    lastName: str = ""
    firm: str = ""
    phone: str = ""


class _Metadata(VendorShape):
    labelAddress: _LabelAddress | None = None
    trackingNumber: str = Field(min_length=1, max_length=64)
    postage: Decimal
    weight: Decimal | None = None
    weightUOM: str = "LB"


class _Label(VendorShape):
    labelMetadata: _Metadata
    labelImage: str = Field(min_length=1)


def label(req: LabelRequest, to: Address, now: datetime, body: bytes) -> Label:
    """The label bought under `req.reference`; `to` is where the parcel goes."""
    shape = _Label.model_validate_json(fields(body))
    found = shape.labelMetadata
    document = _document(shape.labelImage, "return_label" if req.is_return else "label", "/labelImage")
    weight_g = req.parcels[0].weight_g if found.weight is None else round(found.weight * POUND_G)
    return Label(
        label_id=found.trackingNumber,
        carrier=SLUG,
        service=req.rate.service,
        tracking_number=found.trackingNumber,
        tracking_url=TRACKING_PAGE.format(found.trackingNumber),
        cost_minor=price(found.postage, "USD", "/labelMetadata/postage"),
        currency="USD",
        transit_days=req.rate.transit_days,
        weight_g=weight_g,
        ship_to=_printed(found.labelAddress, to),
        reference=req.reference,
        document=document.content if document.format == "zpl" else "",
        bought_at=now,
        documents=[document],
    )


def _printed(found: _LabelAddress | None, to: Address) -> Address:
    if found is None:
        return to
    name = f"{found.firstName} {found.lastName}".strip()
    asked = to.name or to.company
    # First and last name are two fields here, so words in the middle of a name may be missing.
    if not set(name.casefold().split()) <= set(asked.casefold().split()):
        raise Unreadable("this is the label of another receiver", "/labelMetadata/labelAddress")
    update = {
        "name": asked if name else "",
        "company": found.firm,
        "line1": found.streetAddress,
        "line2": found.secondaryAddress,
        "city": found.city,
        "region": found.state,
        "postal_code": to.postal_code if found.ZIPCode == zip5(to.postal_code) else found.ZIPCode,
        "phone": to.phone,
    }
    return to.model_copy(update=update)


def _document(content: str, kind: Literal["label", "return_label", "manifest"], pointer: str) -> LabelDocument:
    try:
        raw = base64.b64decode("".join(content.split()), validate=True)
        is_zpl = raw.lstrip().startswith(b"^XA")
        text = raw.decode() if is_zpl else base64.b64encode(raw).decode()
    except ValueError:  # not base64, not ASCII, or no text inside
        raise Unreadable("the image is no base64", pointer) from None
    if not is_zpl and not raw.startswith(b"%PDF"):
        raise Unreadable("the image is neither PDF nor ZPL", pointer)
    return LabelDocument(kind=kind, format="zpl" if is_zpl else "pdf", content=text)


class _Payment(VendorShape):
    paymentAuthorizationToken: str = Field(min_length=1, max_length=8_000, repr=False)


def payment_token(body: bytes) -> str:
    """The token that opens the paying account."""
    return _Payment.model_validate_json(body).paymentAuthorizationToken


class _Canceled(VendorShape):
    trackingNumber: str = ""
    status: Literal["CANCELED", "CANCELLED"]


def says_canceled(words: str) -> bool:
    """Whether a refusal to cancel says that it was done before."""
    return re.search("already.{0,20}cancel|cancel.{0,20}(before|already)", words, re.I) is not None


def canceled(body: bytes) -> str:
    """The tracking number of the label that is void now."""
    return _Canceled.model_validate_json(body).trackingNumber


def pickup_body(body: dict[str, Any], region: str) -> dict[str, Any]:
    """Karrio leaves the state out."""
    address = body["pickupAddress"]["address"]
    address["state"], address["ZIPCode"] = region, zip5(address["ZIPCode"])
    return body


def scan_form_body(body: dict[str, Any], location: Location) -> dict[str, Any]:
    """Karrio leaves the state out."""
    body["fromAddress"]["state"] = location.region
    body["entryFacilityZIPCode"] = zip5(location.postal_code)
    return body


class _Appointment(VendorShape):
    confirmationNumber: str = Field(min_length=1, max_length=64)
    pickupDate: date


def pickup(reference: str, body: bytes) -> PickupConfirmed:
    """The appointment."""
    shape = _Appointment.model_validate_json(body)
    return PickupConfirmed(SLUG, reference, shape.confirmationNumber, shape.pickupDate)


class _Form(VendorShape):
    manifestNumber: str = Field(min_length=1, max_length=64)
    trackingNumbers: tuple[str, ...] = ()


class _ScanForm(VendorShape):
    SCANFormMetadata: _Form
    SCANFormImage: str = Field(min_length=1)


def manifest(req: ManifestRequest, numbers: list[str], body: bytes) -> Manifest:
    """The SCAN form. Raises when it lists other parcels than were asked for."""
    shape = _ScanForm.model_validate_json(fields(body))
    form = shape.SCANFormMetadata
    if form.trackingNumbers and set(form.trackingNumbers) != set(numbers):
        raise Unreadable("this is the form of other parcels", "/SCANFormMetadata/trackingNumbers")
    document = _document(shape.SCANFormImage, "manifest", "/SCANFormImage")
    return Manifest(SLUG, req.reference, form.manifestNumber, tuple(numbers), (document,))


class _Detail(VendorShape):
    code: str = ""
    title: str = ""
    detail: str = ""


class _Error(VendorShape):
    message: str = ""
    errors: tuple[_Detail, ...] = ()


class _Problem(VendorShape):
    error: _Error | str
    error_description: JsonValue = ""


def _words(shape: _Problem) -> str:
    if isinstance(shape.error, str):
        return f"{shape.error_description} ({shape.error})"
    told = [f"{each.detail or each.title} ({each.code})" for each in shape.error.errors]
    return "; ".join(told) or shape.error.message


def refusal(body: bytes) -> str:
    """What the Postal Service says when it refuses."""
    return said(_Problem, _words, body)
