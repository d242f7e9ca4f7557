"""A pickup is collected once its carrier has scanned all of its parcels."""

from __future__ import annotations

from canonical_models import Pickup, PickupStatus, Shipment, TrackingEvent, TrackingType
from connector_service.orders.pickup_changes import change_pickup
from connector_service.orders.pickup_overlap import open_pickups
from connector_service.orders.work import Work
from connector_service.store import pickups


def follow_scan(work: Work, shipment: Shipment, scan: TrackingEvent) -> None:
    """Close the pickups that a shipment was the last of, when its carrier scans it."""
    if scan.type is TrackingType.LABEL_CREATED:
        return
    connection, tenant_id = work.tx.connection, work.tenant_id
    for pickup in open_pickups(work, scan.carrier, shipment.location_id):
        held = pickup.shipment_ids
        if shipment.id in held and not pickups.anything_left(connection, tenant_id, pickup.carrier, held):
            nothing_left(work, pickup)


def nothing_left(work: Work, pickup: Pickup) -> None:
    """All of it is collected; or nothing is, since its labels were given back."""
    pickup.collected_at = pickups.collected_at(work.tx.connection, work.tenant_id, pickup.id)
    if pickup.collected_at is None:
        change_pickup(work, pickup, "cancelled", "Nothing was left to collect.", status=PickupStatus.CANCELLED)
        return
    words = f"{pickup.carrier} has scanned everything that was to be collected."
    change_pickup(work, pickup, "collected", words, status=PickupStatus.COLLECTED)
