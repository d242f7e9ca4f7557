"""Pickups of one carrier at one location beside each other: no two may be there at the same time."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from canonical_models import FINAL_PICKUP_STATUSES, VAN_MAY_COME, Pickup, PickupStatus
from connector_service.errors import Conflict
from connector_service.orders.pickup_window import Window
from connector_service.orders.work import Work

OPEN_STATUSES = [status.value for status in PickupStatus if status not in FINAL_PICKUP_STATUSES]


def open_pickups(work: Work, carrier: str, location_id: str) -> list[Pickup]:
    """The pickups of a carrier at a location that are not over."""
    return work.tx.find_by(Pickup, location_id=location_id, carrier=carrier, status=OPEN_STATUSES)


def coming(work: Work, carrier: str, location_id: str) -> list[Pickup]:
    """Those for which a van may still come."""
    found = open_pickups(work, carrier, location_id)
    return [each for each in found if each.status in VAN_MAY_COME]


def overlaps(pickup: Pickup, window: Window) -> bool:
    """Whether a pickup's window, or the one it is being moved to, has a moment in common with another."""
    plan = pickup.call.plan if pickup.call else None
    return window.overlaps(pickup.window_start, pickup.window_end) or (
        plan is not None and window.overlaps(plan.window_start, plan.window_end)
    )


def in_the_way(pickup: Pickup) -> Conflict:
    """The refusal of a window that overlaps with a pickup."""
    zone = ZoneInfo(pickup.timezone)
    start, end = pickup.window_start.astimezone(zone), pickup.window_end.astimezone(zone)
    return Conflict(
        f"{pickup.carrier} has a pickup at {pickup.location_id} on {start:%Y-%m-%d} from {start:%H:%M} to {end:%H:%M} "
        f"already: {pickup.id} ({pickup.status}). Change that one (pickup.change), or take a window beside it.",
        pointer="/ready",
    )
