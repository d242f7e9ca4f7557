"""The paths of Canada Post's web services."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import Headers

from connector_service.sandbox.carrier import Carrier, Consignment, House
from connector_service.sandbox.carriers.canadapost import shipments
from connector_service.sandbox.carriers.canadapost.manifests import Manifests, root_of
from connector_service.sandbox.carriers.canadapost.numbers import pin
from connector_service.sandbox.carriers.canadapost.pickups import Pickups
from connector_service.sandbox.carriers.canadapost.quotes import Scenario, quotes
from connector_service.sandbox.carriers.canadapost.returns import authorized, read_return
from connector_service.sandbox.carriers.canadapost.tariffs import DOMESTIC, NAMES, USA, WORLD, goes_to
from connector_service.sandbox.carriers.canadapost.tracking import detail
from connector_service.sandbox.carriers.canadapost.xml import Asked, answer, tag
from connector_service.sandbox.credentials import basic_pair
from connector_service.sandbox.gate import Call, Handler, Raw, Refusal
from connector_service.sandbox.later import Later
from connector_service.sandbox.outbox import Envelope, Outbox
from connector_service.sandbox.world import News, Scan, Sold, World

SLUG = "canadapost"


class CanadaPost:
    """A post that takes parcels from Canada, billed when a manifest is transmitted."""

    slug = SLUG
    invalid_status = 400
    tokens = None

    def __init__(self, world: World, later: Later, outbox: Outbox) -> None:
        self._world = world
        house = House(SLUG, "34788", pin, str, (*DOMESTIC, *USA, *WORLD))
        self.carrier = Carrier(house, world, later, _nobody_is_told)
        self.envelope = Envelope(_no_webhooks)
        self._pickups = Pickups(SLUG, world)
        self._manifests = Manifests(SLUG, world)

    def handlers(self) -> list[tuple[str, str, str, Handler]]:
        """The paths; shipments and manifests lie below both customer numbers."""
        mine = "/rs/{customer}/{mobo}"
        requests = "/enab/{customer}/pickuprequest"
        return [
            ("POST", "/rs/ship/price", "rates", self._rates),
            ("POST", f"{mine}/shipment", "buy_label", self._buy),
            ("GET", f"{mine}/shipment", "lookup", self._lookup),
            ("GET", f"{mine}/shipment/{{id}}", "shipment", self._shipment),
            ("GET", f"{mine}/shipment/{{id}}/details", "details", lambda call: shipments.details(self._sold(call))),
            ("GET", f"{mine}/shipment/{{id}}/price", "price", lambda call: shipments.price(self._sold(call))),
            ("DELETE", f"{mine}/shipment/{{id}}", "void_label", self._void),
            ("POST", f"{mine}/shipment/{{id}}/refund", "refund", self._refund),
            ("POST", f"{mine}/authorizedreturn", "buy_return", self._buy_return),
            ("POST", f"{mine}/manifest", "manifest", self._manifests.transmit),
            ("GET", f"{mine}/manifest/{{number}}", "get_manifest", self._manifests.show),
            ("GET", "/rs/artifact/{kind}/{id}/{page}", "artifact", self._artifact),
            ("GET", "/vis/track/pin/{pin}/detail", "track", self._track),
            ("GET", "/ad/pickup/pickupavailability/{postal_code}", "availability", self._pickups.availability),
            ("POST", requests, "schedule_pickup", self._pickups.schedule),
            ("PUT", f"{requests}/{{number}}", "change_pickup", self._pickups.change),
            ("GET", f"{requests}/{{number}}/details", "get_pickup", self._pickups.details),
            ("DELETE", f"{requests}/{{number}}", "cancel_pickup", self._pickups.cancel),
        ]

    def problem(self, refusal: Refusal) -> Any:
        """A list of messages."""
        message = tag("message", tag("code", refusal.code), tag("description", refusal.text))
        body = tag("messages", message, xmlns="http://www.canadapost.ca/ws/messages")
        return answer(body, "messages", self.invalid_status if refusal.status == 422 else refusal.status)

    def account(self, headers: Headers, name: str) -> str | None:
        """The user and password of HTTP Basic."""
        return basic_pair(headers)

    def _rates(self, call: Call) -> Any:
        scenario = Scenario.read(call.body)
        number = unquote(call.headers.get("x-correlation-id", ""))
        offers = self.carrier.prices(Consignment(call.account, "", number, scenario.weight_g, "CA", "CA", {}), "CAD")
        prices = [price for _, price in offers if goes_to(price.service, scenario.country)]
        wanted = [price for price in prices if not scenario.services or price.service in scenario.services]
        if not wanted:
            raise Refusal(400, "9122", "No service is available for this destination.")
        return quotes(wanted, scenario)

    def _buy(self, call: Call) -> Any:
        consignment, service = shipments.read(call.account, call.body)
        if service in NAMES and not goes_to(service, consignment.to_country):
            raise Refusal(400, "9115", f"The service {service} does not go to {consignment.to_country}.")
        sold = self.carrier.sell_service(_at_own_price(consignment), service, "CAD")
        return shipments.info(self.carrier.answered(sold), root_of(call))

    def _buy_return(self, call: Call) -> Any:
        consignment, service = read_return(call.account, call.body)
        sold = self.carrier.sell_service(consignment, service, "CAD")
        return authorized(self.carrier.answered(sold), root_of(call))

    def _lookup(self, call: Call) -> Any:
        wanted, number = call.params.get("requestId"), call.params.get("trackingPIN")
        if not wanted and not number:
            raise Refusal(400, "Server", "requestId or trackingPIN is needed.")
        if number:
            found = [sold for sold in [self.carrier.find(call.account, number)] if sold is not None]
        else:
            found = self._world.by_reference.get((SLUG, call.account, str(wanted)), [])
        for sold in found:
            self.carrier.refuse_if_down(sold.order_number)
        return shipments.found([sold for sold in found if not sold.voided], root_of(call))

    def _shipment(self, call: Call) -> Any:
        return shipments.info(self._sold(call), root_of(call))

    def _void(self, call: Call) -> Any:
        sold = self._sold(call)
        if shipments.status(sold) == "transmitted":
            raise Refusal(412, "8064", "A transmitted shipment cannot be voided; request a refund.")
        self.carrier.void(sold)
        return Raw(b"", shipments.MEDIA, 204)

    def _refund(self, call: Call) -> Any:
        asked = Asked.read(call.body, "shipment-refund-request")
        asked.need("email")
        sold = self._world.sold.get(call.path["id"])
        if sold is not None and sold.account == call.account and sold.voided:
            raise Refusal(400, "7292", "A refund request has already been submitted for this shipment.")
        sold = self._sold(call)
        if shipments.status(sold) == "created":
            raise Refusal(412, "8065", "The shipment was not transmitted yet; void it.")
        self.carrier.void(sold)
        return shipments.refund(f"{self._world.serial():012}", datetime.now(UTC).date().isoformat())

    def _sold(self, call: Call) -> Sold:
        """The shipment in the path; what was voided is gone."""
        sold = self._world.sold.get(call.path["id"])
        if sold is None or sold.vendor != SLUG or sold.account != call.account or sold.voided:
            raise Refusal(404, "8062", f"There is no shipment {call.path['id']}.")
        self.carrier.refuse_if_down(sold.order_number)
        return sold

    def _artifact(self, call: Call) -> Any:
        if call.path["kind"] == "manifest":
            return self._manifests.sheet(call.account, call.path["id"])
        return shipments.label(self._sold(call))

    def _track(self, call: Call) -> Any:
        number = call.path["pin"]
        if not re.fullmatch(r"\d{12}|\d{16}|[A-Z]{2}\d{9}[A-Z]{2}", number):
            raise Refusal(400, "001", f"{number} is not a valid PIN.")
        sold = self.carrier.find(call.account, number)
        if sold is None:
            raise Refusal(404, "004", "No Pin History")
        self.carrier.refuse_if_down(sold.order_number)
        return detail(sold)


def _at_own_price(consignment: Consignment) -> Consignment:
    """Services abroad have tariffs of their own, so nothing is added for the distance."""
    return replace(consignment, to_country="CA")


def _nobody_is_told(_: Sold, __: Scan) -> None:
    """Callers ask."""


def _no_webhooks(_: list[News], __: str) -> tuple[dict[str, str], bytes]:
    raise NotImplementedError("Canada Post has no webhooks")
