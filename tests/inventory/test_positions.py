"""Counts, receipts, adjustments and transfers: once each, in the order of their source, and beside the warehouse's."""

from datetime import timedelta
from typing import Any

import pytest

from canonical_models import AdjustmentReason, InventoryPosition, Transfer
from connector_service.errors import Conflict, InvalidInput, KeyReused
from connector_service.inventory import positions, transfers
from connector_service.inventory.positions import Shelf
from connector_service.inventory.reconciliation import Drift, reconcile
from connector_service.inventory.work import Source
from tests.house import House, check_house

pytestmark = pytest.mark.anyio
EAST = Shelf("TEE", "east")


def tees(house: House, place: str = "east") -> InventoryPosition:
    return house.positions()[place, "TEE", ""]


async def on(house: House, step: Any) -> Any:
    """A step on the tees in the east."""
    return await house.change(lambda work: step(work, work.tx.get(InventoryPosition, EAST.position_id)))


async def test_a_receipt_told_twice_comes_in_once(house: House) -> None:
    source = Source("wms", "ASN-1")
    for first in (True, False):
        assert await house.change(lambda work: positions.receive(work, EAST, 5, source=source)) is first
    assert tees(house).on_hand == 25
    with pytest.raises(KeyReused, match="ASN-1"):
        await house.change(lambda work: positions.receive(work, EAST, 6, source=source))


async def test_an_adjustment_takes_what_is_free_and_then_what_was_set_aside(house: House) -> None:
    await house.allocated("N1", ("TEE", 38))
    await on(house, lambda work, there: positions.set_aside(work, there, "looks odd"))
    before = tees(house)
    if before.unavailable:
        await on(house, lambda work, there: positions.adjust(work, there, -1, AdjustmentReason.LOST))
        assert tees(house).unavailable == before.unavailable - 1
    too_many = before.reserved - before.on_hand - 1
    with pytest.raises(Conflict, match="reserved"):
        await on(house, lambda work, there: positions.adjust(work, there, too_many, AdjustmentReason.DAMAGED))
    check_house(house.store)


async def test_a_drift_names_both_figures_and_the_events_between(house: House) -> None:
    await house.allocated("N1", ("TEE", 2))
    await on(house, lambda work, there: positions.adjust(work, there, -1, AdjustmentReason.DAMAGED))
    counted_at = house.clock.now()
    house.clock.advance(timedelta(minutes=5))
    await house.change(lambda work: positions.receive(work, EAST, 4))
    found: Drift = await on(house, lambda work, there: reconcile(work, there, 17, counted_at))
    assert (found.expected, found.counted) == (19, 17)
    kinds = [event.type.split(".")[2] for event in found.events]
    assert (kinds[0], kinds[-1], "received" in kinds) == ("counted", "adjusted", False)
    assert found.evidence["events_between"][-1].endswith("1 fewer: damaged.")
    assert await on(house, lambda work, there: reconcile(work, there, 19, counted_at)) is None


async def test_a_transfer_is_in_transit_until_it_arrives_or_is_lost(house: House) -> None:
    sent: Transfer = await on(house, lambda work, there: transfers.send(work, there, "west", 5, transfer_id="T1"))
    await on(house, lambda work, there: transfers.send(work, there, "west", 5, transfer_id="T1"))
    assert (tees(house).on_hand, tees(house, "west").on_hand, tees(house, "west").in_transit) == (15, 20, 5)

    def end(how: Any, units: int, reference: str) -> Any:
        source = Source("wms", reference)
        return lambda work: how(work, work.tx.get(Transfer, sent.id), units, source=source)

    for first in (True, False):
        assert await house.change(end(transfers.arrive, 3, "in-1")) is first
    with pytest.raises(Conflict, match="2 units are in transit"):
        await house.change(end(transfers.arrive, 3, "in-2"))
    await house.change(end(transfers.give_up, 2, "lost-1"))
    assert (tees(house, "west").on_hand, tees(house, "west").in_transit) == (23, 0)
    with pytest.raises(Conflict, match="another transfer"):
        await on(house, lambda work, there: transfers.send(work, there, "west", 6, transfer_id="T1"))
    check_house(house.store)


@pytest.mark.parametrize("units", [0, -1])
async def test_a_receipt_of_nothing_is_refused(house: House, units: int) -> None:
    with pytest.raises(InvalidInput, match="1 or more"):
        await house.change(lambda work: positions.receive(work, EAST, units))


async def test_more_than_a_position_can_hold_is_refused(house: House) -> None:
    with pytest.raises(Conflict, match="at most 1000000000"):
        await house.change(lambda work: positions.receive(work, EAST, 1_000_000_000))
    assert tees(house).on_hand == 20
