"""The queue of orders that wait for stock: rows that follow the orders, as deadlines do, and what has come in.

What has come in is theirs first who wait, in the order of the queue. An order has its turn from when stock came in, and
anew from when it was told, for a time; it ends when the order looks at what there is or leaves the queue. While an
arrival has turns open it stays, so that those behind are told of what those ahead left.

Looks and arrivals are numbered by the events that were there (`seen`, `number`): many may happen at one moment.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Backorder:
    """Units of a SKU that an order waits for. `rank` 0 goes before 1; then what was promised first, then who came
    first. It is to be sent to `country`."""

    order_id: str
    sku: str
    quantity: int
    rank: int
    promised_at: datetime
    since: datetime
    country: str = ""

    @property
    def place(self) -> tuple[int, str, str, str]:
        """Sorts the queue."""
        return (self.rank, _text(self.promised_at), _text(self.since), self.order_id)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A SKU of which there is more than before, while somebody waits for it."""

    tenant_id: str
    sku: str
    at: datetime
    number: int


_LAST_EVENT = "(SELECT COALESCE(MAX(position), 0) FROM events)"


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


def put(
    connection: sqlite3.Connection, tenant_id: str, order_id: str, waiting: Collection[Backorder], now: datetime
) -> None:
    """Set what an order waits for; a SKU it waited for before keeps its place and its turn."""
    keep = json.dumps([row.sku for row in waiting])
    gone = " WHERE tenant_id = ? AND order_id = ? AND sku NOT IN (SELECT value FROM json_each(?))"
    if not waiting:
        _pass_on(connection, tenant_id, order_id, now)
    connection.execute(f"DELETE FROM backorders{gone}", (tenant_id, order_id, keep))  # noqa: S608
    connection.executemany(
        "INSERT INTO backorders (tenant_id, order_id, sku, quantity, rank, promised_at, since, country)"
        " VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (tenant_id, order_id, sku) DO UPDATE SET quantity = excluded.quantity,"
        " rank = excluded.rank, promised_at = excluded.promised_at, country = excluded.country",
        [
            (tenant_id, order_id, r.sku, r.quantity, r.rank, _text(r.promised_at), _text(r.since), r.country)
            for r in waiting
        ],
    )


def note_look(
    connection: sqlite3.Connection, tenant_id: str, order_id: str, kept: Collection[str], now: datetime
) -> None:
    """An order has had its turn and waits on; but not of SKUs of which something was `kept` for those ahead."""
    _pass_on(connection, tenant_id, order_id, now)
    connection.execute(
        "UPDATE backorders SET woken_at = NULL,"  # noqa: S608
        " seen = CASE WHEN sku IN (SELECT value FROM json_each(?)) THEN NULL"
        f" ELSE {_LAST_EVENT} END WHERE tenant_id = ? AND order_id = ?",
        (json.dumps(list(kept)), tenant_id, order_id),
    )


def _pass_on(connection: sqlite3.Connection, tenant_id: str, order_id: str, now: datetime) -> None:
    """What an order leaves is looked at for those behind it."""
    connection.execute(
        "UPDATE stock_arrivals SET due_at = ?1 WHERE tenant_id = ?2 AND due_at > ?1"
        " AND sku IN (SELECT sku FROM backorders WHERE tenant_id = ?2 AND order_id = ?3)",
        (_text(now), tenant_id, order_id),
    )


def waiting(connection: sqlite3.Connection, tenant_id: str, sku: str, *, limit: int) -> list[Backorder]:
    """Who waits for a SKU, first the one to be served first."""
    return _rows(connection, "TRUE", {"tenant": tenant_id, "sku": sku, "limit": limit})


def to_wake(connection: sqlite3.Connection, arrival: Arrival, expired: datetime, limit: int) -> list[Backorder]:
    """Who waits for what came in and has neither seen it nor been told of it, first the one to be served first. A turn
    that began up to `expired` is over."""
    untold = "(seen IS NULL OR seen < :number) AND (woken_at IS NULL OR (woken_at < :at AND woken_at <= :expired))"
    given: dict[str, str | int] = {
        "tenant": arrival.tenant_id,
        "sku": arrival.sku,
        "number": arrival.number,
        "limit": limit,
    }
    return _rows(connection, untold, given | {"at": _text(arrival.at), "expired": _text(expired)})


def _rows(connection: sqlite3.Connection, which: str, given: dict[str, str | int]) -> list[Backorder]:
    rows = connection.execute(
        "SELECT order_id, sku, quantity, rank, promised_at, since, country FROM backorders"  # noqa: S608
        f" WHERE tenant_id = :tenant AND sku = :sku AND {which}"
        " ORDER BY rank, promised_at, since, order_id LIMIT :limit",
        given,
    )
    return [
        Backorder(order_id, sku, units, rank, datetime.fromisoformat(promised), datetime.fromisoformat(since), country)
        for order_id, sku, units, rank, promised, since, country in rows
    ]


def told(connection: sqlite3.Connection, arrival: Arrival, expired: datetime) -> tuple[dict[str, int], datetime | None]:
    """Units wanted, by country, by those who were told of what came in and have not looked yet, and when the first of
    them was told. A turn that began up to `expired` is over."""
    rows = connection.execute(
        "SELECT country, SUM(quantity), MIN(woken_at) FROM backorders WHERE tenant_id = ? AND sku = ?"
        " AND woken_at > ? AND (seen IS NULL OR seen < ?) GROUP BY country",
        (arrival.tenant_id, arrival.sku, _text(expired), arrival.number),
    ).fetchall()
    first = min((datetime.fromisoformat(woken) for _, _, woken in rows), default=None)
    return {country: units for country, units, _ in rows}, first


def wanted_ahead(
    connection: sqlite3.Connection, tenant_id: str, place: tuple[int, str, str, str], sku: str, expired: datetime
) -> dict[str, int]:
    """Units of a SKU that came in, by country, for which orders ahead of a place in the queue have their turn."""
    names = ("rank", "promised", "since", "order")
    rows = connection.execute(
        "SELECT b.country, SUM(b.quantity) FROM stock_arrivals a"
        " JOIN backorders b ON b.tenant_id = a.tenant_id AND b.sku = a.sku"
        " WHERE a.tenant_id = :tenant AND a.sku = :sku AND (b.seen IS NULL OR b.seen < a.number)"
        " AND MAX(a.at, COALESCE(b.woken_at, '')) > :expired"
        " AND (b.rank, b.promised_at, b.since, b.order_id) < (:rank, :promised, :since, :order)"
        " GROUP BY b.country",
        {"tenant": tenant_id, "sku": sku, "expired": _text(expired), **dict(zip(names, place, strict=True))},
    )
    return dict(rows.fetchall())


def came_in(connection: sqlite3.Connection, tenant_id: str, skus: Collection[str]) -> list[str]:
    """Those of some SKUs that came in and that somebody may have a turn for; nearly always none."""
    # A list of names as a parameter costs more than to look at each: there are a few.
    found = "SELECT 1 FROM stock_arrivals WHERE tenant_id = ? AND sku = ?"
    return [sku for sku in skus if connection.execute(found, (tenant_id, sku)).fetchone() is not None]


def note_arrival(connection: sqlite3.Connection, tenant_id: str, sku: str, now: datetime) -> None:
    """There is more of a SKU; kept only when somebody waits for it."""
    # Nearly always nobody waits, and a question costs a third of a statement that may write.
    waited = "SELECT 1 FROM backorders WHERE tenant_id = ? AND sku = ? LIMIT 1"
    if connection.execute(waited, (tenant_id, sku)).fetchone() is not None:
        connection.execute(
            "INSERT INTO stock_arrivals (tenant_id, sku, at, due_at, number)"  # noqa: S608
            f" VALUES (?1,?2,?3,?3, 1 + {_LAST_EVENT})"
            " ON CONFLICT (tenant_id, sku) DO UPDATE SET at = excluded.at, due_at = excluded.due_at,"
            " number = excluded.number",
            (tenant_id, sku, _text(now)),
        )


def arrivals(connection: sqlite3.Connection, now: datetime, limit: int = 200) -> list[Arrival]:
    """What has come in and is to be looked at, what was due first first."""
    rows = connection.execute(
        "SELECT tenant_id, sku, at, number FROM stock_arrivals WHERE due_at <= ? ORDER BY due_at LIMIT ?",
        (_text(now), limit),
    )
    return [Arrival(tenant_id, sku, datetime.fromisoformat(at), number) for tenant_id, sku, at, number in rows]


def mark_woken(connection: sqlite3.Connection, tenant_id: str, sku: str, order_id: str, now: datetime) -> None:
    """A flow was told of the order: its turn begins."""
    connection.execute(
        "UPDATE backorders SET woken_at = ? WHERE tenant_id = ? AND order_id = ? AND sku = ?",
        (_text(now), tenant_id, order_id, sku),
    )


def look_again(connection: sqlite3.Connection, arrival: Arrival, at: datetime) -> None:
    """Some still have their turn: an arrival is looked at again at a moment, or when one of them has had it."""
    connection.execute(
        "UPDATE stock_arrivals SET due_at = ? WHERE tenant_id = ? AND sku = ? AND number = ?",
        (_text(at), arrival.tenant_id, arrival.sku, arrival.number),
    )


def forget_arrival(connection: sqlite3.Connection, arrival: Arrival) -> None:
    """All who could be served have had their turn; one that came meanwhile stays."""
    connection.execute(
        "DELETE FROM stock_arrivals WHERE tenant_id = ? AND sku = ? AND number = ?",
        (arrival.tenant_id, arrival.sku, arrival.number),
    )
