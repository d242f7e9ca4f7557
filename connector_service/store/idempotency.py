"""The first answer to every keyed request, so that the same request gets it again."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

import orjson

from connector_service.errors import KeyReused


def recall(connection: sqlite3.Connection, tenant_id: str, key: str, fingerprint: str) -> dict[str, Any] | None:
    """The first answer given under `key`, or None.

    Raises:
        KeyReused: the key was used for other content.
    """
    row = connection.execute(
        "SELECT fingerprint, response FROM idempotency_keys WHERE tenant_id = ? AND key = ?", (tenant_id, key)
    ).fetchone()
    if row is None:
        return None
    if row[0] != fingerprint:
        raise KeyReused(
            f"The idempotency key {key!r} was used before with other content. Send the first content again to get "
            "the first answer, or use a new key.",
            pointer="/idempotency_key",
        )
    answer: dict[str, Any] = orjson.loads(row[1])
    return answer


def remember(
    connection: sqlite3.Connection, tenant_id: str, key: str, fingerprint: str, answer: dict[str, Any], now: datetime
) -> None:
    """Keep the first answer under `key`."""
    connection.execute(
        "INSERT OR IGNORE INTO idempotency_keys (tenant_id, key, fingerprint, response, created_at) VALUES (?,?,?,?,?)",
        (tenant_id, key, fingerprint, orjson.dumps(answer).decode(), now.isoformat(timespec="microseconds")),
    )


def forget_before(connection: sqlite3.Connection, moment: datetime) -> int:
    """Drop answers given before a moment; returns how many."""
    cursor = connection.execute(
        "DELETE FROM idempotency_keys WHERE created_at < ?", (moment.isoformat(timespec="microseconds"),)
    )
    return cursor.rowcount
