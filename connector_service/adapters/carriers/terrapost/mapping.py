"""Between Terrapost's shapes and ours; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from canonical_models import Address, Label, Location, Parcel, TrackingEvent, TrackingType
from canonical_models.base import Country, Currency, Identifier, Minor, UtcDatetime
from connector_service.adapters import fields
from connector_service.adapters.carrier_contract import LabelRequest, Rate, RateRequest
from connector_service.adapters.carriers.terrapost import SLUG
from connector_service.adapters.shapes import Unreadable, VendorShape, said

SCANS = {
    "10": TrackingType.LABEL_CREATED,
    "20": TrackingType.PICKED_UP,
    "30": TrackingType.IN_TRANSIT,
    "40": TrackingType.OUT_FOR_DELIVERY,
    "45": TrackingType.DELIVERY_FAILED,
    "50": TrackingType.DELIVERED,
    "60": TrackingType.DELAYED,
    "70": TrackingType.DAMAGED,
    "71": TrackingType.LOST,
    "80": TrackingType.RETURN_TO_SENDER,
}
TRACKING_NUMBER = re.compile(r"TE([0-9]{8})([0-9])TP")
S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
GRAMS_PER_KG = 1_000
MOST_MINOR = 10**15


def _whole_grams(kilograms: Decimal) -> Decimal:
    if (kilograms * GRAMS_PER_KG) % 1:
        raise ValueError("a weight has at most three decimals of a kilogram")
    return kilograms


Kilograms = Annotated[Decimal, Field(ge=0, le=100_000, allow_inf_nan=False), AfterValidator(_whole_grams)]
Days = Annotated[int, Field(ge=0, le=365)]


class _Charges(VendorShape):
    net: Minor
    tax: Minor
    currency: Currency


class _Product(VendorShape):
    code: Identifier
    working_days: Days


class _Street(VendorShape):
    first_line: str = Field(max_length=200)
    second_line: str = Field(max_length=200)


class _Postal(VendorShape):
    street: _Street
    postcode: str = Field(max_length=20)
    town: str = Field(max_length=100)
    province: str = Field(max_length=100)
    country: Country


class _Party(VendorShape):
    person: str = Field(max_length=200)
    firm: str = Field(max_length=200)
    telephone: str = Field(max_length=40)
    postal: _Postal


class _Tracking(VendorShape):
    number: Identifier
    href: str = Field(max_length=500)


class _Document(VendorShape):
    format: str
    content: str


class _Shipment(VendorShape):
    shipment_id: Identifier
    customer_reference: Identifier
    state: Literal["active", "voided"]
    product: _Product
    charges: _Charges
    weight_kg: Kilograms
    receiver: _Party
    tracking: _Tracking
    document: _Document
    created: UtcDatetime


class _Shipments(VendorShape):
    shipments: tuple[_Shipment, ...]


class _Scan(VendorShape):
    id: Identifier
    tracking_number: Identifier
    code: str = Field(max_length=64)
    depot: str = Field(default="", max_length=200)
    at: UtcDatetime


class _Scans(VendorShape):
    scans: tuple[_Scan, ...] = Field(max_length=1_000)


class _Webhook(VendorShape):
    type: Literal["shipment.scanned"]
    data: _Scans


class _Problem(VendorShape):
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Bought:
    """What Terrapost holds under one customer reference: live labels, oldest first, and whether any was voided."""

    live: tuple[Label, ...]
    any_voided: bool


def enquiry_body(req: RateRequest) -> dict[str, Any]:
    """The body that asks for offers."""
    wish = {"currency": req.currency, "working_days": req.promised_days}
    return {"wish": wish, **_consignment(req)}


def shipment_body(req: LabelRequest) -> dict[str, Any]:
    """The body that buys a label."""
    return {"offer": {"offer_id": req.rate.quote_id, "product": {"code": req.rate.service}}, **_consignment(req)}


def _consignment(req: RateRequest | LabelRequest) -> dict[str, Any]:
    return {
        "references": {"customer_reference": req.reference, "order_number": req.order_number},
        "sender": _sender(req.ship_from),
        "receiver": _receiver(req.ship_to),
        "pieces": [_piece(parcel) for parcel in req.parcels],
    }


def _sender(location: Location) -> dict[str, Any]:
    return {
        "firm": location.name,
        "postal": {
            "postcode": location.postal_code,
            "town": location.city,
            "province": location.region,
            "country": location.country,
        },
    }


def _receiver(address: Address) -> dict[str, Any]:
    return {
        "person": address.name,
        "firm": address.company,
        "telephone": address.phone,
        "postal": {
            "street": {"first_line": address.line1, "second_line": address.line2},
            "postcode": address.postal_code,
            "town": address.city,
            "province": address.region,
            "country": address.country,
        },
    }


def _piece(parcel: Parcel) -> dict[str, Any]:
    size = parcel.dims_mm
    cm = [f"{side / 10:.1f}" for side in (size.length_mm, size.width_mm, size.height_mm)] if size else None
    kilograms, grams = divmod(parcel.weight_g, GRAMS_PER_KG)
    return {"number": parcel.parcel_id, "weight_kg": f"{kilograms}.{grams:03}", "size_cm": cm}


def rates(body: bytes, quoted_at: datetime | None = None) -> tuple[Rate, ...]:
    """The offers in an answer; the cost is net and tax together."""
    try:
        return tuple([_rate(offer, quoted_at, at) for at, offer in enumerate(fields.read(body)["offers"])])
    except fields.ODD as error:
        raise fields.unfit(error, "") from None


def _rate(offer: Any, quoted_at: datetime | None, at: int) -> Rate:
    try:
        product, charges = offer["product"], offer["charges"]
        return Rate(
            carrier=SLUG,
            service=fields.word(product["code"]),
            cost_minor=_price(charges),
            currency=fields.currency(charges["currency"]),
            transit_days=fields.days(product["working_days"]),
            quote_id=fields.word(offer["offer_id"]),
            quoted_at=quoted_at,
        )
    except fields.ODD as error:
        raise fields.unfit(error, f"/offers/{at}") from None


def _price(charges: Any) -> int:
    net, tax = charges["net"], charges["tax"]
    if type(net) is not int or type(tax) is not int or not 0 < net + tax <= MOST_MINOR:
        raise Unreadable("net and tax must be whole minor units, together above zero", "/charges")
    return net + tax


def label(reference: str, body: bytes) -> Label:
    """The label bought under `reference`: what was printed, which may differ from what was asked."""
    shape = _Shipment.model_validate_json(body)
    if shape.customer_reference != reference:
        raise Unreadable("this is the label of another reference", "/customer_reference")
    return _label(shape)


def bought(body: bytes) -> Bought:
    """The answer to a lookup."""
    shipments = sorted(
        _Shipments.model_validate_json(body).shipments, key=lambda each: (each.created, each.shipment_id)
    )
    live = tuple(_label(each) for each in shipments if each.state == "active")
    return Bought(live, any_voided=len(live) < len(shipments))


def _label(shape: _Shipment) -> Label:
    return Label(
        label_id=shape.shipment_id,
        carrier=SLUG,
        service=shape.product.code,
        tracking_number=shape.tracking.number,
        tracking_url=shape.tracking.href,
        cost_minor=shape.charges.net + shape.charges.tax,
        currency=shape.charges.currency,
        transit_days=shape.product.working_days,
        weight_g=int(shape.weight_kg * GRAMS_PER_KG),
        ship_to=_address(shape.receiver),
        reference=shape.customer_reference,
        document=shape.document.content,
        bought_at=shape.created,
    )


def _address(party: _Party) -> Address:
    return Address(
        name=party.person,
        company=party.firm,
        line1=party.postal.street.first_line,
        line2=party.postal.street.second_line,
        city=party.postal.town,
        region=party.postal.province,
        postal_code=party.postal.postcode,
        country=party.postal.country,
        phone=party.telephone,
    )


def scans(body: bytes) -> tuple[TrackingEvent, ...]:
    """The scans in an answer."""
    return _tracking_events(_Scans.model_validate_json(body).scans)


def webhook_scans(body: bytes) -> tuple[TrackingEvent, ...]:
    """The scans in a webhook."""
    return _tracking_events(_Webhook.model_validate_json(body).data.scans)


def _tracking_events(found: Iterable[_Scan]) -> tuple[TrackingEvent, ...]:
    # A code without meaning to us is left out: new ones appear without notice.
    return tuple(
        TrackingEvent(
            event_id=scan.id,
            carrier=SLUG,
            tracking_number=scan.tracking_number,
            type=SCANS[scan.code],
            occurred_at=scan.at,
            place=scan.depot,
            raw_code=scan.code,
        )
        for scan in found
        if scan.code in SCANS
    )


def refusal(body: bytes) -> str:
    """What Terrapost says when it refuses."""
    return said(_Problem, lambda problem: f"{problem.title}: {problem.detail}", body)


def valid_tracking_number(number: str) -> bool:
    """The check digit of UPU standard S10: weights 8 6 4 2 3 5 9 7, modulo 11."""
    match = TRACKING_NUMBER.fullmatch(number)
    if match is None:
        return False
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(S10_WEIGHTS, match[1], strict=True)) % 11
    return int(match[2]) == {10: 0, 11: 5}.get(rest, rest)
