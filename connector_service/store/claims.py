"""Which orders' claims run out, and when; the claims themselves are reservations."""

from __future__ import annotations

import sqlite3
from datetime import datetime


def due(connection: sqlite3.Connection, now: datetime, limit: int = 200) -> list[tuple[str, str]]:
    """Tenant and order of claims whose time has run out, the oldest first, each order once."""
    rows = connection.execute(
        "SELECT tenant_id, order_id FROM reservations WHERE expires_at IS NOT NULL AND expires_at <= ?"
        " GROUP BY tenant_id, order_id ORDER BY MIN(expires_at) LIMIT ?",
        (now.isoformat(timespec="microseconds"), limit),
    )
    return [(tenant_id, order_id) for tenant_id, order_id in rows]


def soonest(connection: sqlite3.Connection, tenant_id: str, shipment_ids: list[str]) -> datetime | None:
    """When the first claim of some shipments runs out; None when they have none that does."""
    row = connection.execute(
        "SELECT MIN(expires_at) FROM reservations WHERE tenant_id = ?"  # noqa: S608
        f" AND shipment_id IN ({','.join('?' * len(shipment_ids))})",
        (tenant_id, *shipment_ids),
    ).fetchone()
    return datetime.fromisoformat(row[0]) if row[0] else None


def holding(connection: sqlite3.Connection, tenant_id: str, position_id: str) -> list[str]:
    """The reservations that hold units of a position and are not bound yet, the newest first."""
    rows = connection.execute(
        "SELECT id FROM reservations WHERE tenant_id = ? AND expires_at IS NOT NULL"
        " AND json_extract(body, '$.position_id') = ? ORDER BY rowid DESC",
        (tenant_id, position_id),
    )
    return [row[0] for row in rows]
