"""Labels that are being bought at carriers that neither recognise a repeated purchase nor tell what became of one."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from connector_service.store.transaction import encode_time


def begin(connection: sqlite3.Connection, tenant_id: str, carrier: str, reference: str, now: datetime) -> bool:
    """Note that a label is about to be bought; False when that was noted before, and nobody knows what became of it."""
    cursor = connection.execute(
        "INSERT OR IGNORE INTO purchases (tenant_id, carrier, reference, began_at) VALUES (?,?,?,?)",
        (tenant_id, carrier, reference, encode_time(now)),
    )
    return cursor.rowcount > 0


def settle(connection: sqlite3.Connection, tenant_id: str, carrier: str, reference: str) -> None:
    """It is known what became of a purchase."""
    connection.execute(
        "DELETE FROM purchases WHERE tenant_id = ? AND carrier = ? AND reference = ?", (tenant_id, carrier, reference)
    )


def in_doubt(connection: sqlite3.Connection, tenant_id: str) -> list[tuple[str, str]]:
    """Carrier and reference of every purchase of which nobody knows what became of it, oldest first."""
    rows = connection.execute(
        "SELECT carrier, reference FROM purchases WHERE tenant_id = ? ORDER BY began_at, reference", (tenant_id,)
    )
    return [(carrier, reference) for carrier, reference in rows]
