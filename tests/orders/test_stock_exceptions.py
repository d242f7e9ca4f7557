"""Exceptions of stock: short, miscounted, wrong lot, not found; partial fulfilment and re-routing."""

from typing import Any

import pytest

from canonical_models import InventoryPosition
from connector_service.inventory.positions import take_count
from tests.house import House, check_house

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def short(house: House, *lines: tuple[str, int]) -> str:
    order_id = await house.receive("N1", *lines)
    await house.one("order.validate", order_id=order_id)
    await house.one("order.allocate", order_id=order_id)
    assert house.case(order_id).code == "inventory_short"
    check_house(house.store)
    return order_id


async def restock(house: House, sku: str, location_id: str, units: int, lot: str = "") -> None:
    await house.change(
        lambda work: take_count(work, sku=sku, location_id=location_id, lot=lot, expires_on=None, on_hand=units)
    )


async def test_an_order_goes_to_the_one_location_that_has_it_all(house: House) -> None:
    await restock(house, "MUG", "east", 0)
    order_id = await house.allocated("N1", ("TEE", 1), ("MUG", 1))
    assert [shipment.location_id for shipment in house.shipments(order_id)] == ["west"]


async def test_an_order_that_no_location_has_whole_is_split(house: House) -> None:
    order_id = await house.allocated("N1", ("TEE", 30))
    assert house.order(order_id).status == "allocated"
    # Which of two equal locations gives more is drawn by the order's id.
    assert {s.location_id for s in house.shipments(order_id)} == {"east", "west"}
    assert sorted(s.lines[0].quantity for s in house.shipments(order_id)) == [10, 20]
    check_house(house.store)


async def test_an_order_with_two_lots_takes_each_line_from_the_lot_it_demands(house: House) -> None:
    lines = [{"line_id": lot, "sku": "SERUM", "quantity_ordered": 2, "lot": lot} for lot in ("L2", "L1")]
    order_id = await house.allocated("N1", lines=lines)
    (shipment,) = house.shipments(order_id)
    assert [(line.line_id, line.lot, line.lot_demanded) for line in shipment.lines] == [
        ("L2", "L2", True),
        ("L1", "L1", True),
    ]


async def test_what_is_nowhere_in_stock_is_backordered_and_owned_by_who_knows_when_it_comes(house: House) -> None:
    order_id = await short(house, ("MUG", 21))
    assert house.order(order_id).status == "partially_allocated"
    other = await house.receive("N2", ("MUG", 1))
    await house.one("order.validate", order_id=other)
    assert (await house.one("order.allocate", order_id=other))["exception"]["code"] == "inventory_short"
    assert (house.order(other).status, house.order(other).owner) == ("backordered", "inventory-control")
    check_house(house.store)


async def test_allocating_a_backordered_order_again_changes_nothing_until_stock_comes(house: House) -> None:
    await house.allocated("N0", ("MUG", 20))
    order_id = await short(house, ("MUG", 1))
    before = house.order(order_id)
    await house.one("order.allocate", order_id=order_id)
    assert house.order(order_id) == before
    await restock(house, "MUG", "east", 11)
    await house.one("order.allocate", order_id=order_id)
    assert house.order(order_id).status == "allocated"
    check_house(house.store)


async def test_of_a_short_order_what_is_there_ships_and_the_rest_waits(full_house: House) -> None:
    house = full_house
    shipment = await house.shipped("N1", ("TEE", 2), ("MUG", 21))
    shipments = house.shipments(shipment.order_id)
    for other in shipments:
        await house.one("shipment.read_warehouse", shipment_id=other.id)
    assert house.order(shipment.order_id).status == "partially_shipped"
    assert house.case(shipment.order_id).code == "inventory_short"
    assert house.order(shipment.order_id).owner == house.case(shipment.order_id).owner
    check_house(house.store)


async def ship_all(house: House, order_id: str) -> None:
    steps = ("check_post_pick", "check_packing", "rate", "buy_label", "check_label", "confirm")
    for shipment in house.shipments(order_id):
        while house.shipment(shipment.id).status in ("released", "picking", "picked"):
            await house.one("shipment.read_warehouse", shipment_id=shipment.id)
        await house.through(shipment.id, *steps)


async def test_the_rest_of_a_short_order_ships_once_stock_has_come(full_house: House) -> None:
    house = full_house
    order_id = await house.released("N1", ("MUG", 21))
    await ship_all(house, order_id)
    assert house.order(order_id).lines[0].quantity_fulfilled == 20
    await house.resolve(order_id, {"short_lines": "wait"})
    await house.requeue(order_id)
    await restock(house, "MUG", "east", 5)
    for node in ("order.validate", "order.allocate", "order.check_pre_pick"):
        await house.one(node, order_id=order_id)
    assert house.order(order_id).lines[0].quantity_allocated == 21
    check_house(house.store)


@pytest.mark.parametrize("delivered", [False, True])
async def test_a_customer_who_goes_without_the_rest_ends_the_order_where_its_parcels_are(
    full_house: House, delivered: bool
) -> None:
    from canonical_models import TrackingType

    house = full_house
    order_id = await house.released("N1", ("MUG", 21))
    await ship_all(house, order_id)
    if delivered:
        for shipment in house.shipments(order_id):
            await house.scan(shipment.id, TrackingType.DELIVERED)
    await house.resolve(order_id, {"short_lines": "cancel"})
    assert (await house.requeue(order_id))["status"] == ("delivered" if delivered else "shipped")
    assert house.order(order_id).lines[0].quantity_cancelled == 1
    check_house(house.store)


async def test_cancelling_all_of_a_backordered_order_cancels_the_order(house: House) -> None:
    await house.allocated("N0", ("MUG", 20))
    order_id = await short(house, ("MUG", 1))
    await house.resolve(order_id, {"short_lines": "cancel"})
    assert house.order(order_id).status == "cancelled"
    check_house(house.store)


@pytest.mark.parametrize("answer", ["maybe", "", 3, None, {"wait": True}])
async def test_short_lines_are_waited_for_or_cancelled_and_nothing_else(house: House, answer: Any) -> None:
    order_id = await short(house, ("MUG", 21))
    case = {"exception_id": house.case(order_id).id, "person": "ada"}
    error = await house.refused("exception.resolve", **case, fields={"short_lines": answer})
    assert (error["status"], error["pointer"]) == (422, "/fields/short_lines")


async def miscounted(house: House) -> str:
    assert house.sandbox is not None
    house.sandbox.put("scenarios", {"N1": "count_short"})
    order_id = await house.allocated("N1", ("TEE", 2))
    answer = await house.one("order.check_pre_pick", order_id=order_id)
    assert answer["exception"]["code"] == "inventory_mismatch"
    assert house.order(order_id).status == "on_hold"
    check_house(house.store)
    return order_id


async def test_a_count_below_what_is_reserved_holds_the_order_until_a_recount(full_house: House) -> None:
    house = full_house
    order_id = await miscounted(house)
    place = house.case(order_id).evidence["location_id"]
    case = {"exception_id": house.case(order_id).id, "person": "ada", "audit_steps": ["recount_done"]}
    for wrong in ("1", -1, True, 1.5):
        error = await house.refused("exception.resolve", **case, fields={"counted_on_hand": wrong})
        assert error["pointer"] == "/fields/counted_on_hand"
    await house.resolve(order_id, {"counted_on_hand": 1}, "recount_done")
    assert house.positions()[str(place), "TEE", ""].on_hand == 1
    assert (await house.requeue(order_id))["status"] == "validated"
    house.sandbox.put("scenarios", {"N1": None})  # type: ignore[union-attr]
    for node in ("order.allocate", "order.check_pre_pick", "order.release"):
        assert (await house.one(node, order_id=order_id))["status"] == "done"
    assert place not in {s.location_id for s in house.shipments(order_id) if s.status != "cancelled"}
    check_house(house.store)


async def test_a_recount_below_what_other_orders_hold_is_refused(full_house: House) -> None:
    house = full_house
    order_id = await miscounted(house)
    place = str(house.case(order_id).evidence["location_id"])
    other = "N0"
    while place not in {s.location_id for s in house.shipments(await house.allocated(other, ("TEE", 5)))}:
        other += "0"
    case = {"exception_id": house.case(order_id).id, "person": "ada", "audit_steps": ["recount_done"]}
    error = await house.refused("exception.resolve", **case, fields={"counted_on_hand": 4})
    assert error["pointer"] == "/fields/counted_on_hand"
    check_house(house.store)


async def test_a_recalled_lot_stops_the_order_and_is_not_chosen_again(full_house: House) -> None:
    house = full_house
    recalled = {"location_id": "east", "sku": "SERUM", "lot": "L1", "on_hand": 5, "lot_status": "recalled"}
    house.sandbox.put("catalog", {"stock": [recalled]})  # type: ignore[union-attr]
    order_id = await house.allocated("N1", ("TEE", 1), ("SERUM", 2))
    answer = await house.one("order.check_pre_pick", order_id=order_id)
    assert (answer["exception"]["code"], house.order(order_id).status) == ("lot_mismatch", "quarantined")
    await house.resolve(order_id, {"lot_confirmed": "L2"}, "lot_seen_by_second_person")
    await house.requeue(order_id)
    for node in ("order.allocate", "order.check_pre_pick", "order.release"):
        assert (await house.one(node, order_id=order_id))["status"] == "done", node
    live = [s for s in house.shipments(order_id) if s.status == "released"]
    assert [line.lot for s in live for line in s.lines if line.sku == "SERUM"] == ["L2"]
    check_house(house.store)


async def test_an_order_picked_from_the_wrong_lot_is_quarantined_until_the_right_one_is_in_the_tote(
    full_house: House,
) -> None:
    house = full_house
    house.sandbox.put("scenarios", {"N1": "wrong_lot"})  # type: ignore[union-attr]
    shipment = await house.packed("N1", ("SERUM", 2))
    answer = await house.one("shipment.check_post_pick", shipment_id=shipment.id)
    assert answer["exception"]["code"] == "lot_mismatch"
    case = {"exception_id": house.case(shipment.order_id).id, "person": "ada"}
    steps = {"audit_steps": ["lot_seen_by_second_person"]}
    error = await house.refused("exception.resolve", **case, **steps, fields={"lot_confirmed": "L9"})
    assert error["pointer"] == "/fields/lot_confirmed"
    await house.resolve(shipment.order_id, {"lot_confirmed": shipment.lines[0].lot}, "lot_seen_by_second_person")
    await house.requeue(shipment.order_id)
    answer = await house.through(shipment.id, "check_post_pick", "check_packing")
    assert answer["status"] == "done"
    check_house(house.store)


async def test_a_failed_pick_is_routed_to_the_other_warehouse_and_the_missing_units_are_set_aside(
    full_house: House,
) -> None:
    house = full_house
    house.sandbox.put("scenarios", {"N1": "pick_short_once"})  # type: ignore[union-attr]
    order_id = await house.released("N1", ("TEE", 3))
    failed = await house.reach(order_id, "exception")
    answer = await house.one("shipment.reroute", shipment_id=failed.id)
    assert answer["status"] == "done"
    there = house.positions()[failed.location_id, "TEE", ""]
    assert (there.on_hand, there.reserved, there.unavailable, there.available) == (20, 0, 1, 19)
    again = [s for s in house.shipments(order_id) if s.status == "planned"]
    assert [(s.attempt, s.location_id != failed.location_id) for s in again] == [(2, True)]
    check_house(house.store)
    await house.one("shipment.reroute", shipment_id=failed.id)
    for node in ("order.check_pre_pick", "order.release"):
        await house.one(node, order_id=order_id)
    await house.reach(order_id, "packed")
    await restock(house, "TEE", failed.location_id, 19)
    there = house.positions()[failed.location_id, "TEE", ""]
    assert (there.on_hand, there.unavailable, there.available) == (19, 0, 19)


async def test_a_pick_that_fails_everywhere_waits_for_operations(full_house: House) -> None:
    house = full_house
    house.sandbox.put("scenarios", {"N1": "pick_short_always"})  # type: ignore[union-attr]
    order_id = await house.released("N1", ("TEE", 3))
    for _ in range(2):
        failed = await house.reach(order_id, "exception")
        answer = await house.one("shipment.reroute", shipment_id=failed.id)
        for node in ("order.check_pre_pick", "order.release"):
            await house.one(node, order_id=order_id)
    assert answer["exception"]["code"] == "pick_failed"
    assert (house.order(order_id).status, house.order(order_id).owner) == ("on_hold", "operations")
    check_house(house.store)
    await house.resolve(order_id, {"short_lines": "wait"})
    assert (await house.requeue(order_id))["status"] == "validated"
    assert (await house.one("order.allocate", order_id=order_id))["status"] == "done"
    check_house(house.store)


async def test_a_shipment_whose_pick_did_not_fail_is_not_routed_again(full_house: House) -> None:
    shipment = await full_house.packed()
    error = await full_house.refused("shipment.reroute", shipment_id=shipment.id)
    assert error["status"] == 409


async def test_positions_whose_names_hold_slashes_are_not_mixed_up(house: House) -> None:
    for location, sku in (("a/b", "c"), ("a", "b/c")):
        await restock(house, sku, location, len(location))
    found = await house.change(lambda work: {p.on_hand for p in work.tx.find_by(InventoryPosition, sku=["c", "b/c"])})
    assert found == {3, 1}


async def test_a_position_with_the_longest_names_there_are_can_be_counted_and_reserved(house: House) -> None:
    sku, place, lot = "s" * 128, "p" * 128, "l" * 64
    await restock(house, sku, place, 7, lot)
    assert house.positions()[place, sku, lot].on_hand == 7


async def test_a_count_below_what_is_reserved_is_refused(house: House) -> None:
    order_id = await house.allocated("N1", ("TEE", 5))
    place = house.shipments(order_id)[0].location_id
    from connector_service.errors import Conflict

    with pytest.raises(Conflict, match="5 are reserved"):
        await restock(house, "TEE", place, 4)
    check_house(house.store)
