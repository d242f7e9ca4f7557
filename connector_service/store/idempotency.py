"""The first answer to every keyed request, so that the same request gets it again."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

import orjson

from connector_service.errors import KeyReused
from connector_service.store.connection import Connection, LateTable, Row

_ANSWERS = LateTable(
    "INSERT OR IGNORE INTO idempotency_keys (tenant_id, key, fingerprint, response, created_at) VALUES {rows}",
    5,
    keyed=True,
)


def recall(connection: Connection, tenant_id: str, key: str, fingerprint: str) -> dict[str, Any] | None:
    """The first answer given under `key`, or None.

    Raises:
        KeyReused: the key was used for other content.
    """
    found = connection.waiting(_ANSWERS, (tenant_id, key)) or _kept(connection, tenant_id, key)
    if found is None:
        return None
    if found[2] != fingerprint:
        raise KeyReused(
            f"The idempotency key {key!r} was used before with other content. Send the first content again to get "
            "the first answer, or use a new key.",
            pointer="/idempotency_key",
        )
    answer: dict[str, Any] = orjson.loads(found[3])
    return answer


def _kept(connection: Connection, tenant_id: str, key: str) -> Row | None:
    found: Row | None = connection.at_once(
        "SELECT tenant_id, key, fingerprint, response FROM idempotency_keys WHERE tenant_id = ? AND key = ?",
        (tenant_id, key),
    ).fetchone()
    return found


def remember(
    connection: Connection, tenant_id: str, key: str, fingerprint: str, answer: dict[str, Any], now: datetime
) -> None:
    """Keep the first answer under `key`."""
    moment = now.isoformat(timespec="microseconds")
    connection.write_late(_ANSWERS, (tenant_id, key, fingerprint, orjson.dumps(answer).decode(), moment))


def forget_before(connection: sqlite3.Connection, moment: datetime) -> int:
    """Drop answers given before a moment; returns how many."""
    cursor = connection.execute(
        "DELETE FROM idempotency_keys WHERE created_at < ?", (moment.isoformat(timespec="microseconds"),)
    )
    return cursor.rowcount
