"""Shipment nodes: the warehouse's progress, QA gates, rates, labels, handing over."""

from __future__ import annotations

from functools import partial
from typing import Any

from pydantic import Field

from canonical_models import CanonicalModel, ExceptionCase, ExceptionCode, Order, Shipment, ShipmentStatus
from canonical_models.inventory import LabelPaper
from connector_service.adapters.contracts import WarehouseReport
from connector_service.errors import NotFound, VendorError
from connector_service.orders import label_check, labels, purchase, quality, rerouting, warehouse_reports
from connector_service.orders.systems import Systems
from connector_service.orders.views import ShipmentView
from connector_service.orders.work import Work
from nodes.contract import Node, NodeInput, Result, ShipmentInput
from nodes.shapes import FROM_ITEM_SHIPMENT, on_shipment, shipment_outside, shipment_result

_C = ExceptionCode


class SearchInput(NodeInput):
    """Which shipments to find; every field narrows the search."""

    status: ShipmentStatus | None = Field(default=None, title="Status", description="Only shipments in this status")
    order_id: str = Field(default="", title="Order ID", description="Only shipments of this order")
    limit: int = Field(default=50, ge=1, le=500, title="Limit", description="At most this many")


class ChooseInput(ShipmentInput):
    """Which offer to take."""

    carrier: str = Field(
        default="", title="Carrier", description="Whose offer to take; empty: the best by the rules as they are now"
    )
    service: str = Field(default="", title="Service", description="Which of the carrier's services; empty: its best")


def _choose(work: Work, item: ChooseInput) -> Result:
    shipment = work.tx.get(Shipment, item.shipment_id)
    order = work.tx.get(Order, shipment.order_id)
    case = labels.choose_offer(work, order, shipment, item.carrier, item.service)
    return shipment_result(work, shipment.id, case)


class BuyInput(ShipmentInput):
    """Which label to buy."""

    label_format: labels.AsSet | LabelPaper = Field(
        default="as_set",
        title="Label Format",
        description="How the label comes; as set: as the location's printers take it, else the tenant's",
    )


class Shipments(CanonicalModel):
    """Shipments found, oldest first."""

    shipments: list[ShipmentView]


def _search(work: Work, item: SearchInput) -> Result:
    narrow: dict[str, Any] = {"order_id": item.order_id} if item.order_id else {}
    if item.status:
        narrow["status"] = item.status.value
    found = work.tx.find_by(Shipment, limit=item.limit, **narrow)
    return Shipments(shipments=[ShipmentView.of(shipment) for shipment in found])


def _plan_read(work: Work, order: Order, shipment: Shipment) -> tuple[str, str] | None:
    waits = (ShipmentStatus.RELEASED, ShipmentStatus.PICKING, ShipmentStatus.PICKED, ShipmentStatus.EXCEPTION)
    if shipment.status not in waits or shipment.warehouse_reference is None:
        return None
    wms_of = {location.id: location.wms for location in work.tx.locations()}
    return wms_of[shipment.location_id], shipment.id


async def _read(systems: Systems, plan: tuple[str, str]) -> WarehouseReport | None:
    slug, reference = plan
    try:
        return await systems.warehouse(slug).status(reference)
    except NotFound:
        return None


def _record_read(
    work: Work, order: Order, shipment: Shipment, report: WarehouseReport | VendorError | None
) -> ExceptionCase | None:
    if isinstance(report, VendorError):
        raise report
    if report is not None:
        warehouse_reports.apply_report(work, report)
    return None


on_a_shipment = partial(
    Node, input=ShipmentInput, output=ShipmentView, fields_from_item=FROM_ITEM_SHIPMENT, subject="shipment_id"
)
"""A node that moves a shipment on; n8n fills in which one."""

NODES = (
    on_a_shipment(
        name="shipment.read_warehouse",
        title="Read Warehouse Status",
        action="Read the warehouse status of a shipment",
        description="Ask the warehouse how far it is, in case its message was lost.",
        run=shipment_outside(_plan_read, _read, _record_read),
        subject=None,
    ),
    on_a_shipment(
        name="shipment.check_post_pick",
        title="QA: Post-Pick",
        action="Check barcodes after picking",
        description="Compare barcode, quantity and lot of what was picked with what was ordered.",
        run=on_shipment(quality.check_post_pick),
        raises=(_C.BARCODE_MISMATCH, _C.LOT_MISMATCH, _C.PICK_FAILED),
    ),
    on_a_shipment(
        name="shipment.reroute",
        title="Re-Route",
        action="Re-route a shipment to another warehouse",
        description="After a failed pick: give the stock back, set the missing units aside, choose another location.",
        run=on_shipment(rerouting.reroute),
        raises=(_C.PICK_FAILED,),
    ),
    on_a_shipment(
        name="shipment.check_packing",
        title="QA: Packing",
        action="Check weight and size of a packed parcel",
        description="Compare weight, size and quantities of the parcel with what its contents should come to.",
        run=on_shipment(quality.check_packing),
        raises=(_C.WEIGHT_MISMATCH, _C.PICK_FAILED),
    ),
    on_a_shipment(
        name="shipment.rate",
        title="Rate",
        action="Get rates for a shipment",
        description="Ask all carriers at once; the offers are kept, best first.",
        run=shipment_outside(labels.plan_rates, labels.ask_rates, labels.record_rates),
        raises=(_C.CARRIER_REJECTED, _C.CARRIER_UNREACHABLE),
    ),
    on_a_shipment(
        name="shipment.choose_carrier",
        title="Choose Carrier",
        action="Choose the carrier of a shipment",
        description="Put an offer first: the one you name, or the best by the rules and how carriers have done.",
        input=ChooseInput,
        run=_choose,
    ),
    on_a_shipment(
        name="shipment.buy_label",
        title="Buy Label",
        action="Buy the label of a shipment",
        description="Buy from the best offer, once; from the next one when its carrier refuses.",
        input=BuyInput,
        run=shipment_outside(labels.plan_label, purchase.buy, labels.record_label, "label_format"),
        raises=(_C.CARRIER_REJECTED, _C.CARRIER_UNREACHABLE, _C.LABEL_UNKNOWN, _C.LABEL_INVALID),
    ),
    on_a_shipment(
        name="shipment.check_label",
        title="QA: Shipping",
        action="Check the label of a shipment",
        description="Compare tracking number, carrier, service, address and transit time with what was ordered.",
        run=shipment_outside(label_check.plan_label_check, label_check.check_number, label_check.record_label_check),
        raises=(_C.LABEL_INVALID, _C.TRANSIT_TOO_SLOW),
    ),
    on_a_shipment(
        name="shipment.void_label",
        title="Void Label",
        action="Void the label of a shipment",
        description="Give a label that failed its check back to the carrier.",
        run=shipment_outside(label_check.plan_void, label_check.void, label_check.record_void),
        raises=(_C.LABEL_INVALID,),
    ),
    on_a_shipment(
        name="shipment.confirm",
        title="Confirm",
        action="Confirm that a shipment has left",
        description="The parcel leaves: stock goes down, the order follows.",
        run=on_shipment(labels.confirm_shipment),
        exclusive=True,
    ),
    Node(
        name="shipment.get",
        title="Get",
        action="Get a shipment",
        description="The whole shipment in canonical form.",
        input=ShipmentInput,
        output=Shipment,
        run=lambda work, item: work.tx.get(Shipment, item.shipment_id),
        fields_from_item=FROM_ITEM_SHIPMENT,
        read_only=True,
    ),
    Node(
        name="shipment.search",
        title="Search",
        action="Search shipments",
        description="Find shipments by status or order.",
        input=SearchInput,
        output=Shipments,
        run=_search,
        read_only=True,
    ),
)
