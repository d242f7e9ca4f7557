"""Time limits that count the vendor's time and not ours.

An event loop that is busy notices late that a limit has come, often in the very turn in which the answer lies in the
socket unread. Whoever is cut off then is a vendor that answered in time, and its breaker would open for our slowness.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any

SLIP = 0.02
"""Seconds a limit may be noticed late before that is taken for our own slowness."""
MOST = 0.5
"""Seconds a limit is put off at most, all in all: it stays a limit, however busy we are."""


def put_off(due: float, now: float, last: float) -> float:
    """The new limit when one at `due` is noticed `now`: as much later as it was noticed late, and not after `last`."""
    late = now - due
    return min(now + late, last) if late > SLIP else due


class Patience:
    """`async with Patience(ends):` raises TimeoutError when the block has not ended at `ends` in the loop's time, or,
    as often as the loop itself was late, as much later.

    It ends the block as `asyncio.timeout` does, by cancelling its task, and is one object and one timer where that and
    a timer of our own were three: there is one for every call.
    """

    __slots__ = ("_cancelling", "_due", "_last", "_loop", "_struck", "_task", "_timer")

    def __init__(self, ends: float) -> None:
        self._loop = asyncio.get_running_loop()
        # A limit that has passed already strikes at once: its time went by before the block, not in it.
        self._due = max(ends, self._loop.time())
        self._last = self._due + MOST
        self._struck = False
        self._task: asyncio.Task[Any] | None = None

    @property
    def was_put_off(self) -> bool:
        """Whether the loop was so late that the limit says little about who was waited for."""
        return self._due + MOST > self._last

    async def __aenter__(self) -> Patience:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("there is no task to cut off")
        self._task, self._cancelling = task, task.cancelling()
        self._timer = self._loop.call_at(self._due, self._strike)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        task, self._task = self._task, None  # which will hold the error that is raised here: a circle, if it stayed
        # Whoever else has cancelled the task meant it, and gets what they asked for.
        if self._struck and task is not None and task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            del task
            raise TimeoutError from error

    def _strike(self) -> None:
        now = self._loop.time()
        due = put_off(self._due, now, self._last)
        if due > now:
            self._due, self._timer = due, self._loop.call_at(due, self._strike)
        else:
            self._struck = True
            if self._task is not None:
                self._task.cancel()
