"""The look-alike of Terrapost's API: OAuth2, nested shapes, and no memory for a repeated purchase."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from decimal import Decimal
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers

from connector_service.sandbox.carrier import Carrier, Consignment, House, zpl
from connector_service.sandbox.check_digits import s10
from connector_service.sandbox.credentials import Tokens, basic_pair
from connector_service.sandbox.gate import Call, Created, Handler, Refusal
from connector_service.sandbox.later import Later
from connector_service.sandbox.outbox import Envelope, Outbox
from connector_service.sandbox.pricing import Tariff
from connector_service.sandbox.world import News, Scan, Sold, World

SLUG = "terrapost"
CODE = {
    "label_created": "10",
    "picked_up": "20",
    "in_transit": "30",
    "out_for_delivery": "40",
    "delivery_failed": "45",
    "delivered": "50",
    "address_correction": "60",  # it has no code of its own for this
    "delayed": "60",
    "damaged": "70",
    "lost": "71",
    "return_to_sender": "80",
}
TARIFFS = (Tariff("standard", 590, 120, 3), Tariff("economy", 390, 80, 5))
TAX = Decimal("1.21")


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _References(_Shape):
    customer_reference: str = Field(min_length=1)
    order_number: str


class _SenderPostal(_Shape):
    postcode: str
    town: str
    province: str
    country: str = Field(pattern=r"^[A-Z]{2}$")


class _Sender(_Shape):
    firm: str
    postal: _SenderPostal


class _Street(_Shape):
    first_line: str
    second_line: str


class _ReceiverPostal(_SenderPostal):
    street: _Street


class _Receiver(_Shape):
    person: str
    firm: str
    telephone: str
    postal: _ReceiverPostal


class _Piece(_Shape):
    number: str
    weight_kg: str = Field(pattern=r"^\d{1,3}\.\d{3}$")
    size_cm: list[str] | None


class _Consignment(_Shape):
    references: _References
    sender: _Sender
    receiver: _Receiver
    pieces: list[_Piece] = Field(min_length=1)


class _Wish(_Shape):
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    working_days: int | None


class _Enquiry(_Consignment):
    wish: _Wish


class _Product(_Shape):
    code: str


class _Offer(_Shape):
    offer_id: str
    product: _Product


class _Purchase(_Consignment):
    offer: _Offer


class Terrapost:
    """An economy carrier that sells as many labels as it is asked for."""

    slug = SLUG
    invalid_status = 422

    def __init__(self, world: World, later: Later, outbox: Outbox) -> None:
        self._world = world
        self._outbox = outbox
        self.tokens = Tokens(SLUG, world)
        house = House(SLUG, "tp-", s10, lambda digits: f"TE{digits}TP", TARIFFS)
        self.envelope = Envelope(_write)
        self.carrier = Carrier(house, world, later, self._tell)

    def handlers(self) -> list[tuple[str, str, str, Handler]]:
        return [
            ("POST", "/oauth/token", "token", self._token),
            ("POST", "/api/price-enquiries", "rates", self._enquire),
            ("GET", "/api/shipments", "lookup", self._lookup),
            ("POST", "/api/shipments", "buy_label", self._buy),
            ("POST", "/api/shipments/{shipment_id}/void", "void_label", self._void),
            ("GET", "/api/scans", "track", self._track),
        ]

    def problem(self, refusal: Refusal) -> dict[str, Any]:
        return {"title": refusal.code.replace("_", " ").capitalize(), "detail": refusal.text, "status": refusal.status}

    def account(self, headers: Headers, name: str) -> str | None:
        return basic_pair(headers) if name == "token" else self.tokens.account(headers)

    def _token(self, call: Call) -> Any:
        if call.body != b"grant_type=client_credentials":
            raise Refusal(400, "unsupported_grant_type", "Only client_credentials is supported.")
        token, seconds = self.tokens.issue(call.account)
        return {"access_token": token, "token_type": "Bearer", "expires_in": seconds}

    def _enquire(self, call: Call) -> Any:
        asked = _Enquiry.model_validate_json(call.body)
        offers = self.carrier.prices(_consignment(call.account, asked), asked.wish.currency)
        return {
            "offers": [
                {
                    "offer_id": quote_id,
                    "product": {"code": price.service, "working_days": price.days},
                    "charges": _charges(price.cost_minor, price.currency),
                }
                for quote_id, price in offers
            ]
        }

    def _lookup(self, call: Call) -> Any:
        self.carrier.refuse_if_down(call.params.get("order_number", ""))
        key = (SLUG, call.account, call.params.get("customer_reference", ""))
        return {"shipments": [_shipment(sold) for sold in self._world.by_reference.get(key, [])]}

    def _buy(self, call: Call) -> Any:
        asked = _Purchase.model_validate_json(call.body)
        consignment = _consignment(call.account, asked)
        sold = self.carrier.sell(consignment, asked.offer.offer_id, asked.offer.product.code)
        return Created(_shipment(self.carrier.answered(sold)))

    def _void(self, call: Call) -> Any:
        sold = self._world.sold.get(call.path["shipment_id"])
        if sold is None or sold.vendor != SLUG or sold.account != call.account:
            raise Refusal(404, "NOT_FOUND", "There is no such shipment.")
        self.carrier.void(sold)
        return _shipment(sold)

    def _track(self, call: Call) -> Any:
        sold = self.carrier.find(call.account, call.params.get("tracking_number", ""))
        if sold is None:
            raise Refusal(404, "NOT_FOUND", "There is no parcel with this tracking number.")
        self.carrier.refuse_if_down(sold.order_number)
        return {"scans": [_scan(sold, scan) for scan in sold.scans]}

    def _tell(self, sold: Sold, scan: Scan) -> None:
        self._outbox.put(News(SLUG, sold.account, scan.scan_id, _scan(sold, scan)))


def _consignment(account: str, asked: _Consignment) -> Consignment:
    to = asked.receiver
    return Consignment(
        account=account,
        reference=asked.references.customer_reference,
        order_number=asked.references.order_number,
        weight_g=sum(int(Decimal(piece.weight_kg) * 1_000) for piece in asked.pieces),
        from_country=asked.sender.postal.country,
        to_country=to.postal.country,
        receiver={
            "name": to.person,
            "company": to.firm,
            "line1": to.postal.street.first_line,
            "line2": to.postal.street.second_line,
            "city": to.postal.town,
            "region": to.postal.province,
            "postal_code": to.postal.postcode,
            "country": to.postal.country,
            "phone": to.telephone,
        },
    )


def _charges(cost_minor: int, currency: str) -> dict[str, Any]:
    net = int(cost_minor / TAX)
    return {"net": net, "tax": cost_minor - net, "currency": currency}


def _shipment(sold: Sold) -> dict[str, Any]:
    to = sold.receiver
    return {
        "shipment_id": sold.label_id,
        "customer_reference": sold.reference,
        "state": "voided" if sold.voided else "active",
        "product": {"code": sold.service, "working_days": sold.days},
        "charges": _charges(sold.cost_minor, sold.currency),
        "weight_kg": f"{sold.weight_g / 1_000:.3f}",
        "receiver": {
            "person": to["name"],
            "firm": to["company"],
            "telephone": to["phone"],
            "postal": {
                "street": {"first_line": to["line1"], "second_line": to["line2"]},
                "postcode": to["postal_code"],
                "town": to["city"],
                "province": to["region"],
                "country": to["country"],
            },
        },
        "tracking": {
            "number": sold.tracking_number,
            "href": f"https://terrapost.example/parcels/{sold.tracking_number}",
        },
        "document": {"format": "zpl", "content": zpl(sold)},
        "created": sold.created,
    }


def _scan(sold: Sold, scan: Scan) -> dict[str, Any]:
    return {
        "id": scan.scan_id,
        "tracking_number": sold.tracking_number,
        "code": CODE[scan.kind],
        "depot": scan.place,
        "at": scan.at,
    }


def _write(news: list[News], secret: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of a webhook as Standard Webhooks say; a secret after `whsec_` is base64."""
    body = orjson.dumps({"type": "shipment.scanned", "data": {"scans": [each.payload for each in news]}})
    seconds = str(int(time.time()))
    webhook_id = f"msg_{news[0].event_id}_{len(news)}"
    key = base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()
    digest = hmac.new(key, f"{webhook_id}.{seconds}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": webhook_id, "webhook-timestamp": seconds, "webhook-signature": signature}, body
