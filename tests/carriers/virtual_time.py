"""An event loop whose time passes only while everybody waits, and then at once: an hour of waiting takes no time.

What runs in it takes no time either, so that latencies and deadlines are exact; but for `work`.
"""

from __future__ import annotations

import asyncio
import gc
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Leap(selectors.SelectSelector):
    """Waits for nothing: the time that would have passed is added to the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everybody waits, and nobody for a time"
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` is the virtual time in seconds; `reports` holds what asyncio would have complained about."""

    def __init__(self) -> None:
        self._leap = _Leap()
        super().__init__(self._leap)
        self.reports: list[dict[str, Any]] = []
        self.set_exception_handler(lambda _, context: self.reports.append(context))

    def work(self, seconds: float) -> None:
        """Keep the loop busy for so long."""
        self._leap.now += seconds

    def time(self) -> float:
        # A little more than the sum of the waits, so that rounding never leaves a timer a hair in the future.
        return self._leap.now + 1e-9


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end in virtual time; fails when a task is left two seconds later, or asyncio complains."""
    loop = VirtualLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        result = runner.run(_and_settle(work))
    gc.collect()  # a task whose error nobody has asked for complains when it is collected
    assert loop.reports == []
    return result


async def _and_settle(work: Coroutine[Any, Any, T]) -> T:
    result = await work
    # Cancelled tasks need a turn or two to end; a call let go ends by its own limit. None may be left after that.
    await asyncio.sleep(2)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, left
    return result
