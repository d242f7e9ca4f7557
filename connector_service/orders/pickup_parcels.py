"""Which parcels a carrier is called for: all labelled ones that it has not collected, unless some are named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from canonical_models import Pickup, PickupPlan
from connector_service.errors import Conflict, InvalidInput
from connector_service.orders.pickup_window import Window
from connector_service.orders.work import Work
from connector_service.store import pickups
from connector_service.store.pickups import Standing

FORGOTTEN_AFTER = timedelta(days=7)
"""A label older than that was left unused, or its carrier scans nothing: the rules of tracking have raised it."""


def waiting(work: Work, carrier: str, location_id: str) -> list[Standing]:
    """What waits for a carrier and is in no pickup that may come."""
    since = work.now - FORGOTTEN_AFTER
    return pickups.waiting(work.tx.connection, work.tenant_id, carrier, location_id, since)


def still_there(work: Work, pickup: Pickup) -> list[Standing]:
    """What a pickup is to collect and the carrier has not."""
    return pickups.still_there(work.tx.connection, work.tenant_id, pickup.id)


def chosen(carrier: str, location_id: str, found: Sequence[Standing], named: Sequence[str] | None) -> list[Standing]:
    """All of what was found, or those that are named.

    Raises:
        InvalidInput: one that is named is not among them.
        Conflict: nothing waits.
    """
    if not found:
        raise Conflict(
            f"Nothing of {carrier} at {location_id} waits to be collected: every labelled parcel is collected, or in a "
            "pickup already (pickup.search shows them)."
        )
    by_id = {each.shipment_id: each for each in found}
    for at, shipment_id in enumerate(named or ()):
        if shipment_id not in by_id:
            raise InvalidInput(
                f"The shipment {shipment_id!r} does not wait for {carrier} at {location_id}; there wait "
                f"{', '.join(sorted(by_id)[:20])}.",
                pointer=f"/shipment_ids/{at}",
            )
    return [by_id[each] for each in dict.fromkeys(named)] if named else list(found)


def plan_of(window: Window, parcels: Sequence[Standing], instruction: str) -> PickupPlan:
    """What to ask for: the parcels counted and weighed, by the service of most of them."""
    return PickupPlan(
        window_start=window.start,
        window_end=window.end,
        shipment_ids=[each.shipment_id for each in parcels],
        parcels=sum(each.parcels for each in parcels),
        weight_g=sum(each.weight_g for each in parcels),
        service=Counter(each.service for each in parcels).most_common(1)[0][0],
        instruction=instruction,
    )
