"""Orders that wait for a location to have room again, and when each is tried again."""

from __future__ import annotations

import sqlite3
from datetime import datetime


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


def put(connection: sqlite3.Connection, tenant_id: str, order_id: str, at: datetime | None) -> None:
    """When an order is tried again; None: the clock does not bring it back."""
    if at is None:
        forget(connection, tenant_id, order_id)
        return
    connection.execute(
        "INSERT INTO place_waits (tenant_id, order_id, at) VALUES (?,?,?)"
        " ON CONFLICT (tenant_id, order_id) DO UPDATE SET at = excluded.at",
        (tenant_id, order_id, _text(at)),
    )


def due(connection: sqlite3.Connection, now: datetime, limit: int = 200) -> list[tuple[str, str]]:
    """Tenants and ids of orders to be tried again now, the one that was due first first."""
    rows = connection.execute(
        "SELECT tenant_id, order_id FROM place_waits WHERE at <= ? ORDER BY at LIMIT ?", (_text(now), limit)
    )
    return rows.fetchall()


def forget(connection: sqlite3.Connection, tenant_id: str, order_id: str) -> None:
    """The order waits for no place any more."""
    connection.execute("DELETE FROM place_waits WHERE tenant_id = ? AND order_id = ?", (tenant_id, order_id))
