"""The paths of the Postal Service's APIs."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import Headers, QueryParams

from connector_service.sandbox.carrier import Carrier, Consignment, House
from connector_service.sandbox.carriers.usps import answers
from connector_service.sandbox.carriers.usps.addresses import check
from connector_service.sandbox.carriers.usps.asked import (
    Address,
    LabelRequest,
    OptionsSearch,
    Payment,
    ScanForm,
    TokenRequest,
)
from connector_service.sandbox.carriers.usps.numbers import package_barcode
from connector_service.sandbox.carriers.usps.pickups import Pickups
from connector_service.sandbox.carriers.usps.products import PRODUCTS, TARIFFS
from connector_service.sandbox.credentials import Tokens, sandbox_pair
from connector_service.sandbox.gate import Call, Handler, Refusal
from connector_service.sandbox.later import Later
from connector_service.sandbox.outbox import Envelope, Outbox
from connector_service.sandbox.world import News, Scan, Sold, World

SLUG = "usps"
AS_JSON = "application/vnd.usps.labels+json"


class Usps:
    """A post whose labels are for one piece each, paid from an account that a second token opens."""

    slug = SLUG
    invalid_status = 400

    def __init__(self, world: World, later: Later, outbox: Outbox) -> None:
        self._world = world
        self.carrier = Carrier(House(SLUG, "usps-", package_barcode, str, TARIFFS), world, later, _nobody_is_told)
        self.tokens = Tokens(SLUG, world)
        self._payments = Tokens(SLUG, world)
        self.envelope = Envelope(_no_webhooks)
        self._pickups = Pickups(SLUG, world)

    def handlers(self) -> list[tuple[str, str, str, Handler]]:
        """The paths, of several APIs."""
        return [
            ("POST", "/oauth2/v3/token", "token", self._token),
            ("POST", "/payments/v3/payment-authorization", "payment_token", self._authorize_payment),
            ("POST", "/shipments/v3/options/search", "rates", self._search),
            ("POST", "/labels/v3/label", "buy_label", self._buy),
            ("DELETE", "/labels/v3/label/{number}", "void_label", self._cancel),
            ("GET", "/tracking/v3/tracking/{number}", "track", self._track),
            ("POST", "/pickup/v3/carrier-pickup", "schedule_pickup", self._pickups.schedule),
            ("GET", "/pickup/v3/carrier-pickup/{number}", "get_pickup", self._pickups.get),
            ("PUT", "/pickup/v3/carrier-pickup/{number}", "change_pickup", self._pickups.change),
            ("DELETE", "/pickup/v3/carrier-pickup/{number}", "cancel_pickup", self._pickups.cancel),
            ("POST", "/scan-forms/v3/scan-form", "manifest", self._scan_form),
            ("GET", "/addresses/v3/address", "check_address", lambda call: check(call.params)),
        ]

    def problem(self, refusal: Refusal) -> Any:
        """The shape of an error; the token API has one of its own."""
        if refusal.code == "invalid_client":
            return {"error": refusal.code, "error_description": refusal.text}
        status = str(self.invalid_status if refusal.status == 422 else refusal.status)
        detail = {"status": status, "code": refusal.code, "title": refusal.code, "detail": refusal.text}
        error = {"code": status, "message": refusal.text, "errors": [detail]}
        return {"apiVersion": "3.0", "error": error}

    def account(self, headers: Headers, name: str) -> str | None:
        """A bearer token, but for who comes to get one."""
        return "" if name == "token" else self.tokens.account(headers)

    def _token(self, call: Call) -> Any:
        fields = dict(QueryParams(call.body.decode("ascii", "replace")))
        asked = TokenRequest.model_validate(fields)
        account = sandbox_pair(asked.client_id, asked.client_secret)
        if account is None:
            raise Refusal(401, "invalid_client", "The credential is not valid; sandbox keys start with 'sandbox'.")
        token, seconds = self.tokens.issue(account)
        return {"access_token": token, "token_type": "Bearer", "expires_in": seconds, "scope": asked.scope}

    def _authorize_payment(self, call: Call) -> Any:
        asked = Payment.model_validate_json(call.body)
        if {"PAYER", "LABEL_OWNER"} - {role.roleName for role in asked.roles}:
            raise Refusal(400, "INVALID", "The roles PAYER and LABEL_OWNER are needed.")
        token, _ = self._payments.issue(call.account)
        return {"paymentAuthorizationToken": token, "roles": [role.model_dump() for role in asked.roles]}

    def _require_payment(self, call: Call) -> None:
        token = call.headers.get("x-payment-authorization-token", "")
        if self._payments.account(Headers({"authorization": f"Bearer {token}"})) != call.account:
            raise Refusal(401, "UNAUTHORIZED_PAYMENT", "The payment authorization token is missing or has expired.")

    def _search(self, call: Call) -> Any:
        asked = OptionsSearch.model_validate_json(call.body)
        package = asked.packageDescription
        weight_g = round(package.weight * answers.POUND_G)
        number = unquote(call.headers.get("x-correlation-id", ""))
        offers = self.carrier.prices(Consignment(call.account, "", number, weight_g, "US", "US", {}), "USD")
        prices = [price for _, price in offers]
        mailing = date.fromisoformat(package.mailingDate)
        shown = answers.options(package.mailClass, prices, mailing, package.weight)
        if not shown:
            raise Refusal(400, "INVALID", f"packageDescription.mailClass {package.mailClass} is not known.")
        return {
            "originZIPCode": asked.originZIPCode,
            "destinationZIPCode": asked.destinationZIPCode,
            "pricingOptions": [{"priceType": asked.pricingOptions[0].priceType, "shippingOptions": shown}],
        }

    def _buy(self, call: Call) -> Any:
        self._require_payment(call)
        asked = LabelRequest.model_validate_json(call.body)
        package = asked.packageDescription
        service = f"{package.mailClass}-{package.rateIndicator}"
        if service not in PRODUCTS:
            raise Refusal(400, "INVALID", f"There is no rate {package.rateIndicator} in {package.mailClass}.")
        consignment = _consignment(call.account, asked)
        sold = self.carrier.sell_service(consignment, service, "USD")
        as_json = AS_JSON in call.headers.get("accept", "")
        back = self._back(sold) if asked.imageInfo.returnLabel else None
        return answers.label(self.carrier.answered(sold), back, as_json=as_json)

    def _back(self, sold: Sold) -> Sold:
        """The label for the way back, which is paid when it is used."""
        consignment = Consignment(
            account=sold.account,
            reference="",
            order_number=sold.order_number,
            weight_g=sold.weight_g,
            from_country="US",
            to_country="US",
            receiver=sold.sender,
            sender=sold.receiver,
            details=sold.details,
        )
        return self.carrier.sell_service(consignment, sold.service, "USD")

    def _cancel(self, call: Call) -> Any:
        self._require_payment(call)
        sold = self._find(call)
        if sold.voided:
            raise Refusal(409, "LABEL_ALREADY_CANCELED", "The label was canceled before.")
        self.carrier.void(sold)
        return {"trackingNumber": sold.tracking_number, "status": "CANCELED"}

    def _track(self, call: Call) -> Any:
        return answers.tracking(self._find(call))

    def _scan_form(self, call: Call) -> Any:
        asked = ScanForm.model_validate_json(call.body)
        found = [self.carrier.find(call.account, number) for number in asked.shipment.trackingNumbers]
        labels = [sold for sold in found if sold is not None and not sold.voided and not sold.manifest]
        if len(labels) < len(found):
            raise Refusal(400, "INVALID", "A tracking number is not known, was canceled, or is on a form already.")
        number = package_barcode(self._world.serial())
        for sold in labels:
            sold.manifest = number
            self._world.keep_sold(sold)
        return answers.scan_form(number, asked.model_dump(exclude={"shipment"}), asked.shipment.trackingNumbers)

    def _find(self, call: Call) -> Sold:
        sold = self.carrier.find(call.account, call.path["number"])
        if sold is None:
            raise Refusal(404, "NOT_FOUND", f"There is no item {call.path['number']}.")
        self.carrier.refuse_if_down(sold.order_number)
        return sold


def _consignment(account: str, asked: LabelRequest) -> Consignment:
    package = asked.packageDescription
    names = [each.referenceNumber for each in package.customerReference] + ["", ""]
    return Consignment(
        account=account,
        reference=names[0],
        order_number=names[1],
        weight_g=round(package.weight * answers.POUND_G),
        from_country="US",
        to_country="US",
        receiver=_end(asked.toAddress),
        sender=_end(asked.fromAddress),
        details={"image": asked.imageInfo.imageType},
    )


def _end(address: Address) -> dict[str, Any]:
    if not (address.firm or address.firstName):
        raise Refusal(400, "INVALID", "An address needs firm, or firstName and lastName.")
    return {
        "name": f"{address.firstName} {address.lastName}".strip(),
        "company": address.firm,
        "line1": address.streetAddress,
        "line2": address.secondaryAddress,
        "city": address.city,
        "region": address.state,
        "postal_code": address.ZIPCode,
        "country": "US",
        "phone": address.phone,
    }


def _nobody_is_told(_: Sold, __: Scan) -> None:
    """Callers ask."""


def _no_webhooks(_: list[News], __: str) -> tuple[dict[str, str], bytes]:
    raise NotImplementedError("this look-alike of the Postal Service has no webhooks")
