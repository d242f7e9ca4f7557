"""What a tenant has settled about its carriers, as one JSON document."""

from __future__ import annotations

import sqlite3

SCHEMA = ("CREATE TABLE carrier_settings (tenant_id TEXT PRIMARY KEY, body TEXT) WITHOUT ROWID",)


def read(connection: sqlite3.Connection, tenant_id: str) -> str | None:
    """The document, or None when the tenant has settled nothing."""
    row = connection.execute("SELECT body FROM carrier_settings WHERE tenant_id = ?", (tenant_id,)).fetchone()
    return row[0] if row else None


def put(connection: sqlite3.Connection, tenant_id: str, body: str) -> None:
    """Keep the document in place of the one there is."""
    connection.execute(
        "INSERT INTO carrier_settings (tenant_id, body) VALUES (?,?) ON CONFLICT DO UPDATE SET body = excluded.body",
        (tenant_id, body),
    )
