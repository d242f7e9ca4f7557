"""How many questions one carrier is asked at once, so that those that are asked are answered in time.

More orders than can be asked for would otherwise wait for each other until all of them are late and none has a live
answer. The size is found as TCP finds its own (additive increase, multiplicative decrease: RFC 5681): it grows while
answers come in time and is halved when one does not. Whoever finds no room is told at once, and takes what stands in.
"""

from __future__ import annotations

FIRST = 64.0
LEAST = 8.0
MOST = 256.0


class Window:
    """The room for calls to one carrier."""

    def __init__(self) -> None:
        self.size = FIRST
        self.under_way = 0
        self._begun = 0
        self._counts_from = 0

    @property
    def has_room(self) -> bool:
        """Whether another call may begin."""
        return self.under_way < self.size

    def begin(self) -> int:
        """A call begins; its ticket goes back with its end."""
        self.under_way += 1
        self._begun += 1
        return self._begun

    def answered(self) -> None:
        """It came in time, be it with a no. The room grows only where there was no more of it than was used."""
        if 2 * self.under_way >= self.size:
            self.size = min(MOST, self.size + 1 / self.size)
        self.under_way -= 1

    def late(self, ticket: int) -> None:
        """It did not come in time. Those that began before the room was halved say nothing new."""
        self.under_way -= 1
        if ticket > self._counts_from:
            self._counts_from = self._begun
            self.size = max(LEAST, self.size / 2)

    def left(self) -> None:
        """Nobody waited for it any more."""
        self.under_way -= 1
