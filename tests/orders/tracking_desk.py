"""Scans for tests: what a carrier says of a shipment's parcels, at any time and in any order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from canonical_models import Label, Shipment, TrackingEvent, TrackingType
from connector_service.orders.tracking import apply_tracking
from connector_service.store import tracking
from connector_service.store.tracking import KeptScan
from tests.house import TENANT, House


def label_of(house: House, shipment_id: str) -> Label:
    label = house.shipment(shipment_id).label
    assert label is not None
    return label


def scan(
    house: House, shipment_id: str, kind: TrackingType, after: timedelta = timedelta(0), **more: Any
) -> TrackingEvent:
    """A scan of the shipment's first parcel, so long after now."""
    label = label_of(house, shipment_id)
    at: datetime = house.clock.now() + after
    known: dict[str, Any] = {
        "event_id": f"{kind}-{at.isoformat()}",
        "carrier": label.carrier,
        "tracking_number": label.tracking_number,
        "type": kind,
        "occurred_at": at,
        "raw_code": kind.value,
    }
    return TrackingEvent(**{**known, **more})


async def tell(house: House, *scans: TrackingEvent) -> list[Shipment | None]:
    """The carrier tells scans, one after the other."""
    return [await house.change(lambda work, each=each: apply_tracking(work, each)) for each in scans]


def history(house: House, shipment_id: str) -> list[KeptScan]:
    return tracking.history(house.store.reader, TENANT, shipment_id)


async def in_two_parcels(house: House, shipment_id: str) -> str:
    """The shipment's label has a second parcel's number from now on; that number."""

    def job(work: Any) -> str:
        shipment = work.tx.get(Shipment, shipment_id)
        number = shipment.label.tracking_number + "-2"
        shipment.label = shipment.label.model_copy(
            update={"tracking_numbers": [shipment.label.tracking_number, number]}
        )
        work.tx.save(shipment, "shipment.corrected", {"actor": "tests", "because": "Two parcels.", "rule": None})
        return str(number)

    return str(await house.change(job))
