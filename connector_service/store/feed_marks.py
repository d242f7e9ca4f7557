"""What each source has said last of each position, by its own sequence or time, whenever it arrived."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector_service.store import stock_movements
from connector_service.store.transaction import encode_time

_COUNTED = "dockline.position.counted.v1"


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest count of one position by one source. `sequence` is the source's own number, when it has one."""

    position_id: str
    source: str
    sequence: int | None
    as_of: datetime
    on_hand: int
    expires_on: str | None

    @property
    def age(self) -> tuple[int, int]:
        """Compares counts of one source: by its sequence, else by its time; what has no sequence is older than what
        has one."""
        if self.sequence is not None:
            return (1, self.sequence)
        return (0, int(self.as_of.timestamp() * 1_000_000))

    @property
    def moment(self) -> tuple[datetime, str]:
        """Compares counts of different sources: by time; of two at one moment the source's name decides, so that it
        is always the same one."""
        return (self.as_of, self.source)


def newest(connection: sqlite3.Connection, tenant_id: str, position_ids: Sequence[str]) -> dict[str, dict[str, Mark]]:
    """The marks of positions, by position and source."""
    found: dict[str, dict[str, Mark]] = {}
    rows = connection.execute(
        "SELECT position_id, source, sequence, as_of, on_hand, expires_on FROM feed_marks"  # noqa: S608
        f" WHERE tenant_id = ? AND position_id IN ({','.join('?' * len(position_ids))})",
        (tenant_id, *position_ids),
    )
    for position_id, source, sequence, as_of, on_hand, expires_on in rows:
        mark = Mark(position_id, source, sequence, datetime.fromisoformat(as_of), on_hand, expires_on)
        found.setdefault(position_id, {})[source] = mark
    return found


def keep(connection: sqlite3.Connection, tenant_id: str, marks: Iterable[Mark]) -> None:
    """Add or replace marks."""
    connection.executemany(
        "INSERT OR REPLACE INTO feed_marks (tenant_id, position_id, source, sequence, as_of, on_hand, expires_on)"
        " VALUES (?,?,?,?,?,?,?)",
        [
            (tenant_id, m.position_id, m.source, m.sequence, encode_time(m.as_of), m.on_hand, m.expires_on)
            for m in marks
        ],
    )


@dataclass(frozen=True, slots=True)
class Since:
    """What has happened to a position since a moment: units that came (or left, when negative), whether somebody
    counted it there and then, and whether units were set aside or found."""

    moved: int
    counted: bool
    set_aside: bool


def since(connection: sqlite3.Connection, tenant_id: str, position_id: str, moment: datetime) -> Since:
    """What has happened to a position since a moment: by its events, and by when it happened what others told of.

    A count that was told late moves nothing.
    """
    rows = connection.execute(
        "SELECT type, time, json_extract(data, '$.changes.on_hand'), json_extract(data, '$.changes.unavailable'),"
        " json_extract(data, '$.told_at') FROM events WHERE tenant_id = ? AND subject = ? ORDER BY sequence DESC",
        (tenant_id, position_id),
    )
    events, before = [], 0
    for event_type, time, on_hand, unavailable, told_at in rows:
        if time > encode_time(moment):
            events.append((event_type == _COUNTED, on_hand, unavailable, told_at))
        elif on_hand is not None:
            before = on_hand
            break
    moved = 0
    for is_count, on_hand, _, told_at in reversed(events):
        if on_hand is not None:
            moved += 0 if is_count or told_at is not None else on_hand - before
            before = on_hand
    moved += stock_movements.moved_since(connection, tenant_id, position_id, moment)
    counted = any(is_count and told_at is None for is_count, _, _, told_at in events)
    return Since(moved, counted, any(unavailable is not None for _, _, unavailable, _ in events))
