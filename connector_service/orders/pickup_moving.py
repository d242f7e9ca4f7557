"""Change a pickup: another window, and what waits by now; and settle one of which nobody knows whether it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from canonical_models import Location, Pickup, PickupCall, PickupPlan, PickupStatus
from connector_service.adapters import registry
from connector_service.adapters.contracts import Capability
from connector_service.errors import Conflict, InvalidInput
from connector_service.orders.manifests import location_of
from connector_service.orders.pickup_asking import Asking, Begun, begin, follow_plan, uncertain
from connector_service.orders.pickup_changes import change_pickup
from connector_service.orders.pickup_overlap import coming, in_the_way, overlaps
from connector_service.orders.pickup_parcels import chosen, plan_of, still_there, waiting
from connector_service.orders.pickup_window import AskedWindow, Window, window_of
from connector_service.orders.pickups import check_free
from connector_service.orders.work import Work

_S = PickupStatus


@dataclass(frozen=True, slots=True)
class WantedChange:
    """A window (where nothing is said of it the pickup keeps its own), and what the driver should know."""

    pickup_id: str
    window: AskedWindow
    instruction: str | None = None


def plan_change(work: Work, wanted: WantedChange) -> Asking | Pickup:
    """What to ask; the pickup itself when it is so already.

    Raises:
        InvalidInput: a window that is over, empty, or on a day on which nobody is there.
        Conflict: the pickup is over or in doubt, the carrier is being asked just now or changes no pickup, or another
            pickup overlaps.
    """
    pickup = work.tx.get(Pickup, wanted.pickup_id)
    if pickup.status in (_S.COLLECTED, _S.CANCELLED):
        raise Conflict(f"The pickup {pickup.id} is {pickup.status}; schedule another one (pickup.schedule).")
    check_free(pickup, work)
    if pickup.status is _S.CONFIRMED and Capability.CHANGE_PICKUP not in registry.CARRIERS[pickup.carrier].capabilities:
        raise Conflict(
            f"{pickup.carrier} changes no pickup: cancel {pickup.id} (pickup.cancel), then schedule another one."
        )
    plan = _plan(work, pickup, wanted)
    if pickup.status is _S.CONFIRMED and pickup.call is None and plan == _own_plan(pickup):
        return pickup
    return Asking(pickup.carrier, work.rules, work.actor, partial(_begin_change, wanted=wanted))


def _own_plan(pickup: Pickup) -> PickupPlan:
    return PickupPlan(**{name: getattr(pickup, name) for name in PickupPlan.model_fields})


def _plan(work: Work, pickup: Pickup, wanted: WantedChange) -> PickupPlan:
    """The pickup as it shall be: its own parcels that still stand there, and all that waits besides."""
    location = location_of(work, pickup.location_id)
    window = _window(work, pickup, location, wanted.window)
    for other in coming(work, pickup.carrier, pickup.location_id):
        if other.id != pickup.id and overlaps(other, window):
            raise in_the_way(other)
    by_id = {each.shipment_id: each for each in still_there(work, pickup)}
    by_id |= {each.shipment_id: each for each in waiting(work, pickup.carrier, pickup.location_id)}
    parcels = chosen(pickup.carrier, pickup.location_id, [by_id[each] for each in sorted(by_id)], None)
    return plan_of(window, parcels, pickup.instruction if wanted.instruction is None else wanted.instruction)


def _window(work: Work, pickup: Pickup, location: Location, asked: AskedWindow) -> Window:
    """Of what is not said the pickup keeps its own, unless its window is over."""
    if pickup.window_end <= work.now:
        return window_of(location, work.now, asked)
    if asked.usual:
        return Window(pickup.window_start, pickup.window_end)
    zone = ZoneInfo(location.timezone)
    start, end = pickup.window_start.astimezone(zone), pickup.window_end.astimezone(zone)
    day, ready = asked.day or start.date(), asked.ready or f"{start:%H:%M}"
    return window_of(location, work.now, AskedWindow(day, ready, asked.close or f"{end:%H:%M}"))


def _begin_change(work: Work, wanted: WantedChange) -> Begun | str:
    if not isinstance(plan_change(work, wanted), Asking):
        return wanted.pickup_id
    pickup = work.tx.get(Pickup, wanted.pickup_id)
    location, plan = location_of(work, pickup.location_id), _plan(work, pickup, wanted)
    if pickup.status is _S.CONFIRMED:
        call = PickupCall(what="change", plan=plan, uncertain=uncertain(pickup))
        return begin(work, pickup, location, call, "changing", f"{pickup.carrier} is asked for another pickup.")
    # The carrier has no appointment that could be changed: it is called anew.
    follow_plan(pickup, plan)
    pickup.attempt += 1
    pickup.confirmation, pickup.pickup_date, pickup.details = None, None, {}
    words = f"{pickup.carrier} is called anew for {plan.parcels} parcels of {plan.weight_g} g."
    return begin(work, pickup, location, PickupCall(what="schedule"), "requested", words)


def settle(work: Work, pickup: Pickup, confirmation: str) -> None:
    """What a person has found out at the carrier: the number of the one appointment that stands, or none ("").

    When none stands the carrier is asked again by itself; when it is the earlier one, the change was not made.

    Raises:
        Conflict: the pickup is not in doubt.
        InvalidInput: the number cannot be one.
    """
    call, found = pickup.call, confirmation.strip()
    if pickup.status is not _S.IN_DOUBT or call is None:
        raise Conflict(f"The pickup {pickup.id} is {pickup.status}: there is nothing to settle.")
    if len(found) > 64 or any(each.isspace() for each in found):
        raise InvalidInput(
            f"confirmation must be the number that {pickup.carrier} shows, or empty when nothing stands there, not "
            f"{found[:80]!r}.",
            pointer="/confirmation",
        )
    if found and found == pickup.confirmation:
        change_pickup(work, pickup, "confirmed", f"{found} stands, as it was.", status=_S.CONFIRMED)
        return
    if not found and call.what == "cancel":
        change_pickup(work, pickup, "cancelled", f"{pickup.carrier} has called it off.", status=_S.CANCELLED)
        return
    if call.plan is not None:
        follow_plan(pickup, call.plan)
    pickup.confirmation, pickup.details = found or None, {}
    if found:
        pickup.pickup_date = pickup.window_start.astimezone(ZoneInfo(pickup.timezone)).date()
        change_pickup(work, pickup, "confirmed", f"{pickup.carrier} has it under {found}.", status=_S.CONFIRMED)
        return
    pickup.attempt, pickup.pickup_date = pickup.attempt + 1, None
    again = PickupCall(what="schedule", again_at=work.now)
    words = f"Nothing stands at {pickup.carrier}; it is asked again."
    change_pickup(work, pickup, "settled", words, status=_S.REQUESTED, call=again)
