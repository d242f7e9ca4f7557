"""What warehouses and people do to an order's shipments, as steps of one transaction."""

from __future__ import annotations

from canonical_models import ExceptionCode, Order, Shipment, ShipmentStatus
from connector_service.adapters.contracts import WarehouseReport, WarehouseReportLine
from connector_service.inventory import claims
from connector_service.orders import cancellation, exceptions, progress, release, rerouting
from connector_service.orders.changes import change_order, change_shipment
from connector_service.orders.warehouse_reports import apply_report
from connector_service.orders.work import Work


def take(work: Work, order_id: str) -> None:
    """The warehouses take every planned shipment."""
    order = work.tx.get(Order, order_id)
    if exceptions.blocking(work, order) is None:
        planned = [each.id for each in progress.shipments_of(work, order) if each.status == "planned"]
        release.record_release(work, order, {shipment_id: f"W-{shipment_id}" for shipment_id in planned})


def report(work: Work, order_id: str, status: str, missing: int) -> None:
    """The warehouses report on every shipment they have; `missing` units of its first line were not found."""
    for shipment in progress.shipments_of(work, work.tx.get(Order, order_id)):
        if shipment.status in ("released", "picking", "picked"):
            found = max(0, shipment.lines[0].quantity - missing)
            apply_report(work, _report_of(work, shipment, status, found))


def _report_of(work: Work, shipment: Shipment, status: str, found: int) -> WarehouseReport:
    first, *others = shipment.lines
    lines = [WarehouseReportLine(first.line_id, first.sku, found, found, None, None)]
    lines += [WarehouseReportLine(line.line_id, line.sku, line.quantity, line.quantity, None, None) for line in others]
    return WarehouseReport("e", shipment.id, "w", status, tuple(lines), (), work.now)  # type: ignore[arg-type]


def reroute(work: Work, order_id: str) -> int:
    """Route the first shipment whose pick failed again; units of it that were not found."""
    order = work.tx.get(Order, order_id)
    for shipment in progress.shipments_of(work, order):
        if shipment.status == "exception" and exceptions.open_exception(work, order, shipment=shipment) is None:
            if exceptions.blocking(work, order) is not None:
                return 0
            missing = sum(line.quantity - line.quantity_picked for line in shipment.lines)
            rerouting.reroute(work, order, shipment)
            return missing
    return 0


def send(work: Work, order_id: str) -> None:
    """Every packed shipment leaves."""
    order = work.tx.get(Order, order_id)
    if exceptions.blocking(work, order) is not None:
        return
    for shipment in [each for each in progress.shipments_of(work, order) if each.status == "packed"]:
        claims.consume(work, order, shipment)
        change_shipment(work, order, shipment, "labelled", "bought", status=ShipmentStatus.LABELLED)
        change_shipment(work, order, shipment, "shipped", "gone", status=ShipmentStatus.SHIPPED)
        status = progress.status_from_shipments(order, progress.shipments_of(work, order))
        change_order(work, order, status.value, "gone", status=status)


def hold_or_let_go(work: Work, order_id: str) -> None:
    """A person holds an order, or lets a held one go."""
    order = work.tx.get(Order, order_id)
    if order.hold is not None:
        cancellation.resume_order(work, order, "let go")
    elif exceptions.open_exception(work, order, ExceptionCode.PICK_FAILED) is None:
        cancellation.hold_order(work, order, "legal", "asked to")
