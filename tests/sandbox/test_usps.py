from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from connector_service.sandbox.carriers.usps import answers
from connector_service.sandbox.models import ScanKind
from tests.contracts.sandbox_process import Sandbox, until
from tests.sandbox.karrio_desk import AUSTIN, HALF, KILO, PORTLAND, gateway, lib, models

pytestmark = pytest.mark.anyio

FORM = {"grant_type": "client_credentials", "client_id": "sandbox-id", "client_secret": "sandbox-secret"}
ROLE = {"CRID": "1", "MID": "2", "accountType": "EPS", "accountNumber": "3"}
ROLES = {"roles": [{"roleName": "PAYER", **ROLE}, {"roleName": "LABEL_OWNER", **ROLE}]}
AS_JSON = {"accept": "application/vnd.usps.labels+json"}


class Desk:
    """Calls of one account, built and read by karrio."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        token = http.post("/oauth2/v3/token", data=FORM).json()["access_token"]
        http.headers["authorization"] = f"Bearer {token}"
        payment = http.post("/payments/v3/payment-authorization", json=ROLES).json()["paymentAuthorizationToken"]
        http.headers["x-payment-authorization-token"] = payment
        self.gateway = gateway("usps", client_id="sandbox-id", client_secret="sandbox-secret", account_number="3")

    def rate_bodies(self, **changes: Any) -> Any:
        request = {"shipper": PORTLAND, "recipient": AUSTIN, "parcels": [KILO], "options": {}, **changes}
        return self.gateway.mapper.create_rate_request(models.RateRequest(**request)).serialize()

    def rates(self, **changes: Any) -> list[models.RateDetails]:
        found = [self.http.post("/shipments/v3/options/search", json=body) for body in self.rate_bodies(**changes)]
        read = lib.Deserializable(
            [answer.text for answer in found], lambda texts: [lib.to_dict(each) for each in texts]
        )
        rates, messages = self.gateway.mapper.parse_rate_response(read)
        assert not messages
        return rates

    def label_body(self, reference: str = "REF-1", order: str = "SO-1", **changes: Any) -> Any:
        request = {
            "service": "usps_priority_mail",
            "shipper": PORTLAND,
            "recipient": AUSTIN,
            "parcels": [KILO],
            "options": {"usps_rate_indicator": "SP"},
            "reference": reference,
            "label_type": "PDF",
            **changes,
        }
        (body,) = self.gateway.mapper.create_shipment_request(models.ShipmentRequest(**request)).serialize()
        body["packageDescription"]["rateIndicator"] = "SP"
        body["packageDescription"]["customerReference"].append({"referenceNumber": order})
        return body

    def read_label(self, text: str) -> models.ShipmentDetails:
        from karrio.providers.usps.utils import parse_response

        read = lib.Deserializable([text], lambda texts: [parse_response(each) for each in texts], {"label_type": "PDF"})
        details, messages = self.gateway.mapper.parse_shipment_response(read)
        assert not messages
        return details

    def buy(self, **changes: Any) -> models.ShipmentDetails:
        answer = self.http.post("/labels/v3/label", json=self.label_body(**changes), headers=AS_JSON)
        assert answer.status_code == 200, answer.text
        return self.read_label(answer.text)

    def track(self, number: str) -> models.TrackingDetails:
        answer = self.http.get(f"/tracking/v3/tracking/{number}", params={"expand": "DETAIL"})
        read = lib.Deserializable([(number, answer.json())])
        (details,), _ = self.gateway.mapper.parse_tracking_response(read)
        return details


@pytest.fixture
def desk(sandbox: Sandbox) -> Iterator[Desk]:
    with httpx.Client(base_url=f"{sandbox.url}/usps") as http:
        yield Desk(http)


def test_a_token_is_for_who_has_a_secret(sandbox: Sandbox) -> None:
    with httpx.Client(base_url=f"{sandbox.url}/usps") as http:
        refused = http.post("/oauth2/v3/token", data={**FORM, "client_secret": "wrong"})
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
        assert http.post("/oauth2/v3/token", data={**FORM, "grant_type": "password"}).status_code == 400
        assert http.get("/tracking/v3/tracking/1").status_code == 401


def test_rates_are_dollars_and_days_per_mail_class(desk: Desk) -> None:
    rates = {rate.service: rate for rate in desk.rates()}
    assert list(rates) == [
        "usps_priority_mail_express",
        "usps_priority_mail_medium_flat_rate_box",
        "usps_priority_mail",
        "usps_ground_advantage",
    ]
    assert {rate.currency for rate in rates.values()} == {"USD"}
    assert [rate.transit_days for rate in rates.values()] == [1, 2, 2, 4]


def test_one_mail_class_may_be_asked_for(desk: Desk) -> None:
    (body,) = desk.rate_bodies()
    body["packageDescription"]["mailClass"] = "USPS_GROUND_ADVANTAGE"
    (option,) = desk.http.post("/shipments/v3/options/search", json=body).json()["pricingOptions"]
    assert [each["mailClass"] for each in option["shippingOptions"]] == ["USPS_GROUND_ADVANTAGE"]
    body["packageDescription"]["mailClass"] = "PIGEON"
    assert desk.http.post("/shipments/v3/options/search", json=body).status_code == 400


def test_a_label_costs_what_its_rate_said(desk: Desk, sandbox: Sandbox) -> None:
    rate = next(rate for rate in desk.rates() if rate.service == "usps_priority_mail")
    details = desk.buy()
    assert details.selected_rate.total_charge == rate.total_charge
    assert (len(details.tracking_number), base64.b64decode(details.docs.label)[:4]) == (22, b"%PDF")
    label = sandbox.ledger()["labels"][0]
    assert (label["reference"], label["order_number"], label["service"]) == ("REF-1", "SO-1", "PRIORITY_MAIL-SP")
    assert abs(label["weight_g"] - 1_200) <= 5


def test_a_label_comes_as_parts_unless_json_is_accepted(desk: Desk) -> None:
    answer = desk.http.post("/labels/v3/label", json=desk.label_body())
    assert answer.headers["content-type"].startswith("multipart/form-data; boundary=")
    details = desk.read_label(answer.text)
    assert base64.b64decode(details.docs.label).startswith(b"%PDF")
    zpl = desk.http.post("/labels/v3/label", json=desk.label_body(label_type="ZPL"), headers=AS_JSON).json()
    assert base64.b64decode(zpl["labelImage"]).startswith(b"^XA")


def test_a_label_for_the_way_back_comes_with_it_when_asked(desk: Desk) -> None:
    body = desk.label_body()
    body["imageInfo"]["returnLabel"] = True
    details = desk.read_label(desk.http.post("/labels/v3/label", json=body, headers=AS_JSON).text)
    assert details.return_shipment.tracking_number not in ("", details.tracking_number)
    assert [each.category for each in details.docs.extra_documents] == ["return_label"]


def test_a_label_is_not_sold_without_a_payer_or_for_a_rate_there_is_not(desk: Desk) -> None:
    body = desk.label_body()
    unpaid = desk.http.post("/labels/v3/label", json=body, headers={"x-payment-authorization-token": "wrong"})
    assert unpaid.status_code == 401
    body["packageDescription"]["rateIndicator"] = "DR"
    assert desk.http.post("/labels/v3/label", json=body).status_code == 400


def test_a_label_is_canceled_once(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("timing", {"journey": "label_created"})
    number = desk.buy().tracking_number
    answer = desk.http.delete(f"/labels/v3/label/{number}")
    read = lib.Deserializable([(number, answer.json())])
    confirmation, messages = desk.gateway.mapper.parse_cancel_shipment_response(read)
    assert (confirmation.success, messages) == (True, [])
    again = desk.http.delete(f"/labels/v3/label/{number}")
    assert (again.status_code, again.json()["error"]["errors"][0]["code"]) == (409, "LABEL_ALREADY_CANCELED")


async def test_a_piece_travels_and_its_events_come_latest_first(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("timing", {"speed": 50, "journey": "delivered"})
    bought = desk.buy()

    async def delivered() -> models.TrackingDetails | None:
        details = desk.track(bought.tracking_number)
        return details if details.delivered else None

    details = await until(delivered)
    assert [event.code for event in details.events] == ["01", "10", "03", "GX"]


@pytest.mark.parametrize(
    "kind", ["delivery_failed", "address_correction", "delayed", "damaged", "lost", "return_to_sender"]
)
async def test_what_goes_wrong_has_a_code_of_its_own(desk: Desk, sandbox: Sandbox, kind: ScanKind) -> None:
    sandbox.put("scenarios", {"SO-1": kind})
    sandbox.put("timing", {"speed": 50, "journey": "delivered"})
    bought = desk.buy()

    async def happened() -> bool:
        return answers.EVENTS[kind][0] in [event.code for event in desk.track(bought.tracking_number).events]

    assert await until(happened)


def test_an_item_nobody_gave_out_is_not_found(desk: Desk) -> None:
    answer = desk.http.get("/tracking/v3/tracking/9400111234500000000000")
    _, messages = desk.gateway.mapper.parse_tracking_response(lib.Deserializable([("9400", answer.json())]))
    assert (answer.status_code, messages[0].code) == (404, "NOT_FOUND")


def test_a_pickup_is_ordered_moved_and_called_off_once(desk: Desk) -> None:
    request = models.PickupRequest(
        pickup_date="2026-11-24", ready_time="10:00", closing_time="17:00", address=PORTLAND, parcels=[KILO, HALF]
    )
    body = desk.gateway.mapper.create_pickup_request(request).serialize()
    body["pickupAddress"]["address"]["state"] = "OR"
    answer = desk.http.post("/pickup/v3/carrier-pickup", json=body)
    pickup, messages = desk.gateway.mapper.parse_pickup_response(lib.Deserializable(answer.text, lib.to_dict))
    assert (pickup.pickup_date, messages) == ("2026-11-24", [])
    path = f"/pickup/v3/carrier-pickup/{pickup.confirmation_number}"
    moved = {"pickupDate": "2026-11-25", "carrierPickupRequest": {**body, "pickupDate": "2026-11-25"}}
    assert desk.http.put(path, json=moved).json()["pickupDate"] == "2026-11-25"
    assert desk.http.get(path).json()["carrierPickupRequest"]["packages"] == [
        {"packageType": "OTHER", "packageCount": 2}
    ]
    assert [desk.http.delete(path).status_code for _ in range(2)] == [200, 404]


def test_a_scan_form_takes_each_label_once(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("timing", {"journey": "label_created"})
    numbers = [desk.buy().tracking_number for _ in range(2)]
    request = models.ManifestRequest(shipment_identifiers=numbers, address=PORTLAND, options={})
    body = desk.gateway.mapper.create_manifest_request(request).serialize()
    body["fromAddress"]["state"] = "OR"
    answer = desk.http.post("/scan-forms/v3/scan-form", json=body)
    manifest, messages = desk.gateway.mapper.parse_manifest_response(lib.Deserializable(answer.text, lib.to_dict))
    assert (manifest.meta["trackingNumbers"], messages) == (numbers, [])
    assert base64.b64decode(manifest.doc.manifest).startswith(b"%PDF")
    assert desk.http.post("/scan-forms/v3/scan-form", json=body).status_code == 400


@pytest.mark.parametrize(
    ("street", "confirmed", "matches"), [("12 Elm Street", "Y", 1), ("Elm Street", "D", 0)], ids=["whole", "no number"]
)
def test_an_address_is_written_the_posts_own_way(desk: Desk, street: str, confirmed: str, matches: int) -> None:
    params = {"streetAddress": street, "city": "Austin", "state": "TX", "ZIPCode": "73301"}
    found = desk.http.get("/addresses/v3/address", params=params).json()
    assert found["address"]["streetAddress"].endswith("ELM ST")
    assert (found["additionalInfo"]["DPVConfirmation"], len(found["matches"])) == (confirmed, matches)


def test_an_address_that_is_nowhere_is_not_found(desk: Desk) -> None:
    params = {"streetAddress": "1 Nowhere Street", "city": "Austin", "state": "TX"}
    assert desk.http.get("/addresses/v3/address", params=params).status_code == 404
    assert desk.http.get("/addresses/v3/address", params={"city": "Austin"}).status_code == 400


def test_the_correlation_id_names_the_order_of_a_price(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("scenarios", {"SO-1": "carrier_reject", "SO-2": "carrier_down"})
    (body,) = desk.rate_bodies()
    statuses = [
        desk.http.post("/shipments/v3/options/search", json=body, headers={"X-Correlation-ID": order}).status_code
        for order in ("SO-1", "SO-2", "SO-3")
    ]
    assert statuses == [400, 503, 200]
