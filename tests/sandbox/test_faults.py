"""Each way to misbehave, at every vendor: what a caller sees, and what the vendor has done meanwhile."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest

from tests.contracts.carrier_contract import a_label_request, a_rate_request
from tests.contracts.sandbox_process import Receiver, Sandbox, until
from tests.sandbox.conftest import SECRET, Partner
from tests.sandbox.karrio_desk import AUSTIN, KILO, PORTLAND, gateway, models

pytestmark = pytest.mark.anyio

CARRIERS = ("swiftparcel", "terrapost", "ups", "fedex", "dhl_express", "usps", "canadapost")
RATES = {"ups": "/api/rating/v2409/Shop", "fedex": "/rate/v1/rates/quotes"}
SHIP = {"ups": "/api/shipments/v2409/ship", "fedex": "/ship/v1/shipments"}
SETTINGS = {
    "ups": {"client_id": "sandbox-id", "client_secret": "sandbox-secret", "account_number": "A1B2C3"},
    "fedex": {"api_key": "sandbox-id", "secret_key": "sandbox-secret", "account_number": "123456789"},
}
SERVICE = {"ups": "ups_ground", "fedex": "fedex_ground"}


class Desk:
    """Native calls to UPS or FedEx, with bodies that karrio built."""

    def __init__(self, http: httpx.Client, slug: str) -> None:
        self.http = http
        self.slug = slug
        mapper = gateway(slug, account_country_code="US", **SETTINGS[slug]).mapper
        ends = {"shipper": PORTLAND, "recipient": AUSTIN, "parcels": [KILO], "options": {}}
        rate = models.RateRequest(**ends)
        payment = models.Payment(paid_by="sender")
        ship = models.ShipmentRequest(
            **ends, service=SERVICE[slug], label_type="ZPL", reference="REF-1", payment=payment
        )
        self.rate_body = mapper.create_rate_request(rate).serialize()
        self.ship_body = mapper.create_shipment_request(ship).serialize()
        self.http.headers["authorization"] = f"Bearer {self.token().raise_for_status().json()['access_token']}"

    def token(self) -> httpx.Response:
        if self.slug == "ups":
            pair = ("sandbox-id", "sandbox-secret")
            return self.http.post("/security/v1/oauth/token", auth=pair, data={"grant_type": "client_credentials"})
        form = {"grant_type": "client_credentials", "client_id": "sandbox-id", "client_secret": "sandbox-secret"}
        return self.http.post("/oauth/token", data=form)

    def rates(self) -> httpx.Response:
        return self.http.post(RATES[self.slug], json=self.rate_body)

    def ship(self) -> httpx.Response:
        return self.http.post(SHIP[self.slug], json=self.ship_body)


@pytest.fixture(params=["ups", "fedex"])
def desk(sandbox: Sandbox, request: pytest.FixtureRequest) -> Iterator[Desk]:
    sandbox.put("timing", {"journey": "label_created"})
    with httpx.Client(base_url=f"{sandbox.url}/{request.param}", timeout=20) as http:
        yield Desk(http, request.param)


def prices(desk: Desk) -> dict[str, tuple[float, str]]:
    """The account's own price of each service, and its currency."""
    answer = desk.rates().json()
    if desk.slug == "ups":
        totals = {
            each["Service"]["Code"]: each["NegotiatedRateCharges"]["TotalCharge"]
            for each in answer["RateResponse"]["RatedShipment"]
        }
        return {code: (float(total["MonetaryValue"]), total["CurrencyCode"]) for code, total in totals.items()}
    return {
        each["serviceType"]: (
            each["ratedShipmentDetails"][0]["totalNetCharge"],
            each["ratedShipmentDetails"][0]["currency"],
        )
        for each in answer["output"]["rateReplyDetails"]
    }


@pytest.mark.parametrize("slug", CARRIERS)
@pytest.mark.parametrize(
    ("fault", "status", "body", "kind"),
    [
        ({"outage": True}, 503, b"upstream failure", "text/plain"),
        ({"error_rate": 1}, 500, b"upstream failure", "text/plain"),
        ({"html": True}, 200, b"<html>", "text/html"),
        ({"empty": True}, 200, b"", None),
        ({"garbage": True}, 200, b"\x00\xff", "application/json"),
        ({"huge": True}, 200, b'{"filler"', "application/json"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_every_carrier_can_answer_badly(
    sandbox: Sandbox, slug: str, fault: dict[str, Any], status: int, body: bytes, kind: str | None
) -> None:
    sandbox.put("faults", {slug: fault})
    answer = httpx.get(f"{sandbox.url}/{slug}/anything")
    assert (answer.status_code, answer.content[: len(body)]) == (status, body)
    assert bool(answer.content) == bool(body)
    assert kind is None or answer.headers["content-type"].startswith(kind)


@pytest.mark.parametrize("slug", CARRIERS)
def test_too_many_requests_say_when_to_come_back_in_the_vendors_own_shape(sandbox: Sandbox, slug: str) -> None:
    own = httpx.get(f"{sandbox.url}/{slug}/anything")
    sandbox.put("faults", {slug: {"throttle_rate": 1, "retry_after_s": 7}})
    answer = httpx.get(f"{sandbox.url}/{slug}/anything")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.headers["content-type"] == own.headers["content-type"]


def test_a_share_of_the_calls_is_throttled_and_has_done_nothing(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("faults", {desk.slug: {"throttle_rate": 0.5}})
    statuses = Counter(desk.ship().status_code for _ in range(60))
    assert set(statuses) == {200, 429}
    assert len(sandbox.ledger()["labels"]) == statuses[200]


def test_the_right_body_may_come_as_the_wrong_type(desk: Desk, sandbox: Sandbox) -> None:
    right = prices(desk)
    sandbox.put("faults", {desk.slug: {"wrong_type": True}})
    assert desk.rates().headers["content-type"].startswith("text/plain")
    assert prices(desk) == right


def test_a_spoilt_answer_to_a_purchase_leaves_a_label_behind(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("faults", {desk.slug: {"empty": True}})
    assert desk.ship().content == b""
    assert len(sandbox.ledger()["labels"]) == 1


def test_a_slow_drip_sends_a_byte_a_second(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("faults", {desk.slug: {"slow_drip": True, "only": ["rates"]}})
    came: list[float] = []
    with desk.http.stream("POST", RATES[desk.slug], json=desk.rate_body) as answer:
        for chunk in answer.iter_raw():
            assert len(chunk) == 1
            came.append(time.monotonic())
            if len(came) == 3:
                break
    assert came[2] - came[0] > 1.5


def test_latency_varies_by_its_jitter(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("faults", {desk.slug: {"latency_ms": 20, "jitter_ms": 100}})
    took = [desk.rates().elapsed.total_seconds() for _ in range(12)]
    assert min(took) > 0.02
    assert max(took) - min(took) > 0.02


def test_only_the_calls_named_suffer(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("faults", {desk.slug: {"outage": True, "only": ["buy_label", "track"]}})
    assert desk.rates().status_code == 200
    assert desk.ship().status_code == 503
    sandbox.put("faults", {desk.slug: {"outage": True, "only": ["token"]}})
    assert desk.token().status_code == 503
    assert desk.ship().status_code == 200


def test_a_call_that_the_vendor_does_not_have_is_refused_with_those_it_has(sandbox: Sandbox) -> None:
    answer = sandbox.control.put("faults", json={"ups": {"only": ["rate"]}})
    assert answer.status_code == 422
    assert "'rates'" in answer.json()["detail"]


def test_all_tokens_of_one_vendor_or_of_all_are_forgotten_at_once(desk: Desk, sandbox: Sandbox) -> None:
    other = {"ups": "fedex", "fedex": "ups"}[desk.slug]
    sandbox.post(f"withdraw-tokens?vendor={other}")
    assert desk.rates().status_code == 200
    sandbox.post("withdraw-tokens")
    assert desk.rates().status_code == 401


def test_rates_may_cost_nothing(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("faults", {desk.slug: {"zero_rate": True}})
    assert {price for price, _ in prices(desk).values()} == {0.0}


def test_rates_may_come_in_another_currency(desk: Desk, sandbox: Sandbox) -> None:
    assert {currency for _, currency in prices(desk).values()} == {"USD"}
    sandbox.put("faults", {desk.slug: {"rate_currency": "JPY"}})
    assert {currency for _, currency in prices(desk).values()} == {"JPY"}


def test_a_rate_may_rise_before_the_label(desk: Desk, sandbox: Sandbox) -> None:
    service = {"ups": "03", "fedex": "FEDEX_GROUND"}[desk.slug]
    price, _ = prices(desk)[service]
    sandbox.put("faults", {desk.slug: {"price_rise": 0.5}})
    assert prices(desk)[service][0] == price
    desk.ship()
    assert sandbox.ledger()["labels"][0]["cost_minor"] == round(price * 150)


def test_a_purchase_may_be_answered_with_another_parcels_label(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("faults", {desk.slug: {"other_label": True}})
    answer = desk.ship().text
    (label,) = sandbox.ledger()["labels"]
    assert label["tracking_number"] not in answer
    assert label["reference"] == "REF-1"


@pytest.mark.parametrize("slug", ["swiftparcel", "terrapost"])
async def test_prices_and_labels_go_wrong_at_the_other_carriers_too(
    partner: Partner, sandbox: Sandbox, slug: str
) -> None:
    carrier = partner.carrier(sandbox, slug)
    rate = (await carrier.rates(a_rate_request()))[0]
    sandbox.put("faults", {slug: {"price_rise": 0.25, "rate_currency": "USD"}})
    assert (await carrier.buy_label(a_label_request(rate))).cost_minor == round(rate.cost_minor * 1.25)
    assert {each.currency for each in await carrier.rates(a_rate_request())} == {"USD"}


async def told(
    sandbox: Sandbox, receiver: Receiver, faults: dict[str, Any], parcels: int, messages: int
) -> list[tuple[str, str]]:
    """(tracking number, code) of everything UPS told of so many parcels on their way to the door, as it came."""
    sandbox.put("webhooks", {"ups": {"url": receiver.url, "secret": SECRET}})
    sandbox.put("timing", {"speed": 50, "webhook_ms": 1, "journey": "delivered"})
    sandbox.put("faults", {"ups": faults})
    with httpx.Client(base_url=f"{sandbox.url}/ups", timeout=20) as http:
        desk = Desk(http, "ups")
        for _ in range(parcels):
            desk.ship()

    async def all_done() -> bool:
        ledger = sandbox.ledger()
        return (
            len(receiver.received) >= messages
            and ledger["untold"] == 0
            and all("delivered" in label["scans"] for label in ledger["labels"])
        )

    await until(all_done)
    alerts = [orjson.loads(got.body) for got in receiver.received]
    return [(alert["trackingNumber"], alert["activityStatus"]["code"]) for alert in alerts]


async def test_news_may_come_many_times_over(sandbox: Sandbox, receiver: Receiver) -> None:
    counted = Counter(await told(sandbox, receiver, {"webhook_copies": 3}, 1, 16))
    assert [code for _, code in counted] == ["MP", "PU", "DP", "FS"]
    assert set(counted.values()) == {4}


async def test_news_may_be_lost(sandbox: Sandbox, receiver: Receiver) -> None:
    assert await told(sandbox, receiver, {"webhook_loss": 1}, 2, 0) == []


async def test_news_may_overtake_other_news(sandbox: Sandbox, receiver: Receiver) -> None:
    came = await told(sandbox, receiver, {"webhook_shuffle_ms": 300}, 8, 32)
    assert len(came) == len(set(came)) == 32
    order = {"MP": 0, "PU": 1, "DP": 2, "FS": 3}
    by_parcel: dict[str, list[int]] = {}
    for number, code in came:
        by_parcel.setdefault(number, []).append(order[code])
    assert any(codes != sorted(codes) for codes in by_parcel.values())
