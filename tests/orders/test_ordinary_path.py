"""The ordinary path: from a received order to a closed one, with its stock and its audit trail."""

import pytest

from canonical_models import TrackingType
from tests.house import House, check_house

pytestmark = pytest.mark.anyio


async def test_an_order_goes_from_received_to_shipped_and_its_stock_goes_down(full_house: House) -> None:
    shipment = await full_house.shipped("N1", ("TEE", 2), ("MUG", 1))
    order = full_house.order(shipment.order_id)
    assert (order.status, order.owner) == ("shipped", "carrier-desk")
    assert [line.quantity_fulfilled for line in order.lines] == [2, 1]
    there = full_house.positions()
    assert there[shipment.location_id, "TEE", ""].on_hand == 18
    assert there[shipment.location_id, "MUG", ""].on_hand == 9
    assert all(position.reserved == 0 for position in there.values())
    check_house(full_house.store)


async def test_every_status_change_in_the_trail_says_who_why_and_from_where_to_where(full_house: House) -> None:
    shipment = await full_house.shipped()
    events = full_house.store.read("acme").timeline(shipment.order_id)
    assert all(event.data["actor"] and event.data["because"] for event in events)
    moves = [event.data for event in events if event.type.startswith("dockline.order.")]
    path = [move["to_status"] for move in moves]
    assert path[0] == "received"
    assert path[-1] == "shipped"
    assert [move["from_status"] for move in moves] == [None, *path[:-1]]
    assert all(move["owner"] and move["owner_rule"] and move["deadline_at"] for move in moves)


async def test_one_shipment_has_one_label_however_often_it_is_asked_for(full_house: House) -> None:
    shipment = await full_house.labelled()
    for _ in range(3):
        await full_house.through(shipment.id, "rate", "buy_label")
    assert full_house.sandbox is not None
    labels = full_house.sandbox.ledger()["labels"]
    assert [label["tracking_number"] for label in labels] == [shipment.label.tracking_number]  # type: ignore[union-attr]


REPEATABLE = ("order.validate", "order.allocate", "order.check_pre_pick", "order.release")


async def test_every_step_a_second_time_changes_nothing(full_house: House) -> None:
    shipment = await full_house.shipped()
    before = full_house.events(shipment.order_id)
    for node in REPEATABLE:
        await full_house.one(node, order_id=shipment.order_id)
    steps = ("check_post_pick", "check_packing", "rate", "buy_label", "check_label", "confirm", "read_warehouse")
    await full_house.through(shipment.id, *steps)
    assert full_house.events(shipment.order_id) == before


@pytest.mark.parametrize("node", REPEATABLE)
async def test_each_order_step_repeated_at_once_changes_nothing(full_house: House, node: str) -> None:
    order_id = await full_house.receive()
    for step in REPEATABLE[: REPEATABLE.index(node) + 1]:
        await full_house.one(step, order_id=order_id)
    before = full_house.order(order_id)
    answer = await full_house.one(node, order_id=order_id)
    assert answer["status"] == "done"
    assert full_house.order(order_id) == before


async def test_a_delivered_order_is_closed_once_and_has_no_deadline_any_more(full_house: House) -> None:
    shipment = await full_house.shipped()
    await full_house.scan(shipment.id, TrackingType.DELIVERED)
    assert full_house.order(shipment.order_id).status == "delivered"
    await full_house.one("order.close", order_id=shipment.order_id)
    closed = full_house.order(shipment.order_id)
    await full_house.one("order.close", order_id=shipment.order_id)
    assert full_house.order(shipment.order_id) == closed
    assert closed.deadline_at is None
    check_house(full_house.store)
