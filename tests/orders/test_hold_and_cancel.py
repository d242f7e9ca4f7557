"""Stopping an order: hold, resume, cancel, and flows that wait for an answer."""

import pytest

from connector_service.store import callbacks
from tests.house import House, check_house

pytestmark = pytest.mark.anyio
MOVES = ("order.validate", "order.allocate", "order.check_pre_pick", "order.release")


@pytest.mark.parametrize("stage", range(4))
@pytest.mark.parametrize("reason", ["legal", "fraud", "customer", "inventory"])
async def test_a_held_order_does_not_move_until_it_is_resumed(full_house: House, stage: int, reason: str) -> None:
    order_id = await full_house.receive()
    for node in MOVES[:stage]:
        await full_house.one(node, order_id=order_id)
    for _ in range(2):
        await full_house.one("order.hold", order_id=order_id, reason=reason, because="asked to")
    held = full_house.order(order_id)
    assert (held.status, held.hold) == ("on_hold", reason)
    for node in MOVES:
        assert "order.resume" in (await full_house.refused(node, order_id=order_id))["detail"]
    check_house(full_house.store)
    for _ in range(2):
        await full_house.one("order.resume", order_id=order_id, because="let go")
    for node in MOVES:
        assert (await full_house.one(node, order_id=order_id))["status"] == "done"
    assert full_house.order(order_id).status == "released"
    check_house(full_house.store)


async def test_a_hold_outlives_an_exception_that_is_resolved_meanwhile(house: House) -> None:
    order_id = await house.receive("N1", payment_state="pending")
    await house.one("order.validate", order_id=order_id)
    await house.one("order.hold", order_id=order_id, reason="fraud", because="looks odd")
    await house.resolve(order_id, {"payment_reference": "ch_1"})
    assert (await house.requeue(order_id))["status"] == "on_hold"
    assert (house.order(order_id).hold, house.order(order_id).owner) == ("fraud", "risk")
    check_house(house.store)
    await house.one("order.resume", order_id=order_id, because="it was their cat")
    assert (await house.one("order.validate", order_id=order_id))["output"]["status"] == "validated"


async def test_an_order_held_by_its_exception_is_resolved_and_not_resumed(house: House) -> None:
    order_id = await house.receive("N1", payment_state="pending")
    await house.one("order.validate", order_id=order_id)
    await house.one("order.hold", order_id=order_id, reason="customer", because="asked to")
    error = await house.refused("order.resume", order_id=order_id, because="asked to")
    assert house.case(order_id).id in error["detail"]
    assert house.order(order_id).hold == "customer"


async def test_flows_hear_of_packed_shipments_again_when_the_order_is_resumed(full_house: House) -> None:
    shipment = await full_house.packed()
    await full_house.one("order.hold", order_id=shipment.order_id, reason="customer", because="asked to")
    await full_house.one("order.resume", order_id=shipment.order_id, because="let go")
    assert full_house.events(shipment.order_id)[-1] == "shipment.requeued"
    assert full_house.order(shipment.order_id).status == "packed"


async def test_cancelling_gives_the_stock_back_and_ends_every_deadline(house: House) -> None:
    order_id = await house.allocated("N1", ("TEE", 5), ("MUG", 25))
    before = [line.quantity_ordered for line in house.order(order_id).lines]
    for _ in range(2):
        await house.one("order.cancel", order_id=order_id, because="changed their mind")
    order = house.order(order_id)
    assert (order.status, order.exception_ids, order.shipment_ids) == ("cancelled", [], [])
    assert [line.quantity_cancelled for line in order.lines] == before
    assert {case.state for case in house.cases(order_id)} == {"cancelled"}
    assert all(position.reserved == 0 for position in house.positions().values())
    assert house.store.reader.execute("SELECT COUNT(*) FROM deadlines").fetchone() == (0,)
    check_house(house.store)


async def test_an_order_that_the_warehouse_has_is_not_cancelled_behind_its_back(full_house: House) -> None:
    order_id = await full_house.released()
    error = await full_house.refused("order.cancel", order_id=order_id, because="changed their mind")
    assert (error["status"], "the warehouse has it" in error["detail"]) == (409, True)
    check_house(full_house.store)


@pytest.mark.parametrize("node", MOVES)
async def test_a_cancelled_order_does_not_move(house: House, node: str) -> None:
    order_id = await house.allocated()
    await house.one("order.cancel", order_id=order_id, because="changed their mind")
    before = house.order(order_id)
    assert (await house.refused(node, order_id=order_id))["status"] == 409
    assert house.order(order_id) == before


def told(house: House) -> list[str]:
    return [callback.url for callback in callbacks.due(house.store.reader, house.clock.now())]


URL = "http://127.0.0.1:1/wait"


async def waiting(house: House) -> tuple[str, str]:
    order_id = await house.receive("N1", payment_state="pending")
    await house.one("order.validate", order_id=order_id)
    return order_id, house.case(order_id).id


async def test_a_flow_that_waits_is_told_once_the_exception_is_resolved(house: House) -> None:
    order_id, exception_id = await waiting(house)
    for _ in range(2):
        await house.one("exception.await_resolution", exception_id=exception_id, resume_url=URL)
    assert told(house) == []
    await house.resolve(order_id, {"payment_reference": "ch_1"})
    assert told(house) == [URL]


async def test_a_flow_that_begins_to_wait_too_late_is_told_at_once(house: House) -> None:
    order_id, exception_id = await waiting(house)
    await house.resolve(order_id, {"payment_reference": "ch_1"})
    await house.one("exception.await_resolution", exception_id=exception_id, resume_url=URL)
    assert told(house) == [URL]


async def test_a_flow_that_waits_is_told_when_the_order_is_cancelled(house: House) -> None:
    order_id, exception_id = await waiting(house)
    await house.one("exception.await_resolution", exception_id=exception_id, resume_url=URL)
    await house.one("order.cancel", order_id=order_id, because="no money came")
    assert told(house) == [URL]


@pytest.mark.parametrize("url", ["", "nowhere", "ftp://x/y", "http" + "s://" + "x" * 3_000])
async def test_an_address_that_nobody_can_call_is_refused(house: House, url: str) -> None:
    _, exception_id = await waiting(house)
    item = {"exception_id": exception_id, "resume_url": url}
    assert (await house.refused("exception.await_resolution", **item))["pointer"] == "/items/0/resume_url"
