"""Ask a carrier about a pickup, and never twice for one van, whatever happens in between.

No carrier here recognises a repeated call for a van: asked twice, two come. So what is asked is written down before it
is asked. A call whose outcome nobody knows (no answer, or a process that was killed) is repeated only where that is
safe; else the pickup is in doubt, and a person asks the carrier.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from canonical_models import Location, Pickup, PickupCall, PickupPlan, PickupStatus, PickupTrouble
from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import PickupConfirmed, PickupRequest, Pickups
from connector_service.adapters.carrier_contract import pickups as whose_van_can_be_called
from connector_service.adapters.contracts import Capability
from connector_service.adapters.http_errors import Busy, NotAsked
from connector_service.errors import VendorError, VendorRejected, VendorUnreachable
from connector_service.orders.pickup_changes import change_pickup
from connector_service.orders.systems import Systems
from connector_service.orders.work import Work
from connector_service.rules_engine import TenantRules

LONGEST_CALL = timedelta(minutes=5)
"""A call that has had no answer by then has lost it: no connection lets one take longer (two minutes at most)."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=15)
_T = PickupTrouble


@dataclass(frozen=True, slots=True)
class Begun:
    """A call that was written down: what to ask, about which appointment."""

    pickup_id: str
    carrier: str
    call: PickupCall
    request: PickupRequest
    confirmed: PickupConfirmed


@dataclass(frozen=True, slots=True)
class Asking:
    """What is about to be asked. `begin` writes it down, as whoever prepared it; when the pickup needs no call (any
    more) it gives the pickup's id instead."""

    carrier: str
    rules: TenantRules
    actor: str
    begin: Callable[[Work], Begun | str]


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a call; without one there is only the pickup. `untouched`: an error before anything was asked."""

    pickup_id: str
    begun: Begun | None = None
    answer: PickupConfirmed | VendorError | None = None
    untouched: bool = False


async def ask(systems: Systems, asking: Asking) -> Said:
    """Write the call down, then make it.

    Raises:
        Conflict: the tenant has no account at the carrier; nothing was written.
        Unsupported: the carrier sends no van on request; nothing was written.
    """
    van = whose_van_can_be_called(asking.carrier, systems.carrier(asking.carrier))
    begun = await systems.store.write(systems.tenant_id, lambda tx: asking.begin(Work(tx, asking.rules, asking.actor)))
    if isinstance(begun, str):
        return Said(begun)
    before = _calls(systems, asking.carrier)
    try:
        return Said(begun.pickup_id, begun, await _call(van, begun))
    except (NotAsked, Busy, VendorRejected) as error:
        return Said(begun.pickup_id, begun, error, untouched=True)
    except VendorUnreachable as error:
        # No call about a pickup has reached the network: it failed before, such as when it was asked for its times.
        return Said(begun.pickup_id, begun, error, untouched=_calls(systems, asking.carrier) == before)


async def _call(van: Pickups, begun: Begun) -> PickupConfirmed:
    if begun.call.what == "schedule":
        return await van.schedule_pickup(begun.request)
    if begun.call.what == "change":
        return await van.change_pickup(begun.confirmed, begun.request)
    await van.cancel_pickup(begun.confirmed)
    return begun.confirmed


def _calls(systems: Systems, carrier: str) -> int:
    """How many calls about pickups have reached the network; about another one at the same time too, which only makes
    us more careful."""
    reading = systems.transport.health.of(systems.tenant_id, carrier).kinds.get("pickup")
    return reading.calls if reading is not None else 0


def begin(work: Work, pickup: Pickup, location: Location, call: PickupCall, event: str, because: str) -> Begun:
    """Write down that the carrier is asked now; a repeated call keeps how often it was tried."""
    call.began_at, call.again_at = work.now, work.now + LONGEST_CALL
    schedules = call.what == "schedule"
    status = PickupStatus.REQUESTED if schedules else None
    anew = schedules and not call.tries
    change_pickup(work, pickup, event, because, status=status, trouble=None if anew else "stays", call=call)
    plan = call.plan or pickup
    request = PickupRequest(
        reference=f"{pickup.id}-{pickup.attempt}",
        location=location,
        ready_at=plan.window_start,
        close_at=plan.window_end,
        pieces=plan.parcels,
        weight_g=plan.weight_g,
        service=plan.service,
        instruction=plan.instruction,
    )
    return Begun(pickup.id, pickup.carrier, call.model_copy(), request, appointment(pickup))


def appointment(pickup: Pickup) -> PickupConfirmed:
    """What the carrier has confirmed, as it wants to hear it again."""
    return PickupConfirmed(
        carrier=pickup.carrier,
        reference=f"{pickup.id}-{pickup.attempt}",
        confirmation=pickup.confirmation or "",
        pickup_date=pickup.pickup_date or pickup.window_start.date(),
        cost_minor=pickup.cost_minor,
        currency=pickup.currency,
        details=dict(pickup.details),
    )


def record(work: Work, said: Said) -> Pickup:
    """Keep what the carrier said; an answer to what was settled meanwhile changes nothing."""
    pickup = work.tx.get(Pickup, said.pickup_id)
    if said.begun is None or not _still_asked(pickup, said.begun.call):
        return pickup
    call = said.begun.call
    if isinstance(said.answer, PickupConfirmed):
        _took(work, pickup, call, said.answer)
    elif isinstance(said.answer, VendorRejected):
        _refused(work, pickup, call, said.answer)
    elif said.answer is not None:
        _silent(work, pickup, call, said.answer, untouched=said.untouched)
    return pickup


def _still_asked(pickup: Pickup, call: PickupCall) -> bool:
    """Whether nobody has settled the call meanwhile; one that was given up for lost may be answered after all."""
    now = pickup.call
    return now is not None and now.what == call.what and now.tries == call.tries and now.began_at == call.began_at


def _took(work: Work, pickup: Pickup, call: PickupCall, answer: PickupConfirmed) -> None:
    if call.what == "cancel":
        change_pickup(work, pickup, "cancelled", f"{pickup.carrier} called it off.", status=PickupStatus.CANCELLED)
        return
    if call.plan is not None:
        follow_plan(pickup, call.plan)
    pickup.confirmation, pickup.pickup_date = answer.confirmation, answer.pickup_date
    pickup.cost_minor, pickup.currency, pickup.details = answer.cost_minor, answer.currency, dict(answer.details)
    words = f"{pickup.carrier} comes on {answer.pickup_date}, under {answer.confirmation}."
    change_pickup(work, pickup, "confirmed", words, status=PickupStatus.CONFIRMED)
    if answer.left_standing:
        words += f" The earlier appointment {answer.left_standing} could not be called off: two drivers may come."
        change_pickup(work, pickup, "troubled", words, trouble=_T.DOUBLED)


def follow_plan(pickup: Pickup, plan: PickupPlan) -> None:
    """The pickup is what was planned."""
    for name in PickupPlan.model_fields:
        setattr(pickup, name, getattr(plan, name))


def _refused(work: Work, pickup: Pickup, call: PickupCall, error: VendorRejected) -> None:
    if call.what == "schedule":
        change_pickup(work, pickup, "troubled", error.detail, status=PickupStatus.REFUSED, trouble=_T.REFUSED)
        return
    if call.uncertain:
        doubt(work, pickup, call, error.detail)
        return
    asked = "the change" if call.what == "change" else "calling it off"
    words = f"{pickup.carrier} refused {asked}, and the appointment stands: {error.detail}"
    change_pickup(work, pickup, "troubled", words, trouble=_T.REFUSED)


def _silent(work: Work, pickup: Pickup, call: PickupCall, error: VendorError, *, untouched: bool) -> None:
    if untouched or may_repeat(pickup.carrier, call):
        doubtful = call.uncertain or not untouched
        again = {"began_at": None, "again_at": work.now + pause(call), "tries": call.tries + 1, "uncertain": doubtful}
        later = call.model_copy(update=again)
        event = "troubled" if pickup.trouble is not _T.UNREACHABLE else "unanswered"
        change_pickup(work, pickup, event, error.detail, trouble=_T.UNREACHABLE, call=later)
        return
    doubt(work, pickup, call, error.detail)


def may_repeat(carrier: str, call: PickupCall) -> bool:
    """Whether a call whose outcome nobody knows may be made again."""
    moves = Capability.MOVE_PICKUP in registry.CARRIERS[carrier].capabilities
    return call.what == "cancel" or (call.what == "change" and moves)


def pause(call: PickupCall) -> timedelta:
    """How long to wait before a carrier is asked again."""
    return min(FIRST_PAUSE * (1 << call.tries), LONGEST_PAUSE)


def doubt(work: Work, pickup: Pickup, call: PickupCall, why: str) -> None:
    """Nobody knows what the carrier did, so it is not asked again."""
    asked = {"schedule": "called", "change": "moved", "cancel": "called off"}[call.what]
    words = (
        f"{why.rstrip('.')}. It is not known whether the van was {asked}: ask {pickup.carrier}, then settle the pickup."
    )
    lost = call.model_copy(update={"again_at": None})
    change_pickup(work, pickup, "troubled", words, status=PickupStatus.IN_DOUBT, trouble=_T.UNKNOWN, call=lost)


def uncertain(pickup: Pickup) -> bool:
    """Whether the carrier may have done something of which it has not told us."""
    return pickup.call is not None and pickup.call.uncertain


def is_under_way(pickup: Pickup, now: datetime) -> bool:
    """Whether the carrier is being asked at this moment."""
    call = pickup.call
    return call is not None and call.began_at is not None and call.again_at is not None and call.again_at > now
