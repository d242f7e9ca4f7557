from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.contracts.sandbox_process import Receiver, Sandbox, until
from tests.sandbox.conftest import SECRET
from tests.sandbox.karrio_desk import AUSTIN, BERLIN, HALF, KILO, LYON, PORTLAND, gateway, lib, models

pytestmark = pytest.mark.anyio

FORM = {"grant_type": "client_credentials", "client_id": "sandbox-id", "client_secret": "sandbox-secret"}
TODAY = f"{datetime.now(UTC):%Y-%m-%d}"
TOMORROW = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"


class Desk:
    """Calls of one account, built and read by karrio."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.gateway = gateway(
            "fedex",
            api_key="sandbox-id",
            secret_key="sandbox-secret",
            track_api_key="sandbox-id",
            track_secret_key="sandbox-secret",
            account_number="123456789",
            account_country_code="US",
        )
        self.authorize()

    def authorize(self, **changes: str) -> None:
        token = self.http.post("/oauth/token", data={**FORM, **changes}).raise_for_status().json()
        self.http.headers["authorization"] = f"Bearer {token['access_token']}"

    def ask(self, method: str, path: str, what: str, payload: Any) -> tuple[Any, list[models.Message], httpx.Response]:
        request = getattr(self.gateway.mapper, f"create_{what}_request")(payload)
        answer = self.http.request(method, path, json=request.serialize())
        read = lib.Deserializable(answer.text, lib.to_dict, request.ctx)
        return *getattr(self.gateway.mapper, f"parse_{what}_response")(read), answer

    def rates(self, **changes: Any) -> list[models.RateDetails]:
        fields = {"shipper": PORTLAND, "recipient": AUSTIN, "parcels": [KILO, HALF], "options": {}, **changes}
        rates, messages, _ = self.ask("POST", "/rate/v1/rates/quotes", "rate", models.RateRequest(**fields))
        assert not messages
        return rates

    def shipment(self, **changes: Any) -> models.ShipmentRequest:
        fields = {
            "service": "fedex_ground",
            "shipper": PORTLAND,
            "recipient": AUSTIN,
            "parcels": [KILO, HALF],
            "options": {"fedex_po_number": "SO-1"},
            "label_type": "ZPL",
            "reference": "REF-1",
            "payment": models.Payment(paid_by="sender"),
            **changes,
        }
        return models.ShipmentRequest(**fields)

    def buy(self, what: str = "shipment", **changes: Any) -> tuple[Any, models.ShipmentDetails]:
        details, messages, answer = self.ask("POST", "/ship/v1/shipments", what, self.shipment(**changes))
        assert not messages
        return answer.json()["output"]["transactionShipments"][0], details

    def void(self, number: str) -> tuple[Any, list[models.Message], httpx.Response]:
        payload = models.ShipmentCancelRequest(shipment_identifier=number)
        return self.ask("PUT", "/ship/v1/shipments/cancel", "cancel_shipment", payload)

    def track(self, *numbers: str) -> tuple[list[models.TrackingDetails], list[models.Message]]:
        payload = models.TrackingRequest(tracking_numbers=list(numbers))
        return self.ask("POST", "/track/v1/trackingnumbers", "tracking", payload)[:2]

    def by_reference(self, reference: str) -> list[Any]:
        body = {"referencesInformation": {"type": "CUSTOMER_REFERENCE", "value": reference}}
        answer = self.http.post("/track/v1/referencenumbers", json=body).json()
        found: list[Any] = answer["output"]["completeTrackResults"]
        return found

    def close(self, kind: str = "GCDR") -> httpx.Response:
        account = {"accountNumber": {"value": "123456789"}, "groundServiceCategory": "GROUND"}
        return self.http.put("/ship/v1/endofday/", json={**account, "closeDate": TODAY, "closeReqType": kind})


@pytest.fixture
def desk(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    # Of a delivered parcel karrio fetches the proof of delivery by itself, from FedEx itself.
    monkeypatch.setattr("karrio.providers.fedex.utils.get_proof_of_delivery", lambda *_: None)
    sandbox.put("timing", {"journey": "label_created"})
    with httpx.Client(base_url=f"{sandbox.url}/fedex", timeout=20) as http:
        yield Desk(http)


def error(answer: httpx.Response) -> Any:
    """The one error of an answer in FedEx's shape."""
    (only,) = answer.json()["errors"]
    return only


@pytest.mark.parametrize("wrong", [{"client_id": "wrong"}, {"client_secret": "wrong"}, {"client_secret": ""}])
def test_a_wrong_secret_is_refused_in_the_vendors_words(desk: Desk, wrong: dict[str, str]) -> None:
    answer = desk.http.post("/oauth/token", data={**FORM, **wrong})
    assert (answer.status_code, error(answer)["code"]) == (401, "NOT.AUTHORIZED.ERROR")


def test_a_token_that_was_withdrawn_is_refused(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.post("withdraw-tokens")
    assert error(desk.close())["code"] == "NOT.AUTHORIZED.ERROR"
    desk.authorize()
    assert error(desk.close())["code"] == "CLOSE.NO.SHIPMENTS"


def test_the_callers_own_name_for_a_call_comes_back(desk: Desk) -> None:
    desk.buy()
    desk.http.headers["x-customer-transaction-id"] = "call-1"
    assert desk.close().json()["customerTransactionId"] == "call-1"


def test_rates_are_of_the_services_sold_there_with_days(desk: Desk) -> None:
    rates = {rate.service: rate for rate in desk.rates()}
    assert set(rates) == {
        "fedex_priority_overnight",
        "fedex_standard_overnight",
        "fedex_2_day",
        "fedex_express_saver",
        "fedex_ground",
    }
    assert {rate.currency for rate in rates.values()} == {"USD"}
    assert (rates["fedex_2_day"].transit_days, rates["fedex_ground"].transit_days) == (2, 4)


def test_prices_are_the_accounts_own_and_in_the_currency_preferred(desk: Desk) -> None:
    answer = desk.ask(
        "POST",
        "/rate/v1/rates/quotes",
        "rate",
        models.RateRequest(shipper=BERLIN, recipient=LYON, parcels=[KILO], options={"currency": "GBP"}),
    )[2].json()
    for rate in answer["output"]["rateReplyDetails"]:
        charges = {each["rateType"]: each["totalNetCharge"] for each in rate["ratedShipmentDetails"]}
        assert charges["PREFERRED_CURRENCY"] == charges["ACCOUNT"] < charges["LIST"]
    assert {rate.currency for rate in desk.rates(shipper=BERLIN, recipient=LYON, options={"currency": "GBP"})} == {
        "GBP"
    }


def test_one_service_is_rated_when_one_is_asked_for(desk: Desk) -> None:
    assert [rate.service for rate in desk.rates(services=["fedex_2_day"])] == ["fedex_2_day"]


def test_an_order_whose_rates_are_refused_is_named_in_the_header(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("scenarios", {"SO-1": "carrier_reject"})
    assert desk.rates()
    desk.http.headers["x-customer-transaction-id"] = "SO-1"
    payload = models.RateRequest(shipper=PORTLAND, recipient=AUSTIN, parcels=[KILO], options={})
    rates, messages, answer = desk.ask("POST", "/rate/v1/rates/quotes", "rate", payload)
    assert (answer.status_code, rates, messages[0].code) == (400, [], "RATE.LOCATION.NOSERVICE")


def test_a_shipment_has_a_number_with_its_check_digit_for_each_package(desk: Desk, sandbox: Sandbox) -> None:
    answer, details = desk.buy()
    numbers = [piece["trackingNumber"] for piece in answer["pieceResponses"]]
    assert details.tracking_number == numbers[0] == answer["masterTrackingNumber"]
    assert len(set(numbers)) == 2
    for number in numbers:
        total = sum(int(digit) * weight for digit, weight in zip(number[:11], (3, 1, 7) * 4, strict=False))
        assert len(number) == 12
        assert total % 11 % 10 == int(number[11])
    (label,) = sandbox.ledger()["labels"]
    assert (label["pieces"], label["service"], label["weight_g"]) == (numbers, "FEDEX_GROUND", 1_700)
    assert (label["reference"], label["order_number"]) == ("REF-1", "SO-1")


def test_a_label_costs_its_rate(desk: Desk) -> None:
    rate = next(rate for rate in desk.rates() if rate.service == "fedex_ground")
    charges = desk.buy()[0]["completedShipmentDetail"]["shipmentRating"]["shipmentRateDetails"]
    assert (charges[0]["totalNetCharge"], charges[0]["currency"]) == (rate.total_charge, "USD")


@pytest.mark.parametrize(("form", "begins"), [("ZPL", b"^XA"), ("PDF", b"%PDF")])
def test_labels_are_printed_as_asked_one_for_each_package(desk: Desk, form: str, begins: bytes) -> None:
    answer, details = desk.buy(label_type=form)
    for piece in answer["pieceResponses"]:
        printed = base64.b64decode(piece["packageDocuments"][0]["encodedLabel"])
        assert printed.startswith(begins)
        assert piece["trackingNumber"].encode() in printed
        assert b"Ana Bell" in printed
    assert base64.b64decode(details.docs.label).startswith(begins)


def test_fedex_makes_the_commercial_invoice_of_what_crosses_a_border(desk: Desk) -> None:
    goods = [models.Commodity(sku="TEE", title="Tee", description="Tee shirt", quantity=2, weight=0.2, value_amount=10)]
    _, details = desk.buy(
        shipper=BERLIN,
        recipient=AUSTIN,
        service="fedex_international_priority",
        customs=models.Customs(commodities=goods, duty=models.Duty(paid_by="sender")),
    )
    assert base64.b64decode(details.docs.invoice).startswith(b"%PDF")
    assert desk.buy()[1].docs.invoice is None


def test_a_service_that_does_not_go_there_is_refused(desk: Desk) -> None:
    payload = desk.shipment(recipient=LYON)
    details, messages, answer = desk.ask("POST", "/ship/v1/shipments", "shipment", payload)
    assert (answer.status_code, details, messages[0].code) == (400, None, "SERVICE.PACKAGECOMBINATION.INVALID")


def test_a_return_has_a_label_of_its_own(desk: Desk) -> None:
    _, details = desk.buy("return_shipment", shipper=AUSTIN, recipient=PORTLAND)
    assert details.return_shipment.tracking_number == details.tracking_number


def test_a_voided_shipment_is_gone(desk: Desk, sandbox: Sandbox) -> None:
    _, details = desk.buy()
    confirmation, messages, _ = desk.void(details.tracking_number)
    assert confirmation.success
    assert not messages
    assert "error" in desk.by_reference("REF-1")[0]["trackResults"][0]
    assert not desk.track(details.tracking_number)[0]
    assert error(desk.void("000000000000")[2])["code"] == "TRACKINGNUMBER.NOT.FOUND"
    assert [label["voided"] for label in sandbox.ledger()["labels"]] == [True]


async def test_a_collected_parcel_keeps_its_label(desk: Desk, sandbox: Sandbox) -> None:
    _, details = desk.buy()
    sandbox.control.post("scan", json={"tracking_number": details.tracking_number, "kind": "picked_up"})
    answer = desk.void(details.tracking_number)[2]
    assert "collected" in error(answer)["message"]


def test_the_same_reference_twice_is_two_shipments_and_both_are_found_by_it(desk: Desk) -> None:
    bought = [desk.buy()[1].tracking_number for _ in range(2)]
    assert [each["trackingNumber"] for each in desk.by_reference("REF-1")] == bought


def test_several_parcels_are_tracked_in_one_call_and_the_unknown_ones_said(desk: Desk) -> None:
    numbers = [piece["trackingNumber"] for piece in desk.buy()[0]["pieceResponses"]]
    details, messages = desk.track(*numbers, "000000000000")
    assert [(each.tracking_number, each.status) for each in details] == [(number, "pending") for number in numbers]
    assert [message.code for message in messages] == ["TRACKING.TRACKINGNUMBER.NOTFOUND"]


def test_accounts_do_not_see_each_others_parcels(desk: Desk) -> None:
    _, bought = desk.buy()
    desk.authorize(client_id="sandbox-other")
    assert not desk.track(bought.tracking_number)[0]
    assert desk.void(bought.tracking_number)[2].status_code == 400


async def test_scans_are_told_newest_first_and_again_by_signed_webhooks(
    desk: Desk, sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.put("timing", {"speed": 50, "webhook_ms": 1, "journey": "delivered"})
    sandbox.put("webhooks", {"fedex": {"url": receiver.url, "secret": SECRET}})
    _, bought = desk.buy()

    async def delivered() -> models.TrackingDetails | None:
        (details,), _ = desk.track(bought.tracking_number)
        return details if details.delivered and len(receiver.received) == 8 else None

    details = await until(delivered)
    assert [event.code for event in details.events] == ["DL", "DP", "PU", "OC"]
    told = []
    for got in receiver.received:
        digest = hmac.new(SECRET.encode(), got.body, hashlib.sha256).digest()
        assert got.headers["fdx-signature"] == base64.b64encode(digest).decode()
        read = lib.Deserializable(got.body.decode(), lib.to_dict)
        (pushed,), _ = desk.gateway.mapper.parse_tracking_response(read)
        told += [(pushed.tracking_number, event.code) for event in pushed.events]
    assert [code for number, code in told if number == bought.tracking_number] == ["OC", "PU", "DP", "DL"]


def pickup(desk: Desk, **changes: Any) -> tuple[Any, list[models.Message], httpx.Response]:
    fields = {
        "pickup_date": TOMORROW,
        "ready_time": "09:00",
        "closing_time": "17:00",
        "address": PORTLAND,
        "parcels": [KILO],
        "options": {},
        **changes,
    }
    return desk.ask("POST", "/pickup/v1/pickups", "pickup", models.PickupRequest(**fields))


def call_off(desk: Desk, number: str, day: str) -> tuple[Any, list[models.Message], httpx.Response]:
    payload = models.PickupCancelRequest(confirmation_number=number, pickup_date=day)
    return desk.ask("PUT", "/pickup/v1/pickups/cancel", "cancel_pickup", payload)


def test_a_pickup_is_ordered_and_called_off_once_for_its_day(desk: Desk) -> None:
    details, messages, _ = pickup(desk)
    assert not messages
    assert details.pickup_date == TOMORROW
    number = details.confirmation_number
    assert error(call_off(desk, number, TODAY)[2])["code"] == "PICKUP.NOT.FOUND"
    assert call_off(desk, number, TOMORROW)[0].success
    assert call_off(desk, number, TOMORROW)[2].status_code == 400


@pytest.mark.parametrize("wrong", [{"ready_time": "18:00"}, {"pickup_date": "2020-01-01"}])
def test_a_pickup_that_cannot_be_is_refused(desk: Desk, wrong: dict[str, str]) -> None:
    assert pickup(desk, **wrong)[2].status_code == 400


@pytest.mark.parametrize(
    ("street", "postcode", "kind", "resolved"),
    [
        ("12 elm street", "73301", "RESIDENTIAL", "true"),
        ("12 elm street suite 4", "73301", "BUSINESS", "true"),
        ("elm street", "73301", "UNKNOWN", "false"),
        ("12 elm street", "00000", "UNKNOWN", "false"),
    ],
)
def test_an_address_is_resolved_or_not(desk: Desk, street: str, postcode: str, kind: str, resolved: str) -> None:
    where = {"city": "Austin", "stateOrProvinceCode": "TX", "postalCode": postcode, "countryCode": "US"}
    body = {"addressesToValidate": [{"address": {"streetLines": [street], **where}}]}
    (address,) = desk.http.post("/address/v1/addresses/resolve", json=body).json()["output"]["resolvedAddresses"]
    assert (address["classification"], address["attributes"]["Resolved"]) == (kind, resolved)
    assert address["streetLinesToken"] == [street.upper() if resolved == "true" else street]


def test_the_day_ends_with_a_manifest_of_the_ground_parcels_not_closed_yet(desk: Desk, sandbox: Sandbox) -> None:
    ground = desk.buy()[1].tracking_number
    express = desk.buy(service="fedex_2_day")[1].tracking_number
    (document,) = desk.close().json()["output"]["closeDocuments"]
    text = base64.b64decode(document["parts"][0]["image"]).decode()
    assert ground in text
    assert express not in text
    assert error(desk.close())["code"] == "CLOSE.NO.SHIPMENTS"
    assert desk.close("RGCD").json()["output"]["closeDocuments"] == [document]
    assert [bool(label["manifest"]) for label in sandbox.ledger()["labels"]] == [True, False]
