"""Deadlines as rows: one an object, claimed by a scheduler."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from connector_service.store.connection import Connection, LateTable


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the rules escalate `subject`, an object of `kind`, to `level`."""

    tenant_id: str
    subject: str
    kind: str
    due_at: datetime
    level: int


_DEADLINES = LateTable(
    "INSERT INTO deadlines (tenant_id, subject, kind, due_at, level) VALUES {rows}"
    " ON CONFLICT (tenant_id, subject) DO UPDATE SET due_at = excluded.due_at, level = excluded.level",
    5,
    keyed=True,
)


def set_deadline(connection: Connection, deadline: Deadline) -> None:
    """Set or move the one deadline of an object."""
    due_at = deadline.due_at.isoformat(timespec="microseconds")
    connection.write_late(_DEADLINES, (deadline.tenant_id, deadline.subject, deadline.kind, due_at, deadline.level))


def clear_deadline(connection: sqlite3.Connection, tenant_id: str, subject: str) -> None:
    """Nobody has to act on this object any more."""
    connection.execute("DELETE FROM deadlines WHERE tenant_id = ? AND subject = ?", (tenant_id, subject))


def clear_stale(connection: sqlite3.Connection, deadline: Deadline) -> None:
    """Remove a deadline that its object no longer has; one that was set meanwhile stays."""
    connection.execute(
        "DELETE FROM deadlines WHERE tenant_id = ? AND subject = ? AND due_at = ?",
        (deadline.tenant_id, deadline.subject, deadline.due_at.isoformat(timespec="microseconds")),
    )


def due(connection: sqlite3.Connection, now: datetime, limit: int = 200) -> list[Deadline]:
    """What is due, oldest first."""
    rows = connection.execute(
        "SELECT tenant_id, subject, kind, due_at, level FROM deadlines WHERE due_at <= ? ORDER BY due_at LIMIT ?",
        (now.isoformat(timespec="microseconds"), limit),
    )
    return [
        Deadline(tenant_id, subject, kind, datetime.fromisoformat(due_at), level)
        for tenant_id, subject, kind, due_at, level in rows
    ]
