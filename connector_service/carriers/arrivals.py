"""The calls of one round in the order in which they end, until its time is up."""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")

LAST_LOOK = 0.01
"""Seconds beyond the end for answers that lie in their sockets already: a loop that was busy notices the end before it
reads them. One that is later than that has no time left to read."""
TURNS = 6
"""How many turns of the loop it takes from a socket to the end of a call."""


class Arrivals(Generic[T]):
    """`async with Arrivals() as arrivals:` hands on what was expected; with one timer as long as the end stays."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ends: float | None = None
        self._over = False
        self._arrived: deque[asyncio.Task[T]] = deque()
        self._expected: set[asyncio.Task[T]] = set()
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.Handle | None = None

    def expect(self, task: asyncio.Task[T]) -> None:
        """One more that may arrive; each task once."""
        self._expected.add(task)
        task.add_done_callback(self._arrive)

    async def next(self, ends: float) -> asyncio.Task[T] | None:
        """The next that has ended, also after `ends` (in the loop's time) when it came before; None when that is over.

        Whoever has heard None asks no more.
        """
        if ends != self._ends:
            self._stop()
            self._ends, self._over = ends, False
            self._timer = self._loop.call_at(ends, self._look, TURNS, ends + LAST_LOOK)
        if not self._arrived and not self._over:
            self._waiter = self._loop.create_future()
            await self._waiter
        return self._arrived.popleft() if self._arrived else None

    async def __aenter__(self) -> Arrivals[T]:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        for task in self._expected:
            task.remove_done_callback(self._arrive)

    def _arrive(self, task: asyncio.Task[T]) -> None:
        self._expected.discard(task)
        self._arrived.append(task)
        self._wake()

    def _look(self, turns: int, until: float) -> None:
        if turns and self._loop.time() < until:
            self._timer = self._loop.call_soon(self._look, turns - 1, until)
        else:
            self._over = True
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
