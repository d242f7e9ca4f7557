"""Locations that are closed for now, and when and why they were: nothing is forgotten when one opens again."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

_COLUMNS = "location_id, closed_at, closed_by, closed_because, opened_at, opened_by, opened_because"


@dataclass(frozen=True, slots=True)
class Closure:
    """From when to when a location was closed, by whom, and why; `opened_at` None: it is closed now."""

    location_id: str
    closed_at: datetime
    closed_by: str
    closed_because: str
    opened_at: datetime | None = None
    opened_by: str = ""
    opened_because: str = ""


def closed_now(connection: sqlite3.Connection, tenant_id: str) -> dict[str, Closure]:
    """The locations that are closed, by id."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM closures WHERE tenant_id = ? AND opened_at IS NULL",  # noqa: S608
        (tenant_id,),
    )
    return {row[0]: _closure(row) for row in rows}


def history(connection: sqlite3.Connection, tenant_id: str, limit: int = 100) -> list[Closure]:
    """The last closures of all locations, newest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM closures WHERE tenant_id = ? ORDER BY closed_at DESC LIMIT ?",  # noqa: S608
        (tenant_id, limit),
    )
    return [_closure(row) for row in rows]


def _closure(row: tuple[str, ...]) -> Closure:
    location_id, closed_at, closed_by, closed_because, opened_at, opened_by, opened_because = row
    opened = datetime.fromisoformat(opened_at) if opened_at else None
    return Closure(
        location_id,
        datetime.fromisoformat(closed_at),
        closed_by,
        closed_because,
        opened,
        opened_by or "",
        opened_because or "",
    )


def close(
    connection: sqlite3.Connection, tenant_id: str, location_id: str, person: str, because: str, now: datetime
) -> bool:
    """Note that a location is closed; False when it was closed already, which stays as it was said."""
    cursor = connection.execute(
        "INSERT INTO closures (tenant_id, location_id, closed_at, closed_by, closed_because) VALUES (?,?,?,?,?)"
        " ON CONFLICT DO NOTHING",
        (tenant_id, location_id, now.isoformat(timespec="microseconds"), person, because),
    )
    return cursor.rowcount > 0


def reopen(
    connection: sqlite3.Connection, tenant_id: str, location_id: str, person: str, because: str, now: datetime
) -> bool:
    """Note that a closed location is open again; False when it was not closed."""
    cursor = connection.execute(
        "UPDATE closures SET opened_at = ?, opened_by = ?, opened_because = ?"
        " WHERE tenant_id = ? AND location_id = ? AND opened_at IS NULL",
        (now.isoformat(timespec="microseconds"), person, because, tenant_id, location_id),
    )
    return cursor.rowcount > 0


def orders_shipping_from(
    connection: sqlite3.Connection, tenant_id: str, location_id: str, statuses: list[str], after: str, limit: int
) -> list[tuple[str, str]]:
    """Place and id of orders with a shipment at a location in one of some statuses, express first, past a place."""
    rows = connection.execute(
        "SELECT place, order_id FROM (SELECT DISTINCT s.order_id AS order_id,"
        " CASE json_extract(o.body, '$.priority') WHEN 'express' THEN '0:' ELSE '1:' END || s.order_id AS place"
        " FROM shipments s JOIN orders o ON o.tenant_id = s.tenant_id AND o.id = s.order_id"
        " WHERE s.tenant_id = ? AND s.status IN (SELECT value FROM json_each(?))"
        " AND json_extract(s.body, '$.location_id') = ?) WHERE place > ? ORDER BY place LIMIT ?",
        (tenant_id, json.dumps(statuses), location_id, after, limit),
    )
    return rows.fetchall()


def skus_waited_for(connection: sqlite3.Connection, tenant_id: str, location_id: str) -> list[str]:
    """The SKUs that orders wait for and that a location keeps."""
    rows = connection.execute(
        "SELECT DISTINCT b.sku FROM backorders b JOIN positions p ON p.tenant_id = b.tenant_id AND p.sku = b.sku"
        " WHERE b.tenant_id = ? AND p.location_id = ? ORDER BY b.sku",
        (tenant_id, location_id),
    )
    return [sku for (sku,) in rows]
