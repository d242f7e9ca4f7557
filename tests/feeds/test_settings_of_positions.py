"""Safety stock and what may be done with a lot, told by any source: the latest told holds, whenever it arrives."""

from __future__ import annotations

from typing import Any

import pytest

from connector_service.feeds.counting import Outcome
from connector_service.feeds.taking import Taking
from connector_service.feeds.update import Refused, read_update
from connector_service.inventory.positions import take_count
from tests.house import House, check_house

pytestmark = pytest.mark.anyio


async def tell(house: House, reference: str, **said: Any) -> Outcome | Refused:
    raw = {"kind": "setting", "source": "erp", "sku": "SERUM", "location_id": "east", "lot": "L1"}
    raw |= {"reference": reference, "as_of": "2026-11-09T14:00:00Z", **said}
    update = read_update(raw, {})
    if isinstance(update, Refused):
        return update
    return await house.change(lambda work: Taking(work, [update]).take(update))


def there(house: House) -> Any:
    return house.positions()["east", "SERUM", "L1"]


async def test_a_recalled_lot_and_safety_stock_are_taken_over_once(house: House) -> None:
    assert await tell(house, "S1", lot_status="recalled", safety_stock=2) is Outcome.CHANGED
    assert (there(house).lot_status, there(house).safety_stock, there(house).available) == ("recalled", 2, 0)
    assert await tell(house, "S1", lot_status="recalled", safety_stock=2) is Outcome.REPLAYED
    assert await tell(house, "S2", lot_status="recalled") is Outcome.CONFIRMED
    check_house(house.store)


async def test_what_was_told_of_an_earlier_moment_changes_nothing_when_it_arrives_late(house: House) -> None:
    await tell(house, "S1", lot_status="recalled")
    earlier = {"as_of": "2026-11-09T13:00:00Z"}
    assert await tell(house, "S2", lot_status="usable", **earlier) is Outcome.STALE
    assert there(house).lot_status == "recalled"
    assert await tell(house, "S3", safety_stock=1, **earlier) is Outcome.CHANGED, "of safety stock nothing was told"


async def test_a_lot_that_is_usable_again_is_promised_again(house: House) -> None:
    await tell(house, "S1", lot_status="quarantined")
    await tell(house, "S2", lot_status="usable", as_of="2026-11-09T14:30:00Z")
    assert there(house).available == 5


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "safety_stock"),
        ({"lot_status": "lost"}, "lot_status"),
        ({"safety_stock": -1}, "safety_stock"),
        ({"lot": "L8", "safety_stock": 1}, ""),
        ({"lot": "", "safety_stock": 1}, "lot"),
        ({"quantity": 1}, "quantity"),
    ],
)
async def test_a_setting_that_cannot_be_is_refused_with_its_field(
    house: House, said: dict[str, Any], field: str
) -> None:
    refused = await tell(house, "S1", **said)
    assert isinstance(refused, Refused)
    assert (refused.field, bool(refused.detail)) == (field, True)


async def test_a_lot_past_its_day_is_left_out_when_it_is_read(house: House) -> None:
    """Nothing changes at midnight, and no event tells of it: whoever reads the position goes by the day."""
    await house.change(lambda work: _expires(work, "2026-11-08"))
    order_id = await house.allocated("N1", ("SERUM", 6))
    taken = {line.lot for shipment in house.shipments(order_id) for line in shipment.lines}
    assert (taken, house.order(order_id).lines[0].quantity_allocated) == ({"L2"}, 5)


def _expires(work: Any, day: str) -> None:
    take_count(work, sku="SERUM", location_id="east", lot="L1", expires_on=day, on_hand=5)
