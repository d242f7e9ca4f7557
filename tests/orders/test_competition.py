"""Which orders compete: for what several want and there is too little of, and for nothing else."""

from typing import Any

import pytest

from canonical_models import KitPart, Product
from connector_service.inventory.positions import take_count
from connector_service.orders.closures import close_location
from connector_service.orders.competition import Contested, contested
from connector_service.orders.work import Work
from tests.house import TENANT, House

pytestmark = pytest.mark.anyio


async def validated(house: House, number: str, *lines: tuple[str, int], **changes: Any) -> str:
    order_id = await house.receive(number, *lines, **changes)
    assert (await house.one("order.validate", order_id=order_id))["status"] == "done"
    return order_id


def found(house: House, *order_ids: str) -> list[Contested]:
    return contested(Work(house.store.read(TENANT), house.rules.of(TENANT), "tests"), order_ids)


async def test_two_orders_that_want_more_than_is_there_compete(house: House) -> None:
    orders = [await validated(house, "N1", ("TEE", 30), ("MUG", 1)), await validated(house, "N2", ("TEE", 11))]
    assert found(house, *orders) == [Contested("TEE", {orders[0]: 30, orders[1]: 11}, 40)]


async def test_to_the_unit_enough_is_enough(house: House) -> None:
    orders = [await validated(house, "N1", ("TEE", 30)), await validated(house, "N2", ("TEE", 10))]
    assert found(house, *orders) == []


async def test_one_order_that_wants_too_much_competes_with_nobody(house: House) -> None:
    orders = [await validated(house, "N1", ("TEE", 90)), await validated(house, "N2", ("MUG", 1))]
    assert found(house, *orders) == []


async def test_what_lies_at_a_closed_location_is_not_there(house: House) -> None:
    orders = [await validated(house, "N1", ("TEE", 12)), await validated(house, "N2", ("TEE", 11))]
    await house.change(lambda work: close_location(work, "east", "ada", "flood"))
    assert [each.there for each in found(house, *orders)] == [20]


async def test_what_has_expired_is_not_there(house: House) -> None:
    count = {"sku": "SERUM", "location_id": "west", "lot": "OLD", "expires_on": "2020-01-01", "on_hand": 50}
    await house.change(lambda work: take_count(work, **count))
    orders = [await validated(house, "N1", ("SERUM", 6)), await validated(house, "N2", ("SERUM", 5))]
    assert [each.there for each in found(house, *orders)] == [10]


async def test_of_a_kit_its_parts_are_competed_for(house: House) -> None:
    kit = Product(sku="SET", weight_g=900, kit=[KitPart(sku="MUG", quantity=3)])
    await house.change(lambda work: work.tx.put_products([kit]))
    orders = [await validated(house, "N1", ("SET", 4)), await validated(house, "N2", ("SET", 3))]
    assert [(each.sku, sum(each.wanted.values()), each.there) for each in found(house, *orders)] == [("MUG", 21, 20)]


async def test_an_order_that_may_not_move_does_not_compete(house: House) -> None:
    orders = [await validated(house, "N1", ("TEE", 30)), await validated(house, "N2", ("TEE", 11))]
    await house.one("order.hold", order_id=orders[0], reason="legal", because="a letter")
    assert found(house, *orders) == []
