"""A location that is closed gets no orders, and what nobody has picked there ships from elsewhere, until it opens."""

from typing import Any

import pytest

from connector_service.inventory.positions import take_count
from connector_service.orders.closures import close_location, open_location
from connector_service.store import backorders, closures
from nodes.moving import MOVE_AWAY
from tests.house import CALLER, TENANT, House, check_house

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def close(house: House, name: str = "east") -> bool:
    closed: bool = await house.change(lambda work: close_location(work, name, "ada", "the basement is flooded"))
    return closed


async def reopen(house: House, name: str = "east") -> bool:
    opened: bool = await house.change(lambda work: open_location(work, name, "bob", "pumped dry"))
    return opened


async def move(house: House, order_id: str, **more: Any) -> Json:
    item = {"order_id": order_id, "location_id": "east", **more}
    answer = (await house.runner.run(MOVE_AWAY, CALLER, [item]))[0]
    assert answer["status"] != "failed", answer["error"]
    return answer


def live(house: House, order_id: str) -> list[tuple[str, str]]:
    order = house.order(order_id)
    return [(s.location_id, s.status.value) for s in house.shipments(order_id) if s.id in order.shipment_ids]


def kept(house: House, order_id: str) -> Json:
    events = house.store.read(TENANT).timeline(order_id)
    choice: Json = next(event.data["choice"] for event in reversed(events) if event.data.get("choice"))
    return choice


async def test_a_closed_location_gets_no_orders_and_the_trail_says_who_closed_it_and_why(house: House) -> None:
    assert await close(house)
    order_id = await house.allocated("N1")
    assert live(house, order_id) == [("west", "planned")]
    (east,) = [each for each in kept(house, order_id)["candidates"] if each["location_id"] == "east"]
    assert east["vetoes"][-1].endswith("UTC by ada: the basement is flooded")


async def test_closing_twice_keeps_the_first_reason_and_opening_twice_does_nothing_more(house: House) -> None:
    assert (await close(house), await close(house)) == (True, False)
    assert (await reopen(house), await reopen(house)) == (True, False)
    (closure,) = closures.history(house.store.reader, TENANT)
    assert (closure.closed_by, closure.opened_by, closure.opened_because) == ("ada", "bob", "pumped dry")
    assert closure.opened_at is not None


async def test_an_opened_location_gets_orders_again(house: House) -> None:
    await close(house)
    await reopen(house)
    assert live(house, await house.allocated("N1")) == [("east", "planned")]


async def test_another_tenant_s_location_of_the_same_name_stays_open(house: House) -> None:
    await close(house)
    assert closures.closed_now(house.store.reader, "other") == {}


async def test_an_order_that_is_planned_there_moves_and_is_put_before_a_flow(house: House) -> None:
    order_id = await house.allocated("N1")
    await close(house)
    answer = await move(house, order_id, nobody_there=True)
    assert answer["status"] == "done"
    assert live(house, order_id) == [("west", "planned")]
    assert house.events(order_id)[-1] == "order.requeued"
    assert house.positions()["east", "TEE", ""].reserved == 0
    rerouting = [event for event in house.store.read(TENANT).timeline(order_id) if event.type.endswith("rerouting.v1")]
    assert rerouting[0].data["because"].startswith("east ships nothing now. It is closed since ")
    check_house(house.store)


async def test_moving_twice_changes_nothing_more(house: House) -> None:
    order_id = await house.allocated("N1")
    await close(house)
    await move(house, order_id, nobody_there=True)
    before = house.events(order_id)
    await move(house, order_id, nobody_there=True)
    assert house.events(order_id) == before


async def test_nothing_moves_away_from_a_location_that_is_open(house: House) -> None:
    order_id = await house.allocated("N1")
    await move(house, order_id)
    assert live(house, order_id) == [("east", "planned")]


async def test_what_no_other_location_has_waits_for_stock_and_is_woken_when_it_opens(house: House) -> None:
    order_id = await house.allocated("N1", ("SERUM", 2))
    await close(house)
    answer = await move(house, order_id, nobody_there=True)
    assert (answer["status"], answer["exception"]["code"]) == ("exception", "no_location_free")
    assert house.order(order_id).status == "backordered"
    check_house(house.store)
    await reopen(house)
    (arrival,) = backorders.arrivals(house.store.reader, house.clock.now())
    assert arrival.sku == "SERUM"


async def test_stock_that_arrives_at_a_closed_location_wakes_nobody(house: House) -> None:
    from connector_service.orders.shortages import wake_waiting

    order_id = await house.allocated("N1", ("SERUM", 2))
    await close(house)
    await move(house, order_id, nobody_there=True)
    count = {"sku": "SERUM", "location_id": "east", "lot": "L1", "expires_on": None, "on_hand": 50}
    await house.change(lambda work: take_count(work, **count))
    arrivals = backorders.arrivals(house.store.reader, house.clock.now())
    woken = [await house.change(lambda work, each=each: wake_waiting(work, each)) for each in arrivals]
    assert sum(woken) == 0


async def test_an_order_that_waits_for_a_person_is_allocated_elsewhere_when_it_is_let_go(house: House) -> None:
    order_id = await house.allocated("N1")
    await house.one("order.hold", order_id=order_id, reason="customer", because="wait for my call")
    await close(house)
    await move(house, order_id, nobody_there=True)
    assert (house.order(order_id).status, live(house, order_id)) == ("on_hold", [])
    await house.one("order.resume", order_id=order_id, because="they called")
    await house.one("order.validate", order_id=order_id)
    await house.one("order.allocate", order_id=order_id)
    assert live(house, order_id) == [("west", "planned")]
    check_house(house.store)


async def test_a_released_order_moves_once_its_warehouse_has_stopped_it(full_house: House) -> None:
    assert full_house.sandbox is not None
    full_house.sandbox.put("timing", {"speed": 0.001, "webhook_ms": 1})
    order_id = await full_house.released("N1")
    await close(full_house)
    await move(full_house, order_id)
    assert live(full_house, order_id) == [("west", "planned")]
    for node in ("order.check_pre_pick", "order.release"):
        await full_house.one(node, order_id=order_id)
    assert live(full_house, order_id) == [("west", "released")]
    check_house(full_house.store)


async def test_a_warehouse_that_does_not_answer_keeps_its_order_unless_nobody_is_there(full_house: House) -> None:
    assert full_house.sandbox is not None
    full_house.sandbox.put("timing", {"speed": 0.001, "webhook_ms": 1})
    order_id = await full_house.released("N1")
    await close(full_house)
    full_house.sandbox.put("faults", {"northdock": {"error_rate": 1.0}})
    await move(full_house, order_id)
    assert live(full_house, order_id) == [("east", "released")]
    await move(full_house, order_id, nobody_there=True)
    assert live(full_house, order_id) == [("west", "planned")]
    check_house(full_house.store)


async def test_what_is_packed_there_stays(full_house: House) -> None:
    shipment = await full_house.packed("N1", ("SERUM", 1))
    await close(full_house, shipment.location_id)
    await move(full_house, shipment.order_id, nobody_there=True)
    assert live(full_house, shipment.order_id) == [("east", "packed")]
