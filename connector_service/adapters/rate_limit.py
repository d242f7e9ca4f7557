"""A token bucket: how fast a vendor lets one tenant call."""

from __future__ import annotations

from collections.abc import Callable


class Bucket:
    """Fills with `per_second` tokens up to one second's worth; `monotonic` gives seconds that never run backwards."""

    def __init__(self, per_second: float, monotonic: Callable[[], float]) -> None:
        self._per_second = per_second
        self._capacity = max(1.0, per_second)
        self._monotonic = monotonic
        self._tokens = self._capacity
        self._filled_at = monotonic()

    def take(self) -> float:
        """Take one token, on credit if need be, and return the seconds to wait until it is earned."""
        self._fill()
        self._tokens -= 1
        return max(0.0, -self._tokens / self._per_second)

    def give_back(self) -> None:
        """The call was not made after all."""
        self._tokens += 1

    @property
    def used(self) -> float:
        """How much of the last second's worth is taken: 0 nothing, 1 all, above 1 calls are waiting."""
        self._fill()
        return (self._capacity - self._tokens) / self._capacity

    def _fill(self) -> None:
        now = self._monotonic()
        self._tokens = min(self._capacity, self._tokens + (now - self._filled_at) * self._per_second)
        self._filled_at = now
