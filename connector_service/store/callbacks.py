"""Flows that wait for a resolution, and where to tell them; kept until they have heard it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Callback:
    """A waiting flow of one tenant: post the resolution of `subject` to `url`; `tries` failed so far."""

    tenant_id: str
    subject: str
    url: str
    tries: int


def enqueue(connection: sqlite3.Connection, tenant_id: str, subject: str, url: str, due_at: datetime) -> None:
    """Have a waiting flow told."""
    connection.execute(
        "INSERT OR REPLACE INTO callbacks (tenant_id, subject, url, due_at, tries) VALUES (?,?,?,?,0)",
        (tenant_id, subject, url, due_at.isoformat(timespec="microseconds")),
    )


def due(connection: sqlite3.Connection, now: datetime, limit: int = 50) -> list[Callback]:
    """Who is to be told now."""
    rows = connection.execute(
        "SELECT tenant_id, subject, url, tries FROM callbacks WHERE due_at <= ? ORDER BY due_at LIMIT ?",
        (now.isoformat(timespec="microseconds"), limit),
    )
    return [Callback(tenant_id, subject, url, tries) for tenant_id, subject, url, tries in rows]


def forget(connection: sqlite3.Connection, tenant_id: str, subject: str) -> None:
    """The flow has heard it, or nobody needs to any more."""
    connection.execute("DELETE FROM callbacks WHERE tenant_id = ? AND subject = ?", (tenant_id, subject))


def put_off(connection: sqlite3.Connection, callback: Callback, due_at: datetime) -> None:
    """It could not be told; try again later."""
    connection.execute(
        "UPDATE callbacks SET tries = tries + 1, due_at = ? WHERE tenant_id = ? AND subject = ?",
        (due_at.isoformat(timespec="microseconds"), callback.tenant_id, callback.subject),
    )
