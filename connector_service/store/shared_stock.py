"""Stock that several orders want: as few rows as answer the question."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from connector_service.store.kinds import POSITION


def positions_in_turn(connection: sqlite3.Connection, tenant_id: str, sku: str) -> Iterator[str]:
    """The positions of a SKU as JSON text, each read when it is asked for: who has seen enough reads no more."""
    rows = connection.execute(
        f"SELECT body FROM {POSITION.table} WHERE tenant_id = ? AND sku = ?",  # noqa: S608
        (tenant_id, sku),
    )
    return (body for (body,) in rows)
