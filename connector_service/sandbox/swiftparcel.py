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

from canonical_models.money import DECIMALS
from connector_service.sandbox.carrier import Carrier, Consignment, House, zpl
from connector_service.sandbox.check_digits import luhn
from connector_service.sandbox.gate import Call, Created, Handler, Refusal
from connector_service.sandbox.later import Later
from connector_service.sandbox.outbox import Outbox
from connector_service.sandbox.world import News, Scan, Sold, World

SLUG = "swiftparcel"
CODE = {"label_created": "LABEL", "picked_up": "COLLECTED", "in_transit": "MOVING", "delivered": "DELIVERED"}


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

    def __init__(self, world: World, later: Later, outbox: Outbox) -> None:
        self._world = world
        self._outbox = outbox
        house = House(SLUG, "SL", luhn, lambda digits: f"SW{digits}")
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
                    "totalPrice": _decimal(price.cost_minor, price.currency),
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
            return Created(_label(sold))
        if known[0].voided:
            raise Refusal(409, "REFERENCE_SPENT", "The label of this clientReference was voided.")
        return _label(known[0])

    def _void(self, call: Call) -> Any:
        sold = self._world.sold.get(call.path["label_id"])
        if sold is None or sold.vendor != SLUG or sold.account != call.account:
            raise Refusal(404, "NOT_FOUND", "There is no such label.")
        self.carrier.void(sold)
        return {"labelId": sold.label_id, "status": "VOID"}

    def _track(self, call: Call) -> Any:
        sold = self._world.by_number.get((SLUG, call.params.get("trackingNumber", "")))
        if sold is None or sold.account != call.account:
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


def _decimal(minor: int, currency: str) -> str:
    decimals = DECIMALS.get(currency, 2)
    whole, part = divmod(minor, 10**decimals)
    return f"{whole}.{part:0{decimals}}" if decimals else str(whole)


def _label(sold: Sold) -> dict[str, Any]:
    to = sold.receiver
    return {
        "labelId": sold.label_id,
        "clientReference": sold.reference,
        "serviceCode": sold.service,
        "trackingNumber": sold.tracking_number,
        "trackingLink": f"https://track.swiftparcel.example/{sold.tracking_number}",
        "totalPrice": _decimal(sold.cost_minor, sold.currency),
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


def envelope(news: list[News], secret: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of a webhook, signed over `<Unix seconds>`, a line feed, and the body."""
    body = orjson.dumps({"scans": [each.payload for each in news]})
    seconds = str(int(time.time()))
    digest = hmac.new(secret.encode(), seconds.encode() + b"\n" + body, hashlib.sha256).digest()
    return {"X-Swift-Timestamp": seconds, "X-Swift-Signature": base64.b64encode(digest).decode()}, body
