"""Kits ship complete, and substitutes go where the tenant allows it."""

from datetime import timedelta
from typing import Any

import pytest

from canonical_models import KitPart, Product
from connector_service.inventory.positions import Shelf, receive
from connector_service.store import tenants
from tests.house import TENANT, House, check_house

pytestmark = pytest.mark.anyio
SET = Product(
    sku="SET", weight_g=900, barcode="9", kit=[KitPart(sku="TEE", quantity=2), KitPart(sku="MUG", quantity=1)]
)


async def stock_products(house: House, *products: Product) -> None:
    await house.change(lambda work: work.tx.put_products(products))


async def test_a_kit_is_opened_into_its_parts_and_only_these_are_picked(house: House) -> None:
    await stock_products(house, SET)
    order_id = await house.allocated("N1", ("SET", 3))
    order = house.order(order_id)
    assert [
        (line.sku, line.quantity_ordered, line.parent_line_id, line.quantity_allocated) for line in order.lines
    ] == [
        ("SET", 3, None, 3),
        ("TEE", 6, "1", 6),
        ("MUG", 3, "1", 3),
    ]
    assert sorted(line.sku for s in house.shipments(order_id) for line in s.lines) == ["MUG", "TEE"]
    check_house(house.store)


async def test_of_kits_that_are_short_only_whole_ones_are_claimed(house: House) -> None:
    await stock_products(house, SET)
    order_id = await house.allocated("N1", ("SET", 21))
    order = house.order(order_id)
    assert [line.quantity_allocated for line in order.lines] == [20, 40, 20]
    assert order.status == "partially_allocated"
    assert house.case(order_id).evidence["short"] == {"TEE": 2, "MUG": 1}
    await house.resolve(order_id, {"short_lines": "cancel"})
    await house.requeue(order_id)
    assert [line.quantity_open for line in house.order(order_id).lines] == [0, 0, 0]
    check_house(house.store)


async def test_a_kit_with_a_part_that_nobody_knows_is_an_unknown_sku(house: House) -> None:
    await stock_products(house, SET.model_copy(update={"kit": [KitPart(sku="NOPE", quantity=1)]}))
    order_id = await house.receive("N1", ("SET", 1))
    answer = await house.one("order.validate", order_id=order_id)
    assert answer["exception"]["code"] == "sku_unknown"
    assert "NOPE" in answer["exception"]["message"]


async def test_two_orders_for_the_same_kit_are_duplicates(house: House) -> None:
    await stock_products(house, SET)
    await house.allocated("N1", ("SET", 1))
    ship_to: dict[str, Any] = house.order(await house.receive("N1", ("SET", 1))).ship_to.model_dump()
    house.clock.advance(timedelta(seconds=1))
    other = await house.receive("N2", ("SET", 1), ship_to=ship_to)
    assert (await house.one("order.validate", order_id=other))["exception"]["code"] == "duplicate_order"


async def allow(house: House) -> None:
    settings = tenants.StockSettings(substitution=True)
    await house.store.administer(lambda c: tenants.set_stock_settings(c, TENANT, settings))


TEE = Product(sku="TEE", weight_g=180, barcode="4006381333931", substitutes=["NONE", "POLO"])
POLO = Product(sku="POLO", weight_g=200, barcode="77")


async def short_tees(house: House) -> str:
    await stock_products(house, TEE, POLO)
    await house.change(lambda work: receive(work, Shelf("POLO", "west"), 50))
    return await house.allocated("N1", ("TEE", 41))


async def test_a_substitute_goes_when_the_tenant_allows_it_and_the_line_says_why(house: House) -> None:
    await allow(house)
    order_id = await short_tees(house)
    (line,) = house.order(order_id).lines
    assert (line.sku, line.quantity_allocated, house.order(order_id).status) == ("POLO", 41, "allocated")
    assert line.substitution is not None
    assert (line.substitution.ordered_sku, "TEE is short" in line.substitution.because) == ("TEE", True)
    assert "order.substituted" in house.events(order_id)
    check_house(house.store)


async def test_no_substitute_goes_when_the_tenant_does_not_allow_it(house: House) -> None:
    order_id = await short_tees(house)
    (line,) = house.order(order_id).lines
    assert (line.sku, line.substitution, house.case(order_id).code) == ("TEE", None, "inventory_short")


async def test_a_line_that_demands_a_lot_gets_no_substitute(house: House) -> None:
    await allow(house)
    await stock_products(house, TEE, POLO)
    await house.change(lambda work: receive(work, Shelf("POLO", "west"), 50))
    lines = [{"line_id": "1", "sku": "TEE", "quantity_ordered": 1, "lot": "L9"}]
    assert house.order(await house.allocated("N1", lines=lines)).lines[0].sku == "TEE"
