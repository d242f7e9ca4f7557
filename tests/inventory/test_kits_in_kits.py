"""Kits in kits are opened down to what lies on a shelf; none may be a part of itself."""

from __future__ import annotations

import pytest

from canonical_models import KitPart, Product
from connector_service.errors import InvalidInput
from connector_service.inventory.kit_parts import put_products
from tests.house import House, check_house

pytestmark = pytest.mark.anyio


def kit(sku: str, **parts: int) -> Product:
    return Product(sku=sku, weight_g=900, kit=[KitPart(sku=name, quantity=units) for name, units in parts.items()])


async def put(house: House, *products: Product) -> None:
    await house.change(lambda work: put_products(work.tx, products))


async def test_a_kit_in_a_kit_is_opened_to_lines_of_the_kit_that_was_ordered(house: House) -> None:
    await put(house, kit("PAIR", TEE=2), kit("GIFT", PAIR=2, MUG=1, TEE=1))
    order_id = await house.allocated("N1", ("GIFT", 2))
    lines = [(line.sku, line.quantity_ordered, line.parent_line_id) for line in house.order(order_id).lines]
    assert lines == [("GIFT", 2, None), ("TEE", 10, "1"), ("MUG", 2, "1")]
    assert house.order(order_id).lines[0].quantity_allocated == 2
    check_house(house.store)


async def test_of_kits_of_kits_that_are_short_only_whole_ones_are_claimed(house: House) -> None:
    await put(house, kit("PAIR", TEE=2), kit("GIFT", PAIR=2, MUG=1))
    order_id = await house.allocated("N1", ("GIFT", 11))
    assert [line.quantity_allocated for line in house.order(order_id).lines] == [10, 40, 10]
    check_house(house.store)


async def test_a_kit_in_a_kit_with_a_part_that_nobody_knows_is_an_unknown_sku(house: House) -> None:
    await put(house, kit("PAIR", NOPE=2), kit("GIFT", PAIR=1))
    order_id = await house.receive("N1", ("GIFT", 1))
    answer = await house.one("order.validate", order_id=order_id)
    assert (answer["exception"]["code"], "NOPE" in answer["exception"]["message"]) == ("sku_unknown", True)


@pytest.mark.parametrize(
    ("products", "path"),
    [
        ([kit("A", A=1)], "A > A"),
        ([kit("A", B=1), kit("B", A=1)], "A > B > A"),
        ([kit("A", TEE=1, B=1), kit("B", C=1), kit("C", B=1)], "B > C > B"),
    ],
)
async def test_a_kit_that_is_a_part_of_itself_is_refused(house: House, products: list[Product], path: str) -> None:
    with pytest.raises(InvalidInput, match=path) as refused:
        await put(house, *products)
    assert refused.value.pointer == "/products/0/kit"
    assert house.store.read("acme").products(["A", "B"]) == {}, "nothing of it is kept"


async def test_a_cycle_with_what_is_in_the_catalog_is_refused(house: House) -> None:
    await put(house, kit("A", B=1), kit("B", TEE=1))
    with pytest.raises(InvalidInput, match="B > A > B"):
        await put(house, kit("B", A=1))


async def test_kits_that_come_to_too_much_are_refused(house: House) -> None:
    with pytest.raises(InvalidInput, match="One kit A comes to 1000000 x TEE"):
        await put(house, kit("B", TEE=1_000), kit("A", B=1_000))
