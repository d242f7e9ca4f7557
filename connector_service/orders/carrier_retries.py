"""Shipments that no carrier answered for are tried again by themselves: when a carrier's circuit breaker closes, and
by the clock, since a breaker closes only when somebody calls.

Each exception `carrier_unreachable` keeps its owner and its deadline meanwhile. Once a carrier answers, the exception
is closed and the shipment put back onto the ordinary path, where a flow takes it up.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from canonical_models import ExceptionCase, ExceptionCode, Shipment
from connector_service.adapters.breaker import BreakerState
from connector_service.errors import DocklineError, VendorError
from connector_service.orders.case_orders import its_order
from connector_service.orders.exceptions import OPEN_STATES
from connector_service.orders.labels import ask_rates, rate_request
from connector_service.orders.parcels import Parcels
from connector_service.orders.recall import give_back, plan_cancel, record_cancel
from connector_service.orders.resolving import requeue, resolve
from connector_service.orders.systems import AllSystems
from connector_service.orders.work import Work
from connector_service.rules_engine import RuleBook
from connector_service.store import Store, Transaction, tenants

_log = logging.getLogger(__name__)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=15)
AT_ONCE = 8
ACTOR = "carrier-retries"


@dataclass(slots=True)
class _Turn:
    due: datetime
    pause: timedelta


@dataclass(slots=True)
class CarrierRetries:
    """Looks every `interval` seconds, and whenever a breaker closes; `tick` does one look, for tests too.

    The pauses are kept in this process: after a restart every exception is tried once more.
    """

    store: Store
    rules: RuleBook
    systems: AllSystems
    interval: float = 5.0
    _turns: dict[str, _Turn] = field(default_factory=dict)
    _closed: set[tuple[str, str]] = field(default_factory=set)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.systems.transport.on_breaker(self._heard)

    def _heard(self, tenant_id: str, vendor: str, state: BreakerState) -> None:
        if state == "closed":
            self._closed.add((tenant_id, vendor))
            self._wake.set()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.tick()
            except DocklineError as error:
                _log.error("carriers are not tried again: %s", error.detail)
            try:
                async with asyncio.timeout(self.interval):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def tick(self) -> int:
        """Try every exception whose turn has come; returns how many shipments go on."""
        self._wake.clear()
        closed, self._closed = self._closed, set()
        waiting = {case.id: case for each in tenants.tenant_ids(self.store.reader) for case in self._waiting(each)}
        self._turns = {case_id: turn for case_id, turn in self._turns.items() if case_id in waiting}
        due = [case for case in waiting.values() if self._is_due(case, closed)]
        gone_on = 0
        for at in range(0, len(due), AT_ONCE):
            gone_on += sum(await asyncio.gather(*(self._try(case) for case in due[at : at + AT_ONCE])))
        return gone_on

    def _waiting(self, tenant_id: str) -> list[ExceptionCase]:
        tx = self.store.read(tenant_id)
        code = ExceptionCode.CARRIER_UNREACHABLE.value
        found = tx.find_by(ExceptionCase, code=code, state=("open", "claimed"))
        return [case for case in found if case.shipment_id is not None]

    def _is_due(self, case: ExceptionCase, closed: set[tuple[str, str]]) -> bool:
        named = case.evidence.get("waiting_for")
        if any((case.tenant_id, str(vendor)) in closed for vendor in (named if isinstance(named, list) else ())):
            return True
        turn = self._turns.setdefault(case.id, _Turn(case.raised_at + FIRST_PAUSE, FIRST_PAUSE))
        return self.store.clock.now() >= turn.due

    async def _try(self, case: ExceptionCase) -> bool:
        if case.evidence.get("step") == "cancel":
            return await self._cancel(case)
        answers = await self._answers(case)
        if answers is None:
            return self._later(case)
        return await self.store.write(
            case.tenant_id, lambda tx: close_by_itself(Work(tx, self.rules.of(tx.tenant_id), ACTOR), case.id, answers)
        )

    def _later(self, case: ExceptionCase) -> bool:
        pause = min(2 * self._turns[case.id].pause, LONGEST_PAUSE) if case.id in self._turns else FIRST_PAUSE
        self._turns[case.id] = _Turn(self.store.clock.now() + pause, pause)
        return False

    async def _cancel(self, case: ExceptionCase) -> bool:
        """Go on with cancelling an order whose carrier did not take the label back the last time."""
        tx = self.store.read(case.tenant_id)
        work = Work(tx, self.rules.of(case.tenant_id), ACTOR)
        try:
            plan = plan_cancel(work, its_order(tx, case))
            answer = await give_back(self.systems.of(case.tenant_id), plan or ())
        except DocklineError as error:
            _log.warning("the order of exception %s is not cancelled: %s", case.id, error.detail)
            return self._later(case)
        if answer is not None and answer.error.retryable:
            return self._later(case)

        def job(tx: Transaction) -> bool:
            work = Work(tx, self.rules.of(tx.tenant_id), ACTOR)
            if not close_by_itself(work, case.id, "The carrier answers again."):
                return False
            record_cancel(work, its_order(tx, case), plan or (), answer, str(case.evidence["because"]))
            return True

        return await self.store.write(case.tenant_id, job)

    async def _answers(self, case: ExceptionCase) -> str | None:
        """Which carrier answers again, in words; None when there is still nobody."""
        tx, systems = self.store.read(case.tenant_id), self.systems.of(case.tenant_id)
        try:
            plan = _parcels(tx, case)
            if case.evidence.get("step") == "buy":
                # A kept price would say nothing about whether the carrier sells.
                vendor = _first(case)
                await systems.carrier(vendor).rates(rate_request(plan))
                return f"{vendor} answers again."
            shopped = await ask_rates(systems, plan)
        except VendorError as error:
            return None if error.retryable else f"{error.vendor} answers again."
        except DocklineError as error:
            _log.warning("exception %s is not tried again: %s", case.id, error.detail)
            return None
        heard = [answer.carrier for answer in shopped.answers if answer.rates or not answer.may_pass]
        return f"{', '.join(heard)} answers again." if heard else None


def _first(case: ExceptionCase) -> str:
    named = case.evidence.get("waiting_for")
    return str(named[0]) if isinstance(named, list) and named else ""


def _parcels(tx: Transaction, case: ExceptionCase) -> Parcels:
    shipment = tx.get(Shipment, case.shipment_id or "")
    origin = next(where for where in tx.locations() if where.id == shipment.location_id)
    return Parcels(its_order(tx, case), shipment, origin)


def close_by_itself(work: Work, case_id: str, words: str) -> bool:
    """Resolve and requeue what waited for a carrier; False when somebody did so meanwhile."""
    case = work.tx.get(ExceptionCase, case_id)
    if case.state not in OPEN_STATES:
        return False
    if case.state != "resolved":
        resolve(work, case, ACTOR, {"checked_with_carrier": words}, [], words)
    requeue(work, case)
    return True
