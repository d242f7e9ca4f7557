"""Take a stream of updates over in batches, one transaction each: a few of them are under way to the disk while the
next one is read, and never more than that is in memory."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType

from connector_service.errors import TooLarge
from connector_service.feeds.counting import Outcome
from connector_service.feeds.taking import Taking
from connector_service.feeds.update import Refused, Update
from connector_service.orders.work import Work
from connector_service.store import Store, Transaction

BATCH = 200
"""Updates of one transaction: orders that wait beside a feed wait for one of them at most."""
MOST_UNDER_WAY = 4
"""Batches that wait for the disk together."""
MOST_AT_ONCE = 10_000
"""Updates that are taken all or not at all."""
MOST_LISTED = 1_000
Numbered = tuple[int, Update]
Outcomes = list[tuple[int, Outcome | Refused]]


@dataclass(slots=True)
class Summary:
    """How many updates were taken, how many of those changed the stock or were known already, how many came late or
    were refused; the first 1,000 refused ones by their number in the stream, with the reason."""

    accepted: int = 0
    changed: int = 0
    replayed: int = 0
    stale: int = 0
    refused: int = 0
    refusals: list[tuple[int, Refused]] = field(default_factory=list)

    def add(self, index: int, outcome: Outcome | Refused) -> None:
        """Count one update in."""
        if isinstance(outcome, Refused):
            self.refused += 1
            if len(self.refusals) < MOST_LISTED:
                self.refusals.append((index, outcome))
        elif outcome is Outcome.STALE:
            self.stale += 1
        else:
            self.accepted += 1
            self.changed += outcome is Outcome.CHANGED
            self.replayed += outcome is Outcome.REPLAYED


@dataclass(frozen=True, slots=True)
class Sender:
    """Into whose stock a feed goes, and who sends it, as the audit trail will show it."""

    store: Store
    work_in: Callable[[Transaction], Work]
    tenant_id: str

    async def write(self, updates: Sequence[Numbered], *, whole: bool = False) -> Outcomes:
        """Take updates over in one transaction; with `whole` none of them when one is refused."""

        def job(tx: Transaction) -> Outcomes:
            # A handle of its own, thrown away: a feed must not drive the orders at work out of the writer's memory.
            taking = Taking(self.work_in(tx.part()), [update for _, update in updates])
            outcomes = [(index, taking.take(update)) for index, update in updates]
            if whole and any(isinstance(outcome, Refused) for _, outcome in outcomes):
                raise _Undone(outcomes)
            taking.keep()
            return outcomes

        try:
            return await self.store.write(self.tenant_id, job)
        except _Undone as undone:
            return [(index, outcome) for index, outcome in undone.outcomes if isinstance(outcome, Refused)]


class _Undone(Exception):
    def __init__(self, outcomes: Outcomes) -> None:
        super().__init__()
        self.outcomes = outcomes


class Feed:
    """Used in an `async with` block: `add` updates, and `flush` whenever it says so; `finish` gives the summary."""

    def __init__(self, sender: Sender) -> None:
        self.summary = Summary()
        self._sender = sender
        self._batch: list[Numbered] = []
        self._under_way: deque[asyncio.Task[Outcomes]] = deque()

    async def __aenter__(self) -> Feed:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way)

    def add(self, index: int, update: Update | Refused) -> bool:
        """Take in an update, or the fact that it could not be read; whether it is time to flush."""
        if isinstance(update, Refused):
            self.summary.add(index, update)
        else:
            self._batch.append((index, update))
        return len(self._batch) >= BATCH

    async def flush(self) -> None:
        """Hand over what was added, once there is room for it."""
        while len(self._under_way) >= MOST_UNDER_WAY:
            await self._settle()
        if self._batch:
            batch, self._batch = self._batch, []
            self._under_way.append(asyncio.create_task(self._sender.write(batch)))

    async def finish(self) -> Summary:
        """Everything is on disk: what became of it."""
        await self.flush()
        while self._under_way:
            await self._settle()
        self.summary.refusals.sort(key=lambda refusal: refusal[0])
        return self.summary

    async def _settle(self) -> None:
        """Wait for the oldest batch under way."""
        for index, outcome in await self._under_way[0]:
            self.summary.add(index, outcome)
        self._under_way.popleft()


class WholeFeed(Feed):
    """A feed that is taken whole, in one transaction, or not at all."""

    def add(self, index: int, update: Update | Refused) -> bool:
        """As of any feed; nothing is handed over before the end.

        Raises:
            TooLarge: these are more than may be taken at once.
        """
        super().add(index, update)
        if len(self._batch) > MOST_AT_ONCE:
            raise TooLarge(
                f"At most {MOST_AT_ONCE} updates are taken all or not at all; send fewer, or let good ones be kept."
            )
        return False

    async def finish(self) -> Summary:
        """What became of it; when anything was refused, nothing else was taken."""
        if not self.summary.refused:
            for index, outcome in await self._sender.write(self._batch, whole=True):
                self.summary.add(index, outcome)
        return self.summary
