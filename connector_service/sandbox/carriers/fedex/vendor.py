"""The paths of FedEx's APIs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from starlette.datastructures import Headers

from connector_service.sandbox.carrier import Carrier, Consignment, House
from connector_service.sandbox.carriers.fedex import labels, tracking
from connector_service.sandbox.carriers.fedex.asked import Cancel, Line, Party, Rates, Ship, Track, TrackByReference
from connector_service.sandbox.carriers.fedex.desk import Desk
from connector_service.sandbox.carriers.fedex.rates import currency_asked, replies
from connector_service.sandbox.carriers.fedex.services import TARIFFS, sold_on
from connector_service.sandbox.check_digits import fedex_express
from connector_service.sandbox.credentials import Tokens, sandbox_pair
from connector_service.sandbox.gate import Call, Handler, Refusal
from connector_service.sandbox.later import Later
from connector_service.sandbox.outbox import Envelope, Outbox
from connector_service.sandbox.pricing import currency_of
from connector_service.sandbox.world import Scan, Sold, World

SLUG = "fedex"
PURCHASE_ORDER = "P_O_NUMBER"
OWN_REFERENCE = "CUSTOMER_REFERENCE"
CODES = {
    "UNAUTHORIZED": "NOT.AUTHORIZED.ERROR",
    "TOO_MANY_REQUESTS": "TOO.MANY.REQUESTS.ERROR",
    "UNAVAILABLE": "SERVICE.UNAVAILABLE.ERROR",
    "NO_SUCH_PATH": "NOT.FOUND.ERROR",
    "NOT_SERVED": "RATE.LOCATION.NOSERVICE",
    "QUOTE_UNKNOWN": "SERVICE.PACKAGECOMBINATION.INVALID",
    "ALREADY_COLLECTED": "SHIPMENT.CANCEL.NOTALLOWED",
    "NOT_FOUND": "TRACKINGNUMBER.NOT.FOUND",
    "INVALID": "INVALID.INPUT.EXCEPTION",
}
DELETED_BEFORE = {
    "code": "8159",
    "alertType": "WARNING",
    "message": "Shipment Delete was requested for a tracking number already in a deleted state.",
}


class Fedex:
    """A carrier that sells as many labels as it is asked for, and knows their numbers by reference."""

    slug = SLUG
    invalid_status = 400

    def __init__(self, world: World, later: Later, outbox: Outbox) -> None:
        self._world = world
        self._outbox = outbox
        self.tokens = Tokens(SLUG, world)
        self.envelope = Envelope(tracking.written, batch=1)
        self.carrier = Carrier(House(SLUG, "fdx-", fedex_express, str, TARIFFS), world, later, self._tell)
        self._desk = Desk(SLUG, world, self.carrier)

    def handlers(self) -> list[tuple[str, str, str, Handler]]:
        """FedEx's paths."""
        calls = (
            ("POST", "/rate/v1/rates/quotes", "rates", self._rates),
            ("POST", "/ship/v1/shipments", "buy_label", self._ship),
            ("PUT", "/ship/v1/shipments/cancel", "void_label", self._cancel),
            ("POST", "/track/v1/trackingnumbers", "track", self._track),
            ("POST", "/track/v1/referencenumbers", "lookup", self._lookup),
            ("POST", "/pickup/v1/pickups", "schedule_pickup", self._desk.schedule),
            ("PUT", "/pickup/v1/pickups/cancel", "cancel_pickup", self._desk.cancel),
            ("POST", "/address/v1/addresses/resolve", "check_address", self._desk.resolve),
            ("PUT", "/ship/v1/endofday/", "manifest", self._desk.close),
            ("POST", "/ship/v1/endofday/", "manifest", self._desk.close),
        )
        wrapped = [(method, path, name, self._answering(handler)) for method, path, name, handler in calls]
        return [("POST", "/oauth/token", "token", self._token), *wrapped]

    def _answering(self, handler: Callable[[Call], dict[str, Any]]) -> Handler:
        """Put the output of a handler into FedEx's envelope."""

        def answer(call: Call) -> Any:
            own = call.headers.get("x-customer-transaction-id")
            envelope = {"transactionId": self._transaction_id(), "output": handler(call)}
            return envelope if own is None else {**envelope, "customerTransactionId": own}

        return answer

    def problem(self, refusal: Refusal) -> Any:
        """FedEx's shape of an error."""
        errors = [{"code": CODES.get(refusal.code, refusal.code), "message": refusal.text}]
        return {"transactionId": self._transaction_id(), "errors": errors}

    def _transaction_id(self) -> str:
        return str(UUID(int=self._world.rng.getrandbits(128), version=4))

    def account(self, headers: Headers, name: str) -> str | None:
        """The owner of the token; credentials for one come in the body, which `_token` checks."""
        return "" if name == "token" else self.tokens.account(headers)

    def _token(self, call: Call) -> Any:
        form = {key: values[0] for key, values in parse_qs(call.body.decode("utf-8", "replace")).items()}
        if form.get("grant_type") != "client_credentials":
            raise Refusal(400, "INVALID", "The grant_type must be client_credentials.")
        account = sandbox_pair(form.get("client_id", ""), form.get("client_secret", ""))
        if account is None:
            raise Refusal(401, "UNAUTHORIZED", "The given client credential was not valid.")
        token, seconds = self.tokens.issue(account)
        return {"access_token": token, "token_type": "bearer", "expires_in": seconds, "scope": "CXS"}

    def _rates(self, call: Call) -> dict[str, Any]:
        asked = Rates.model_validate_json(call.body)
        shipment = asked.requestedShipment
        own = currency_of(shipment.shipper.address.countryCode)
        currency = currency_asked(shipment.rateRequestType, shipment.preferredCurrency, own)
        ends = (shipment.shipper, shipment.recipient)
        offers = self.carrier.prices(self._consignment(call, ends, shipment.requestedPackageLineItems), currency)
        wanted = [price for _, price in offers if shipment.serviceType in (None, price.service)]
        if not wanted:
            raise Refusal(400, "QUOTE_UNKNOWN", "This service is not available between these places.")
        return {"rateReplyDetails": replies(wanted, asked), "quoteDate": self._world.now()[:10], "encoded": False}

    def _ship(self, call: Call) -> dict[str, Any]:
        asked = Ship.model_validate_json(call.body).requestedShipment
        ends = (asked.origin or asked.shipper, asked.recipients[0])
        consignment = self._consignment(call, ends, asked.requestedPackageLineItems, labels.remembered(asked))
        currency = asked.preferredCurrency or currency_of(asked.shipper.address.countryCode)
        sold = self.carrier.sell_service(consignment, asked.serviceType, currency)
        return {"transactionShipments": [labels.transaction(self.carrier.answered(sold))]}

    def _consignment(
        self, call: Call, ends: tuple[Party, Party], lines: list[Line], details: dict[str, Any] | None = None
    ) -> Consignment:
        context = call.headers.get("x-customer-transaction-id", "")
        named = {each.customerReferenceType: each.value for line in reversed(lines) for each in line.customerReferences}
        order, reference = named.get(PURCHASE_ORDER, ""), named.get(OWN_REFERENCE, "")
        pieces = tuple(line.weight.grams() for line in lines for _ in range(line.groupPackageCount))
        countries = [end.address.countryCode for end in ends]
        return Consignment(
            account=call.account,
            reference=reference or context,
            order_number=self._world.order_among(order, context, reference),
            weight_g=sum(pieces),
            from_country=countries[0],
            to_country=countries[1],
            receiver=ends[1].words(),
            sender=ends[0].words(),
            pieces=pieces,
            services=sold_on(*countries),
            details=details or {},
        )

    def _cancel(self, call: Call) -> dict[str, Any]:
        asked = Cancel.model_validate_json(call.body)
        sold = self.carrier.find(call.account, asked.trackingNumber)
        if sold is None:
            raise Refusal(400, "NOT_FOUND", f"There is no shipment {asked.trackingNumber}.")
        if sold.voided:
            return {"cancelledShipment": False, "alerts": [DELETED_BEFORE]}
        self.carrier.void(sold)
        return {"cancelledShipment": True, "cancelledHistory": True, "successMessage": "Success"}

    def _track(self, call: Call) -> dict[str, Any]:
        asked = Track.model_validate_json(call.body)
        numbers = [each.trackingNumberInfo.trackingNumber for each in asked.trackingInfo]
        return {"completeTrackResults": [self._tracked(call.account, number) for number in numbers]}

    def _tracked(self, account: str, number: str) -> dict[str, Any]:
        sold = self.carrier.find(account, number)
        if sold is None or sold.voided:
            return tracking.unknown(number)
        self.carrier.refuse_if_down(sold.order_number)
        return tracking.result(sold, number)

    def _lookup(self, call: Call) -> dict[str, Any]:
        asked = TrackByReference.model_validate_json(call.body).referencesInformation
        known = self._world.by_reference.get((SLUG, call.account, asked.value), [])
        alive = [sold for sold in known if not sold.voided]
        if not alive:
            none = {"trackResults": [{"error": tracking.REFERENCE_UNKNOWN}]}
            return {"completeTrackResults": [none]}
        self.carrier.refuse_if_down(alive[0].order_number)
        return {"completeTrackResults": [tracking.result(sold, sold.tracking_number) for sold in alive]}

    def _tell(self, sold: Sold, scan: Scan) -> None:
        for news in tracking.pushes(sold, scan):
            self._outbox.put(news)
