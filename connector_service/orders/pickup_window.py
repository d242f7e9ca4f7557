"""When a carrier is to collect: a day and two times on the location's own clock, each with a usual value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from canonical_models import Location
from connector_service.errors import InvalidInput
from connector_service.geography.locations import next_ship_day

OPENS, CLOSES = time(9), time(18)
"""When drivers come, unless somebody says otherwise."""
SHORTEST = timedelta(hours=1)
"""What a window of today must leave at least, or the next day is taken; a driver on the road needs as much."""
_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class AskedWindow:
    """What was said of the window: the location's own day, and HH:MM on its clock; None takes the usual."""

    day: date | None = None
    ready: str | None = None
    close: str | None = None

    @property
    def usual(self) -> bool:
        """Whether nothing was said at all."""
        return self.day is None and self.ready is None and self.close is None


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when the driver may come (UTC)."""

    start: datetime
    end: datetime

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether the two have a moment in common."""
        return self.start < end and start < self.end


def window_of(location: Location, now: datetime, asked: AskedWindow) -> Window:
    """The window: today when that leaves an hour and the location ships today, else the next day on which it ships.

    What is ready already may be collected from the next quarter of an hour on. Raises InvalidInput for a window that is
    over or empty, and for a day on which nobody is there; its pointer names what was said.
    """
    zone = ZoneInfo(location.timezone)
    today = now.astimezone(zone).date()
    first = asked.day or next_ship_day(location, today)
    window = _on(location, first, now, asked)
    if asked.day is None and window.end - window.start < SHORTEST and first == today:
        window = _on(location, next_ship_day(location, today + timedelta(days=1)), now, asked)
    if asked.day is not None:
        _check_day(location, asked.day, window, now)
    if window.start >= window.end:
        raise InvalidInput(
            f"The window closes at {_clock(window.end, zone)} and would open at {_clock(window.start, zone)}"
            f" ({location.timezone}); close must be later than ready.",
            pointer="/close",
        )
    return window


def _on(location: Location, day: date, now: datetime, asked: AskedWindow) -> Window:
    ready = _moment(location, day, time.fromisoformat(asked.ready) if asked.ready else OPENS)
    end = _moment(location, day, time.fromisoformat(asked.close) if asked.close else CLOSES)
    return Window(max(ready, _next_quarter(now)), end)


def _check_day(location: Location, day: date, window: Window, now: datetime) -> None:
    ships_on = next_ship_day(location, day)
    if ships_on != day:
        raise InvalidInput(
            f"Nobody is at {location.id} on {day}: it ships next on {ships_on} (its ships_on, closed_on, holidays).",
            pointer="/day",
        )
    if window.end <= now:
        here = now.astimezone(ZoneInfo(location.timezone))
        raise InvalidInput(
            f"The window on {day} is over: at {location.id} it is {here:%Y-%m-%d %H:%M}. Name a later day, or none.",
            pointer="/day",
        )


def _moment(location: Location, day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZoneInfo(location.timezone)).astimezone(UTC)


def _next_quarter(now: datetime) -> datetime:
    past = timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
    return now + (_QUARTER - past if past else past)


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}"
