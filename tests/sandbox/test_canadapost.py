from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from connector_service.sandbox.carriers.canadapost import tracking
from connector_service.sandbox.models import ScanKind
from tests.contracts.sandbox_process import Sandbox, until
from tests.sandbox.karrio_desk import AUSTIN, BASIC, HALIFAX, KILO, LYON, OTTAWA, gateway, lib, models

pytestmark = pytest.mark.anyio

MINE = "/rs/0001234567/0001234567"
REQUESTS = "/enab/0001234567/pickuprequest"


class Desk:
    """Calls of one account, built and read by karrio."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        settings = {"username": "sandbox-user", "password": "sandbox-password", "customer_number": "0001234567"}
        self.gateway = gateway("canadapost", contract_id="42708517", **settings)

    def rate_body(self, **changes: Any) -> str:
        request = {"shipper": OTTAWA, "recipient": HALIFAX, "parcels": [KILO], "options": {}, **changes}
        (body,) = self.gateway.mapper.create_rate_request(models.RateRequest(**request)).serialize()
        return str(body)

    def rates(self, **changes: Any) -> list[models.RateDetails]:
        answer = self.http.post("/rs/ship/price", content=self.rate_body(**changes))
        read = lib.Deserializable([answer.text], lambda texts: [lib.to_element(each) for each in texts])
        rates, messages = self.gateway.mapper.parse_rate_response(read)
        assert not messages
        return rates

    def shipment_body(self, reference: str = "REF-1", order: str = "SO-1", **changes: Any) -> str:
        request = {
            "service": "canadapost_expedited_parcel",
            "shipper": OTTAWA,
            "recipient": HALIFAX,
            "parcels": [KILO],
            "options": {},
            "reference": order,
            "label_type": "PDF",
            **changes,
        }
        (body,) = self.gateway.mapper.create_shipment_request(models.ShipmentRequest(**request)).serialize()
        return re.sub("(<customer-request-id>)[^<]*", rf"\g<1>{reference}", body)

    def buy(self, **changes: Any) -> tuple[models.ShipmentDetails, bytes]:
        answer = self.http.post(f"{MINE}/shipment", content=self.shipment_body(**changes).encode())
        assert answer.status_code == 200, answer.text
        context = {"label_type": "PDF", "customer_request_ids": [], "manifest_required": True, "group_id": "g"}
        read = lib.Deserializable([answer.text], lambda texts: [(lib.to_element(each), "") for each in texts], context)
        details, messages = self.gateway.mapper.parse_shipment_response(read)
        assert not messages
        return details, self.http.get(link(answer.text, "label")).content

    def track(self, number: str) -> models.TrackingDetails:
        answer = self.http.get(f"/vis/track/pin/{number}/detail")
        body = answer.text.partition("?>")[2]
        read = lib.Deserializable(f"<wrapper>{body}</wrapper>", lib.to_element)
        (details,), _ = self.gateway.mapper.parse_tracking_response(read)
        return details


def link(text: str, rel: str) -> str:
    found = re.search(f'rel="{rel}" href="([^"]+)"', text)
    assert found, text
    return found[1]


@pytest.fixture
def desk(sandbox: Sandbox) -> Iterator[Desk]:
    with httpx.Client(base_url=f"{sandbox.url}/canadapost", auth=BASIC) as http:
        yield Desk(http)


def test_rates_within_canada_are_dollars_with_tax_and_days(desk: Desk) -> None:
    rates = desk.rates()
    assert [rate.service for rate in rates] == [
        "canadapost_priority",
        "canadapost_xpresspost",
        "canadapost_expedited_parcel",
        "canadapost_regular_parcel",
    ]
    assert {rate.currency for rate in rates} == {"CAD"}
    assert [rate.transit_days for rate in rates] == [1, 2, 3, 6]
    for rate in rates:
        assert round(sum(charge.amount for charge in rate.extra_charges), 2) == rate.total_charge


@pytest.mark.parametrize(("recipient", "start"), [(AUSTIN, "USA."), (LYON, "INT.")], ids=["usa", "world"])
def test_abroad_other_services_are_sold(desk: Desk, recipient: models.Address, start: str) -> None:
    answer = desk.http.post("/rs/ship/price", content=desk.rate_body(recipient=recipient)).text
    services = re.findall("<service-code>([^<]+)", answer)
    assert len(services) == 3
    assert all(service.startswith(start) for service in services)


def test_one_service_may_be_asked_for(desk: Desk) -> None:
    assert [rate.service for rate in desk.rates(services=["canadapost_priority"])] == ["canadapost_priority"]


def test_a_shipment_costs_what_its_rate_said_and_its_label_is_fetched(desk: Desk, sandbox: Sandbox) -> None:
    rate = next(rate for rate in desk.rates() if rate.service == "canadapost_expedited_parcel")
    details, label = desk.buy()
    assert (len(details.tracking_number), label[:4]) == (16, b"%PDF")
    bought = sandbox.ledger()["labels"][0]
    assert (bought["reference"], bought["order_number"], bought["weight_g"]) == ("REF-1", "SO-1", 1_200)
    assert bought["cost_minor"] == round(rate.total_charge * 100)
    _, zpl = desk.buy(label_type="ZPL")
    assert zpl.startswith(b"^XA")


def test_what_was_bought_is_found_by_its_request_id_until_it_is_voided(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("timing", {"journey": "label_created"})
    desk.buy(reference="ref-9")
    found = desk.http.get(f"{MINE}/shipment", params={"requestId": "ref-9"}).text
    shipment = link(found, "shipment")
    assert "<shipment-status>created" in desk.http.get(shipment).text
    assert "<group-id>" in desk.http.get(f"{shipment}/details").text
    assert "<due-amount>" in desk.http.get(f"{shipment}/price").text
    assert desk.http.delete(shipment).status_code == 204
    assert desk.http.delete(shipment).status_code == 404
    assert "<link" not in desk.http.get(f"{MINE}/shipment", params={"requestId": "ref-9"}).text


def test_a_transmitted_shipment_is_refunded_and_not_voided(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("timing", {"journey": "label_created"})
    details, _ = desk.buy(options={"canadapost_submit_shipment": True})
    path = f"{MINE}/shipment/{details.shipment_identifier}"
    assert desk.http.delete(path).status_code == 412
    body = '<shipment-refund-request xmlns="http://www.canadapost.ca/ws/shipment-v8"><email>a@b.ca</email></shipment-refund-request>'
    assert "<service-ticket-id>" in desk.http.post(f"{path}/refund", content=body).text
    again = desk.http.post(f"{path}/refund", content=body)
    assert (again.status_code, "<code>7292" in again.text) == (400, True)


def test_a_manifest_transmits_a_group_once(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("timing", {"journey": "label_created"})
    details, _ = desk.buy()
    group = desk.http.get(f"{MINE}/shipment/{details.shipment_identifier}/details").text
    name = re.findall("<group-id>([^<]+)", group)[0]
    request = models.ManifestRequest(shipment_identifiers=[], address=OTTAWA, options={"group_ids": [name]})
    body = desk.gateway.mapper.create_manifest_request(request).serialize().replace("[GROUP_IDS]", name)
    answer = desk.http.post(f"{MINE}/manifest", content=body.encode())
    manifest = desk.http.get(link(answer.text, "manifest")).text
    assert "<po-number>P" in manifest
    sheet = desk.http.get(link(manifest, "artifact")).content
    assert details.tracking_number.encode() in sheet
    again = desk.http.post(f"{MINE}/manifest", content=body.encode())
    assert again.status_code == 404
    _, messages = desk.gateway.mapper.parse_manifest_response(lib.Deserializable(again.text, lib.to_element, {}))
    assert messages[0].code == "9108"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("<weight>1.2", "<weight>31"), "weight"),
        (("<postal-zip-code>K1A0B1", "<postal-zip-code>24103"), "A1A1A1"),
        (("<group-id>", "<group-if>"), "not XML"),
        (("DOM.EP", "USA.EP"), "does not go"),
        (("<length>", "<long>"), "not XML"),
    ],
)
def test_a_shipment_that_is_not_right_is_refused_in_words(desk: Desk, change: tuple[str, str], words: str) -> None:
    body = desk.shipment_body()
    assert change[0] in body
    answer = desk.http.post(f"{MINE}/shipment", content=body.replace(*change, 1).encode())
    assert answer.status_code == 400
    assert words in answer.text


async def test_a_parcel_travels_and_its_events_come_latest_first(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("timing", {"speed": 50, "journey": "delivered"})
    bought, _ = desk.buy()

    async def delivered() -> models.TrackingDetails | None:
        details = desk.track(bought.tracking_number)
        return details if details.delivered else None

    details = await until(delivered)
    assert [event.code for event in details.events] == ["1496", "0100", "2300", "3000"]


@pytest.mark.parametrize(
    "kind", ["delivery_failed", "address_correction", "delayed", "damaged", "lost", "return_to_sender"]
)
async def test_what_goes_wrong_has_a_code_of_its_own(desk: Desk, sandbox: Sandbox, kind: ScanKind) -> None:
    sandbox.put("scenarios", {"SO-1": kind})
    sandbox.put("timing", {"speed": 50, "journey": "delivered"})
    bought, _ = desk.buy()

    async def happened() -> bool:
        return tracking.EVENTS[kind][0] in [event.code for event in desk.track(bought.tracking_number).events]

    assert await until(happened)


def test_a_pin_nobody_gave_out_has_no_history(desk: Desk) -> None:
    answer = desk.http.get("/vis/track/pin/7035114477138472/detail")
    _, messages = desk.gateway.mapper.parse_tracking_response(lib.Deserializable([answer.text], lib.to_element))
    assert (answer.status_code, messages[0].code) == (404, "004")
    assert desk.http.get("/vis/track/pin/nowhere/detail").status_code == 400


def test_a_pickup_is_ordered_moved_and_called_off_once(desk: Desk) -> None:
    from karrio.providers.canadapost.pickup.create import _create_pickup_request

    assert "<on-demand-tour>true" in desk.http.get("/ad/pickup/pickupavailability/K1A0B1").text
    request = models.PickupRequest(
        pickup_date="2026-11-24", ready_time="10:00", closing_time="17:00", address=OTTAWA, parcels=[KILO]
    )
    body = _create_pickup_request(request, desk.gateway.settings).serialize()
    answer = desk.http.post(REQUESTS, content=body.encode())
    pickup, messages = desk.gateway.mapper.parse_pickup_response(lib.Deserializable(answer.text, lib.to_element))
    assert (pickup.pickup_date, messages) == ("2026-11-24", [])
    path = f"{REQUESTS}/{pickup.confirmation_number}"
    moved = body.replace("pickup-request-details", "pickup-request-update").replace("2026-11-24", "2026-11-25")
    assert desk.http.put(path, content=moved.encode()).status_code == 200
    assert "<next-pickup-date>2026-11-25" in desk.http.get(f"{path}/details").text
    assert [desk.http.delete(path).status_code for _ in range(2)] == [200, 404]


def test_a_return_is_a_label_from_the_buyer_to_us(desk: Desk) -> None:
    request = models.ShipmentRequest(
        service="canadapost_expedited_parcel", shipper=HALIFAX, recipient=OTTAWA, parcels=[KILO], reference="REF-1"
    )
    body = desk.gateway.mapper.create_return_shipment_request(request).serialize()
    answer = desk.http.post(f"{MINE}/authorizedreturn", content=body.encode())
    read = lib.Deserializable(answer.text, lambda text: (lib.to_element(text), ""))
    details, messages = desk.gateway.mapper.parse_return_shipment_response(read)
    assert (len(details.tracking_number), messages) == (16, [])
    assert desk.http.get(link(answer.text, "label")).content.startswith(b"%PDF")


def test_a_wrong_password_is_refused(sandbox: Sandbox) -> None:
    answer = httpx.post(f"{sandbox.url}/canadapost/rs/ship/price", auth=httpx.BasicAuth("wrong", "wrong"))
    assert (answer.status_code, "<message>" in answer.text) == (401, True)


def test_the_correlation_id_names_the_order_of_a_price(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("scenarios", {"SO-1": "carrier_reject", "SO-2": "carrier_down"})
    statuses = [
        desk.http.post("/rs/ship/price", content=desk.rate_body(), headers={"X-Correlation-ID": order}).status_code
        for order in ("SO-1", "SO-2", "SO-3")
    ]
    assert statuses == [400, 503, 200]
