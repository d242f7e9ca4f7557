"""One call for all who ask the same at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Seat(Generic[T]):
    """A place among those who wait for `task`. Whoever has one leaves it, heard or not: the last to leave ends the
    call, unless one of them would rather have it end by itself."""

    __slots__ = ("_left", "_release", "joined", "task")

    def __init__(self, task: asyncio.Task[T], release: Callable[[bool], None], *, joined: bool) -> None:
        self.task = task
        self.joined = joined
        self._release = release
        self._left = False

    def leave(self) -> None:
        """Give the place up; twice is fine."""
        if not self._left:
            self._left = True
            self._release(False)

    def let_go(self) -> None:
        """Give the place up, and let the call go on though nobody may wait for it: its end tells something."""
        if not self._left:
            self._left = True
            self._release(True)


class _Call(Generic[T]):
    __slots__ = ("goes_on", "task", "waiting")

    def __init__(self, task: asyncio.Task[T]) -> None:
        self.task = task
        self.waiting = 0
        self.goes_on = False


class Coalescing(Generic[K, T]):
    """Calls under way by key. Nothing is kept once a call has ended: an error reaches those who wait, nobody later."""

    def __init__(self) -> None:
        self._calls: dict[K, _Call[T]] = {}
        self.made = 0
        self.saved = 0

    def join(self, key: K, call: Callable[[], Coroutine[Any, Any, T]]) -> Seat[T]:
        """A seat at the call under way for `key`, or at a new one."""
        found = self._calls.get(key)
        if found is None or found.task.done():
            found = self._begin(key, call)
            self.made += 1
            joined = False
        else:
            self.saved += 1
            joined = True
        found.waiting += 1
        return Seat(found.task, lambda goes_on: self._leave(key, found, goes_on=goes_on), joined=joined)

    def __contains__(self, key: K) -> bool:
        """Whether a call for `key` is under way."""
        found = self._calls.get(key)
        return found is not None and not found.task.done()

    def _begin(self, key: K, call: Callable[[], Coroutine[Any, Any, T]]) -> _Call[T]:
        begun = self._calls[key] = _Call(asyncio.get_running_loop().create_task(call()))
        begun.task.add_done_callback(lambda task: self._ended(key, begun))
        return begun

    def _ended(self, key: K, call: _Call[T]) -> None:
        if self._calls.get(key) is call:
            del self._calls[key]
        if not call.task.cancelled():
            # Whoever wanted to know may have gone; asking for it keeps Python from reporting it as forgotten.
            call.task.exception()

    def _leave(self, key: K, call: _Call[T], *, goes_on: bool) -> None:
        call.waiting -= 1
        call.goes_on = call.goes_on or goes_on
        if call.waiting or call.goes_on or call.task.done():
            return
        # Who asks from now on must not sit down at a call that is being ended.
        if self._calls.get(key) is call:
            del self._calls[key]
        call.task.cancel()

    @property
    def under_way(self) -> int:
        """How many calls somebody waits for."""
        return len(self._calls)
