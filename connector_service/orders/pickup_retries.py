"""Carriers are asked again about pickups by themselves: those that did not answer, and calls that a kill cut off."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from canonical_models import FINAL_PICKUP_STATUSES, Pickup, PickupCall, PickupStatus
from connector_service.errors import DocklineError
from connector_service.orders.manifests import location_of
from connector_service.orders.pickup_asking import Asking, Begun, ask, begin, doubt, may_repeat, pause, record
from connector_service.orders.pickup_changes import change_pickup
from connector_service.orders.pickup_deadlines import missed
from connector_service.orders.systems import AllSystems
from connector_service.orders.work import Work
from connector_service.rules_engine import RuleBook
from connector_service.store import Store, Transaction, pickups

_log = logging.getLogger(__name__)
ACTOR = "pickup-retries"
AT_ONCE = 8


@dataclass(slots=True)
class PickupRetries:
    """Looks every `interval` seconds; `tick` does one look, for tests too."""

    store: Store
    rules: RuleBook
    systems: AllSystems
    interval: float = 5.0

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.tick()
            except DocklineError as error:
                _log.error("carriers are not asked again about pickups: %s", error.detail)
            await asyncio.sleep(self.interval)

    async def tick(self) -> int:
        """See to every pickup whose turn has come; returns how many there were."""
        due = pickups.due(self.store.reader, self.store.clock.now())
        for at in range(0, len(due), AT_ONCE):
            await asyncio.gather(*(self._one(*each) for each in due[at : at + AT_ONCE]))
        return len(due)

    async def _one(self, tenant_id: str, pickup_id: str) -> None:
        rules = self.rules.of(tenant_id)
        carrier = self.store.read(tenant_id).get(Pickup, pickup_id).carrier
        try:
            said = await ask(
                self.systems.of(tenant_id), Asking(carrier, rules, ACTOR, partial(begin_again, pickup_id=pickup_id))
            )
        except DocklineError as error:
            _log.warning("pickup %s of %s waits: %s", pickup_id, tenant_id, error.detail)
            await self._write(tenant_id, partial(_later, pickup_id=pickup_id, why=error.detail))
            return
        await self._write(tenant_id, partial(record, said=said))

    async def _write(self, tenant_id: str, job: Callable[[Work], object]) -> None:
        def write(tx: Transaction) -> None:
            job(Work(tx, self.rules.of(tenant_id), ACTOR))

        await self.store.write(tenant_id, write)


def _due(work: Work, pickup: Pickup) -> PickupCall | None:
    """The call to make again; None when another one has seen to it."""
    call = pickup.call
    if pickup.status in FINAL_PICKUP_STATUSES or call is None or call.again_at is None or call.again_at > work.now:
        return None
    return call


def begin_again(work: Work, pickup_id: str) -> Begun | str:
    """Write down that the carrier is asked again; the pickup's id when it must not be, or need not any more."""
    pickup = work.tx.get(Pickup, pickup_id)
    call = _due(work, pickup)
    if call is None:
        return pickup_id
    if call.began_at is not None and not may_repeat(pickup.carrier, call):
        doubt(work, pickup, call, f"The call to {pickup.carrier} was cut off.")
        return pickup_id
    plan = call.plan or pickup
    again = call.model_copy(update={"uncertain": call.uncertain or call.began_at is not None})
    if plan.window_end <= work.now:
        _give_up(work, pickup, again)
        return pickup_id
    location = location_of(work, pickup.location_id)
    return begin(work, pickup, location, again, "asked_again", f"{pickup.carrier} is asked again.")


def _give_up(work: Work, pickup: Pickup, call: PickupCall) -> None:
    """The window is over: whatever was asked for comes too late."""
    if call.what == "cancel":
        words = f"{pickup.carrier} could not be told before the window was over."
        change_pickup(work, pickup, "cancelled", words, status=PickupStatus.CANCELLED)
    elif pickup.status is PickupStatus.REQUESTED or pickup.window_end <= work.now:
        missed(work, pickup)
    elif call.uncertain:
        doubt(work, pickup, call, f"{pickup.carrier} did not answer in time.")
    else:
        words = f"{pickup.carrier} did not answer in time; the earlier appointment stands."
        change_pickup(work, pickup, "troubled", words, trouble=pickup.trouble)


def _later(work: Work, pickup_id: str, why: str) -> None:
    pickup = work.tx.get(Pickup, pickup_id)
    call = _due(work, pickup)
    if call is not None:
        later = call.model_copy(update={"again_at": work.now + pause(call), "tries": call.tries + 1})
        change_pickup(work, pickup, "unanswered", why, trouble=pickup.trouble, call=later)
