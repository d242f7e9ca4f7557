"""The gRPC feed through its generated client, over a real connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from connector_service.errors import InstallationProblem, StoreUnavailable
from connector_service.feeds import generate
from connector_service.feeds.feed import Sender
from connector_service.feeds.grpc_server import InventoryFeed, start
from connector_service.feeds.inventory_pb2 import (
    ADJUSTMENT,
    RECEIPT,
    TRANSFER_ARRIVED,
    TRANSFER_LOST,
    TRANSFER_SENT,
    Summary,
    Update,
    UpdateBatch,
)
from connector_service.feeds.inventory_pb2_grpc import InventoryFeedStub
from tests.feeds.senders import free_port, on_hand, sender_to
from tests.house import House, check_house

pytestmark = pytest.mark.anyio
KEY = (("authorization", "Bearer right"),)


@asynccontextmanager
async def client(house: House, sender: Sender | None = None) -> AsyncIterator[Any]:
    known = sender or sender_to(house)
    port = free_port()
    server = await start(lambda key: known if key == "right" else None, "127.0.0.1", port)
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield InventoryFeedStub(channel).Send
    finally:
        await server.stop(None)


def moment(at: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(at)
    return stamp


def one(count: int | None, sequence: int | None = None, **said: Any) -> Update:
    return Update(**{"sku": "TEE", "location_id": "east", "on_hand": count, "sequence": sequence} | said)


def batches(house: House, *of: Iterable[Update]) -> Iterable[UpdateBatch]:
    as_of = moment(house.clock.now())
    return [UpdateBatch(source="wms", as_of=as_of, updates=list(updates)) for updates in of]


async def test_a_stream_is_taken_whatever_its_order_and_summed_up(house: House) -> None:
    async with client(house) as send:
        sent = batches(house, [one(5, 3), one(4, 2)], [one(9, 7)], [one(9, 7), one(1, 1)])
        said: Summary = await send(iter(sent), metadata=KEY)
    assert (said.accepted, said.changed, said.replayed, said.stale, said.refused) == (3, 2, 1, 2, 0)
    assert on_hand(house) == 9
    check_house(house.store)


async def test_bad_updates_are_named_by_their_number_in_the_stream(house: House) -> None:
    bad_time = Timestamp(seconds=1, nanos=-5)
    future = moment(house.clock.now() + timedelta(hours=1))
    async with client(house) as send:
        sent = batches(
            house,
            [one(5), one(-1), one(None)],
            [one(2**40), one(5, sku="NONE"), one(5, as_of=bad_time), one(5, as_of=future), one(5, -1), one(6, lot="L")],
        )
        said: Summary = await send(iter(sent), metadata=KEY)
    assert (said.accepted, said.refused) == (1, 8)
    assert [(refusal.index, refusal.field) for refusal in said.refusals] == [
        (1, "on_hand"),
        (2, "on_hand"),
        (3, "on_hand"),
        (4, "sku"),
        (5, "as_of"),
        (6, "as_of"),
        (7, "sequence"),
        (8, "lot"),
    ]
    assert all("give" in refusal.reason or ":" in refusal.reason for refusal in said.refusals)


async def test_a_batch_without_a_time_or_with_a_bad_one_is_refused_update_by_update(house: House) -> None:
    async with client(house) as send:
        sent = [
            UpdateBatch(source="wms", updates=[one(5)]),
            UpdateBatch(source="wms", as_of=Timestamp(seconds=10**15), updates=[one(5)]),
            UpdateBatch(as_of=moment(house.clock.now()), updates=[one(5)]),
        ]
        said: Summary = await send(iter(sent), metadata=KEY)
    assert [refusal.field for refusal in said.refusals] == ["as_of", "as_of", "source"]


@pytest.mark.parametrize("metadata", [(), (("authorization", "Bearer wrong"),), (("authorization", "right"),)])
async def test_without_a_live_key_nothing_is_read(house: House, metadata: Any) -> None:
    async with client(house) as send:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await send(iter(batches(house, [one(5)])), metadata=metadata)
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert on_hand(house) == 20


async def test_a_batch_that_is_too_large_ends_the_stream_and_keeps_those_before(house: House) -> None:
    async with client(house) as send:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await send(iter(batches(house, [one(5, 1)], [one(6, 2)] * 1_001)), metadata=KEY)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert on_hand(house) == 5


async def test_a_sender_is_slowed_down_to_what_can_be_kept(house: House) -> None:
    """While the disk hangs, the server stops reading: of a long stream little has left the client."""

    gate, sent = asyncio.Event(), 0

    class Hanging(Sender):
        async def write(self, updates: Any, *, whole: bool = False) -> Any:
            await gate.wait()
            return await super().write(updates, whole=whole)

    real = sender_to(house)
    many = 2_000

    async def stream() -> AsyncIterator[UpdateBatch]:
        nonlocal sent
        for at in range(many):
            sent += 1
            yield next(iter(batches(house, [one(at % 50, at)] * 200)))

    async with client(house, Hanging(real.store, real.work_in, real.tenant_id)) as send:
        call = send(stream(), metadata=KEY)
        before = -1
        while sent != before or sent == 0:
            before = sent
            await asyncio.sleep(0.3)
        assert sent < many / 4
        call.cancel()
        gate.set()


async def test_a_store_that_cannot_write_is_said_to_be_unavailable(house: House) -> None:
    class Broken(Sender):
        async def write(self, updates: Any, *, whole: bool = False) -> Any:
            raise StoreUnavailable("The disk is full.")

    real = sender_to(house)
    async with client(house, Broken(real.store, real.work_in, real.tenant_id)) as send:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await send(iter(batches(house, [one(5)])), metadata=KEY)
    assert (refused.value.code(), refused.value.details()) == (grpc.StatusCode.UNAVAILABLE, "The disk is full.")


async def test_a_taken_port_is_said_in_words(house: House) -> None:
    port = free_port()
    server = await start(lambda _: None, "127.0.0.1", port)
    try:
        with pytest.raises(InstallationProblem, match="DOCKLINE_GRPC_PORT"):
            await start(lambda _: None, "127.0.0.1", port)
    finally:
        await server.stop(None)


def test_the_generated_files_are_what_the_proto_says() -> None:
    assert generate.stale() == []
    assert InventoryFeed.Send.__doc__


async def test_movements_of_every_kind_come_by_the_stream(house: House) -> None:
    here = {"sku": "TEE", "location_id": "east"}
    sent = [
        Update(kind=RECEIPT, quantity=5, reference="R", serials=["S1"], **here),
        Update(kind=ADJUSTMENT, quantity=-2, reference="A", reason="damaged", **here),
        Update(kind=TRANSFER_SENT, quantity=4, transfer_id="T", to_location_id="west", **here),
        Update(kind=TRANSFER_ARRIVED, quantity=3, transfer_id="T", reference="I"),
        Update(kind=TRANSFER_LOST, quantity=1, transfer_id="T", reference="L", **(here | {"location_id": "west"})),
        Update(kind=9, quantity=1, **here),
        Update(kind=RECEIPT, reference="none", **here),
    ]
    async with client(house) as send:
        for changed in (5, 0):
            said: Summary = await send(iter(batches(house, sent)), metadata=KEY)
            assert (said.accepted, said.changed) == (5, changed)
            assert [(each.index, each.field) for each in said.refusals] == [(5, "kind"), (6, "quantity")]
    west = house.positions()["west", "TEE", ""]
    assert (on_hand(house), west.on_hand, west.in_transit) == (19, 23, 0)
    check_house(house.store)
