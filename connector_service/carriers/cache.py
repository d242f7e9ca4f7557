"""Answers of carriers, kept in this process for as long as they can be used.

The methods are asynchronous so that a cache shared by replicas can take this one's place. What makes it safe against a
stampede is elsewhere: who finds nothing fresh joins the one call under way (`coalescing`).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connector_service.adapters.carrier_contract import Rate
from connector_service.clock import Clock

FRESH = timedelta(minutes=15)
"""How long an answer is taken for the carrier's own."""
STALE = timedelta(hours=24)
"""How long it may stand in for a carrier that is down. Tariffs change by the week (fuel) or the year, but a profile
names its ship date, so that a longer time would find nothing more."""
SIZE = 10_000
"""Answers kept; the one not used for longest goes first. About 1.5 kB each."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a carrier answered, and when."""

    rates: tuple[Rate, ...]
    quoted_at: datetime


@dataclass(slots=True)
class RateCache:
    """Answers by the key of their profile."""

    clock: Clock
    size: int = SIZE
    _kept: OrderedDict[bytes, Quoted] = field(default_factory=OrderedDict)

    async def get(self, key: bytes) -> Quoted | None:
        """The answer, fresh or stale; None when there is none, or it is too old even to stand in."""
        found = self._kept.get(key)
        if found is None:
            return None
        if self.clock.now() - found.quoted_at > STALE:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return found

    async def put(self, key: bytes, quoted: Quoted) -> None:
        """Keep an answer in place of an earlier one."""
        self._kept[key] = quoted
        self._kept.move_to_end(key)
        while len(self._kept) > self.size:
            self._kept.popitem(last=False)

    def is_fresh(self, quoted: Quoted) -> bool:
        """Whether an answer still counts as the carrier's own."""
        return self.clock.now() - quoted.quoted_at < FRESH

    def __len__(self) -> int:
        return len(self._kept)
