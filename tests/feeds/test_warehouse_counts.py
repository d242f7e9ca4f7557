"""What a warehouse's own system says, held against ours: a real look-alike is asked."""

from datetime import timedelta

import pytest

from connector_service.adapters.http import Transport, open_client
from connector_service.clock import SystemClock
from connector_service.feeds.recounting import Recounting
from connector_service.feeds.warehouse_counts import Reconciled
from connector_service.orders.systems import AllSystems
from connector_service.store import recount_times, stock_history, tenants
from tests.house import STOCK, TENANT, House, check_house

pytestmark = pytest.mark.anyio


async def reconciled(house: House, location_id: str = "east") -> Reconciled:
    client = open_client()
    try:
        systems = AllSystems(house.store, Transport(client, SystemClock()))
        recounting = Recounting(house.store, house.rules, systems)
        (found,) = await recounting.reconcile(TENANT, "tests", location_id)
        return found
    finally:
        await client.aclose()


def there(house: House, units: int, sku: str = "TEE", lot: str = "", **said: str) -> None:
    """The warehouse in the east has other figures."""
    assert house.sandbox is not None
    shelf = {"location_id": "east", "sku": sku, "lot": lot, "on_hand": units, **said}
    house.sandbox.put("catalog", {"products": [], "stock": [shelf]})


async def test_figures_that_agree_change_nothing(full_house: House) -> None:
    before = full_house.positions()
    found = await reconciled(full_house)
    assert (found.agreed, found.drifted, found.trouble) == (sum(c["location_id"] == "east" for c in STOCK), 0, "")
    assert full_house.positions() == before


async def test_another_figure_is_taken_over_and_kept_as_a_drift(full_house: House) -> None:
    house = full_house
    house.clock.advance(timedelta(minutes=5))
    there(house, 17)
    found = await reconciled(house)
    assert (found.drifted, found.refused) == (1, [])
    assert house.positions()["east", "TEE", ""].on_hand == 17
    (drift,) = stock_history.drifts(house.store.reader, TENANT, house.clock.now(), "east", 10)
    assert (drift.data["expected"], drift.data["counted"], drift.data["source"]) == (20, 17, "northdock")
    assert stock_history.drifts(house.store.reader, TENANT, house.clock.now(), "west", 10) == []
    assert (await reconciled(house)).drifted == 0


async def test_what_is_picked_and_what_is_being_picked_is_no_drift(full_house: House) -> None:
    house = full_house
    shipment = await house.packed("N1", ("TEE", 2))
    found = await reconciled(house, shipment.location_id)
    assert (found.drifted, found.trouble) == (0, "")
    assert house.positions()[shipment.location_id, "TEE", ""].on_hand == 20
    order_id = await house.released("N2", ("TEE", 3))
    (given,) = house.shipments(order_id)
    assert (await reconciled(house, given.location_id)).drifted == 0
    check_house(house.store)


async def test_a_figure_below_the_claims_gives_an_order_back_as_a_mismatch(full_house: House) -> None:
    house = full_house
    order_id = await house.allocated("N1", ("TEE", 38))
    there(house, 0)
    await reconciled(house)
    assert house.case(order_id).code == "inventory_mismatch"
    check_house(house.store)


async def test_a_warehouse_that_does_not_answer_is_said_so(house: House) -> None:
    assert "no connection 'northdock'" in (await reconciled(house)).trouble


async def test_a_tenant_says_how_often_and_one_of_several_replicas_asks(house: House) -> None:
    reader = house.store.reader
    house.clock.advance(timedelta(hours=23))
    assert recount_times.due(reader, house.clock.now()) == []
    house.clock.advance(timedelta(hours=1))
    now = house.clock.now()
    assert recount_times.due(reader, now) == [TENANT, "other"]
    assert [recount_times.begin(reader, TENANT, now), recount_times.begin(reader, TENANT, now)] == [True, False]
    tenants.change_stock_settings(reader, "other", recount_hours=0)
    assert recount_times.due(reader, now) == []


async def test_a_lot_that_the_warehouse_says_is_recalled_is_promised_no_more(full_house: House) -> None:
    house = full_house
    there(house, 5, "SERUM", "L1", lot_status="recalled")
    await reconciled(house)
    assert house.positions()["east", "SERUM", "L1"].lot_status == "recalled"
    there(house, 5, "SERUM", "L1")
    await reconciled(house)
    assert house.positions()["east", "SERUM", "L1"].lot_status == "recalled", "who lifts it says so"
