"""Deliveries to a subscriber that really listens: signed, in order, express first, again after a lease, never lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import anyio
import pytest
from standardwebhooks.webhooks import Webhook

from canonical_models import TrackingType
from connector_service.adapters.http import open_client
from connector_service.delivery import MAX_TRIES, Dispatcher
from connector_service.resolutions import Resolutions
from connector_service.store import outbox
from tests.contracts.sandbox_process import Receiver, until
from tests.house import House, check_house

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
SECRET = "whsec_" + "c2VjcmV0" * 4
RECEIVED = "dockline.order.received.v1"


@asynccontextmanager
async def listening(house: House, *types: str, **changes: Any) -> AsyncIterator[tuple[Dispatcher, Receiver]]:
    """A subscriber and the dispatcher that serves it."""
    receiver = Receiver()
    runner = await receiver.serve()
    async with open_client() as client:
        await subscribe(house, receiver.url, *types, **changes)
        yield Dispatcher(house.store, house.rules, client), receiver
    await runner.cleanup()


async def subscribe(house: House, url: str, *types: str, **changes: Any) -> outbox.Subscription:
    fields: Json = {"id": "sub_1", "batch_size": 100, "acknowledge": "on_progress"} | changes
    wanted = outbox.Subscription(
        tenant_id="acme", name="flow", url=url, secret=SECRET, event_types=types or (RECEIVED,), **fields
    )
    await house.store.administer(lambda c: outbox.subscribe(c, wanted, house.clock.now()))
    return wanted


def events(receiver: Receiver) -> list[Json]:
    """Every event that came, in the order in which it came."""
    return [event for request in receiver.received for event in json.loads(request.body)["events"]]


def numbers(receiver: Receiver) -> list[str]:
    return [event["object"]["number"] for event in events(receiver)]


async def arrived(receiver: Receiver, number: str) -> bool:
    return number in numbers(receiver)


def states(house: House) -> dict[str, int]:
    return outbox.counts(house.store.reader, "acme")


async def test_a_delivery_is_signed_and_carries_event_object_and_its_own_id(house: House) -> None:
    async with listening(house) as (dispatcher, receiver):
        order_id = await house.receive()
        assert await dispatcher.tick() == 1
        (request,) = receiver.received
        headers = {name.lower(): value for name, value in request.headers.items()}
        # The verifier compares with the machine's clock, the house has its own.
        signed = Webhook(SECRET).sign(headers["webhook-id"], house.clock.now(), request.body.decode())
        assert headers["webhook-signature"] == signed
        assert headers["webhook-timestamp"] == str(int(house.clock.now().timestamp()))
        (event,) = events(receiver)
        assert (event["type"], event["subject"], event["sequence"]) == (RECEIVED, order_id, 1)
        assert event["object"]["order_id"] == order_id
        assert event["object"]["delivery_id"].startswith("sub_1:")


async def test_express_orders_come_first_then_the_oldest_in_batches(house: House) -> None:
    async with listening(house, batch_size=2) as (dispatcher, receiver):
        for number, priority in (("S1", "standard"), ("S2", "standard"), ("E1", "express"), ("E2", "express")):
            await house.receive(number, priority=priority)
        while await dispatcher.tick():
            pass
        assert numbers(receiver) == ["E1", "E2", "S1", "S2"]
        assert [len(json.loads(request.body)["events"]) for request in receiver.received] == [2, 2]


async def test_of_one_order_the_next_event_waits_for_the_one_before(house: House) -> None:
    async with listening(house, RECEIVED, "dockline.order.held.v1") as (
        dispatcher,
        receiver,
    ):
        order_id = await house.receive()
        await house.one("order.hold", order_id=order_id, reason="legal", because="x")
        await dispatcher.tick()
        assert [event["type"] for event in events(receiver)] == [RECEIVED]
        (first,) = events(receiver)
        await house.one("event.acknowledge", delivery_id=first["object"]["delivery_id"])
        await dispatcher.tick()
        assert [event["type"] for event in events(receiver)][1:] == ["dockline.order.held.v1"]


async def test_a_delivery_is_handled_only_when_nothing_waits_for_a_flow_any_more(house: House) -> None:
    async with listening(house) as (dispatcher, receiver):
        order_id = await house.receive()
        await dispatcher.tick()
        delivery_id = events(receiver)[0]["object"]["delivery_id"]
        await house.one("order.validate", order_id=order_id, delivery_id=delivery_id)
        assert states(house) == {"leased": 1}
        await house.one("order.hold", order_id=order_id, reason="legal", because="x", delivery_id=delivery_id)
        assert states(house) == {"handled": 1}


async def test_what_nobody_moved_on_comes_again_after_the_lease_and_becomes_somebodys_exception(house: House) -> None:
    async with listening(house) as (dispatcher, receiver):
        order_id = await house.receive()
        for _ in range(MAX_TRIES):
            await dispatcher.tick()
            await dispatcher.tick()
            house.clock.advance(dispatcher.lease)
        assert len(receiver.received) == MAX_TRIES
        await dispatcher.tick()
        assert len(receiver.received) == MAX_TRIES
        case = house.case(order_id)
        assert (case.code, case.owner, house.order(order_id).status) == ("flow_stalled", "operations", "on_hold")
        assert states(house) == {"dead": 1}
        check_house(house.store)
        await house.resolve(order_id, {"flow_checked": "it was switched off"})
        assert (await house.requeue(order_id))["status"] == "received"


async def test_a_delivered_order_that_no_flow_closes_becomes_an_exception_and_the_rest_is_delivered(
    full_house: House,
) -> None:
    house = full_house
    async with listening(house, "dockline.order.delivered.v1", RECEIVED) as (dispatcher, receiver):
        shipment = await house.shipped()
        await dispatcher.tick()
        await house.one("event.acknowledge", delivery_id=events(receiver)[0]["object"]["delivery_id"])
        await house.scan(shipment.id, TrackingType.DELIVERED)
        for _ in range(MAX_TRIES + 1):
            await dispatcher.tick()
            house.clock.advance(dispatcher.lease)
        await dispatcher.tick()
        assert house.case(shipment.order_id).code == "flow_stalled"
        assert house.order(shipment.order_id).status == "delivered"
        check_house(house.store)
        await house.receive("N2")
        await dispatcher.tick()
        assert numbers(receiver)[-1] == "N2"


async def test_events_wait_while_the_subscriber_is_down_and_flow_when_it_is_back(house: House) -> None:
    async with listening(house) as (dispatcher, receiver):
        receiver.answers = [503, 500, 404]
        await house.receive("A")
        await house.receive("B")
        for _ in range(3):
            assert await dispatcher.tick() == 0
            assert states(house) == {"pending": 2}
            assert await dispatcher.tick() == 0
            house.clock.advance(timedelta(seconds=10))
        assert len(receiver.received) == 3
        assert await dispatcher.tick() == 2
        assert numbers(receiver)[-2:] == ["A", "B"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://[", "http://:99999/", "http://nowhere.invalid/", "x"])
async def test_an_address_that_cannot_be_called_does_not_stop_the_others(house: House, url: str) -> None:
    async with listening(house) as (dispatcher, receiver):
        await subscribe(house, url, id="sub_2")
        await house.receive("A")
        assert await dispatcher.tick() == 1
        assert numbers(receiver) == ["A"]
        assert states(house) == {"leased": 1, "pending": 1}


async def test_a_flow_that_only_listens_has_handled_what_it_received(house: House) -> None:
    async with listening(house, acknowledge="on_receipt") as (dispatcher, _):
        await house.receive()
        await dispatcher.tick()
        assert states(house) == {"handled": 1}


async def test_a_new_subscription_gets_what_nobody_acted_on_yet(house: House) -> None:
    await house.receive("WAITS")
    moved = await house.receive("MOVED")
    await house.one("order.validate", order_id=moved)
    async with listening(house) as (dispatcher, receiver):
        await dispatcher.tick()
        assert numbers(receiver) == ["WAITS"]


async def test_a_lease_that_ended_after_its_delivery_was_handled_does_not_bring_it_back(house: House) -> None:
    async with listening(house) as (dispatcher, receiver):
        await house.receive()
        await dispatcher.tick()
        house.clock.advance(dispatcher.lease)
        (late,) = outbox.overdue(house.store.reader, house.clock.now())
        await house.one("event.acknowledge", delivery_id=events(receiver)[0]["object"]["delivery_id"])
        await house.store.write("acme", lambda tx: dispatcher._again(tx, late))
        assert states(house) == {"handled": 1}


async def test_a_waiting_flow_is_told_of_the_resolution_and_again_until_it_hears(house: House) -> None:
    async with listening(house, "dockline.order.closed.v1") as (dispatcher, receiver):
        receiver.answers = [503, 409]
        order_id = await house.receive("N1", payment_state="pending")
        await house.one("order.validate", order_id=order_id)
        wait = {"exception_id": house.case(order_id).id, "resume_url": receiver.url + "/wait"}
        await house.one("exception.await_resolution", **wait)
        await house.resolve(order_id, {"payment_reference": "ch_1"})
        waiting_flows = Resolutions(dispatcher.store, dispatcher.client)
        for _ in range(5):
            await waiting_flows.tick()
            house.clock.advance(timedelta(minutes=1))
        assert len(receiver.received) == 3
        said = json.loads(receiver.received[-1].body)
        assert (said["order_id"], said["state"], said["fields"]) == (
            order_id,
            "resolved",
            {"payment_reference": "ch_1"},
        )


async def test_a_subscriber_that_hangs_holds_up_no_other(house: House) -> None:
    async with listening(house) as (dispatcher, slow), listening(house, id="sub_2") as (_, quick):
        slow.held = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(dispatcher.run)
            for number in ("N1", "N2"):
                await house.receive(number)
                await until(partial(arrived, quick, number))
            slow.held.set()
            group.cancel_scope.cancel()
        assert len(slow.received) == 1


async def test_events_that_follow_a_batch_closely_gather_into_the_next_one(house: House) -> None:
    async with listening(house) as (dispatcher, receiver):
        dispatcher.interval, dispatcher.gather = 0.001, 2
        await house.receive("FIRST")
        working = asyncio.create_task(dispatcher.run())
        await until(partial(arrived, receiver, "FIRST"))
        for number in range(4):
            await house.receive(f"NEXT-{number}")
            await asyncio.sleep(0.05)
        await until(partial(arrived, receiver, "NEXT-3"))
        working.cancel()
    assert [len(json.loads(request.body)["events"]) for request in receiver.received] == [1, 4]
