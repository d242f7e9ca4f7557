"""What no box takes becomes an exception of its order; a tenant's own boxes and what ships alone are obeyed."""

from typing import Any

import pytest

from canonical_models import Product
from connector_service.inventory.positions import take_count
from connector_service.packing import Box
from connector_service.store import boxes
from tests.house import TENANT, House, check_house

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
SOFA = Product(sku="SOFA", weight_g=20_000, length_mm=2_000, width_mm=900, height_mm=800, barcode="4006381333948")
LAMP = Product(sku="LAMP", weight_g=500, length_mm=100, width_mm=100, height_mm=100, ships_alone=True)
CRATE = Box(id="crate", inner_length_mm=2_100, inner_width_mm=1_000, inner_height_mm=900, max_weight_g=90_000)


async def with_stock_of(house: House, product: Product) -> None:
    """Nine units in the east, here and in the warehouse's own books."""
    assert house.sandbox is not None
    count = {"sku": product.sku, "location_id": "east", "lot": "", "on_hand": 9}
    await house.change(lambda work: work.tx.put_products([product]))
    await house.change(lambda work: take_count(work, **count, expires_on=None))
    known = {"sku": product.sku, "weight_g": product.weight_g, "barcode": product.barcode}
    house.sandbox.put("catalog", {"products": [known], "stock": [count]})


async def batch(house: House, *order_ids: str) -> list[Json]:
    output: Json = (await house.one("batch.run", order_ids=list(order_ids)))["output"]
    orders: list[Json] = output["orders"]
    return orders


async def test_what_no_box_takes_is_an_exception_of_its_order_and_the_others_go_on(full_house: House) -> None:
    await with_stock_of(full_house, SOFA)
    sofa, mug = await full_house.allocated("N1", ("SOFA", 1)), await full_house.allocated("N2", ("MUG", 1))
    one, other = await batch(full_house, sofa, mug)
    assert (one["outcome"], other["outcome"]) == ("exception", "done")
    (case,) = one["exceptions"]
    assert (case["code"], case["owner"], case["queue"]) == ("no_box_fits", "warehouse", "packing-bench")
    assert "SOFA (2000 x 900 x 800 mm) is larger than the room of every box" in case["message"]
    assert one["customer_may_hear"].startswith("We are checking your order N1 once more")
    assert full_house.order(sofa).status == "quarantined"
    check_house(full_house.store)


async def test_once_somebody_has_said_how_it_is_packed_no_box_is_looked_for(full_house: House) -> None:
    await with_stock_of(full_house, SOFA)
    sofa = await full_house.allocated("N1", ("SOFA", 1))
    await batch(full_house, sofa)
    await full_house.resolve(sofa, {"packed_in": "on a pallet, in foil"}, "measured_again")
    await full_house.requeue(sofa)
    (again,) = await batch(full_house, sofa)
    (parcel,) = again["shipments"][0]["parcels"]
    assert (again["outcome"], parcel["dims_mm"], parcel["weight_g"] > 20_000) == ("done", None, True)
    check_house(full_house.store)


async def test_a_tenant_s_own_boxes_are_packed_into(full_house: House) -> None:
    await with_stock_of(full_house, SOFA)
    await full_house.store.administer(lambda c: boxes.put_boxes(c, TENANT, [CRATE]))
    (order,) = await batch(full_house, await full_house.allocated("N1", ("SOFA", 1)))
    (parcel,) = order["shipments"][0]["parcels"]
    assert (order["outcome"], parcel["box"]) == ("done", "crate")
    assert [box.id for box in boxes.boxes_of(full_house.store.reader, "other")] != ["crate"]


async def test_what_ships_alone_has_a_parcel_for_each_unit(full_house: House) -> None:
    await with_stock_of(full_house, LAMP)
    (order,) = await batch(full_house, await full_house.allocated("N1", ("LAMP", 3)))
    assert [parcel["weight_g"] >= 500 for parcel in order["shipments"][0]["parcels"]] == [True] * 3


async def test_no_boxes_at_all_are_the_standard_ones_again(full_house: House) -> None:
    standard = boxes.boxes_of(full_house.store.reader, TENANT)
    await full_house.store.administer(lambda c: boxes.put_boxes(c, TENANT, [CRATE]))
    await full_house.store.administer(lambda c: boxes.put_boxes(c, TENANT, []))
    assert boxes.boxes_of(full_house.store.reader, TENANT) == standard
