"""What other systems have told of stock, by their own reference, so that the same told twice happens once."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A source's reference to one change of one object (`subject`), and what it said, as a hash."""

    system: str
    reference: str
    subject: str
    fingerprint: str


def find(connection: sqlite3.Connection, tenant_id: str, told: Told) -> str | None:
    """The fingerprint under which the same reference was told before, or None."""
    row = connection.execute(
        "SELECT fingerprint FROM stock_references WHERE tenant_id = ? AND system = ? AND reference = ? AND subject = ?",
        (tenant_id, told.system, told.reference, told.subject),
    ).fetchone()
    return str(row[0]) if row else None


def keep(connection: sqlite3.Connection, tenant_id: str, told: Told, now: datetime) -> None:
    """Remember what was told, for good: a source may repeat itself after months."""
    connection.execute(
        "INSERT INTO stock_references (tenant_id, system, reference, subject, fingerprint, at) VALUES (?,?,?,?,?,?)",
        (tenant_id, told.system, told.reference, told.subject, told.fingerprint, now.isoformat()),
    )
