"""What every warehouse adapter must do, checked against a running vendor."""

from __future__ import annotations

import re
from typing import Any

import anyio
import pytest

from connector_service.adapters import registry
from connector_service.adapters.contracts import (
    Connection,
    StockCount,
    WarehouseAdapter,
    WarehouseLine,
    WarehouseOrder,
    WarehouseReport,
)
from connector_service.adapters.http import Transport
from connector_service.errors import NotFound, VendorRejected, VendorUnreachable
from tests.contracts.adapter_contract import BUYER, FAULTS, SLOW_FAULTS, AdapterContract
from tests.contracts.sandbox_process import Receiver, Sandbox, until

SKU, LOT = "TEE-M", "L1"
ODD_SKU = "MUG/1+2 é"


def an_order(reference: str = "shp/1:a b&c", **changes: Any) -> WarehouseOrder:
    """Two shirts of lot L1 and one mug, from LOC-A."""
    lines = (WarehouseLine("1", SKU, 2, LOT), WarehouseLine("2", ODD_SKU, 1, None))
    fields = {"order_number": "SO-1", "location_id": "LOC-A", "priority": "express", "ship_to": BUYER, "lines": lines}
    return WarehouseOrder(reference=reference, **{**fields, **changes})


class BaseWarehouseContract(AdapterContract):
    def make(self, connection: Connection, transport: Transport) -> WarehouseAdapter:
        return registry.warehouse(self.slug, connection, transport.tenant("tenant"))

    @pytest.fixture
    def warehouse(self, sandbox: Sandbox, transport: Transport) -> WarehouseAdapter:
        return self.make(self.connection(sandbox), transport)

    async def reached(self, warehouse: WarehouseAdapter, reference: str, status: str) -> WarehouseReport:
        async def look() -> WarehouseReport | None:
            report = await warehouse.status(reference)
            return report if report.status == status else None

        return await until(look)

    async def test_a_released_order_is_packed_in_weighed_parcels(self, warehouse: WarehouseAdapter) -> None:
        order = an_order()
        warehouse_reference = await warehouse.release(order)
        report = await self.reached(warehouse, order.reference, "packed")
        assert (report.reference, report.warehouse_reference) == (order.reference, warehouse_reference)
        assert [(line.line_id, line.sku, line.picked, line.packed) for line in report.lines] == [
            ("1", SKU, 2, 2),
            ("2", ODD_SKU, 1, 1),
        ]
        assert [(line.lot, line.barcode) for line in report.lines] == [(LOT, "4006381333931"), (None, "5901234123457")]
        assert sum(parcel.weight_g for parcel in report.parcels) == 2 * 180 + 350 + 120
        assert all(parcel.dims_mm for parcel in report.parcels)

    async def test_releasing_twice_is_one_order(self, warehouse: WarehouseAdapter, sandbox: Sandbox) -> None:
        references: set[str] = set()

        async def release() -> None:
            references.add(await warehouse.release(an_order()))

        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(release)
        assert len(references) == 1
        assert [each["warehouse_reference"] for each in sandbox.ledger()["releases"]] == list(references)

    async def test_the_same_reference_for_another_order_is_refused(self, warehouse: WarehouseAdapter) -> None:
        await warehouse.release(an_order())
        with pytest.raises(VendorRejected, match="409"):
            await warehouse.release(an_order(lines=(WarehouseLine("1", SKU, 3, LOT),)))

    async def test_an_order_never_released_is_not_found(self, warehouse: WarehouseAdapter) -> None:
        with pytest.raises(NotFound, match="nowhere"):
            await warehouse.status("nowhere")

    async def test_cancelling_stops_the_work_and_puts_the_goods_back(self, warehouse: WarehouseAdapter) -> None:
        order = an_order()
        before = await warehouse.counts("LOC-A", [SKU], "SO-1")
        await warehouse.release(order)
        await self.reached(warehouse, order.reference, "packed")
        assert await warehouse.counts("LOC-A", [SKU], "SO-1") != before
        await warehouse.cancel(order.reference)
        await warehouse.cancel(order.reference)
        assert (await warehouse.status(order.reference)).status == "cancelled"
        assert await warehouse.counts("LOC-A", [SKU], "SO-1") == before

    async def test_cancelling_what_was_never_released_is_fine(self, warehouse: WarehouseAdapter) -> None:
        await warehouse.cancel("nowhere")

    async def test_counts_tell_lots_and_their_status_apart(self, warehouse: WarehouseAdapter) -> None:
        assert set(await warehouse.counts("LOC-A", [SKU, ODD_SKU, "UNKNOWN"], "SO-1")) == {
            StockCount(SKU, "L1", 100, "ok"),
            StockCount(SKU, "L2", 7, "recalled"),
            StockCount(ODD_SKU, "", 50, "ok"),
        }

    async def test_a_refusal_carries_the_vendors_words(self, warehouse: WarehouseAdapter, sandbox: Sandbox) -> None:
        sandbox.put("scenarios", {"SO-1": "wms_reject"})
        with pytest.raises(VendorRejected, match="takes no orders") as caught:
            await warehouse.release(an_order())
        assert caught.value.vendor == self.slug

    async def test_an_order_the_vendor_cannot_take_now_may_be_tried_again(
        self, warehouse: WarehouseAdapter, sandbox: Sandbox
    ) -> None:
        sandbox.put("scenarios", {"SO-1": "wms_down"})
        with pytest.raises(VendorUnreachable):
            await warehouse.release(an_order())
        sandbox.put("scenarios", {"SO-1": None})
        assert await warehouse.release(an_order())

    async def test_a_wrong_key_is_refused_and_not_repeated_in_the_error(
        self, transport: Transport, sandbox: Sandbox
    ) -> None:
        warehouse = self.make(self.connection(sandbox, api_key="not-a-key-of-this"), transport)
        with pytest.raises(VendorRejected, match="credential") as caught:
            await warehouse.release(an_order())
        assert "not-a-key-of-this" not in repr(caught.value)

    @pytest.mark.parametrize("fault", [*FAULTS, *SLOW_FAULTS], ids=lambda fault: next(iter(fault)))
    async def test_a_failing_vendor_is_unreachable_and_loses_nothing(
        self, fault: dict[str, Any], sandbox: Sandbox, transport: Transport
    ) -> None:
        impatient = self.make(self.connection(sandbox, timeout=0.2, deadline=1), transport)
        sandbox.put("faults", {self.slug: fault})
        with pytest.raises(VendorUnreachable):
            await impatient.release(an_order())
        sandbox.put("faults", {self.slug: {}})
        warehouse = self.make(self.connection(sandbox), transport)
        assert await warehouse.release(an_order()) == await warehouse.release(an_order())
        assert len(sandbox.ledger()["releases"]) == 1

    async def test_every_step_is_told_by_webhook(self, warehouse: WarehouseAdapter, receiver: Receiver) -> None:
        order = an_order()
        await warehouse.release(order)

        async def packed() -> list[WarehouseReport] | None:
            reports = [each for got in receiver.received for each in warehouse.read_webhook(got.headers, got.body)]
            return reports if reports and reports[-1].status == "packed" else None

        reports = await until(packed)
        assert [report.status for report in reports] == ["picking", "picked", "packed"]
        assert len({report.event_id for report in reports}) == 3
        assert reports[-1] == await warehouse.status(order.reference)

    def test_the_capabilities_name_the_contract(self) -> None:
        names = {capability.value for capability in registry.WAREHOUSES[self.slug].capabilities}
        assert names >= {"webhooks", "cancel", "counts"}
        assert all(re.fullmatch("[a-z_]+", name) for name in names)
