"""How long to leave something alone that broke: not at all the first time, then ever longer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

CALM_S = 60.0
"""What has not broken for so long starts from the beginning."""


class BackOff:
    """Counts breaks; `waits` are the seconds to wait after each, the last of them for all that follow."""

    def __init__(self, waits: Sequence[float], monotonic: Callable[[], float]) -> None:
        self._waits, self._monotonic = waits, monotonic
        self._breaks = 0
        self._until = float("-inf")

    def broke(self) -> float:
        """Note a break; how long to wait now."""
        now = self._monotonic()
        self._breaks = 1 if now > self._until + CALM_S else self._breaks + 1
        wait = self._waits[min(self._breaks, len(self._waits)) - 1]
        self._until = now + wait
        return wait

    @property
    def left_s(self) -> float:
        """The seconds still to wait; 0 when there are none."""
        return max(0.0, self._until - self._monotonic())
