"""Between Northdock's shapes and ours; pure."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_pascal

from canonical_models import Address, Dimensions, Parcel
from canonical_models.base import Grams, Identifier, Millimetres, Quantity, Sku, UtcDatetime
from connector_service.adapters.contracts import (
    LotStatus,
    StockCount,
    WarehouseOrder,
    WarehouseReport,
    WarehouseReportLine,
    WarehouseStatus,
)
from connector_service.adapters.shapes import VendorShape, said

State = Literal["ACCEPTED", "IN_PICKING", "PICKED", "PACKED", "SHORT", "CANCELLED"]
STATUS: dict[State, WarehouseStatus] = {
    "ACCEPTED": "released",
    "IN_PICKING": "picking",
    "PICKED": "picked",
    "PACKED": "packed",
    "SHORT": "short",
    "CANCELLED": "cancelled",
}
BatchState = Literal["GOOD", "EXPIRED", "RECALLED"]
LOT_STATUS: dict[BatchState, LotStatus] = {"GOOD": "ok", "EXPIRED": "expired", "RECALLED": "recalled"}
PRIORITY = {"express": 1}
STANDARD_PRIORITY = 5


class _Shape(VendorShape):
    model_config = ConfigDict(alias_generator=to_pascal)


class _Line(_Shape):
    line_no: Identifier
    item: Sku
    qty_picked: Quantity
    qty_packed: Quantity
    batch: str | None = Field(default=None, max_length=64)
    scanned_barcode: str | None = Field(default=None, max_length=64)


class _Carton(_Shape):
    carton_id: Identifier
    sscc: str | None = Field(default=None, alias="SSCC", max_length=20)
    gross_weight_g: Grams
    length_mm: Millimetres
    width_mm: Millimetres
    height_mm: Millimetres


class _Report(_Shape):
    event_id: Identifier
    external_id: Identifier
    warehouse_order_id: Identifier
    state: State
    lines: tuple[_Line, ...]
    cartons: tuple[_Carton, ...]
    occurred_at: UtcDatetime


class _Accepted(_Shape):
    warehouse_order_id: Identifier


class _Reports(_Shape):
    deliveries: tuple[_Report, ...] = Field(max_length=1_000)


class _Count(_Shape):
    item: Sku
    batch: str = Field(max_length=64)
    on_hand: Quantity
    batch_state: BatchState


class _Counts(_Shape):
    counts: tuple[_Count, ...]


class _Fault(_Shape):
    code: str
    text: str


class _Faults(_Shape):
    faults: tuple[_Fault, ...]


def order_body(order: WarehouseOrder) -> dict[str, Any]:
    """The body that releases an order."""
    return {
        "ExternalId": order.reference,
        "OrderNumber": order.order_number,
        "Facility": order.location_id,
        "Priority": PRIORITY.get(order.priority, STANDARD_PRIORITY),
        "ShipTo": _ship_to(order.ship_to),
        "Lines": [
            {
                "LineNo": line.line_id,
                "Item": line.sku,
                "Qty": line.quantity,
                "Batch": line.lot,
                "Serials": list(line.serials),
            }
            for line in order.lines
        ],
    }


def _ship_to(address: Address) -> dict[str, str]:
    return {
        "Name": address.name,
        "Company": address.company,
        "Street1": address.line1,
        "Street2": address.line2,
        "City": address.city,
        "State": address.region,
        "Zip": address.postal_code,
        "Country": address.country,
        "Phone": address.phone,
    }


def warehouse_reference(body: bytes) -> str:
    """Northdock's own id in the answer to a release."""
    return _Accepted.model_validate_json(body).warehouse_order_id


def report(body: bytes) -> WarehouseReport:
    """The present state of one order."""
    return _report(_Report.model_validate_json(body))


def reports(body: bytes) -> tuple[WarehouseReport, ...]:
    """The news in a webhook."""
    return tuple(_report(each) for each in _Reports.model_validate_json(body).deliveries)


def counts(body: bytes) -> tuple[StockCount, ...]:
    """The shelves of a facility."""
    return tuple(
        StockCount(each.item, each.batch, each.on_hand, LOT_STATUS[each.batch_state])
        for each in _Counts.model_validate_json(body).counts
    )


def refusal(body: bytes) -> str:
    """What Northdock says when it refuses."""
    return said(_Faults, lambda faults: "; ".join(f"{fault.text} ({fault.code})" for fault in faults.faults), body)


def _report(shape: _Report) -> WarehouseReport:
    return WarehouseReport(
        event_id=shape.event_id,
        reference=shape.external_id,
        warehouse_reference=shape.warehouse_order_id,
        status=STATUS[shape.state],
        lines=tuple(
            WarehouseReportLine(
                line.line_no, line.item, line.qty_picked, line.qty_packed, line.batch or None, line.scanned_barcode
            )
            for line in shape.lines
        ),
        parcels=tuple(_parcel(carton) for carton in shape.cartons),
        occurred_at=shape.occurred_at,
    )


def _parcel(carton: _Carton) -> Parcel:
    size = Dimensions(length_mm=carton.length_mm, width_mm=carton.width_mm, height_mm=carton.height_mm)
    return Parcel(parcel_id=carton.carton_id, sscc=carton.sscc, weight_g=carton.gross_weight_g, dims_mm=size)
