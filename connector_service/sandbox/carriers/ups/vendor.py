"""The paths of UPS's APIs."""

from __future__ import annotations

import time
from typing import Any

from starlette.datastructures import Headers

from connector_service.sandbox.carrier import Carrier, Consignment, House
from connector_service.sandbox.carriers.ups import labels, tracking
from connector_service.sandbox.carriers.ups.addresses import check
from connector_service.sandbox.carriers.ups.asked import Consigned, Rates, Recovery, Ship
from connector_service.sandbox.carriers.ups.pickups import Pickups
from connector_service.sandbox.carriers.ups.rates import SUCCESS, head, rated
from connector_service.sandbox.carriers.ups.services import TARIFFS, sold_on
from connector_service.sandbox.check_digits import ups_1z
from connector_service.sandbox.credentials import Tokens, basic_pair
from connector_service.sandbox.gate import Call, Handler, Refusal
from connector_service.sandbox.later import Later
from connector_service.sandbox.outbox import Envelope, Outbox
from connector_service.sandbox.pricing import Price, currency_of
from connector_service.sandbox.world import Scan, Sold, World

SLUG = "ups"
PURCHASE_ORDER = "PO"
CODES = {
    "UNAUTHORIZED": "250002",
    "TOO_MANY_REQUESTS": "10429",
    "UNAVAILABLE": "10503",
    "NOT_SERVED": "111210",
    "QUOTE_UNKNOWN": "111210",
    "ALREADY_COLLECTED": "190100",
    "NOT_FOUND": "190102",
    "NO_LABEL": "9801031",
    "NO_PICKUP": "9510117",
    "INVALID": "10001",
}
OTHER = "10002"


class Ups:
    """A carrier that sells as many labels as it is asked for, and finds them again by reference."""

    slug = SLUG
    invalid_status = 400

    def __init__(self, world: World, later: Later, outbox: Outbox) -> None:
        self._world = world
        self._outbox = outbox
        self.tokens = Tokens(SLUG, world)
        self.envelope = Envelope(tracking.written, batch=1)
        self.carrier = Carrier(House(SLUG, "ups-", ups_1z, str, TARIFFS), world, later, self._tell)
        self._pickups = Pickups(SLUG, world)

    def handlers(self) -> list[tuple[str, str, str, Handler]]:
        """UPS's paths."""
        return [
            ("POST", "/security/v1/oauth/token", "token", self._token),
            ("POST", "/api/rating/v2409/{option}", "rates", self._rates),
            ("POST", "/api/shipments/v2409/ship", "buy_label", self._ship),
            ("DELETE", "/api/shipments/v2409/void/cancel/{number}", "void_label", self._void),
            ("POST", "/api/labels/v1/recovery", "lookup", self._recover),
            ("GET", "/api/track/v1/details/{number}", "track", self._track),
            ("POST", "/api/pickupcreation/v2409/pickup", "schedule_pickup", self._pickups.schedule),
            ("DELETE", "/api/shipments/v2409/pickup/{by}", "cancel_pickup", self._pickups.cancel),
            ("POST", "/api/addressvalidation/v2/{option}", "check_address", check),
        ]

    def problem(self, refusal: Refusal) -> Any:
        """UPS's shape of an error."""
        return {"response": {"errors": [{"code": CODES.get(refusal.code, OTHER), "message": refusal.text}]}}

    def account(self, headers: Headers, name: str) -> str | None:
        """The client id and secret, directly for a token, else by the token."""
        return basic_pair(headers) if name == "token" else self.tokens.account(headers)

    def _token(self, call: Call) -> Any:
        if call.body != b"grant_type=client_credentials":
            raise Refusal(400, "INVALID", "The grant_type must be client_credentials.")
        token, seconds = self.tokens.issue(call.account)
        return {
            "token_type": "Bearer",
            "issued_at": str(int(time.time() * 1_000)),
            "client_id": call.account.partition(":")[0],
            "access_token": token,
            "expires_in": str(seconds),
            "status": "approved",
        }

    def _rates(self, call: Call) -> Any:
        asked = Rates.model_validate_json(call.body).RateRequest
        shipment, context, option = asked.Shipment, asked.Request.context(), call.path["option"].lower()
        offers = self.carrier.prices(_consignment(call.account, shipment, context, self._world), _currency(shipment))
        wanted = [price for _, price in offers if option.startswith("shop") or _is(price, shipment)]
        if not wanted:
            raise Refusal(400, "NOT_SERVED", "The requested service is not available between these locations.")
        with_days = option.endswith("timeintransit") or call.params.get("additionalinfo") == "timeintransit"
        rates = rated(wanted, shipment, with_days=with_days)
        return {"RateResponse": {"Response": head(context), "RatedShipment": rates}}

    def _ship(self, call: Call) -> Any:
        asked = Ship.model_validate_json(call.body).ShipmentRequest
        shipment, context = asked.Shipment, asked.Request.context()
        if asked.LabelSpecification.LabelImageFormat.Code not in labels.FORMATS:
            raise Refusal(400, "INVALID", f"The label format must be one of {', '.join(sorted(labels.FORMATS))}.")
        if shipment.Service is None:
            raise Refusal(400, "INVALID", "The Service of a shipment must be given.")
        consignment = _consignment(call.account, shipment, context, self._world, labels.remembered(asked))
        sold = self.carrier.sell_service(consignment, shipment.Service.Code, _currency(shipment))
        answer = {"Response": head(context), "ShipmentResults": labels.results(self.carrier.answered(sold))}
        return {"ShipmentResponse": answer}

    def _void(self, call: Call) -> Any:
        sold = self.carrier.find(call.account, call.path["number"])
        if sold is None:
            raise Refusal(400, "NOT_FOUND", "No shipment was found within the allowed void period.")
        self.carrier.void(sold)
        summary = {"Status": {"Code": "1", "Description": "Voided"}}
        return {"VoidShipmentResponse": {"Response": {"ResponseStatus": SUCCESS}, "SummaryResult": summary}}

    def _recover(self, call: Call) -> Any:
        asked = Recovery.model_validate_json(call.body).LabelRecoveryRequest
        sold = self._known(call.account, asked.TrackingNumber, asked.ReferenceValues)
        if sold is None or sold.voided:
            raise Refusal(400, "NO_LABEL", "No label was found for this number or reference.")
        self.carrier.refuse_if_down(sold.order_number)
        wanted = asked.LabelSpecification
        form = wanted.LabelImageFormat.Code if wanted else sold.details["format"]
        return {"LabelRecoveryResponse": {"Response": head(asked.Request.context()), **labels.recovered(sold, form)}}

    def _known(self, account: str, number: str | None, by: Any) -> Sold | None:
        if number is not None:
            return self.carrier.find(account, number)
        reference = by.ReferenceNumber.Value if by else ""
        known = self._world.by_reference.get((SLUG, account, reference), [])
        return next((sold for sold in reversed(known) if not sold.voided), None)

    def _track(self, call: Call) -> Any:
        number = call.path["number"]
        sold = self.carrier.find(call.account, number)
        if sold is None or sold.voided:
            return tracking.unknown(number)
        self.carrier.refuse_if_down(sold.order_number)
        return tracking.details(sold, number)

    def _tell(self, sold: Sold, scan: Scan) -> None:
        for news in tracking.alerts(sold, scan):
            self._outbox.put(news)


def _currency(shipment: Consigned) -> str:
    return currency_of(shipment.Shipper.Address.CountryCode)


def _is(price: Price, shipment: Consigned) -> bool:
    return shipment.Service is not None and price.service == shipment.Service.Code


def _consignment(
    account: str, shipment: Consigned, context: str, world: World, details: dict[str, Any] | None = None
) -> Consignment:
    values = [(each.Code, each.Value or "") for each in shipment.references()]
    order = next((value for code, value in values if code == PURCHASE_ORDER), "")
    reference = next((value for code, value in values if code != PURCHASE_ORDER and value), context)
    pieces = tuple(package.PackageWeight.grams() for package in shipment.Package)
    from_country, to_country = shipment.origin().Address.CountryCode, shipment.ShipTo.Address.CountryCode
    return Consignment(
        account=account,
        reference=reference,
        order_number=world.order_among(order, context, reference),
        weight_g=sum(pieces),
        from_country=from_country,
        to_country=to_country,
        receiver=shipment.ShipTo.words(),
        sender=shipment.origin().words(),
        pieces=pieces,
        services=sold_on(from_country, to_country),
        details=details or {},
    )
