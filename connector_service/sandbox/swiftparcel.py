"""The look-alike of Swiftparcel's API."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers

from connector_service.sandbox.carrier import Carrier, Consignment, House, zpl
from connector_service.sandbox.check_digits import luhn
from connector_service.sandbox.gate import Call, Created, Handler, Refusal
from connector_service.sandbox.later import Later
from connector_service.sandbox.outbox import Envelope, Outbox
from connector_service.sandbox.pricing import Tariff, decimal
from connector_service.sandbox.world import News, Scan, Sold, World

SLUG = "swiftparcel"
CODE = {
    "label_created": "LABEL",
    "picked_up": "COLLECTED",
    "in_transit": "MOVING",
    "out_for_delivery": "ON_VEHICLE",
    "delivered": "DELIVERED",
    "delivery_failed": "ATTEMPTED",
    "address_correction": "LATE",  # it has no code of its own for this
    "delayed": "LATE",
    "damaged": "DAMAGED",
    "lost": "MISSING",
    "return_to_sender": "RETURNING",
}
TARIFFS = (Tariff("SWIFT_NEXT_DAY", 1490, 320, 1), Tariff("SWIFT_TWO_DAY", 990, 210, 2))


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Origin(_Shape):
    name: str
    city: str
    stateCode: str
    zipCode: str
    countryCode: str = Field(pattern=r"^[A-Z]{2}$")


class _Destination(_Origin):
    company: str
    street: str
    street2: str
    phone: str


class _Package(_Shape):
    packageId: str
    weightGrams: int = Field(ge=1, le=70_000)
    lengthMm: int | None = None
    widthMm: int | None = None
    heightMm: int | None = None


class _Consignment(_Shape):
    clientReference: str = Field(min_length=1)
    orderNumber: str
    origin: _Origin
    destination: _Destination
    packages: list[_Package] = Field(min_length=1)


class _QuoteRequest(_Consignment):
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    neededInDays: int | None


class _LabelRequest(_Consignment):
    quoteId: str
    serviceCode: str


class Swiftparcel:
    """An express carrier that takes a repeated clientReference for the same label."""

    slug = SLUG
    invalid_status = 422
    tokens = None

    def __init__(self, world: World, later: Later, outbox: Outbox) -> None:
        self._world = world
        self._outbox = outbox
        house = House(SLUG, "SL", luhn, lambda digits: f"SW{digits}", TARIFFS)
        self.envelope = Envelope(_write)
        self.carrier = Carrier(house, world, later, self._tell)

    def handlers(self) -> list[tuple[str, str, str, Handler]]:
        return [
            ("POST", "/v1/quotes", "rates", self._quote),
            ("POST", "/v1/labels", "buy_label", self._buy),
            ("DELETE", "/v1/labels/{label_id}", "void_label", self._void),
            ("GET", "/v1/scans", "track", self._track),
        ]

    def problem(self, refusal: Refusal) -> dict[str, Any]:
        return {"error": {"code": refusal.code, "message": refusal.text}}

    def account(self, headers: Headers, name: str) -> str | None:
        key = headers.get("x-api-key", "")
        return key if key.startswith("sandbox") else None

    def _quote(self, call: Call) -> Any:
        asked = _QuoteRequest.model_validate_json(call.body)
        offers = self.carrier.prices(_consignment(call.account, asked), asked.currency)
        return {
            "quotes": [
                {
                    "quoteId": quote_id,
                    "serviceCode": price.service,
                    "totalPrice": decimal(price.cost_minor, price.currency),
                    "currency": price.currency,
                    "transitDays": price.days,
                }
                for quote_id, price in offers
            ]
        }

    def _buy(self, call: Call) -> Any:
        asked = _LabelRequest.model_validate_json(call.body)
        self.carrier.refuse_if_down(asked.orderNumber)
        known = self._world.by_reference.get((SLUG, call.account, asked.clientReference))
        if not known:
            sold = self.carrier.sell(_consignment(call.account, asked), asked.quoteId, asked.serviceCode)
            return Created(_label(self.carrier.answered(sold)))
        if known[0].voided:
            raise Refusal(409, "REFERENCE_SPENT", "The label of this clientReference was voided.")
        return _label(self.carrier.answered(known[0]))

    def _void(self, call: Call) -> Any:
        sold = self._world.sold.get(call.path["label_id"])
        if sold is None or sold.vendor != SLUG or sold.account != call.account:
            raise Refusal(404, "NOT_FOUND", "There is no such label.")
        self.carrier.void(sold)
        return {"labelId": sold.label_id, "status": "VOID"}

    def _track(self, call: Call) -> Any:
        sold = self.carrier.find(call.account, call.params.get("trackingNumber", ""))
        if sold is None:
            raise Refusal(404, "NOT_FOUND", "There is no parcel with this tracking number.")
        self.carrier.refuse_if_down(sold.order_number)
        return {"scans": [_scan(sold, scan) for scan in sold.scans]}

    def _tell(self, sold: Sold, scan: Scan) -> None:
        self._outbox.put(News(SLUG, sold.account, scan.scan_id, _scan(sold, scan)))


def _consignment(account: str, asked: _Consignment) -> Consignment:
    to = asked.destination
    return Consignment(
        account=account,
        reference=asked.clientReference,
        order_number=asked.orderNumber,
        weight_g=sum(package.weightGrams for package in asked.packages),
        from_country=asked.origin.countryCode,
        to_country=to.countryCode,
        receiver={
            "name": to.name,
            "company": to.company,
            "line1": to.street,
            "line2": to.street2,
            "city": to.city,
            "region": to.stateCode,
            "postal_code": to.zipCode,
            "country": to.countryCode,
            "phone": to.phone,
        },
    )


def _label(sold: Sold) -> dict[str, Any]:
    to = sold.receiver
    return {
        "labelId": sold.label_id,
        "clientReference": sold.reference,
        "serviceCode": sold.service,
        "trackingNumber": sold.tracking_number,
        "trackingLink": f"https://track.swiftparcel.example/{sold.tracking_number}",
        "totalPrice": decimal(sold.cost_minor, sold.currency),
        "currency": sold.currency,
        "transitDays": sold.days,
        "billedWeightGrams": sold.weight_g,
        "destination": {
            "name": to["name"],
            "company": to["company"],
            "street": to["line1"],
            "street2": to["line2"],
            "city": to["city"],
            "stateCode": to["region"],
            "zipCode": to["postal_code"],
            "countryCode": to["country"],
            "phone": to["phone"],
        },
        "zpl": zpl(sold),
        "createdAt": sold.created,
    }


def _scan(sold: Sold, scan: Scan) -> dict[str, Any]:
    return {
        "scanId": scan.scan_id,
        "trackingNumber": sold.tracking_number,
        "code": CODE[scan.kind],
        "place": scan.place,
        "scannedAt": scan.at,
    }


def _write(news: list[News], secret: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of a webhook, signed over `<Unix seconds>`, a line feed, and the body."""
    body = orjson.dumps({"scans": [each.payload for each in news]})
    seconds = str(int(time.time()))
    digest = hmac.new(secret.encode(), seconds.encode() + b"\n" + body, hashlib.sha256).digest()
    return {"X-Swift-Timestamp": seconds, "X-Swift-Signature": base64.b64encode(digest).decode()}, body
