"""How positions came to be what they are: their last events, and counts that were not what was expected."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from connector_service.store.transaction import encode_time

_COUNTED = "dockline.position.counted.v1"
MOST_BETWEEN = 50
"""Events that are shown between two counts, the newest ones."""


@dataclass(frozen=True, slots=True)
class StockEvent:
    """One thing that happened to a position, in words and in figures."""

    position_id: str
    sequence: int
    type: str
    time: datetime
    data: dict[str, Any]

    @property
    def shown(self) -> dict[str, Any]:
        """As an answer holds it; `on_hand` and `reserved` are there when they changed."""
        changes, details = self.data["changes"], ("source", "reference", "told_at", "order_id")
        return {
            "time": self.time.isoformat(),
            "event": self.type.split(".")[2],
            "actor": self.data["actor"],
            "because": self.data["because"],
            **{name: changes[name] for name in ("on_hand", "reserved", "unavailable") if name in changes},
            **{name: self.data[name] for name in details if self.data.get(name)},
        }


def _events(rows: sqlite3.Cursor) -> list[StockEvent]:
    return [
        StockEvent(subject, sequence, event_type, datetime.fromisoformat(time), orjson.loads(data))
        for subject, sequence, event_type, time, data in rows
    ]


def recent(connection: sqlite3.Connection, tenant_id: str, position_id: str, limit: int) -> list[StockEvent]:
    """The last events of a position, the newest first."""
    rows = connection.execute(
        "SELECT subject, sequence, type, time, data FROM events WHERE tenant_id = ? AND subject = ?"
        " ORDER BY sequence DESC LIMIT ?",
        (tenant_id, position_id, limit),
    )
    return _events(rows)


def drifts(
    connection: sqlite3.Connection, tenant_id: str, since: datetime, location_id: str | None, limit: int
) -> list[StockEvent]:
    """Counts since a moment that were not what was expected, at one location or all, the newest first."""
    rows = connection.execute(
        "SELECT e.subject, e.sequence, e.type, e.time, e.data FROM events e INDEXED BY events_counted"
        " JOIN positions p ON p.tenant_id = e.tenant_id AND p.id = e.subject"
        " WHERE e.tenant_id = ?1 AND e.type = 'dockline.position.counted.v1' AND e.time >= ?2"
        " AND (?3 IS NULL OR p.location_id = ?3)"
        " AND json_extract(e.data, '$.expected') <> json_extract(e.data, '$.counted')"
        " ORDER BY e.position DESC LIMIT ?4",
        (tenant_id, encode_time(since), location_id, limit),
    )
    return _events(rows)


def between(connection: sqlite3.Connection, tenant_id: str, drift: StockEvent) -> list[StockEvent]:
    """What happened from the count before to this one, oldest first; at most the last 50 of it."""
    rows = connection.execute(
        "SELECT subject, sequence, type, time, data FROM events WHERE tenant_id = ? AND subject = ? AND sequence < ?"
        " ORDER BY sequence DESC LIMIT ?",
        (tenant_id, drift.position_id, drift.sequence, MOST_BETWEEN),
    )
    found: list[StockEvent] = []
    for event in _events(rows):
        found.append(event)
        if event.type == _COUNTED:
            break
    return found[::-1]
