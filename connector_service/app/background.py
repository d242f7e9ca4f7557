"""Work that runs beside the requests: never gone without a word, and begun again after a failure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

_log = logging.getLogger(__name__)
PAUSE = 1.0
"""Seconds before failed work begins again."""


class Background:
    """Endless work under a name. `trouble` is the last failure in words, empty when there was none."""

    def __init__(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.name = name
        self.trouble = ""
        self._work = work
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._work(), name=self.name)
        self._task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """End it and wait until it has ended."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and self._task is task:
            self.trouble = f"{type(error).__name__}: {error}"
            _log.critical("%s failed and begins again", self.name, exc_info=error)
            asyncio.get_running_loop().call_later(PAUSE, self._again, task)

    def _again(self, failed: asyncio.Task[None]) -> None:
        if self._task is failed:
            self.start()
