"""An order whose stock lies where it may not ship from now waits with the right words, and is tried again by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from canonical_models import AdjustmentReason, Location
from connector_service.inventory.positions import Shelf, adjust, position_at, receive
from connector_service.orders.closures import close_location, open_location
from connector_service.orders.places import try_again
from connector_service.orders.work import Work
from connector_service.scheduler import Scheduler
from connector_service.store import place_waits
from tests.house import LOCATIONS, House, check_house

pytestmark = pytest.mark.anyio


async def at(house: House, **changes: object) -> None:
    """All stock of SERUM is at east; east is as these changes say."""
    east = Location.model_validate({**LOCATIONS[0].model_dump(), "timezone": "America/New_York", **changes})
    await house.change(lambda work: work.tx.put_locations([east, LOCATIONS[1]]))


async def look(house: House) -> int:
    return await Scheduler(house.store, house.rules).move_stock()


async def full(house: House) -> str:
    """A day for one shipment has it; the next order waits."""
    await at(house, capacity_per_day=1, cut_off="17:00")
    await house.allocated("N0", ("SERUM", 1))
    return await house.allocated("N1", ("SERUM", 1))


async def test_an_order_waits_when_the_only_location_with_its_stock_is_full(house: House) -> None:
    order_id = await full(house)
    order, case = house.order(order_id), house.case(order_id)
    assert (order.status, case.code) == ("backordered", "no_location_free")
    assert (order.owner, order.deadline_at) == (case.owner, case.deadline_at)
    assert case.owner == "inventory-control"
    assert case.deadline_at is not None
    assert case.message.startswith("No location that may ship has 1 x SERUM. east has some and may not ship it:")
    assert "No capacity left today" in case.message
    assert case.message.endswith("It is tried again at 2026-11-09 22:00 UTC, or when there is room before.")
    check_house(house.store)


async def test_it_is_tried_again_when_the_full_day_is_over(house: House) -> None:
    order_id = await full(house)
    assert await look(house) == 0
    house.clock.advance(datetime(2026, 11, 9, 22, 1, tzinfo=UTC) - house.clock.now())
    assert await look(house) > 0
    assert house.events(order_id)[-1] == "order.requeued"
    await house.one("order.allocate", order_id=order_id)
    assert (house.order(order_id).status, house.order(order_id).exception_ids) == ("allocated", [])
    assert await look(house) == 0
    check_house(house.store)


async def test_one_that_is_tried_in_vain_waits_for_the_day_after(house: House) -> None:
    order_id = await full(house)
    house.clock.advance(datetime(2026, 11, 9, 22, 1, tzinfo=UTC) - house.clock.now())
    await look(house)
    await house.allocated("N2", ("SERUM", 1))
    await house.one("order.allocate", order_id=order_id)
    assert house.case(order_id).code == "no_location_free"
    tomorrow = datetime(2026, 11, 10, 22, 1, tzinfo=UTC)
    assert [each for _, each in place_waits.due(house.store.reader, tomorrow)] == [order_id]


async def test_express_after_the_cut_off_is_tried_again_the_next_morning(house: House) -> None:
    await at(house, cut_off="09:59")
    order_id = await house.allocated("N1", ("SERUM", 1), priority="express")
    assert house.case(order_id).code == "no_location_free"
    assert "Express, after the cut-off" in house.case(order_id).message
    house.clock.advance(datetime(2026, 11, 10, 5, 0, tzinfo=UTC) - house.clock.now())
    assert await look(house) == 1
    await house.one("order.allocate", order_id=order_id)
    assert house.order(order_id).status == "allocated"


async def test_an_order_for_a_closed_location_is_tried_again_when_it_opens(house: House) -> None:
    await house.change(lambda work: close_location(work, "east", "Ann", "flood"))
    order_id = await house.allocated("N1", ("SERUM", 1))
    assert house.case(order_id).code == "no_location_free"
    assert house.case(order_id).message.endswith("It is tried again when the location is opened.")
    await house.change(lambda work: open_location(work, "east", "Ann", "dry"))
    assert await look(house) == 1
    await house.one("order.allocate", order_id=order_id)
    assert house.order(order_id).status == "allocated"


async def test_stock_that_comes_in_elsewhere_ends_the_wait_before(house: House) -> None:
    order_id = await full(house)
    house.clock.advance(timedelta(minutes=1))
    await house.change(lambda work: receive(work, Shelf("SERUM", "west", "L3"), 1))
    assert await look(house) == 1
    await house.one("order.allocate", order_id=order_id)
    assert house.order(order_id).status == "allocated"
    house.clock.advance(timedelta(minutes=5))
    assert await house.change(lambda work: try_again(work, order_id)) is False


async def test_what_nobody_has_is_short_and_waits_for_no_place(house: House) -> None:
    await at(house, capacity_per_day=1)
    order_id = await house.allocated("N1", ("SERUM", 11))
    assert house.case(order_id).code == "inventory_short"
    assert place_waits.due(house.store.reader, house.clock.now() + timedelta(days=9)) == []


async def test_one_whose_stock_is_gone_meanwhile_is_short_and_waits_for_no_place(house: House) -> None:
    order_id = await full(house)
    waited = house.case(order_id)
    for lot in ("L1", "L2"):
        await house.change(lambda work, lot=lot: _lose(work, Shelf("SERUM", "east", lot)))  # type: ignore[misc]
    await house.one("order.allocate", order_id=order_id)
    assert house.case(order_id).code == "inventory_short"
    assert {case.id: case.state for case in house.cases(order_id)}[waited.id] == "requeued"
    assert place_waits.due(house.store.reader, house.clock.now() + timedelta(days=9)) == []
    check_house(house.store)


async def test_the_clock_leaves_one_alone_that_a_person_holds(house: House) -> None:
    order_id = await full(house)
    await house.one("order.hold", order_id=order_id, reason="customer", because="asked to")
    house.clock.advance(timedelta(days=1))
    await look(house)
    assert house.order(order_id).status == "on_hold"


async def test_a_person_may_cancel_what_waits_for_a_place(house: House) -> None:
    order_id = await full(house)
    await house.one(
        "exception.resolve", exception_id=house.case(order_id).id, person="Ann", fields={"short_lines": "cancel"}
    )
    assert house.order(order_id).status == "cancelled"


def _lose(work: Work, shelf: Shelf) -> None:
    position = position_at(work, shelf)
    adjust(work, position, position.reserved - position.on_hand, AdjustmentReason.LOST)
