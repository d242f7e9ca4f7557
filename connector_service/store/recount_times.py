"""When each tenant's stock was last held against its warehouses' own figures."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

_LAST = "COALESCE(recounted_at, created_at)"


def due(connection: sqlite3.Connection, now: datetime) -> list[str]:
    """The tenants whose time has come; one that is new waits for it, too."""
    rows = connection.execute(f"SELECT id, recount_hours, {_LAST} FROM tenants WHERE recount_hours > 0 ORDER BY id")  # noqa: S608
    return [
        tenant_id for tenant_id, hours, last in rows if datetime.fromisoformat(last) + timedelta(hours=hours) <= now
    ]


def begin(connection: sqlite3.Connection, tenant_id: str, now: datetime) -> bool:
    """Take the turn; False when another process has taken it meanwhile."""
    if tenant_id not in due(connection, now):
        return False
    connection.execute("UPDATE tenants SET recounted_at = ? WHERE id = ?", (now.isoformat(), tenant_id))
    return True
