"""The boxes that a tenant packs into."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import lru_cache

import orjson

from connector_service.packing import Box, read_boxes, standard_boxes


def put_boxes(connection: sqlite3.Connection, tenant_id: str, boxes: Sequence[Box]) -> None:
    """Set a tenant's boxes; none at all gives the standard ones back."""
    connection.execute("DELETE FROM boxes WHERE tenant_id = ?", (tenant_id,))
    if boxes:
        body = orjson.dumps([box.model_dump(mode="json") for box in boxes]).decode()
        connection.execute("INSERT INTO boxes (tenant_id, body) VALUES (?,?)", (tenant_id, body))


def boxes_of(connection: sqlite3.Connection, tenant_id: str) -> tuple[Box, ...]:
    """A tenant's boxes; the standard ones when it has named none."""
    row = connection.execute("SELECT body FROM boxes WHERE tenant_id = ?", (tenant_id,)).fetchone()
    return standard_boxes() if row is None else _boxes(row[0])


@lru_cache(maxsize=100)
def _boxes(body: str) -> tuple[Box, ...]:
    return tuple(read_boxes(body))
