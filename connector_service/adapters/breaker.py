"""A circuit breaker: a vendor that keeps failing is left alone for a while, then asked by one call only."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal

BreakerState = Literal["closed", "open", "half_open"]

WINDOW = 20
"""How many past answers are looked at. A window, not a run of failures: one order that a vendor cannot digest fails
every time it is tried, and must not cut off its neighbours."""
ENOUGH = 10
FAILING_SHARE = 0.5
REST = 2.0
"""Seconds without calls before one is let through to see."""


class Breaker:
    """Closed, open, or half open with a single probe. `monotonic` gives seconds that never run backwards.

    `changed` is told every new state but half open, which comes by the passing of time alone; `opened` counts how often
    it opened.
    """

    def __init__(
        self, monotonic: Callable[[], float], changed: Callable[[BreakerState], None] = lambda state: None
    ) -> None:
        self._monotonic = monotonic
        self._changed = changed
        self._outcomes: deque[bool] = deque(maxlen=WINDOW)
        self._opened_at: float | None = None
        self._probing = False
        self._generation = 0
        self.opened = 0

    @property
    def state(self) -> BreakerState:
        """`half_open`: the rest is over, and the next call is the probe, or one is on its way."""
        if self._opened_at is None:
            return "closed"
        return "open" if self._monotonic() - self._opened_at < REST else "half_open"

    @property
    def rest_left(self) -> float:
        """Seconds until a call may be made again, 0 when one may."""
        if self._opened_at is None:
            return 0.0
        return max(0.0, REST - (self._monotonic() - self._opened_at))

    @property
    def lately(self) -> tuple[int, int]:
        """How many of the last answers were failures, and how many answers that are."""
        return self._outcomes.count(False), len(self._outcomes)

    def admit(self) -> int | None:
        """A ticket to hand back with the outcome, or None when the call must not be made."""
        if self._opened_at is None:
            return self._generation
        if self._probing or self._monotonic() - self._opened_at < REST:
            return None
        self._probing = True
        return self._generation

    def succeeded(self, ticket: int) -> None:
        """The vendor answered, be it with a no."""
        if ticket != self._generation:
            return
        if self._opened_at is not None:
            self._change(opened_at=None)
        self._outcomes.append(True)

    def failed(self, ticket: int) -> None:
        """The vendor did not answer, or nobody could read it."""
        if ticket != self._generation:
            return
        self._outcomes.append(False)
        failures = self._outcomes.count(False)
        enough = len(self._outcomes) >= ENOUGH and failures >= FAILING_SHARE * len(self._outcomes)
        if self._opened_at is not None or enough:
            self._change(opened_at=self._monotonic())

    def abandoned(self, ticket: int) -> None:
        """The caller gave up before there was an outcome; another call may be the probe."""
        if ticket == self._generation:
            self._probing = False

    def _change(self, *, opened_at: float | None) -> None:
        # A new generation: outcomes of calls made before the change no longer count.
        self._generation += 1
        self._opened_at = opened_at
        self._probing = False
        self._outcomes.clear()
        self.opened += opened_at is not None
        self._changed("closed" if opened_at is None else "open")
