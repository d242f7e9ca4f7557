"""What carriers tell over HTTP: signed, kept once, never answered so that it comes again for nothing."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from itertools import count
from typing import Any

import httpx
import orjson
import pytest

from canonical_models import Label, Order, OrderStatus, Shipment, ShipmentStatus
from connector_service.parcel_watch import ParcelWatch
from connector_service.store import Transaction, rejected, tracking
from tests.app.conftest import Api
from tests.house import new_order

pytestmark = pytest.mark.anyio
ORDERS = count(1)
AUDIT = {"actor": "tests", "because": "On its way.", "rule": None}


async def connected(api: Api) -> str:
    """The path at which Swiftparcel tells its news."""
    settings = {"base_url": "http://127.0.0.1:9", "api_key": "sandbox-sp", "webhook_secret": "hush"}
    answer = await api.mine.put("/v1/connections/swiftparcel", json={"settings": settings})
    assert answer.status_code == 200, answer.text
    path: str = answer.json()["webhook_path"]
    return path


async def a_shipment(api: Api, number: str) -> Shipment:
    """A shipment that Swiftparcel carries under a tracking number."""
    (taken,) = await api.node("order.receive", {"order": new_order(f"NEWS-{next(ORDERS)}")})
    order_id = taken["output"]["order_id"]
    for node in ("order.validate", "order.allocate"):
        await api.node(node, {"order_id": order_id})

    def leave(tx: Transaction) -> Shipment:
        order, (shipment,) = tx.get(Order, order_id), tx.find_by(Shipment, order_id=order_id)
        shipment.label = Label(
            label_id=number,
            carrier="swiftparcel",
            service="ground",
            tracking_number=number,
            cost_minor=500,
            currency="USD",
            transit_days=3,
            weight_g=500,
            ship_to=order.ship_to,
            reference=f"{shipment.id}-1",
            bought_at=tx.now,
        )
        shipment.status, shipment.shipped_at, shipment.carrier = ShipmentStatus.SHIPPED, tx.now, "swiftparcel"
        order.status = OrderStatus.SHIPPED
        tx.save(shipment, "shipment.shipped", AUDIT)
        tx.save(order, "order.shipped", AUDIT)
        return shipment

    return await api.services.store.write("acme", leave)


def said(number: str, code: str = "MOVING", **changes: Any) -> bytes:
    known = {"scanId": f"{number}-{code}", "trackingNumber": number, "code": code, "place": "Newark"}
    return orjson.dumps({"scans": [{**known, "scannedAt": "2026-11-09T14:00:00Z", **changes}]})


async def tell(api: Api, path: str, body: bytes, key: bytes = b"hush") -> httpx.Response:
    timestamp = str(int(api.services.store.clock.now().timestamp()))
    digest = hmac.new(key, timestamp.encode() + b"\n" + body, hashlib.sha256).digest()
    headers = {"x-swift-timestamp": timestamp, "x-swift-signature": base64.b64encode(digest).decode()}
    return await api.nobody.post(path, content=body, headers=headers)


def version_of(api: Api, shipment: Shipment) -> int:
    return api.services.store.read("acme").get(Shipment, shipment.id).version


async def test_a_scan_moves_its_shipment(api: Api) -> None:
    path, shipment = await connected(api), await a_shipment(api, "SW10000000001")
    answer = await tell(api, path, said("SW10000000001"))
    assert (answer.status_code, answer.json()) == (200, {"applied": 1, "known": 0, "waiting": 0, "rejected": 0})
    assert api.services.store.read("acme").get(Shipment, shipment.id).status == "in_transit"


async def test_a_thousand_webhooks_of_one_event_are_one_change(api: Api) -> None:
    path, shipment = await connected(api), await a_shipment(api, "SW10000000002")
    before, body = version_of(api, shipment), said("SW10000000002")
    answers = await asyncio.gather(*(tell(api, path, body) for _ in range(1_000)))
    assert {answer.status_code for answer in answers} == {200}
    assert version_of(api, shipment) == before + 2
    assert len(tracking.history(api.services.store.reader, "acme", shipment.id)) == 1
    again = await tell(api, path, body)
    assert again.json() == {"applied": 0, "known": 1, "waiting": 0, "rejected": 0}


async def test_news_that_is_not_signed_by_the_carrier_is_refused(api: Api) -> None:
    path, shipment = await connected(api), await a_shipment(api, "SW10000000003")
    before = version_of(api, shipment)
    answer = await tell(api, path, said("SW10000000003", "DELIVERED"), key=b"guessed")
    assert (answer.status_code, version_of(api, shipment)) == (401, before)


async def test_news_before_the_label_is_kept_waits_for_it_and_counts_then(api: Api) -> None:
    path, body = await connected(api), said("SW10000000004")
    answer = await tell(api, path, body)
    assert (answer.status_code, answer.json()["waiting"]) == (200, 1)
    shipment = await a_shipment(api, "SW10000000004")
    services = api.services
    await ParcelWatch(services.store, services.rules, services.systems).tick()
    assert services.store.read("acme").get(Shipment, shipment.id).status == "in_transit"


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        (b"<html>", "", "JSON"),
        (orjson.dumps({"scans": [{"code": "MOVING"}]}), "/scans/0/scanId", "required"),
        (said("SW1", scannedAt="yesterday"), "/scans/0/scannedAt", "datetime"),
    ],
)
async def test_signed_news_that_cannot_be_read_is_kept_once_with_its_reason_and_does_not_come_for_ever(
    api: Api, body: bytes, pointer: str, words: str
) -> None:
    path = await connected(api)
    first, second = await tell(api, path, body), await tell(api, path, body)
    assert {first.status_code, second.status_code} == {202}
    (kept,) = [each for each in rejected.find(api.services.store.reader, "acme") if each.body == body]
    assert kept.id == first.json()["rejected_id"] == second.json()["rejected_id"]
    assert (kept.channel, kept.problem.get("pointer", "")) == ("webhooks/swiftparcel", pointer)
    assert words in kept.problem["detail"]


async def test_a_scan_from_the_future_is_kept_with_its_reason_and_moves_nothing(api: Api) -> None:
    path, shipment = await connected(api), await a_shipment(api, "SW10000000005")
    before = version_of(api, shipment)
    answer = await tell(api, path, said("SW10000000005", "DELIVERED", scannedAt="2026-12-24T14:00:00Z"))
    assert (answer.status_code, answer.json()["rejected"]) == (200, 1)
    assert version_of(api, shipment) == before
    (kept,) = [each for each in rejected.find(api.services.store.reader, "acme") if b"SW10000000005" in each.body]
    assert "has not come yet" in kept.problem["detail"]


async def test_a_flow_may_begin_with_a_scan(api: Api) -> None:
    wanted = {"name": "scans", "url": "http://127.0.0.1:9/x", "event_types": ["dockline.shipment.tracked.v1"]}
    made = await api.mine.post("/v1/subscriptions", json={**wanted, "acknowledge": "on_receipt"})
    assert made.status_code == 201, made.text
    path, shipment = await connected(api), await a_shipment(api, "SW10000000006")
    await tell(api, path, said("SW10000000006"))
    rows = api.services.store.reader.execute(
        "SELECT subject FROM deliveries WHERE subscription_id = ?", (made.json()["id"],)
    )
    assert [subject for (subject,) in rows] == [shipment.id]
