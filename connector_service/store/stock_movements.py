"""What other systems have told of goods that came and went, by when it happened, whenever it arrived."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from connector_service.store.transaction import encode_time


@dataclass(frozen=True, slots=True)
class Movement:
    """Units that came to a position at a moment, or went when negative; once per system, reference and position."""

    position_id: str
    at: datetime
    system: str
    reference: str
    delta: int


def keep(connection: sqlite3.Connection, tenant_id: str, movement: Movement) -> None:
    """Keep a movement for good: a count of the time before it may still arrive."""
    connection.execute(
        "INSERT INTO stock_movements (tenant_id, position_id, at, system, reference, delta) VALUES (?,?,?,?,?,?)",
        (
            tenant_id,
            movement.position_id,
            encode_time(movement.at),
            movement.system,
            movement.reference,
            movement.delta,
        ),
    )


def moved_since(connection: sqlite3.Connection, tenant_id: str, position_id: str, moment: datetime) -> int:
    """Units that came since a moment, less those that went."""
    row = connection.execute(
        "SELECT COALESCE(SUM(delta), 0) FROM stock_movements WHERE tenant_id = ? AND position_id = ? AND at > ?",
        (tenant_id, position_id, encode_time(moment)),
    ).fetchone()
    return int(row[0])


def last_told(
    connection: sqlite3.Connection, tenant_id: str, position_id: str, events: tuple[str, ...]
) -> datetime | None:
    """The latest moment of which a source told one of some events (such as `lot_recalled`) of a position."""
    row = connection.execute(
        "SELECT MAX(COALESCE(json_extract(data, '$.told_at'), time)) FROM events WHERE tenant_id = ? AND subject = ?"
        " AND type IN (SELECT 'dockline.position.' || value || '.v1' FROM json_each(?))",
        (tenant_id, position_id, json.dumps(events)),
    ).fetchone()
    return datetime.fromisoformat(row[0]) if row[0] else None
