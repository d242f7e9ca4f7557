"""An order line that is taken from several lots: what the warehouse says of each counts for that lot."""

import pytest

from canonical_models import Order, Shipment
from connector_service.adapters.contracts import WarehouseReport, WarehouseReportLine
from connector_service.orders.release import record_release
from connector_service.orders.rerouting import reroute
from connector_service.orders.warehouse_reports import apply_report
from connector_service.orders.work import Work
from tests.house import House, check_house

pytestmark = pytest.mark.anyio


async def test_units_not_found_of_one_lot_are_set_aside_in_that_lot(house: House) -> None:
    order_id = await house.allocated("N1", ("SERUM", 8))
    (shipment,) = house.shipments(order_id)
    assert [(line.lot, line.quantity) for line in shipment.lines] == [("L1", 5), ("L2", 3)]
    found = [("L2", 1), ("L1", 5)]
    rows = tuple(WarehouseReportLine("1", "SERUM", units, units, lot, None) for lot, units in found)

    def step(work: Work) -> None:
        order = work.tx.get(Order, order_id)
        record_release(work, order, {shipment.id: "W1"})
        apply_report(work, WarehouseReport("e", shipment.id, "W1", "short", rows, (), work.now))
        reroute(work, order, work.tx.get(Shipment, shipment.id))

    await house.change(step)
    assert [house.positions()["east", "SERUM", lot].unavailable for lot in ("L1", "L2")] == [0, 2]
    check_house(house.store)
