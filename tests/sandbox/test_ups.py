from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.contracts.sandbox_process import Receiver, Sandbox, until
from tests.sandbox.conftest import SECRET
from tests.sandbox.karrio_desk import AUSTIN, BERLIN, HALF, KILO, LYON, PORTLAND, gateway, lib, models

pytestmark = pytest.mark.anyio

PAIR = ("sandbox-id", "sandbox-secret")
TOKEN = "/security/v1/oauth/token"
GRANT = {"grant_type": "client_credentials"}
TOMORROW = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"


class Desk:
    """Calls of one account, built and read by karrio."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.gateway = gateway(
            "ups", client_id=PAIR[0], client_secret=PAIR[1], account_number="A1B2C3", account_country_code="US"
        )
        self.authorize()

    def authorize(self) -> None:
        token = self.http.post(TOKEN, auth=PAIR, data=GRANT).raise_for_status().json()
        self.http.headers["authorization"] = f"Bearer {token['access_token']}"

    def read(self, what: str, answer: httpx.Response, ctx: Any = None) -> Any:
        parse = getattr(self.gateway.mapper, f"parse_{what}_response")
        return parse(lib.Deserializable(answer.text, lib.to_dict, ctx))

    def rates(self, **changes: Any) -> list[models.RateDetails]:
        fields = {"shipper": PORTLAND, "recipient": AUSTIN, "parcels": [KILO, HALF], "options": {}, **changes}
        request = self.gateway.mapper.create_rate_request(models.RateRequest(**fields))
        path = "/api/rating/v2409/Shop?additionalinfo=timeintransit"
        rates, messages = self.read("rate", self.http.post(path, json=request.serialize()), request.ctx)
        assert not messages
        return rates

    def shipment(self, **changes: Any) -> Any:
        fields = {
            "service": "ups_ground",
            "shipper": PORTLAND,
            "recipient": AUSTIN,
            "parcels": [KILO, HALF],
            "options": {},
            "label_type": "ZPL",
            "reference": "REF-1",
            **changes,
        }
        return self.gateway.mapper.create_shipment_request(models.ShipmentRequest(**fields))

    def buy(self, **changes: Any) -> tuple[Any, models.ShipmentDetails]:
        request = self.shipment(**changes)
        answer = self.http.post("/api/shipments/v2409/ship", json=request.serialize())
        assert answer.status_code == 200, answer.text
        details, messages = self.read("shipment", answer, request.ctx)
        assert not messages
        return answer.json()["ShipmentResponse"]["ShipmentResults"], details

    def void(self, number: str) -> httpx.Response:
        return self.http.delete(f"/api/shipments/v2409/void/cancel/{number}")

    def track(self, number: str) -> tuple[list[models.TrackingDetails], list[models.Message]]:
        answer = self.http.get(f"/api/track/v1/details/{number}")
        found: tuple[list[Any], list[Any]] = self.gateway.mapper.parse_tracking_response(
            lib.Deserializable([(number, answer.json())], lambda each: each)
        )
        return found

    def recover(self, reference: str) -> httpx.Response:
        by = {"ReferenceNumber": {"Value": reference}, "ShipperNumber": "A1B2C3"}
        return self.http.post("/api/labels/v1/recovery", json={"LabelRecoveryRequest": {"ReferenceValues": by}})


@pytest.fixture
def desk(sandbox: Sandbox) -> Iterator[Desk]:
    sandbox.put("timing", {"journey": "label_created"})
    with httpx.Client(base_url=f"{sandbox.url}/ups", timeout=20) as http:
        yield Desk(http)


def error(answer: httpx.Response) -> Any:
    """The one error of an answer in UPS's shape."""
    (only,) = answer.json()["response"]["errors"]
    return only


def test_a_wrong_secret_is_refused_in_the_vendors_words(desk: Desk) -> None:
    for pair in (("sandbox-id", "wrong"), ("wrong", "sandbox-secret")):
        answer = desk.http.post(TOKEN, auth=pair, data=GRANT)
        assert (answer.status_code, error(answer)["code"]) == (401, "250002")
        assert "wrong" not in answer.text


def test_a_token_ends_when_it_is_due(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("faults", {"ups": {"token_seconds": 0}})
    desk.authorize()
    assert desk.recover("REF-1").status_code == 401


def test_a_token_says_when_it_was_issued_and_how_long_it_is_good(desk: Desk) -> None:
    token = desk.http.post(TOKEN, auth=PAIR, data=GRANT).json()
    assert token["expires_in"] == "3600"
    assert abs(float(token["issued_at"]) / 1000 - datetime.now(UTC).timestamp()) < 60


def test_rates_are_of_the_services_sold_there_with_days(desk: Desk) -> None:
    rates = {rate.service: rate for rate in desk.rates()}
    assert set(rates) == {
        "ups_next_day_air",
        "ups_2nd_day_air",
        "ups_3_day_select",
        "ups_ground",
        "ups_next_day_air_saver",
    }
    assert {rate.currency for rate in rates.values()} == {"USD"}
    assert (rates["ups_next_day_air"].transit_days, rates["ups_ground"].transit_days) == (1, 4)


def test_the_published_price_is_higher_and_the_same_whether_the_own_one_is_asked_for_or_not(desk: Desk) -> None:
    request = desk.gateway.mapper.create_rate_request(
        models.RateRequest(shipper=PORTLAND, recipient=AUSTIN, parcels=[KILO, HALF], options={})
    )
    answer = desk.http.post("/api/rating/v2409/Shop", json=request.serialize()).json()["RateResponse"]
    published = {
        rate.service: rate.total_charge for rate in desk.rates(options={"ups_negotiated_rates_indicator": False})
    }
    for rate in answer["RatedShipment"]:
        total = float(rate["TotalCharges"]["MonetaryValue"])
        assert float(rate["NegotiatedRateCharges"]["TotalCharge"]["MonetaryValue"]) < total
        assert total in published.values()
        assert "TimeInTransit" not in rate


def test_abroad_and_in_europe_other_services_are_sold_in_the_currency_of_the_shipper(desk: Desk) -> None:
    rates = {rate.service: rate.currency for rate in desk.rates(shipper=BERLIN, recipient=LYON)}
    assert rates == {
        "ups_express_eu": "EUR",
        "ups_worldwide_saver_eu": "EUR",
        "ups_expedited_eu": "EUR",
        "ups_standard_eu": "EUR",
    }


def test_one_service_is_rated_when_one_is_asked_for(desk: Desk) -> None:
    request = desk.gateway.mapper.create_rate_request(
        models.RateRequest(shipper=PORTLAND, recipient=AUSTIN, parcels=[KILO], services=["ups_2nd_day_air"], options={})
    )
    answer = desk.http.post("/api/rating/v2409/Rate", json=request.serialize())
    assert [rate.service for rate in desk.read("rate", answer, request.ctx)[0]] == ["ups_2nd_day_air"]


def test_a_shipment_has_a_number_with_its_check_digit_for_each_package(desk: Desk, sandbox: Sandbox) -> None:
    answer, details = desk.buy()
    numbers = details.meta["tracking_numbers"]
    assert details.tracking_number == numbers[0] == answer["ShipmentIdentificationNumber"]
    assert len(set(numbers)) == 2
    for number in numbers:
        assert number[:2] == "1Z"
        assert len(number) == 18
        total = sum(int(digit) * (1 + at % 2) for at, digit in enumerate(number[2:17]))
        assert (total + int(number[17])) % 10 == 0
    (label,) = sandbox.ledger()["labels"]
    assert (label["pieces"], label["service"], label["weight_g"]) == (numbers, "03", 1_701)


def test_a_label_costs_its_rate(desk: Desk) -> None:
    rate = next(rate for rate in desk.rates() if rate.service == "ups_ground")
    charge = desk.buy()[0]["NegotiatedRateCharges"]["TotalCharge"]
    assert (float(charge["MonetaryValue"]), charge["CurrencyCode"]) == (rate.total_charge, "USD")


@pytest.mark.parametrize(("form", "begins"), [("ZPL", b"^XA"), ("PDF", b"%PDF"), ("PNG", b"\x89PNG"), ("GIF", b"GIF8")])
def test_labels_are_printed_as_asked(desk: Desk, form: str, begins: bytes) -> None:
    body = desk.shipment().serialize()
    body["ShipmentRequest"]["LabelSpecification"]["LabelImageFormat"]["Code"] = form
    answer = desk.http.post("/api/shipments/v2409/ship", json=body).json()["ShipmentResponse"]["ShipmentResults"]
    for package in answer["PackageResults"]:
        printed = base64.b64decode(package["ShippingLabel"]["GraphicImage"])
        assert printed.startswith(begins)
        if form in ("ZPL", "PDF"):
            assert all(text in printed for text in (package["TrackingNumber"].encode(), b"Ana Bell", b"UPS Ground"))


def test_karrio_makes_a_page_of_the_picture(desk: Desk) -> None:
    _, details = desk.buy(label_type="PDF")
    assert base64.b64decode(details.docs.label).startswith(b"%PDF")


def test_a_name_cannot_be_a_printer_command(desk: Desk) -> None:
    answer, _ = desk.buy(recipient=lib.to_object(models.Address, {**lib.to_dict(AUSTIN), "person_name": "^XZ~JA Ünal"}))
    printed = base64.b64decode(answer["PackageResults"][0]["ShippingLabel"]["GraphicImage"])
    assert printed.count(b"^XZ") == 1
    assert b"~" not in printed
    assert b"_5EXZ_7EJA _C3_9Cnal" in printed


def test_ups_makes_the_commercial_invoice_when_asked(desk: Desk) -> None:
    goods = [models.Commodity(sku="TEE", title="Tee", quantity=2, weight=0.2, value_amount=10)]
    options = {"invoice_date": TOMORROW}
    customs = models.Customs(commodities=goods, invoice="INV-7", duty=models.Duty(paid_by="sender"), options=options)
    _, details = desk.buy(shipper=BERLIN, recipient=AUSTIN, service="ups_worldwide_saver", customs=customs)
    sheet = base64.b64decode(details.docs.invoice)
    assert b"COMMERCIAL INVOICE INV-7" in sheet
    assert desk.buy()[1].docs.invoice is None


def test_a_return_is_sent_by_the_customer(desk: Desk, sandbox: Sandbox) -> None:
    fields = lib.to_dict(
        models.ShipmentRequest(
            service="ups_ground", shipper=AUSTIN, recipient=PORTLAND, parcels=[KILO], options={}, label_type="ZPL"
        )
    )
    request = desk.gateway.mapper.create_return_shipment_request(lib.to_object(models.ShipmentRequest, fields))
    answer = desk.http.post("/api/shipments/v2409/ship", json=request.serialize())
    details, _ = desk.read("shipment", answer, request.ctx)
    assert details.return_shipment.tracking_number == sandbox.ledger()["labels"][0]["tracking_number"]


def test_a_voided_shipment_is_gone(desk: Desk, sandbox: Sandbox) -> None:
    _, details = desk.buy(shipper=BERLIN, recipient=LYON, service="ups_standard")
    assert desk.recover("REF-1").status_code == 200
    confirmation, messages = desk.read("cancel_shipment", desk.void(details.tracking_number))
    assert confirmation.success
    assert not messages
    assert desk.void(details.tracking_number).status_code == 200
    assert error(desk.recover("REF-1"))["code"] == "9801031"
    assert error(desk.void("1Z0000000000000000"))["code"] == "190102"
    assert [label["voided"] for label in sandbox.ledger()["labels"]] == [True]


def test_the_same_reference_twice_is_two_labels_and_either_is_found_again(desk: Desk) -> None:
    bought = [desk.buy(shipper=BERLIN, recipient=LYON, service="ups_standard")[0] for _ in range(2)]
    found = desk.recover("REF-1").json()["LabelRecoveryResponse"]
    assert found["ShipmentIdentificationNumber"] == bought[1]["ShipmentIdentificationNumber"]
    labels = [each["ShippingLabel"]["GraphicImage"] for each in bought[1]["PackageResults"]]
    assert [each["LabelImage"]["GraphicImage"] for each in found["LabelResults"]] == labels


def test_the_order_is_known_by_its_purchase_order_number(desk: Desk, sandbox: Sandbox) -> None:
    body = desk.shipment().serialize()
    references = [{"Value": "REF-1"}, {"Code": "PO", "Value": "SO-1"}]
    body["ShipmentRequest"]["Shipment"]["ReferenceNumber"] = references
    sandbox.put("scenarios", {"SO-1": "carrier_reject"})
    answer = desk.http.post("/api/shipments/v2409/ship", json=body)
    assert (answer.status_code, error(answer)["code"]) == (400, "111210")
    sandbox.put("scenarios", {"SO-1": None})
    desk.http.post("/api/shipments/v2409/ship", json=body)
    (label,) = sandbox.ledger()["labels"]
    assert (label["reference"], label["order_number"]) == ("REF-1", "SO-1")


async def test_scans_are_told_newest_first_and_again_by_track_alert(
    desk: Desk, sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.put("timing", {"speed": 50, "webhook_ms": 1, "journey": "delivered"})
    sandbox.put("webhooks", {"ups": {"url": receiver.url, "secret": SECRET}})
    _, bought = desk.buy()

    async def delivered() -> models.TrackingDetails | None:
        (details,), _ = desk.track(bought.tracking_number)
        return details if details.delivered and len(receiver.received) == 8 else None

    details = await until(delivered)
    assert [event.code for event in details.events] == ["FS", "DP", "PU", "MP"]
    assert details.events[2].status == "picked_up"
    for got in receiver.received:
        assert (got.headers["credential"], got.headers["User-Agent"]) == (SECRET, "UPSPubSubTrackingService")
    alerts = [lib.to_dict(got.body.decode()) for got in receiver.received]
    for number in bought.meta["tracking_numbers"]:
        told = [each["activityStatus"]["code"] for each in alerts if each["trackingNumber"] == number]
        assert told == ["MP", "PU", "DP", "FS"]


def test_every_piece_is_tracked_by_its_own_number(desk: Desk) -> None:
    _, bought = desk.buy()
    for number in bought.meta["tracking_numbers"]:
        (details,), _ = desk.track(number)
        assert (details.tracking_number, details.status) == (number, "pending")


def test_an_unknown_number_is_a_warning(desk: Desk) -> None:
    details, messages = desk.track("1Z0000000000000000")
    assert not details
    assert [(message.code, message.level) for message in messages] == [("TW0001", "warning")]


def test_accounts_do_not_see_each_others_parcels(desk: Desk) -> None:
    _, bought = desk.buy()
    other = desk.http.post(TOKEN, auth=("sandbox-other", "sandbox-secret"), data=GRANT).json()
    desk.http.headers["authorization"] = f"Bearer {other['access_token']}"
    assert not desk.track(bought.tracking_number)[0]
    assert desk.void(bought.tracking_number).status_code == 400


def pickup(desk: Desk, **changes: Any) -> httpx.Response:
    fields = {
        "pickup_date": TOMORROW,
        "ready_time": "09:00",
        "closing_time": "17:00",
        "address": PORTLAND,
        "parcels": [KILO],
        "options": {},
        **changes,
    }
    request = desk.gateway.mapper.create_pickup_request(models.PickupRequest(**fields))
    return desk.http.post("/api/pickupcreation/v2409/pickup", json=request.serialize())


def test_a_pickup_is_ordered_and_called_off_once(desk: Desk, sandbox: Sandbox) -> None:
    details, messages = desk.read("pickup", pickup(desk))
    assert not messages
    assert details.pickup_charge.currency == "USD"
    number = {"Prn": details.confirmation_number}
    cancelled = desk.http.delete("/api/shipments/v2409/pickup/02", headers=number)
    assert desk.read("cancel_pickup", cancelled)[0].success
    assert error(desk.http.delete("/api/shipments/v2409/pickup/02", headers=number))["code"] == "9510117"
    assert [each["cancelled"] for each in sandbox.ledger()["pickups"]] == [True]


@pytest.mark.parametrize("wrong", [{"ready_time": "18:00"}, {"pickup_date": "2020-01-01"}])
def test_a_pickup_that_cannot_be_is_refused(desk: Desk, wrong: dict[str, str]) -> None:
    assert pickup(desk, **wrong).status_code == 400


@pytest.mark.parametrize(
    ("street", "postcode", "indicator", "candidates"),
    [
        ("12 elm street", "73301", "ValidAddressIndicator", ["12 ELM STREET"]),
        ("elm street", "73301", "AmbiguousAddressIndicator", ["1 ELM STREET", "2 ELM STREET"]),
        ("12 elm street", "00000", "NoCandidatesIndicator", []),
    ],
)
def test_an_address_is_valid_ambiguous_or_unknown(
    desk: Desk, street: str, postcode: str, indicator: str, candidates: list[str]
) -> None:
    address = {"AddressLine": [street], "PoliticalDivision2": "Austin", "PoliticalDivision1": "TX"}
    key = {**address, "PostcodePrimaryLow": postcode, "CountryCode": "US"}
    path = "/api/addressvalidation/v2/3"
    answer = desk.http.post(path, json={"XAVRequest": {"AddressKeyFormat": key}}).json()["XAVResponse"]
    assert indicator in answer
    assert [each["AddressKeyFormat"]["AddressLine"][0] for each in answer["Candidate"]] == candidates
    abroad = desk.http.post(path, json={"XAVRequest": {"AddressKeyFormat": {**key, "CountryCode": "DE"}}})
    assert abroad.status_code == 400


def test_a_body_that_will_not_do_is_refused_with_its_place(desk: Desk) -> None:
    answer = desk.http.post("/api/rating/v2409/Shop", json={"RateRequest": {"Shipment": {"Shipper": {}}}})
    assert answer.status_code == 400
    assert "RateRequest.Shipment" in error(answer)["message"]
