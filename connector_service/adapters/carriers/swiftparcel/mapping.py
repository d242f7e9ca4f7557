"""Between Swiftparcel's shapes and ours; pure."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from canonical_models import Address, Label, Location, Parcel, TrackingEvent, TrackingType
from canonical_models.base import Country, Currency, Grams, Identifier, UtcDatetime
from connector_service.adapters import fields
from connector_service.adapters.amounts import minor, price
from connector_service.adapters.carrier_contract import LabelRequest, Rate, RateRequest
from connector_service.adapters.carriers.swiftparcel import SLUG
from connector_service.adapters.shapes import Unreadable, VendorShape, said

SCANS = {
    "LABEL": TrackingType.LABEL_CREATED,
    "COLLECTED": TrackingType.PICKED_UP,
    "MOVING": TrackingType.IN_TRANSIT,
    "ON_VEHICLE": TrackingType.OUT_FOR_DELIVERY,
    "DELIVERED": TrackingType.DELIVERED,
    "ATTEMPTED": TrackingType.DELIVERY_FAILED,
    "LATE": TrackingType.DELAYED,
    "DAMAGED": TrackingType.DAMAGED,
    "MISSING": TrackingType.LOST,
    "RETURNING": TrackingType.RETURN_TO_SENDER,
}
TRACKING_NUMBER = re.compile(r"SW([0-9]{11})")

Money = Annotated[Decimal, Field(max_digits=15, ge=0, allow_inf_nan=False)]
Days = Annotated[int, Field(ge=0, le=365)]


class _Shape(VendorShape):
    model_config = ConfigDict(alias_generator=to_camel)


class _Destination(_Shape):
    name: str = Field(max_length=200)
    company: str = Field(max_length=200)
    street: str = Field(max_length=200)
    street2: str = Field(max_length=200)
    city: str = Field(max_length=100)
    state_code: str = Field(max_length=100)
    zip_code: str = Field(max_length=20)
    country_code: Country
    phone: str = Field(max_length=40)


class _Label(_Shape):
    label_id: Identifier
    client_reference: Identifier
    service_code: Identifier
    tracking_number: Identifier
    tracking_link: str = Field(max_length=500)
    total_price: Money
    currency: Currency
    transit_days: Days
    billed_weight_grams: Grams
    destination: _Destination
    zpl: str
    created_at: UtcDatetime


class _Scan(_Shape):
    scan_id: Identifier
    tracking_number: Identifier
    code: str = Field(max_length=64)
    place: str = Field(default="", max_length=200)
    scanned_at: UtcDatetime


class _Scans(_Shape):
    scans: tuple[_Scan, ...] = Field(max_length=1_000)


class _Problem(_Shape):
    code: str
    message: str


class _Error(_Shape):
    error: _Problem


def quote_body(req: RateRequest) -> dict[str, Any]:
    """The body that asks for quotes."""
    return {"currency": req.currency, "neededInDays": req.promised_days, **_consignment(req)}


def label_body(req: LabelRequest) -> dict[str, Any]:
    """The body that buys a label."""
    return {"quoteId": req.rate.quote_id, "serviceCode": req.rate.service, **_consignment(req)}


def _consignment(req: RateRequest | LabelRequest) -> dict[str, Any]:
    return {
        "clientReference": req.reference,
        "orderNumber": req.order_number,
        "origin": _origin(req.ship_from),
        "destination": _destination(req.ship_to),
        "packages": [_package(parcel) for parcel in req.parcels],
    }


def _origin(location: Location) -> dict[str, str]:
    return {
        "name": location.name,
        "city": location.city,
        "stateCode": location.region,
        "zipCode": location.postal_code,
        "countryCode": location.country,
    }


def _destination(address: Address) -> dict[str, str]:
    return {
        "name": address.name,
        "company": address.company,
        "street": address.line1,
        "street2": address.line2,
        "city": address.city,
        "stateCode": address.region,
        "zipCode": address.postal_code,
        "countryCode": address.country,
        "phone": address.phone,
    }


def _package(parcel: Parcel) -> dict[str, Any]:
    size = parcel.dims_mm
    sides = {"lengthMm": size.length_mm, "widthMm": size.width_mm, "heightMm": size.height_mm} if size else {}
    return {"packageId": parcel.parcel_id, "weightGrams": parcel.weight_g, **sides}


def rates(body: bytes, quoted_at: datetime | None = None) -> tuple[Rate, ...]:
    """The offers in an answer."""
    try:
        quotes = fields.read(body)["quotes"]
        return tuple([_rate(quote, quoted_at, at) for at, quote in enumerate(quotes)])
    except fields.ODD as error:
        raise fields.unfit(error, "") from None


def _rate(quote: Any, quoted_at: datetime | None, at: int) -> Rate:
    try:
        currency = fields.currency(quote["currency"])
        return Rate(
            carrier=SLUG,
            service=fields.word(quote["serviceCode"]),
            cost_minor=price(quote["totalPrice"], currency, "/totalPrice"),
            currency=currency,
            transit_days=fields.days(quote["transitDays"]),
            quote_id=fields.word(quote["quoteId"]),
            quoted_at=quoted_at,
        )
    except fields.ODD as error:
        raise fields.unfit(error, f"/quotes/{at}") from None


def label(reference: str, body: bytes) -> Label:
    """The label bought under `reference`: what was printed, which may differ from what was asked."""
    shape = _Label.model_validate_json(body)
    if shape.client_reference != reference:
        raise Unreadable("this is the label of another reference", "/clientReference")
    return Label(
        label_id=shape.label_id,
        carrier=SLUG,
        service=shape.service_code,
        tracking_number=shape.tracking_number,
        tracking_url=shape.tracking_link,
        cost_minor=minor(shape.total_price, shape.currency, "/totalPrice"),
        currency=shape.currency,
        transit_days=shape.transit_days,
        weight_g=shape.billed_weight_grams,
        ship_to=_address(shape.destination),
        reference=shape.client_reference,
        document=shape.zpl,
        bought_at=shape.created_at,
    )


def _address(shape: _Destination) -> Address:
    return Address(
        name=shape.name,
        company=shape.company,
        line1=shape.street,
        line2=shape.street2,
        city=shape.city,
        region=shape.state_code,
        postal_code=shape.zip_code,
        country=shape.country_code,
        phone=shape.phone,
    )


def tracking_events(body: bytes) -> tuple[TrackingEvent, ...]:
    """The scans in an answer or a webhook. A code without meaning to us is left out: new ones appear without notice."""
    return tuple(
        TrackingEvent(
            event_id=scan.scan_id,
            carrier=SLUG,
            tracking_number=scan.tracking_number,
            type=SCANS[scan.code],
            occurred_at=scan.scanned_at,
            place=scan.place,
            raw_code=scan.code,
        )
        for scan in _Scans.model_validate_json(body).scans
        if scan.code in SCANS
    )


def void_confirmed(body: bytes) -> str:
    """The id of the label that is void now."""
    return _Voided.model_validate_json(body).label_id


class _Voided(_Shape):
    label_id: Identifier


def refusal(body: bytes) -> str:
    """What Swiftparcel says when it refuses."""
    return said(_Error, lambda shape: f"{shape.error.message} ({shape.error.code})", body)


def valid_tracking_number(number: str) -> bool:
    """`SW`, ten digits and their Luhn check digit (ISO/IEC 7812-1, annex B)."""
    match = TRACKING_NUMBER.fullmatch(number)
    if match is None:
        return False
    digits = [int(digit) for digit in reversed(match[1])]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
