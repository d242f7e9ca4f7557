"""Tracking nodes: ask the carrier where a shipment's parcels are, and read what was scanned."""

from __future__ import annotations

from datetime import datetime

from canonical_models import CanonicalModel, ExceptionCode, Shipment, TrackingEvent
from connector_service.orders import parcel_asking
from connector_service.orders.parcel_watching import expected_at
from connector_service.orders.views import ShipmentView
from connector_service.orders.work import Work
from connector_service.store import tracking
from nodes.contract import Node, Result, ShipmentInput
from nodes.shapes import FROM_ITEM_SHIPMENT, shipment_outside

_C = ExceptionCode


class HeardScan(TrackingEvent):
    """A scan, when it came in, and whether the carrier told it (`webhook`), was asked, or people told it."""

    received_at: datetime
    heard_by: str


class History(CanonicalModel):
    """All scans of a shipment's parcels in the order in which they happened; `expected_at` is the end of the day on
    which its service should have delivered."""

    shipment_id: str
    order_id: str
    status: str
    expected_at: datetime | None
    delivered_at: datetime | None
    scans: list[HeardScan]


def _history(work: Work, item: ShipmentInput) -> Result:
    shipment = work.tx.get(Shipment, item.shipment_id)
    kept = tracking.history(work.tx.connection, work.tenant_id, shipment.id)
    origin = next(each for each in work.tx.locations() if each.id == shipment.location_id)
    return History(
        shipment_id=shipment.id,
        order_id=shipment.order_id,
        status=shipment.status.value,
        expected_at=expected_at(shipment, shipment.label, origin) if shipment.label is not None else None,
        delivered_at=shipment.delivered_at,
        scans=[
            HeardScan(**each.scan.model_dump(), received_at=each.received_at, heard_by=each.heard_by) for each in kept
        ],
    )


NODES = (
    Node(
        name="shipment.track",
        title="Track",
        action="Ask the carrier where a shipment is",
        description="Ask the carrier about every parcel now, and take over what it says, in case its message was lost.",
        input=ShipmentInput,
        output=ShipmentView,
        run=shipment_outside(parcel_asking.plan_asking, parcel_asking.ask_about, parcel_asking.record_told),
        raises=(_C.DELIVERY_FAILED, _C.ADDRESS_CORRECTION, _C.PARCEL_DAMAGED, _C.PARCEL_LOST, _C.RETURN_TO_SENDER),
        fields_from_item=FROM_ITEM_SHIPMENT,
    ),
    Node(
        name="shipment.tracking_history",
        title="Tracking History",
        action="Get the scans of a shipment",
        description="Every scan of the shipment's parcels in the order they happened, late ones in their place.",
        input=ShipmentInput,
        output=History,
        run=_history,
        fields_from_item=FROM_ITEM_SHIPMENT,
        read_only=True,
    ),
)
