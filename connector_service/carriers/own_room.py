"""How many carrier calls this process makes at once, so that it is prompt with those it makes.

A carrier's window (`window`) learns from answers that come late. When it is our own event loop that is behind, nobody
is late at first: answers wait in their sockets, time limits are put off, and every order ends a little later than the
one before. What shows at once is how long a call waits for its first turn of the loop. Where that takes too long, there
is room for half as many; where it does not, the room grows back within a second.
"""

from __future__ import annotations

MOST = 512.0
LEAST = 32.0
GROWS = 0.5
"""By how much a call that was prompt widens a room that is used."""
BEHIND = 0.1
"""The share of a call's time limit that it may wait for its first turn. There are some six turns from its beginning to
its end: with more, most of its time would go by for our own slowness."""
OUR_PART = 0.25
"""The least share of that wait that our own work must have taken. What other processes took of the processor passes,
and asking for less would not shorten it."""
USUAL_LIMIT = 0.2


class OwnRoom:
    """The room for all calls under way; times are the event loop's."""

    def __init__(self) -> None:
        self.size = MOST
        self.under_way = 0
        self._halved_at = float("-inf")

    def has_room(self, limit: float) -> bool:
        """Whether another call with `limit` seconds of time may begin: who can wait longer fits in where others do
        not."""
        return self.under_way < self.size * max(1.0, limit / USUAL_LIMIT)

    def begin(self) -> None:
        """A call begins."""
        self.under_way += 1

    def end(self) -> None:
        """It has ended, however it did."""
        self.under_way -= 1

    def had_its_turn(self, began: float, now: float, worked: float, limit: float) -> None:
        """A call that began then has its first turn now; the loop has `worked` so many seconds of processor time in
        between. Calls that began before the room was halved say nothing new."""
        waited = now - began
        if waited > BEHIND * limit:
            if began >= self._halved_at and worked > OUR_PART * waited:
                self._halved_at = now
                self.size = max(LEAST, min(self.size, self.under_way) / 2)
        elif 2 * self.under_way >= self.size:
            self.size = min(MOST, self.size + GROWS)
