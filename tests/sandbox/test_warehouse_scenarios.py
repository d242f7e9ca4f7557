from __future__ import annotations

import pytest

from connector_service.adapters.contracts import WarehouseLine, WarehouseReport
from connector_service.errors import VendorRejected
from tests.contracts.sandbox_process import Sandbox
from tests.contracts.warehouse_contract import an_order
from tests.sandbox.conftest import Partner, ended

pytestmark = pytest.mark.anyio

SHIRTS = (WarehouseLine("1", "TEE-M", 2, None),)


async def packed(partner: Partner, sandbox: Sandbox, scenario: str | None = None) -> WarehouseReport:
    sandbox.put("scenarios", {"SO-1": scenario})
    warehouse = partner.warehouse(sandbox)
    await warehouse.release(an_order("ref", lines=SHIRTS))
    return await ended(warehouse, "ref")


async def test_an_order_without_a_lot_is_picked_from_a_good_one(partner: Partner, sandbox: Sandbox) -> None:
    report = await packed(partner, sandbox)
    assert (report.status, report.lines[0].lot) == ("packed", "L1")


async def test_packing_takes_the_goods_from_the_shelves(partner: Partner, sandbox: Sandbox) -> None:
    await packed(partner, sandbox)
    counts = await partner.warehouse(sandbox).counts("LOC-A", ["TEE-M"], "SO-2")
    assert {count.lot: count.on_hand for count in counts} == {"L1": 98, "L2": 7}


async def test_shelves_that_hold_too_little_make_the_pick_short(partner: Partner, sandbox: Sandbox) -> None:
    warehouse = partner.warehouse(sandbox)
    await warehouse.release(an_order("ref", lines=(WarehouseLine("1", "TEE-M", 101, "L1"),)))
    report = await ended(warehouse, "ref")
    assert (report.status, report.lines[0].picked, report.parcels) == ("short", 100, ())
    counts = await warehouse.counts("LOC-A", ["TEE-M"], "SO-2")
    assert {count.lot: count.on_hand for count in counts}["L1"] == 100


async def test_pick_short_once_is_short_at_the_first_location_only(partner: Partner, sandbox: Sandbox) -> None:
    first = await packed(partner, sandbox, "pick_short_once")
    assert (first.status, first.lines[0].picked) == ("short", 1)
    warehouse = partner.warehouse(sandbox)
    await warehouse.release(an_order("ref:2", location_id="LOC-B", lines=SHIRTS))
    assert (await ended(warehouse, "ref:2")).status == "packed"


async def test_pick_short_always_is_short_everywhere(partner: Partner, sandbox: Sandbox) -> None:
    assert (await packed(partner, sandbox, "pick_short_always")).status == "short"
    warehouse = partner.warehouse(sandbox)
    await warehouse.release(an_order("ref:2", location_id="LOC-B", lines=SHIRTS))
    assert (await ended(warehouse, "ref:2")).status == "short"


async def test_wrong_lot_reports_another_lot(partner: Partner, sandbox: Sandbox) -> None:
    report = await packed(partner, sandbox, "wrong_lot")
    assert (report.status, report.lines[0].lot) == ("packed", "L2")


async def test_wrong_barcode_reports_another_barcode(partner: Partner, sandbox: Sandbox) -> None:
    report = await packed(partner, sandbox, "wrong_barcode")
    assert report.lines[0].barcode != "4006381333931"


async def test_overweight_weighs_far_more_than_the_goods(partner: Partner, sandbox: Sandbox) -> None:
    report = await packed(partner, sandbox, "overweight")
    assert report.parcels[0].weight_g > 2 * (2 * 180 + 120)


async def test_count_short_hides_one_sku_from_one_order(partner: Partner, sandbox: Sandbox) -> None:
    sandbox.put("scenarios", {"SO-1": {"kind": "count_short", "sku": "TEE-M"}})
    warehouse = partner.warehouse(sandbox)
    skus = ["TEE-M", "MUG/1+2 é"]
    hidden = {(count.sku, count.lot): count.on_hand for count in await warehouse.counts("LOC-A", skus, "SO-1")}
    seen = {(count.sku, count.lot): count.on_hand for count in await warehouse.counts("LOC-A", skus, "SO-2")}
    assert hidden == {**seen, ("TEE-M", "L1"): 0, ("TEE-M", "L2"): 0}


async def test_an_item_that_is_not_in_the_catalog_is_refused(partner: Partner, sandbox: Sandbox) -> None:
    with pytest.raises(VendorRejected, match="UNKNOWN_ITEM"):
        await partner.warehouse(sandbox).release(an_order(lines=(WarehouseLine("1", "NO-SUCH", 1, None),)))


async def test_a_scenario_that_is_taken_back_is_over(partner: Partner, sandbox: Sandbox) -> None:
    sandbox.put("scenarios", {"SO-1": "wms_reject"})
    assert (await packed(partner, sandbox, None)).status == "packed"
