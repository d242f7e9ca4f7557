from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from connector_service.sandbox.carriers.dhl_express import answers
from connector_service.sandbox.carriers.dhl_express.numbers import waybill
from connector_service.sandbox.models import ScanKind
from tests.contracts.sandbox_process import Sandbox, until
from tests.sandbox.karrio_desk import BASIC, BERLIN, HALF, KILO, LYON, PORTLAND, gateway, lib, models

pytestmark = pytest.mark.anyio


class Desk:
    """Calls of one account, built and read by karrio."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.gateway = gateway(
            "mydhl", username="sandbox-user", password="sandbox-password", account_number="123456789"
        )

    def rate_body(self, **changes: Any) -> Any:
        request = {"shipper": BERLIN, "recipient": PORTLAND, "parcels": [KILO, HALF], "options": {}, **changes}
        return self.gateway.mapper.create_rate_request(models.RateRequest(**request)).serialize()

    def rates(self, **changes: Any) -> list[models.RateDetails]:
        answer = self.http.post("/rates", json=self.rate_body(**changes))
        rates, messages = self.gateway.mapper.parse_rate_response(lib.Deserializable(answer.text, lib.to_dict))
        assert not messages
        return rates

    def shipment_body(self, reference: str = "REF-1", order: str = "SO-1", **changes: Any) -> Any:
        request = {
            "service": "mydhl_express_worldwide",
            "shipper": BERLIN,
            "recipient": PORTLAND,
            "parcels": [KILO, HALF],
            "options": {},
            "customs": models.Customs(
                commodities=[models.Commodity(sku="TEE", title="Tee", quantity=2, weight=0.2, value_amount=10)]
            ),
            "label_type": "PDF",
            **changes,
        }
        body = self.gateway.mapper.create_shipment_request(models.ShipmentRequest(**request)).serialize()["shipment"]
        body["customerReferences"] = [{"value": reference, "typeCode": "CU"}, {"value": order, "typeCode": "CO"}]
        return body

    def buy(self, **changes: Any) -> tuple[Any, models.ShipmentDetails]:
        answer = self.http.post("/shipments", json=self.shipment_body(**changes))
        assert answer.status_code == 201, answer.text
        context = {"service": "mydhl_express_worldwide"}
        read = lib.Deserializable(answer.text, lib.to_dict, context)
        details, messages = self.gateway.mapper.parse_shipment_response(read)
        assert not messages
        return answer.json(), details

    def track(self, number: str) -> models.TrackingDetails:
        answer = self.http.get("/tracking", params={"shipmentTrackingNumber": number})
        (details,), _ = self.gateway.mapper.parse_tracking_response(lib.Deserializable(answer.text, lib.to_dict))
        return details


@pytest.fixture
def desk(sandbox: Sandbox) -> Iterator[Desk]:
    with httpx.Client(base_url=f"{sandbox.url}/dhl_express", auth=BASIC) as http:
        yield Desk(http)


def test_rates_come_in_the_currency_of_the_shippers_country(desk: Desk) -> None:
    rates = desk.rates()
    names = [rate.service for rate in rates][:3]  # E, Y and P: EXPRESS 9:00, 12:00 and WORLDWIDE to DHL
    assert names == ["mydhl_breakbulk_express", "mydhl_express_9_00", "mydhl_express_worldwide"]
    assert {rate.currency for rate in rates} == {"EUR"}
    assert all(rate.transit_days and rate.total_charge > 0 for rate in rates)
    assert {rate.currency for rate in desk.rates(shipper=PORTLAND, recipient=BERLIN)} == {"USD"}


def test_within_the_european_union_nothing_is_declared_and_the_product_has_another_code(desk: Desk) -> None:
    assert [rate.meta["product_code"] for rate in desk.rates(recipient=LYON)] == ["E", "Y", "U", "H"]
    body = desk.shipment_body(recipient=LYON, service="U")
    assert desk.http.post("/shipments", json=body).status_code == 400
    body["content"]["isCustomsDeclarable"] = False
    assert desk.http.post("/shipments", json=body).status_code == 201


def test_at_home_other_products_are_sold(desk: Desk) -> None:
    assert {rate.service for rate in desk.rates(recipient=BERLIN)} == {
        "mydhl_express_domestic_9_00",
        "mydhl_express_domestic_12_00",
        "mydhl_express_domestic",
    }


def test_one_product_may_be_asked_for(desk: Desk) -> None:
    assert [rate.service for rate in desk.rates(services=["mydhl_express_worldwide"])] == ["mydhl_express_worldwide"]


def test_the_parts_of_a_price_make_up_the_price(desk: Desk) -> None:
    for product in desk.http.post("/rates", json=desk.rate_body()).json()["products"]:
        parts = product["totalPriceBreakdown"][0]["priceBreakdown"]
        assert sum(round(part["price"] * 100) for part in parts) == round(product["totalPrice"][0]["price"] * 100)


def test_a_shipment_is_one_waybill_with_a_licence_plate_per_piece(desk: Desk, sandbox: Sandbox) -> None:
    rate = next(rate for rate in desk.rates() if rate.service == "mydhl_express_worldwide")
    answer, details = desk.buy()
    number = details.tracking_number
    assert int(number[:9]) % 7 == int(number[9])
    assert len({each["trackingNumber"] for each in answer["packages"]}) == 2
    assert details.selected_rate.total_charge == rate.total_charge
    label = sandbox.ledger()["labels"][0]
    assert (label["reference"], label["order_number"], label["weight_g"]) == ("REF-1", "SO-1", 1_700)


def test_the_same_reference_twice_is_two_shipments(desk: Desk) -> None:
    assert desk.buy()[1].tracking_number != desk.buy()[1].tracking_number


def test_the_label_is_printed_as_asked_and_the_invoice_when_asked(desk: Desk) -> None:
    plain, _ = desk.buy()
    assert [each["typeCode"] for each in plain["documents"]] == ["label"]
    body = desk.shipment_body(label_type="ZPL")
    body["outputImageProperties"]["imageOptions"].append({"typeCode": "invoice", "isRequested": True})
    papers = desk.http.post("/shipments", json=body).json()["documents"]
    assert [(each["typeCode"], each["imageFormat"]) for each in papers] == [("label", "ZPL"), ("invoice", "PDF")]
    zpl, invoice = (base64.b64decode(each["content"]) for each in papers)
    assert zpl.count(b"^XA") == zpl.count(b"^XZ") == 2
    assert b"COMMERCIAL INVOICE" in invoice
    assert b"2 PCS at 10.00" in invoice


def test_dutiable_goods_must_be_declared(desk: Desk) -> None:
    body = desk.shipment_body()
    del body["content"]["exportDeclaration"]
    answer = desk.http.post("/shipments", json=body)
    assert (answer.status_code, answer.json()["status"]) == (400, 400)


def test_a_shipment_is_found_by_its_reference_and_its_waybill_is_printed_again(desk: Desk) -> None:
    _, details = desk.buy(reference="shp/1:a b&c")
    today = datetime.now(UTC).date()
    asked = {"shipmentReference": "shp/1:a b&c", "shipmentReferenceType": "CU", "shipperAccountNumber": "123456789"}
    days = {"dateRangeFrom": str(today - timedelta(days=2)), "dateRangeTo": str(today)}
    found = desk.http.get("/tracking", params=asked | days).json()["shipments"]
    assert [each["shipmentTrackingNumber"] for each in found] == [details.tracking_number]
    image = desk.http.get(f"/shipments/{details.tracking_number}/get-image", params={"typeCode": "waybill"})
    assert base64.b64decode(image.json()["documents"][0]["content"]).startswith(b"%PDF")
    assert desk.http.get("/tracking", params=asked).status_code == 400
    assert desk.http.get("/tracking", params=asked | days | {"shipmentReference": "none"}).status_code == 404


async def test_a_parcel_travels_and_its_events_come_latest_first(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("timing", {"speed": 50, "journey": "delivered"})
    _, bought = desk.buy()

    async def delivered() -> models.TrackingDetails | None:
        details = desk.track(bought.tracking_number)
        return details if details.delivered else None

    details = await until(delivered)
    assert [event.code for event in details.events] == ["OK", "DF", "PU", "SD"]


@pytest.mark.parametrize(
    "kind", ["delivery_failed", "address_correction", "delayed", "damaged", "lost", "return_to_sender"]
)
async def test_what_goes_wrong_has_a_code_of_its_own(desk: Desk, sandbox: Sandbox, kind: ScanKind) -> None:
    sandbox.put("scenarios", {"SO-1": kind})
    sandbox.put("timing", {"speed": 50, "journey": "delivered"})
    _, bought = desk.buy()

    async def happened() -> bool:
        return answers.CODES[kind][0] in [event.code for event in desk.track(bought.tracking_number).events]

    assert await until(happened)


def test_a_number_nobody_gave_out_is_not_found(desk: Desk) -> None:
    answer = desk.http.get("/tracking", params={"shipmentTrackingNumber": waybill(123456789)})
    _, messages = desk.gateway.mapper.parse_tracking_response(lib.Deserializable(answer.text, lib.to_dict))
    assert (answer.status_code, messages[0].code) == (404, "404")


def test_a_pickup_is_ordered_moved_and_called_off_once(desk: Desk) -> None:
    request = models.PickupRequest(
        pickup_date="2026-11-24", ready_time="10:00", closing_time="17:00", address=BERLIN, parcels=[KILO]
    )
    body = desk.gateway.mapper.create_pickup_request(request).serialize()
    answer = desk.http.post("/pickups", json=body)
    pickup, messages = desk.gateway.mapper.parse_pickup_response(lib.Deserializable(answer.text, lib.to_dict))
    assert (pickup.pickup_date, messages) == ("2026-11-24", [])
    path = f"/pickups/{pickup.confirmation_number}"
    moved = desk.http.patch(path, json={**body, "plannedPickupDateAndTime": "2026-11-25T09:00:00 GMT+01:00"})
    assert moved.json()["nextPickupDate"] == "2026-11-25"
    assert desk.http.delete(path).status_code == 400
    why = {"requestorName": "Nora", "reason": "001"}
    assert desk.http.delete(path, params=why).status_code == 200
    assert desk.http.delete(path, params=why).status_code == 404


def test_an_address_is_checked_by_place(desk: Desk) -> None:
    request = models.AddressValidationRequest(address=LYON)
    params = desk.gateway.mapper.create_address_validation_request(request).serialize()
    answer = desk.http.get("/address-validate", params=params)
    read = lib.Deserializable(answer.text, lib.to_dict)
    details, _ = desk.gateway.mapper.parse_address_validation_response(read)
    assert (details.success, details.complete_address.city) == (True, "LYON")
    assert desk.http.get("/address-validate", params={**params, "postalCode": "00000"}).status_code == 404


def test_a_wrong_password_is_refused(sandbox: Sandbox) -> None:
    answer = httpx.post(f"{sandbox.url}/dhl_express/rates", auth=httpx.BasicAuth("wrong", "wrong"), json={})
    assert answer.status_code == 401


def test_the_correlation_id_names_the_order_of_a_price(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("scenarios", {"SO-1": "carrier_reject", "SO-2": "carrier_down"})
    statuses = [
        desk.http.post("/rates", json=desk.rate_body(), headers={"X-Correlation-ID": order}).status_code
        for order in ("SO-1", "SO-2", "SO-3")
    ]
    assert statuses == [400, 503, 200]
