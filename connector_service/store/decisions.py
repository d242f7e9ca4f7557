"""Decisions read again: one by its id, and the latest of a rule file."""

from __future__ import annotations

import sqlite3

from canonical_models import Decision
from connector_service.errors import NotFound


def decision(connection: sqlite3.Connection, tenant_id: str, decision_id: str) -> Decision:
    """One decision of a tenant.

    Raises:
        NotFound: no such decision of this tenant.
    """
    row = connection.execute(
        "SELECT body FROM decisions WHERE tenant_id = ? AND id = ?", (tenant_id, decision_id)
    ).fetchone()
    if row is None:
        raise NotFound(f"There is no decision {decision_id!r}.")
    return Decision.model_validate_json(row[0])


def latest_of_file(connection: sqlite3.Connection, tenant_id: str, file_id: str, last: int) -> list[Decision]:
    """The latest `last` decisions that a rule file gave for a tenant, oldest first."""
    rows = connection.execute(
        "SELECT body FROM decisions WHERE tenant_id = ? AND file_id = ? ORDER BY rowid DESC LIMIT ?",
        (tenant_id, file_id, last),
    ).fetchall()
    return [Decision.model_validate_json(body) for (body,) in reversed(rows)]


def of_order(connection: sqlite3.Connection, tenant_id: str, order_id: str) -> list[Decision]:
    """Every decision about an order, its shipments and its exceptions, oldest first."""
    rows = connection.execute(
        "SELECT body FROM decisions WHERE tenant_id = ? AND subject_id IN"
        " (SELECT ? UNION SELECT subject FROM events WHERE tenant_id = ? AND order_id = ?) ORDER BY rowid",
        (tenant_id, order_id, tenant_id, order_id),
    )
    return [Decision.model_validate_json(body) for (body,) in rows]
