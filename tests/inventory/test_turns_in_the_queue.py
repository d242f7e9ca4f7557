"""What comes in is for those who wait, in the order of the queue; and what they leave lies idle for nobody."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from canonical_models import AdjustmentReason, KitPart, LotStatus, Product
from connector_service.inventory.positions import Shelf, adjust, position_at, receive, set_lot_status
from connector_service.orders.closures import close_location
from connector_service.orders.work import Work
from connector_service.scheduler import Scheduler
from connector_service.store import backorders
from tests.house import TENANT, House, check_house

pytestmark = pytest.mark.anyio
A_TURN = timedelta(minutes=31)


async def sold_out(house: House, sku: str = "MUG") -> None:
    for position in house.positions().values():
        if position.sku == sku:
            await house.change(partial(_lose, shelf=Shelf(sku, position.location_id, position.lot)))


def _lose(work: Work, shelf: Shelf) -> None:
    position = position_at(work, shelf)
    adjust(work, position, -position.on_hand, AdjustmentReason.DAMAGED)


async def comes_in(house: House, units: int, sku: str = "MUG", where: str = "east") -> None:
    house.clock.advance(timedelta(seconds=1))
    await house.change(lambda work: receive(work, Shelf(sku, where), units))


async def look(house: House) -> int:
    return await Scheduler(house.store, house.rules).move_stock()


async def got(house: House, order_id: str) -> int:
    return sum(line.quantity_allocated for line in house.order(order_id).lines)


async def test_a_new_order_does_not_overtake_one_that_waits(house: House) -> None:
    await sold_out(house)
    first = await house.allocated("first", ("MUG", 3))
    await comes_in(house, 3)
    before = await house.allocated("before it was told", ("MUG", 1))
    await look(house)
    after = await house.allocated("after it was told", ("MUG", 1))
    await house.one("order.allocate", order_id=first)
    assert [await got(house, each) for each in (first, before, after)] == [3, 0, 0]
    assert "3 x MUG that came in are kept for orders ahead in the queue." in house.case(after).message
    check_house(house.store)


async def test_what_those_who_wait_do_not_need_is_free(house: House) -> None:
    await sold_out(house)
    first = await house.allocated("first", ("MUG", 3))
    await comes_in(house, 5)
    second = await house.allocated("second", ("MUG", 4))
    await house.one("order.allocate", order_id=first)
    assert [await got(house, each) for each in (first, second)] == [3, 2]


async def test_express_and_what_is_promised_sooner_go_ahead(house: House) -> None:
    await sold_out(house)
    first = await house.allocated("first", ("MUG", 2))
    await comes_in(house, 2)
    express = await house.allocated("express", ("MUG", 1), priority="express")
    soon = (house.clock.now() + timedelta(days=3)).isoformat()
    sooner = await house.allocated("soon", ("MUG", 1), requested_delivery_at=soon)
    assert [await got(house, each) for each in (first, express, sooner)] == [0, 1, 1]


async def test_who_was_refused_for_another_is_told_when_that_one_leaves_some(house: House) -> None:
    await sold_out(house)
    first = await house.allocated("first", ("MUG", 3))
    await comes_in(house, 3)
    second = await house.allocated("second", ("MUG", 1))
    assert await look(house) == 1
    await house.one("order.cancel", order_id=first, because="not wanted")
    assert await look(house) == 1
    await house.one("order.allocate", order_id=second)
    assert await got(house, second) == 1
    assert await look(house) == 0
    assert await idle(house) == []


async def test_a_turn_that_is_not_used_ends(house: House) -> None:
    await sold_out(house)
    first = await house.allocated("first", ("MUG", 3))
    await comes_in(house, 3)
    await look(house)
    second = await house.allocated("second", ("MUG", 1))
    house.clock.advance(A_TURN)
    await look(house)
    assert house.events(second)[-1] == "order.requeued"
    await house.one("order.allocate", order_id=second)
    assert [await got(house, each) for each in (first, second)] == [0, 1]


async def test_a_turn_ends_though_nobody_was_told(house: House) -> None:
    await sold_out(house)
    await house.allocated("first", ("MUG", 3))
    await comes_in(house, 3)
    house.clock.advance(A_TURN)
    assert await got(house, await house.allocated("second", ("MUG", 3))) == 3


async def test_a_kit_that_lacks_another_part_keeps_nothing_from_those_behind(house: House) -> None:
    kit = Product(sku="SET", weight_g=1, kit=[KitPart(sku="MUG", quantity=1), KitPart(sku="NONE", quantity=1)])
    await house.change(lambda work: work.tx.put_products([kit, Product(sku="NONE", weight_g=1)]))
    await sold_out(house)
    first = await house.allocated("first", ("SET", 1))
    await comes_in(house, 1)
    second = await house.allocated("second", ("MUG", 1))
    assert await look(house) == 1
    await house.one("order.allocate", order_id=first)
    assert await look(house) == 1
    await house.one("order.allocate", order_id=second)
    assert [await got(house, each) for each in (first, second)] == [0, 1]


@pytest.mark.parametrize("step", ["hold", "quarantine"])
async def test_who_is_held_back_keeps_nothing_from_those_behind(house: House, step: str) -> None:
    await sold_out(house)
    first = await house.allocated("first", ("MUG", 3))
    await comes_in(house, 3)
    await look(house)
    if step == "hold":
        await house.one("order.hold", order_id=first, reason="customer", because="asked to")
    else:
        await house.one("exception.raise", order_id=first, code="address_invalid", message="It came back.")
    assert await got(house, await house.allocated("second", ("MUG", 3))) == 3


async def test_stock_at_a_closed_location_keeps_nobody_from_the_rest(house: House) -> None:
    await sold_out(house)
    first = await house.allocated("first", ("MUG", 3))
    await comes_in(house, 2, where="west")
    await comes_in(house, 3)
    await house.change(lambda work: close_location(work, "west", "Ann", "flood"))
    assert await look(house) == 1
    second = await house.allocated("second", ("MUG", 1))
    await house.one("order.allocate", order_id=first)
    assert [await got(house, each) for each in (first, second)] == [3, 0]


async def test_a_lot_that_may_not_be_sold_wakes_nobody_and_is_kept_for_nobody(house: House) -> None:
    await sold_out(house, "SERUM")
    await house.allocated("first", ("SERUM", 1))
    await house.change(lambda work: receive(work, Shelf("SERUM", "east", "L9"), 4))
    shelf = Shelf("SERUM", "east", "L9")
    await house.change(lambda work: set_lot_status(work, position_at(work, shelf), LotStatus.RECALLED, "recall"))
    assert await look(house) == 0
    assert await idle(house, "SERUM") == []


async def test_the_first_in_the_queue_that_may_not_be_sent_from_there_is_passed_over(house: House) -> None:
    await house.change(lambda work: work.tx.put_locations([_only_at_home(each) for each in work.tx.locations()]))
    await sold_out(house)
    await house.change(lambda work: work.tx.put_locations([_to_all(each) for each in work.tx.locations()]))
    first = await house.allocated("first", ("MUG", 1), ship_to=abroad())
    await house.change(lambda work: work.tx.put_locations([_only_at_home(each) for each in work.tx.locations()]))
    await comes_in(house, 1)
    second = await house.allocated("second", ("MUG", 1))
    assert [await got(house, each) for each in (first, second)] == [0, 1]


def _only_at_home(location: Any) -> Any:
    return location.model_copy(update={"serves": ["US"]})


def _to_all(location: Any) -> Any:
    return location.model_copy(update={"serves": []})


def abroad() -> dict[str, str]:
    return {"name": "Jo", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE"}


async def idle(house: House, sku: str = "MUG") -> list[backorders.Arrival]:
    """Arrivals that are still open when every turn has been had."""
    house.clock.advance(A_TURN)
    await look(house)
    await look(house)
    now = house.clock.now() + timedelta(days=1)
    return [
        each for each in backorders.arrivals(house.store.reader, now) if (each.tenant_id, each.sku) == (TENANT, sku)
    ]
