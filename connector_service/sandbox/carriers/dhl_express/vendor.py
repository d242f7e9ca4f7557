"""The paths of MyDHL API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import Headers

from connector_service.sandbox.carrier import Carrier, Consignment, House
from connector_service.sandbox.carriers.dhl_express import answers
from connector_service.sandbox.carriers.dhl_express.asked import Package, Party, Rates, Shipment
from connector_service.sandbox.carriers.dhl_express.invoice import invoice_lines
from connector_service.sandbox.carriers.dhl_express.numbers import waybill
from connector_service.sandbox.carriers.dhl_express.pickups import Pickups
from connector_service.sandbox.carriers.dhl_express.tariffs import TARIFFS, crosses_customs, sold_between
from connector_service.sandbox.credentials import basic_pair
from connector_service.sandbox.gate import Call, Created, Handler, Refusal
from connector_service.sandbox.later import Later
from connector_service.sandbox.outbox import Envelope, Outbox
from connector_service.sandbox.pricing import currency_of
from connector_service.sandbox.world import News, Scan, Sold, World

SLUG = "dhl_express"
POUND_G = 453.59237
LONGEST_SEARCH = timedelta(days=92)


class DhlExpress:
    """An express carrier by waybill: one number for a shipment however many pieces it has."""

    slug = SLUG
    invalid_status = 400
    tokens = None

    def __init__(self, world: World, later: Later, outbox: Outbox) -> None:
        self._world = world
        house = House(SLUG, "dhl-", waybill, str, TARIFFS)
        self.carrier = Carrier(house, world, later, _nobody_is_told)
        self.envelope = Envelope(_no_webhooks)
        self._pickups = Pickups(SLUG, world)

    def handlers(self) -> list[tuple[str, str, str, Handler]]:
        """MyDHL API's paths."""
        return [
            ("POST", "/rates", "rates", self._rates),
            ("POST", "/shipments", "buy_label", self._buy),
            ("GET", "/shipments/{number}/get-image", "image", self._image),
            ("GET", "/shipments/{number}/tracking", "track", self._track_one),
            ("GET", "/tracking", "track", self._track),
            ("POST", "/pickups", "schedule_pickup", self._pickups.schedule),
            ("PATCH", "/pickups/{number}", "change_pickup", self._pickups.change),
            ("DELETE", "/pickups/{number}", "cancel_pickup", self._pickups.cancel),
            ("GET", "/address-validate", "check_address", _check_address),
        ]

    def problem(self, refusal: Refusal) -> Any:
        """MyDHL API's shape of an error."""
        title = refusal.code.replace("_", " ").capitalize()
        status = self.invalid_status if refusal.status == 422 else refusal.status
        return {"instance": "/mydhlapi", "detail": refusal.text, "title": title, "status": status}

    def account(self, headers: Headers, name: str) -> str | None:
        """The user and password of HTTP Basic."""
        return basic_pair(headers)

    def _rates(self, call: Call) -> Any:
        asked = Rates.model_validate_json(call.body)
        ends = asked.customerDetails
        weight_g = _grams(asked.packages, asked.unitOfMeasurement)
        consignment = Consignment(
            account=call.account,
            reference="",
            order_number=unquote(call.headers.get("x-correlation-id", "")),
            weight_g=weight_g,
            from_country=ends.shipperDetails.countryCode,
            to_country=ends.receiverDetails.countryCode,
            receiver={},
            services=sold_between(ends.shipperDetails.countryCode, ends.receiverDetails.countryCode),
        )
        offers = self.carrier.prices(consignment, currency_of(consignment.from_country))
        wanted = [price for _, price in offers if asked.productCode in (None, price.service)]
        if not wanted:
            raise Refusal(404, "996", "The requested product is not available for this lane.")
        ship_day = datetime.fromisoformat(asked.plannedShippingDateAndTime[:19])
        return {"products": [answers.product(price, ship_day, weight_g / 1_000) for price in wanted]}

    def _buy(self, call: Call) -> Any:
        asked = Shipment.model_validate_json(call.body)
        consignment = _consignment(call.account, asked)
        dutiable = crosses_customs(consignment.from_country, consignment.to_country)
        if asked.content.isCustomsDeclarable != dutiable or (dutiable and asked.content.exportDeclaration is None):
            raise Refusal(400, "8005", "isCustomsDeclarable and exportDeclaration must say what goes through customs.")
        sold = self.carrier.sell_service(consignment, asked.productCode, currency_of(consignment.from_country))
        return Created(answers.shipment(self.carrier.answered(sold)))

    def _image(self, call: Call) -> Any:
        sold = self._find(call.account, call.path["number"])
        kinds = {"waybill": "label", "commercial-invoice": "invoice"}
        kind = kinds.get(call.params.get("typeCode", ""))
        if kind is None:
            raise Refusal(400, "INVALID", f"typeCode must be one of {', '.join(kinds)}.")
        wanted = [each for each in answers.documents(sold) if each["typeCode"] == kind]
        if not wanted:
            raise Refusal(404, "NOT_FOUND", "There is no such document.")
        number = sold.tracking_number
        return {"documents": [{"shipmentTrackingNumber": number, **each, "function": "import"} for each in wanted]}

    def _track_one(self, call: Call) -> Any:
        return {"shipments": [answers.tracking(self._find(call.account, call.path["number"]))]}

    def _track(self, call: Call) -> Any:
        reference = call.params.get("shipmentReference")
        if reference is not None:
            return {"shipments": [answers.tracking(sold) for sold in self._by_reference(call, reference)]}
        numbers = call.params.getlist("shipmentTrackingNumber")
        return {"shipments": [answers.tracking(self._find(call.account, number)) for number in numbers]}

    def _by_reference(self, call: Call, reference: str) -> list[Sold]:
        wanted = ("shipperAccountNumber", "dateRangeFrom", "dateRangeTo")
        missing = [name for name in wanted if not call.params.get(name)]
        if missing:
            raise Refusal(400, "INVALID", f"{', '.join(missing)} is needed to search by shipmentReference.")
        first, last = (datetime.fromisoformat(call.params[name]).replace(tzinfo=UTC) for name in wanted[1:])
        if not timedelta(0) <= last - first <= LONGEST_SEARCH:
            raise Refusal(400, "INVALID", "dateRangeFrom must be before dateRangeTo, by 92 days at most.")
        found = [
            sold
            for sold in self._world.by_reference.get((SLUG, call.account, reference), [])
            if first <= datetime.fromisoformat(sold.created) < last + timedelta(days=1)
        ]
        if not found:
            raise Refusal(404, "NOT_FOUND", "No shipment was found for this reference.")
        self.carrier.refuse_if_down(found[0].order_number)
        return found

    def _find(self, account: str, number: str) -> Sold:
        sold = self.carrier.find(account, number)
        if sold is None:
            raise Refusal(404, "NOT_FOUND", f"No data found for the waybill number {number}.")
        self.carrier.refuse_if_down(sold.order_number)
        return sold


def _consignment(account: str, asked: Shipment) -> Consignment:
    parties, content = asked.customerDetails, asked.content
    names = {reference.typeCode: reference.value for reference in reversed(asked.customerReferences)}
    wants_invoice = any(
        each.typeCode == "invoice" and each.isRequested for each in asked.outputImageProperties.imageOptions
    )
    return Consignment(
        account=account,
        reference=names.get("CU", ""),
        order_number=names.get("CO", ""),
        weight_g=_grams(content.packages, content.unitOfMeasurement),
        from_country=parties.shipperDetails.postalAddress.countryCode,
        to_country=parties.receiverDetails.postalAddress.countryCode,
        receiver=_end(parties.receiverDetails),
        services=sold_between(
            parties.shipperDetails.postalAddress.countryCode, parties.receiverDetails.postalAddress.countryCode
        ),
        sender=_end(parties.shipperDetails),
        details={
            "pieces": [_grams([each], content.unitOfMeasurement) for each in content.packages],
            "format": asked.outputImageProperties.encodingFormat,
            "description": content.description,
            "invoice": invoice_lines(asked) if wants_invoice else [],
        },
    )


def _grams(packages: list[Package], unit: str) -> int:
    factor = POUND_G if unit == "imperial" else 1_000
    return sum(round(package.weight * factor) for package in packages)


def _end(party: Party) -> dict[str, Any]:
    where, who = party.postalAddress, party.contactInformation
    return {
        "name": who.fullName,
        "company": who.companyName,
        "line1": where.addressLine1,
        "line2": where.addressLine2,
        "city": where.cityName,
        "region": where.provinceCode,
        "postal_code": where.postalCode,
        "country": where.countryCode,
        "phone": who.phone,
    }


def _check_address(call: Call) -> Any:
    """Knows every place but the postal code 00000."""
    params = call.params
    if params.get("type") not in ("pickup", "delivery") or not params.get("countryCode"):
        raise Refusal(400, "INVALID", "type must be pickup or delivery, and countryCode must be given.")
    if params.get("postalCode") == "00000" or not params.get("cityName"):
        raise Refusal(404, "998", "The requested location is not serviced: check postalCode and cityName.")
    where = {"countryCode": params["countryCode"], "postalCode": params.get("postalCode", "")}
    area = {"code": "DEP", "description": params["cityName"].upper(), "GMTOffset": "+00:00"}
    return {"address": [{**where, "cityName": params["cityName"].upper(), "countyName": "", "serviceArea": area}]}


def _nobody_is_told(_: Sold, __: Scan) -> None:
    """MyDHL API has no webhooks: callers ask."""


def _no_webhooks(_: list[News], __: str) -> tuple[dict[str, str], bytes]:
    raise NotImplementedError("DHL Express has no webhooks")
