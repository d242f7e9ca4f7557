"""Orders that wait for stock: the queue, who is woken by an arrival, and the end of a shortage."""

from datetime import timedelta

import pytest

from connector_service.inventory.positions import Shelf, receive
from connector_service.scheduler import Scheduler
from connector_service.store import backorders
from tests.house import TENANT, House, check_house

pytestmark = pytest.mark.anyio


async def short(house: House, number: str, units: int = 1, **changes: str) -> str:
    return await house.allocated(number, ("MUG", units), **changes)


async def sold_out(house: House) -> str:
    return await house.allocated("N0", ("MUG", 20))


async def comes_in(house: House, units: int) -> list[str]:
    """Receive mugs; the orders that a flow is told of, in that order."""
    before = house.store.reader.execute("SELECT MAX(position) FROM events").fetchone()[0]
    await house.change(lambda work: receive(work, Shelf("MUG", "east"), units))
    await Scheduler(house.store, house.rules).move_stock()
    rows = house.store.reader.execute(
        "SELECT subject FROM events WHERE position > ? AND type = 'dockline.order.requeued.v1' ORDER BY position",
        (before,),
    )
    return [house.order(subject).number for (subject,) in rows]


async def test_express_goes_first_then_what_was_promised_first_then_who_came_first(house: House) -> None:
    await sold_out(house)
    soon = (house.clock.now() + timedelta(days=3)).isoformat()
    await short(house, "slow")
    house.clock.advance(timedelta(minutes=1))
    await short(house, "later")
    await short(house, "soon", requested_delivery_at=soon)
    await short(house, "express", priority="express")
    queue = backorders.waiting(house.store.reader, TENANT, "MUG", limit=9)
    assert [house.order(row.order_id).number for row in queue] == ["express", "soon", "slow", "later"]
    assert await comes_in(house, 2) == ["express", "soon"]


async def test_an_order_that_is_woken_gets_what_came_and_its_shortage_ends(house: House) -> None:
    await sold_out(house)
    order_id = await short(house, "N1", 2)
    case = house.case(order_id)
    assert await comes_in(house, 5) == ["N1"]
    await house.one("order.allocate", order_id=order_id)
    order = house.order(order_id)
    assert (order.status, order.exception_ids) == ("allocated", [])
    assert [each.state for each in house.cases(order_id) if each.id == case.id] == ["requeued"]
    assert backorders.waiting(house.store.reader, TENANT, "MUG", limit=9) == []
    check_house(house.store)


async def test_what_is_given_back_wakes_who_waits(house: House) -> None:
    first = await sold_out(house)
    order_id = await short(house, "N1")
    await house.one("order.cancel", order_id=first, because="not wanted")
    assert await Scheduler(house.store, house.rules).move_stock() == 1
    assert house.events(order_id)[-1] == "order.requeued"


async def test_an_arrival_that_nobody_waits_for_wakes_nobody(house: House) -> None:
    assert await comes_in(house, 5) == []
    assert backorders.arrivals(house.store.reader, house.clock.now()) == []


async def test_an_order_on_hold_leaves_the_queue(house: House) -> None:
    await sold_out(house)
    order_id = await short(house, "N1")
    await house.one("order.hold", order_id=order_id, reason="customer", because="asked to")
    assert await comes_in(house, 5) == []


async def test_an_order_that_could_not_use_an_arrival_is_woken_by_the_next(house: House) -> None:
    await sold_out(house)
    order_id = await short(house, "N1", 3)
    assert await comes_in(house, 1) == ["N1"]
    await house.one("order.allocate", order_id=order_id)
    assert house.order(order_id).status == "partially_allocated"
    assert await comes_in(house, 1) == ["N1"]
    check_house(house.store)
