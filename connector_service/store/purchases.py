"""Labels that are being bought at carriers that do not recognise a repeated purchase."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from enum import Enum, auto

from connector_service.store.transaction import encode_time


class Began(Enum):
    """What is known of a purchase that somebody wants to begin."""

    NEW = auto()
    """Nobody has tried before."""
    IN_DOUBT = auto()
    """Somebody has tried, that is over, and nobody knows what became of it."""
    UNDER_WAY = auto()
    """Somebody else may be at it."""


def begin(
    connection: sqlite3.Connection, tenant_id: str, carrier: str, reference: str, now: datetime, over_by: datetime
) -> Began:
    """Note that a label is about to be bought, and by when that will be over; of two at a time one may go on."""
    key = (tenant_id, carrier, reference)
    cursor = connection.execute(
        "INSERT OR IGNORE INTO purchases (tenant_id, carrier, reference, began_at, over_by) VALUES (?,?,?,?,?)",
        (*key, encode_time(now), encode_time(over_by)),
    )
    if cursor.rowcount > 0:
        return Began.NEW
    cursor = connection.execute(
        "UPDATE purchases SET over_by = ? WHERE tenant_id = ? AND carrier = ? AND reference = ? AND over_by <= ?",
        (encode_time(over_by), *key, encode_time(now)),
    )
    return Began.IN_DOUBT if cursor.rowcount > 0 else Began.UNDER_WAY


def end(connection: sqlite3.Connection, tenant_id: str, carrier: str, reference: str, now: datetime) -> None:
    """It is over, and nobody knows what became of it."""
    connection.execute(
        "UPDATE purchases SET over_by = ? WHERE tenant_id = ? AND carrier = ? AND reference = ?",
        (encode_time(now), tenant_id, carrier, reference),
    )


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
