"""The queue of orders that wait for stock: rows that follow the orders, as deadlines do, and what has come in."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Backorder:
    """Units of a SKU that an order waits for. `rank` 0 goes before 1; then what was promised first, then who came
    first."""

    order_id: str
    sku: str
    quantity: int
    rank: int
    promised_at: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """A SKU of which there is more than before, while somebody waits for it."""

    tenant_id: str
    sku: str
    at: datetime


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


def put(connection: sqlite3.Connection, tenant_id: str, order_id: str, waiting: list[Backorder]) -> None:
    """Set what an order waits for, to be woken by the next arrival; a SKU it waited for before keeps its place."""
    keep = [row.sku for row in waiting]
    connection.execute(
        f"DELETE FROM backorders WHERE tenant_id = ? AND order_id = ? AND sku NOT IN ({','.join('?' * len(keep))})",  # noqa: S608
        (tenant_id, order_id, *keep),
    )
    connection.executemany(
        "INSERT INTO backorders (tenant_id, order_id, sku, quantity, rank, promised_at, since) VALUES (?,?,?,?,?,?,?)"
        " ON CONFLICT (tenant_id, order_id, sku) DO UPDATE SET"
        " quantity = excluded.quantity, rank = excluded.rank, promised_at = excluded.promised_at, woken_at = NULL",
        [(tenant_id, order_id, r.sku, r.quantity, r.rank, _text(r.promised_at), _text(r.since)) for r in waiting],
    )


def waiting(
    connection: sqlite3.Connection, tenant_id: str, sku: str, *, not_woken_since: datetime | None = None, limit: int
) -> list[Backorder]:
    """Who waits for a SKU, first the one to be served first; without those woken since a moment, if one is given."""
    rows = connection.execute(
        "SELECT order_id, sku, quantity, rank, promised_at, since FROM backorders WHERE tenant_id = ? AND sku = ?"
        " AND (?3 IS NULL OR woken_at IS NULL OR woken_at < ?3) ORDER BY rank, promised_at, since, order_id LIMIT ?4",
        (tenant_id, sku, _text(not_woken_since) if not_woken_since else None, limit),
    )
    return [
        Backorder(order_id, sku, units, rank, datetime.fromisoformat(promised), datetime.fromisoformat(since))
        for order_id, sku, units, rank, promised, since in rows
    ]


def note_arrival(connection: sqlite3.Connection, tenant_id: str, sku: str, now: datetime) -> None:
    """There is more of a SKU; kept only when somebody waits for it."""
    # Nearly always nobody waits, and a question costs a third of a statement that may write.
    waited = "SELECT 1 FROM backorders WHERE tenant_id = ? AND sku = ? LIMIT 1"
    if connection.execute(waited, (tenant_id, sku)).fetchone() is not None:
        connection.execute(
            "INSERT INTO stock_arrivals (tenant_id, sku, at) VALUES (?,?,?)"
            " ON CONFLICT (tenant_id, sku) DO UPDATE SET at = excluded.at",
            (tenant_id, sku, _text(now)),
        )


def arrivals(connection: sqlite3.Connection, limit: int = 200) -> list[Arrival]:
    """What has come in and is not looked at yet, oldest first."""
    rows = connection.execute("SELECT tenant_id, sku, at FROM stock_arrivals ORDER BY at LIMIT ?", (limit,))
    return [Arrival(tenant_id, sku, datetime.fromisoformat(at)) for tenant_id, sku, at in rows]


def mark_woken(connection: sqlite3.Connection, tenant_id: str, sku: str, order_id: str, now: datetime) -> None:
    """A flow was told of the order."""
    connection.execute(
        "UPDATE backorders SET woken_at = ? WHERE tenant_id = ? AND order_id = ? AND sku = ?",
        (_text(now), tenant_id, order_id, sku),
    )


def forget_arrival(connection: sqlite3.Connection, arrival: Arrival) -> None:
    """All who could be served were told; one that came meanwhile stays."""
    connection.execute(
        "DELETE FROM stock_arrivals WHERE tenant_id = ? AND sku = ? AND at = ?",
        (arrival.tenant_id, arrival.sku, _text(arrival.at)),
    )
