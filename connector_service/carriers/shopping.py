"""Rate shopping: ask all carriers at once, hand their answers on as they come, and be done in time whatever they do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from connector_service.adapters.carrier_contract import Rate, RateRequest
from connector_service.adapters.http_errors import NoAnswer, UnreadableAnswer
from connector_service.adapters.patience import MOST
from connector_service.carriers.arrivals import Arrivals
from connector_service.carriers.billing import Billing, billing_of
from connector_service.carriers.cache import Quoted, RateCache
from connector_service.carriers.coalescing import Coalescing, Seat
from connector_service.carriers.defaults import Defaults, NoDefaults, negotiated_rates
from connector_service.carriers.outcome import CarrierAnswer, Shopped, Trouble, trouble_of
from connector_service.carriers.own_room import OwnRoom
from connector_service.carriers.profile import profile_of
from connector_service.carriers.usage import RateUses
from connector_service.carriers.window import Window
from connector_service.clock import Clock
from connector_service.errors import DocklineError, VendorRejected

RATE_TIMEOUT = 0.2
SPARE = 0.005
"""Seconds a round lasts beyond the longest time limit of those it waits for, so that an adapter that strikes in time is
heard. Who is missing then has timed out: by the time limit of 0.2 a caller waits no longer than 0.25, though our loop
be late, too."""
GRACE = 0.02
"""Seconds an adapter gets beyond its own time limit and what that is put off by when we are slow ourselves: it strikes
first, so that the carrier's breaker hears of it."""
TOO_LATE = "it did not answer in time"
NO_ROOM = "it is being asked for as many shipments as it answers in time"
NO_ROOM_HERE = "carriers are being asked for as many shipments as can be asked for in time here"


class AsksRates(Protocol):
    """The part of a carrier adapter that rate shopping needs."""

    async def rates(self, req: RateRequest) -> tuple[Rate, ...]:
        """See `CarrierAdapter`."""
        ...


@dataclass(frozen=True, slots=True)
class CarrierAccount:
    """One of a tenant's carriers. `account` tells accounts at one carrier apart, also the one before a change of
    settings from the one after; `rate_timeout` is in seconds. `billing` is for a tenant who takes its prices for
    coarser than the carrier's are, such as by three digits of the ZIP code."""

    carrier: str
    adapter: AsksRates
    account: str = ""
    rate_timeout: float = RATE_TIMEOUT
    billing: Billing | None = None


@dataclass(frozen=True, slots=True)
class _Question:
    tenant_id: str
    account: CarrierAccount
    request: RateRequest
    key: bytes
    known: Quoted | None


class RateShop:
    """Asks carriers for rates; one per process, so that callers share answers and calls under way. `worked` gives the
    processor seconds that the event loop's thread has used."""

    def __init__(
        self,
        clock: Clock,
        cache: RateCache | None = None,
        defaults: Defaults | None = None,
        *,
        worked: Callable[[], float] = time.thread_time,
    ) -> None:
        self.cache = RateCache(clock) if cache is None else cache
        self.calls: Coalescing[bytes, Quoted] = Coalescing()
        self.uses = RateUses(clock.now())
        self._clock = clock
        self._worked = worked
        self._defaults = NoDefaults() if defaults is None else defaults
        self._windows: dict[tuple[str, str, str], Window] = {}
        self._own = OwnRoom()

    async def shop(self, tenant_id: str, accounts: Sequence[CarrierAccount], request: RateRequest) -> Shopped:
        """Every carrier's answer, when all are there or the time of those that are missing is up."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        async with aclosing(self.answers(tenant_id, accounts, request)) as answers:
            found = {answer.carrier: answer async for answer in answers}
        elapsed = (loop.time() - started) * 1_000
        return Shopped(tuple(found[account.carrier] for account in accounts), elapsed)

    async def answers(
        self, tenant_id: str, accounts: Sequence[CarrierAccount], request: RateRequest
    ) -> AsyncGenerator[CarrierAnswer, None]:
        """One answer per carrier, as they come. Who stops listening closes the iterator (`contextlib.aclosing`): calls
        that nobody else waits for are ended then."""
        started = asyncio.get_running_loop().time()
        waiting: dict[asyncio.Task[Quoted], tuple[_Question, Seat[Quoted]]] = {}
        fresh: list[CarrierAnswer] = []
        try:
            for account in accounts:
                question = await self._question(tenant_id, account, request)
                use = self.uses.of(tenant_id, account.carrier)
                if question.known is not None and self.cache.is_fresh(question.known):
                    use.kept += 1
                    fresh.append(self._from_cache(question, question.known, None, "", started))
                elif question.key not in self.calls and (full := self._full(question)):
                    fresh.append(self._stood_in(question, Trouble.BUSY, full, started))
                else:
                    seat = self._seat(question)
                    use.joined, use.called = use.joined + seat.joined, use.called + (not seat.joined)
                    waiting[seat.task] = (question, seat)
            for answer in fresh:
                yield answer
            if waiting:
                async with aclosing(self._arriving(waiting, started)) as arriving:
                    async for answer in arriving:
                        yield answer
        finally:
            for _, seat in waiting.values():
                seat.leave()

    async def _arriving(
        self, waiting: dict[asyncio.Task[Quoted], tuple[_Question, Seat[Quoted]]], started: float
    ) -> AsyncGenerator[CarrierAnswer, None]:
        """The answers of those in `waiting`, which is empty after: as they come, then what stands in for the others."""
        async with Arrivals[Quoted]() as arrivals:
            for task in waiting:
                arrivals.expect(task)
            while waiting:
                limit = max(question.account.rate_timeout for question, _ in waiting.values())
                ended = await arrivals.next(started + limit + SPARE)
                if ended is None:
                    break
                question, seat = waiting.pop(ended)
                seat.leave()
                yield self._heard(question, ended, started)
        late = list(waiting.values())
        waiting.clear()
        for _, seat in late:
            seat.let_go()
        for question, _ in late:
            yield self._stood_in(question, Trouble.TIMED_OUT, TOO_LATE, started)

    async def _question(self, tenant_id: str, account: CarrierAccount, request: RateRequest) -> _Question:
        billing, today = account.billing or billing_of(account.carrier), self._clock.now().date()
        key = profile_of(tenant_id, account.carrier, account.account, request, billing, today).key()
        return _Question(tenant_id, account, request, key, await self.cache.get(key))

    async def _call(self, question: _Question, began: float, worked: float) -> Quoted:
        account, turn = question.account, asyncio.get_running_loop().time()
        self._own.had_its_turn(began, turn, self._worked() - worked, account.rate_timeout)
        async with asyncio.timeout(account.rate_timeout + MOST + GRACE):
            rates = _sound(account.carrier, await account.adapter.rates(question.request))
        now = self._clock.now()
        quoted = Quoted(tuple(_live(rate, now) for rate in rates), now)
        await self.cache.put(question.key, quoted)
        return quoted

    def _seat(self, question: _Question) -> Seat[Quoted]:
        began = asyncio.get_running_loop().time()
        seat = self.calls.join(question.key, partial(self._call, question, began, self._worked()))
        if not seat.joined:
            # Counted from now on, not from when the call has its first turn: more may ask before.
            window = self._window(question)
            self._own.begin()
            seat.task.add_done_callback(partial(_ended, self._own, window, window.begin()))
        return seat

    def _full(self, question: _Question) -> str:
        """Why no call may begin now; empty when one may."""
        if not self._window(question).has_room:
            return NO_ROOM
        return "" if self._own.has_room(question.account.rate_timeout) else NO_ROOM_HERE

    def _window(self, question: _Question) -> Window:
        key = (question.tenant_id, question.account.carrier, question.account.account)
        found = self._windows.get(key)
        if found is None:
            found = self._windows[key] = Window()
        return found

    def _heard(self, question: _Question, task: asyncio.Task[Quoted], started: float) -> CarrierAnswer:
        # Not by raising: the error would hold this frame, and with it the task that holds the error.
        error = task.exception()
        if isinstance(error, TimeoutError):
            return self._stood_in(question, Trouble.TIMED_OUT, TOO_LATE, started)
        if isinstance(error, DocklineError):
            return self._stood_in(question, trouble_of(error), error.detail, started)
        quoted = task.result()
        words = f"{len(quoted.rates)} offers"
        return CarrierAnswer(question.account.carrier, quoted.rates, "live", None, words, _ms_since(started))

    def _stood_in(self, question: _Question, trouble: Trouble, words: str, started: float) -> CarrierAnswer:
        """What stands in for an answer. A refusal stands for itself: the carrier would refuse the label too."""
        carrier = question.account.carrier
        use = self.uses.of(question.tenant_id, carrier)
        if trouble is not Trouble.REFUSED:
            if question.known is not None:
                use.stood_in += 1
                return self._from_cache(question, question.known, trouble, f"{words}; ", started)
            rates = self._negotiated(question)
            if rates:
                use.negotiated += 1
                said = f"{words}; its negotiated rates stand in"
                return CarrierAnswer(carrier, rates, "negotiated", trouble, said, _ms_since(started))
        use.unanswered += 1
        return CarrierAnswer(carrier, (), None, trouble, words, _ms_since(started))

    def _negotiated(self, question: _Question) -> tuple[Rate, ...]:
        carrier = question.account.carrier
        tables = self._defaults.tables(question.tenant_id, carrier)
        return negotiated_rates(tables, carrier, question.request, self._clock.now())

    def _from_cache(
        self, question: _Question, quoted: Quoted, trouble: Trouble | None, words: str, started: float
    ) -> CarrierAnswer:
        minutes = int((self._clock.now() - quoted.quoted_at).total_seconds() // 60)
        rates = tuple([_kept(rate) for rate in quoted.rates])
        said = f"{words}{len(rates)} offers of {minutes} minutes ago"
        return CarrierAnswer(question.account.carrier, rates, "cached", trouble, said, _ms_since(started))


def _sound(carrier: str, rates: tuple[Rate, ...]) -> tuple[Rate, ...]:
    """The rates, if they can be: no carrier works for nothing, whatever its adapter was told."""
    if not rates:
        raise VendorRejected("it offers nothing for this shipment", vendor=carrier)
    for rate in rates:
        if rate.cost_minor <= 0:
            raise UnreadableAnswer(f"it offers {rate.service} for {rate.cost_minor} {rate.currency}", vendor=carrier)
    return rates


def _ended(own: OwnRoom, window: Window, ticket: int, task: asyncio.Task[Quoted]) -> None:
    own.end()
    if task.cancelled():
        window.left()
    elif isinstance(task.exception(), TimeoutError | NoAnswer):
        window.late(ticket)
    else:
        window.answered()


def _kept(rate: Rate) -> Rate:
    """The same offer out of the cache. Written out: `replace` takes five times as long, and this is done for all."""
    return Rate(
        rate.carrier,
        rate.service,
        rate.cost_minor,
        rate.currency,
        rate.transit_days,
        rate.quote_id,
        "cached",
        rate.quoted_at,
        rate.transit_estimated,
    )


def _live(rate: Rate, now: datetime) -> Rate:
    if rate.source == "live" and rate.quoted_at is not None:
        return rate
    return replace(rate, source="live", quoted_at=now)


def _ms_since(started: float) -> float:
    return (asyncio.get_running_loop().time() - started) * 1_000
