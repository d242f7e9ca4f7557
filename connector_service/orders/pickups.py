"""Schedule, change and cancel a carrier's pickup at a location, and settle one that is in doubt.

At one location a carrier comes once at a time: a second call for a window that overlaps gives the pickup that is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from canonical_models import Location, Pickup, PickupCall, PickupStatus
from connector_service.adapters import registry
from connector_service.adapters.contracts import Capability
from connector_service.errors import Conflict, InvalidInput
from connector_service.orders.closures import in_words
from connector_service.orders.manifests import location_of
from connector_service.orders.pickup_asking import Asking, Begun, begin, is_under_way, uncertain
from connector_service.orders.pickup_changes import change_pickup
from connector_service.orders.pickup_overlap import coming, in_the_way, open_pickups, overlaps
from connector_service.orders.pickup_parcels import chosen, plan_of, waiting
from connector_service.orders.pickup_window import AskedWindow, window_of
from connector_service.orders.work import Work
from connector_service.store import closures

_S = PickupStatus


@dataclass(frozen=True, slots=True)
class Wanted:
    """A pickup as it is asked for; `shipment_ids` None: everything that waits."""

    carrier: str
    location_id: str
    window: AskedWindow
    shipment_ids: Sequence[str] | None = None
    instruction: str = ""


def plan_schedule(work: Work, wanted: Wanted) -> Asking | Pickup:
    """What to ask, or the pickup that is there.

    Raises:
        InvalidInput: no such carrier, one whose van cannot be called, or a window that is over, empty or on a day on
            which nobody is there; a shipment that does not wait.
        NotFound: no such location.
        Conflict: the location is closed or the carrier does not collect there, another pickup overlaps, or nothing
            waits.
    """
    check_carrier(wanted.carrier)
    standing = _standing(work, wanted)
    if standing is not None:
        return standing
    return Asking(wanted.carrier, work.rules, work.actor, partial(_begin_schedule, wanted=wanted))


def check_carrier(carrier: str) -> None:
    """Raises InvalidInput for a carrier that does not exist, or whose van cannot be called."""
    callable_ones = [
        slug for slug, entry in registry.CARRIERS.items() if Capability.SCHEDULE_PICKUP in entry.capabilities
    ]
    if carrier in callable_ones:
        return
    known = carrier in registry.CARRIERS
    what = f"{carrier} sends no van on request" if known else f"There is no carrier {carrier!r}"
    raise InvalidInput(f"{what}; these can be called: {', '.join(sorted(callable_ones))}.", pointer="/carrier")


def _place(work: Work, wanted: Wanted) -> Location:
    location = location_of(work, wanted.location_id)
    closure = closures.closed_now(work.tx.connection, work.tenant_id).get(location.id)
    if closure is not None:
        raise Conflict(f"Nobody hands parcels over at {location.id}. {in_words(closure)}", pointer="/location_id")
    if location.carriers and wanted.carrier not in location.carriers:
        raise Conflict(
            f"{wanted.carrier} does not collect at {location.id}: its carriers are {', '.join(location.carriers)}.",
            pointer="/location_id",
        )
    return location


def _standing(work: Work, wanted: Wanted) -> Pickup | None:
    """The pickup that this one would be again; None when it is to be made (or made anew after a refusal).

    Raises: as `plan_schedule`.
    """
    location = _place(work, wanted)
    window = window_of(location, work.now, wanted.window)
    theirs = coming(work, wanted.carrier, wanted.location_id)
    found = next((each for each in theirs if overlaps(each, window)), None)
    if found is not None:
        if wanted.window.usual or (found.window_start <= window.start and found.window_end == window.end):
            return found
        raise in_the_way(found)
    parcels = waiting(work, wanted.carrier, wanted.location_id)
    if wanted.window.usual and not parcels and theirs:
        return theirs[-1]
    chosen(wanted.carrier, wanted.location_id, parcels, wanted.shipment_ids)
    return None


def _begin_schedule(work: Work, wanted: Wanted) -> Begun | str:
    standing = _standing(work, wanted)
    if standing is not None:
        return standing.id
    location = _place(work, wanted)
    window = window_of(location, work.now, wanted.window)
    parcels = chosen(
        wanted.carrier, wanted.location_id, waiting(work, wanted.carrier, wanted.location_id), wanted.shipment_ids
    )
    plan = plan_of(window, parcels, wanted.instruction)
    pickup = Pickup(
        tenant_id=work.tenant_id,
        id=work.new_id("pck"),
        version=0,
        created_at=work.now,
        updated_at=work.now,
        location_id=location.id,
        carrier=wanted.carrier,
        timezone=location.timezone,
        **plan.model_dump(),
    )
    _take_over(work, wanted, pickup)
    words = f"{wanted.carrier} is called for {pickup.parcels} parcels of {pickup.weight_g} g."
    return begin(work, pickup, location, PickupCall(what="schedule"), "requested", words)


def _take_over(work: Work, wanted: Wanted, new: Pickup) -> None:
    """A pickup that was refused or missed is over once another one takes its parcels along."""
    for earlier in open_pickups(work, wanted.carrier, wanted.location_id):
        if earlier.status in (_S.REFUSED, _S.MISSED) and set(earlier.shipment_ids) & set(new.shipment_ids):
            change_pickup(work, earlier, "cancelled", f"{new.id} takes its parcels along.", status=_S.CANCELLED)


def plan_cancel(work: Work, pickup: Pickup) -> Asking | Pickup:
    """What to ask so that nobody comes; the pickup itself when it is cancelled.

    Raises:
        Conflict: it is collected, in doubt, or the carrier is being asked about it just now.
    """
    if pickup.status is _S.CANCELLED:
        return pickup
    check_free(pickup, work)
    if pickup.status is _S.COLLECTED:
        raise Conflict(f"The pickup {pickup.id} is collected; there is nothing to call off.")
    return Asking(pickup.carrier, work.rules, work.actor, partial(_begin_cancel, pickup_id=pickup.id))


def check_free(pickup: Pickup, work: Work) -> None:
    """Raises Conflict for a pickup that is in doubt, or that its carrier is asked about just now."""
    if is_under_way(pickup, work.now):
        raise Conflict(f"{pickup.carrier} is asked about {pickup.id} just now; try again when it has answered.")
    if pickup.status is _S.IN_DOUBT:
        raise Conflict(
            f"Nobody knows what {pickup.carrier} has booked for {pickup.id}. Ask it, then settle (pickup.settle) with "
            "the confirmation number that stands there, or without one when none does."
        )


def _begin_cancel(work: Work, pickup_id: str) -> Begun | str:
    pickup = work.tx.get(Pickup, pickup_id)
    if not isinstance(plan_cancel(work, pickup), Asking):
        return pickup.id
    if pickup.status is not _S.CONFIRMED:
        # The carrier has no appointment.
        change_pickup(work, pickup, "cancelled", "It is not wanted any more.", status=_S.CANCELLED)
        return pickup.id
    location = location_of(work, pickup.location_id)
    call = PickupCall(what="cancel", uncertain=uncertain(pickup))
    return begin(work, pickup, location, call, "cancelling", f"{pickup.carrier} is called off.")
