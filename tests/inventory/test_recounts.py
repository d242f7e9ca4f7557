"""A warehouse's own count beside ours: who loses what is not there, and what is said of it."""

from datetime import timedelta
from typing import Any

import pytest

from canonical_models import InventoryPosition, Order
from connector_service.inventory.positions import Shelf
from connector_service.orders.recounts import recount
from connector_service.orders.release import record_release
from tests.house import House, check_house

pytestmark = pytest.mark.anyio


async def counted(house: House, units: int) -> Any:
    """The east counts a lot of serum."""
    key = Shelf("SERUM", "east", "L1").position_id
    return await house.change(lambda work: recount(work, work.tx.get(InventoryPosition, key), units, house.clock.now()))


async def two_orders(house: House) -> list[str]:
    lines = [{"line_id": "1", "sku": "SERUM", "quantity_ordered": 2, "lot": "L1"}]
    first = await house.allocated("N1", lines=lines)
    house.clock.advance(timedelta(minutes=1))
    return [first, await house.allocated("N2", lines=lines)]


async def test_a_count_that_agrees_changes_nothing(house: House) -> None:
    before = house.positions()
    assert await counted(house, 5) is None
    assert house.positions() == before


async def test_of_a_count_below_the_claims_the_newest_order_becomes_a_mismatch_with_both_figures(house: House) -> None:
    first, second = await two_orders(house)
    drift = await counted(house, 3)
    assert (drift.expected, drift.counted) == (5, 3)
    assert (house.order(first).status, house.order(second).status) == ("allocated", "on_hold")
    case = house.case(second)
    assert (case.code, case.evidence["expected"], case.evidence["counted"]) == ("inventory_mismatch", 5, 3)
    assert any("reserved" in line for line in case.evidence["events_between"])
    assert house.positions()["east", "SERUM", "L1"].on_hand == 3
    check_house(house.store)
    await house.resolve(second, {"counted_on_hand": 4}, *case.audit_steps)
    assert (await house.requeue(second))["status"] == "validated"
    assert (await house.one("order.allocate", order_id=second))["status"] == "done"
    check_house(house.store)


async def test_what_a_warehouse_is_picking_stays_claimed_whatever_is_counted(house: House) -> None:
    first, second = await two_orders(house)
    (shipment,) = house.shipments(first)
    await house.change(lambda work: record_release(work, work.tx.get(Order, first), {shipment.id: "W1"}))
    await counted(house, 0)
    there = house.positions()["east", "SERUM", "L1"]
    assert (there.on_hand, there.reserved, there.available) == (2, 2, 0)
    assert house.order(second).status == "on_hold"
    check_house(house.store)
