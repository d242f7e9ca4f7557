"""First expired first out, lots that may not be sold, and serial numbers."""

from typing import Any

import pytest

from canonical_models import InventoryPosition, LotStatus, Order, Reservation
from connector_service.errors import Conflict
from connector_service.inventory import positions
from connector_service.inventory.positions import Shelf
from connector_service.orders.release import plan_release
from tests.house import TENANT, House, check_house

pytestmark = pytest.mark.anyio


async def serum(house: House, lot: str, expires_on: str | None, units: int = 5) -> None:
    said: dict[str, Any] = {"sku": "SERUM", "location_id": "east", "lot": lot, "expires_on": expires_on}
    await house.change(lambda work: positions.take_count(work, **said, on_hand=units))


def lots(house: House, order_id: str) -> dict[str, int]:
    found = house.store.read(TENANT).find_by(Reservation, order_id=order_id)
    return {claim.lot: claim.quantity for claim in found}


async def test_what_expires_first_goes_first_and_what_has_expired_does_not_go(house: House) -> None:
    await serum(house, "L1", "2027-03-01")
    await serum(house, "L2", "2026-12-01")
    await serum(house, "L0", "2026-11-08")
    order_id = await house.allocated("N1", ("SERUM", 7))
    assert lots(house, order_id) == {"L2": 5, "L1": 2}


@pytest.mark.parametrize("status", [LotStatus.EXPIRED, LotStatus.RECALLED, LotStatus.QUARANTINED])
async def test_a_lot_that_may_not_be_sold_is_never_promised(house: House, status: LotStatus) -> None:
    def judge(work: Any) -> None:
        position = work.tx.get(InventoryPosition, Shelf("SERUM", "east", "L1").position_id)
        positions.set_lot_status(work, position, status, "The supplier says so.")

    await house.change(judge)
    assert house.positions()["east", "SERUM", "L1"].available == 0
    order_id = await house.allocated("N1", ("SERUM", 9))
    assert (lots(house, order_id), house.case(order_id).code) == ({"L2": 5}, "inventory_short")
    check_house(house.store)


async def test_safety_stock_is_not_promised_and_does_not_go_below_zero(house: House) -> None:
    def keep_back(work: Any) -> None:
        for lot, units in (("L1", 4), ("L2", 9)):
            position = work.tx.get(InventoryPosition, Shelf("SERUM", "east", lot).position_id)
            positions.set_safety_stock(work, position, units, "Kept for the shop.")

    await house.change(keep_back)
    assert [house.positions()["east", "SERUM", lot].available for lot in ("L1", "L2")] == [1, 0]
    assert lots(house, await house.allocated("N1", ("SERUM", 3))) == {"L1": 1}


def line(quantity: int, **changes: Any) -> list[dict[str, Any]]:
    return [{"line_id": "1", "sku": "MUG", "quantity_ordered": quantity, **changes}]


async def test_a_line_that_demands_serial_numbers_gets_units_that_have_one(house: House) -> None:
    await house.change(lambda work: positions.receive(work, Shelf("MUG", "west"), 3, serials=["S1", "S2"]))
    order_id = await house.allocated("N1", lines=line(2, serial_required=True))
    (claim,) = house.store.read(TENANT).find_by(Reservation, order_id=order_id)
    assert (claim.location_id, claim.serials) == ("west", ["S1", "S2"])
    assert house.positions()["west", "MUG", ""].serials == []
    other = await house.allocated("N2", lines=line(1, serial_required=True))
    assert house.order(other).status == "backordered"
    await house.one("order.cancel", order_id=order_id, because="not wanted")
    assert house.positions()["west", "MUG", ""].serials == ["S1", "S2"]
    check_house(house.store)


async def test_units_without_a_number_go_first_to_who_demands_none(house: House) -> None:
    await house.change(lambda work: positions.receive(work, Shelf("KEY", "west"), 3, serials=["S1", "S2"]))
    await house.change(lambda work: work.tx.put_products([_product("KEY")]))
    order_id = await house.allocated("N1", ("KEY", 2))
    (claim,) = house.store.read(TENANT).find_by(Reservation, order_id=order_id)
    assert (claim.serials, house.positions()["west", "KEY", ""].serials) == (["S1"], ["S2"])


async def test_the_release_names_the_serial_numbers_that_were_claimed(full_house: House) -> None:
    house = full_house
    assert house.sandbox is not None
    house.sandbox.put("catalog", {"products": [], "stock": [{"location_id": "west", "sku": "MUG", "on_hand": 23}]})
    await house.change(lambda work: positions.receive(work, Shelf("MUG", "west"), 3, serials=["S1", "S2"]))
    order_id = await house.allocated("N1", lines=line(2, serial_required=True))
    ((_, plan),) = await house.change(lambda work: plan_release(work, work.tx.get(Order, order_id)))
    assert plan.lines[0].serials == ("S1", "S2")
    await house.one("order.check_pre_pick", order_id=order_id)
    assert (await house.one("order.release", order_id=order_id))["output"]["status"] == "released"


async def test_a_serial_number_is_there_once(house: House) -> None:
    await house.change(lambda work: positions.receive(work, Shelf("MUG", "west"), 1, serials=["S1"]))
    with pytest.raises(Conflict, match="'S1' already"):
        await house.change(lambda work: positions.receive(work, Shelf("MUG", "west"), 1, serials=["S1"]))


def _product(sku: str) -> Any:
    from canonical_models import Product

    return Product(sku=sku, weight_g=10, barcode="1")
