"""Work that the sandbox does by itself after a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Later:
    """Timers of the running loop; `cancel` stops all that have not gone off."""

    def __init__(self) -> None:
        self._generation = 0

    def after(self, milliseconds: float, speed: float, act: Callable[[], None]) -> None:
        """Call `act` after `milliseconds` divided by `speed`."""
        generation = self._generation

        def go() -> None:
            if generation == self._generation:
                act()

        asyncio.get_running_loop().call_later(milliseconds / speed / 1_000, go)

    def cancel(self) -> None:
        """Nothing begun so far happens any more."""
        self._generation += 1
