"""What the warehouse says of a shipment: picking, picked, packed, or not found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from canonical_models import ExceptionCase, Order, Shipment, ShipmentLine, ShipmentStatus
from connector_service.adapters.contracts import WarehouseReport, WarehouseReportLine
from connector_service.inventory import claims
from connector_service.orders.changes import change_shipment
from connector_service.orders.progress import follow_shipments
from connector_service.orders.work import Work

_STATUS = {
    "picking": ShipmentStatus.PICKING,
    "picked": ShipmentStatus.PICKED,
    "packed": ShipmentStatus.PACKED,
}
_ORDER_OF_LIFE = list(ShipmentStatus)


def apply_report(work: Work, report: WarehouseReport) -> Shipment | None:
    """Take over a report; one that says nothing new, or names a shipment that is not ours, changes nothing."""
    shipment = work.tx.find(Shipment, report.reference)
    if shipment is None:
        return None
    order = work.tx.get(Order, shipment.order_id)
    if report.status == "short":
        _pick_failed(work, order, shipment, report)
    elif report.status in _STATUS:
        _advance(work, order, shipment, report, _STATUS[report.status])
    return shipment


def _advance(work: Work, order: Order, shipment: Shipment, report: WarehouseReport, status: ShipmentStatus) -> None:
    case = _open_case(work, order, shipment)
    reached = case.resume_shipment_status if case and case.resume_shipment_status else shipment.status
    if reached == ShipmentStatus.CANCELLED or _ORDER_OF_LIFE.index(status) <= _ORDER_OF_LIFE.index(reached):
        return
    _take_over(shipment, report)
    claims.pick(work, shipment)
    because = f"{shipment.location_id} reports it {report.status}."
    if case is None:
        change_shipment(work, order, shipment, status.value, because, status=status, report=report.event_id)
        follow_shipments(work, order, because)
        return
    # A shipment in exception stays there, but goes on from where the warehouse is now.
    change_shipment(work, order, shipment, "reported", because, report=report.event_id)
    case.resume_shipment_status = status
    data = {"actor": work.actor, "because": because, "rule": None, "code": case.code.value, "state": case.state}
    work.tx.save(case, "exception.followed", data)


def _open_case(work: Work, order: Order, shipment: Shipment) -> ExceptionCase | None:
    if shipment.status != ShipmentStatus.EXCEPTION:
        return None
    cases = [work.tx.get(ExceptionCase, exception_id) for exception_id in order.exception_ids]
    return next((case for case in cases if case.shipment_id == shipment.id), None)


def _take_over(shipment: Shipment, report: WarehouseReport) -> None:
    for line, row in _rows(shipment, report):
        if row is not None:
            line.quantity_picked, line.quantity_packed = row.picked, row.packed
            line.lot_picked = row.lot if row.lot is not None else line.lot_picked
            line.barcode_scanned = row.barcode if row.barcode is not None else line.barcode_scanned
    if report.parcels:
        shipment.parcels = list(report.parcels)


def _rows(shipment: Shipment, report: WarehouseReport) -> Iterator[tuple[ShipmentLine, WarehouseReportLine | None]]:
    """Each line of a shipment with what is said of it; an order line of several lots is several lines, told apart by
    lot, else by their order."""
    said: dict[str, list[WarehouseReportLine]] = {}
    for row in report.lines:
        said.setdefault(row.line_id, []).append(row)
    for line in shipment.lines:
        rows = said.get(line.line_id, [])
        found = next((row for row in rows if row.lot is not None and row.lot == line.lot), rows[0] if rows else None)
        if found is not None and len(rows) > 1:
            rows.remove(found)
        yield line, found


def _pick_failed(work: Work, order: Order, shipment: Shipment, report: WarehouseReport) -> None:
    if shipment.status not in (ShipmentStatus.RELEASED, ShipmentStatus.PICKING):
        return
    _take_over(shipment, report)
    claims.pick(work, shipment)
    short: Counter[str] = Counter()
    for line in shipment.lines:
        if line.quantity_picked < line.quantity:
            short[line.sku] += line.quantity - line.quantity_picked
    because = (
        f"{shipment.location_id} did not find " + ", ".join(f"{units} x {sku}" for sku, units in short.items()) + "."
    )
    change_shipment(
        work,
        order,
        shipment,
        "pick_failed",
        because,
        status=ShipmentStatus.EXCEPTION,
        short=short,
        report=report.event_id,
    )
