"""What locations have to do: shipments planned by quarter of an hour, and units claimed by week, counted as they come.

Triggers count, in the transaction that writes the shipment or the claim, whoever writes it: a rebuild comes to the same
counts, and a question costs a few rows however many shipments there are. A cancelled shipment and a claim that is given
back count no more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

WEEKS = 4
"""Recent is what the last so many whole weeks (from Monday, UTC) brought."""
_PLANNED = "substr({0}, 1, 14) || (substr({0}, 15, 2) / 15)"
"""The quarter of an hour of a moment in JSON: `2026-11-09T15:2` for 15:30 to 15:44."""
_WEEK = "date(substr({0}, 1, 10), 'weekday 0', '-6 days')"

SCHEMA = (
    "CREATE TABLE planned_shipments (tenant_id TEXT, location_id TEXT, quarter TEXT, shipments INTEGER,"
    " PRIMARY KEY (tenant_id, location_id, quarter)) WITHOUT ROWID",
    "CREATE TABLE weekly_demand (tenant_id TEXT, sku TEXT, location_id TEXT, week TEXT, units INTEGER,"
    " PRIMARY KEY (tenant_id, sku, location_id, week)) WITHOUT ROWID",
)


def _count_shipment(row: str, by: int) -> str:
    quarter = _PLANNED.format(f"json_extract({row}.body, '$.created_at')")
    return (
        "INSERT INTO planned_shipments (tenant_id, location_id, quarter, shipments)"  # noqa: S608
        f" VALUES ({row}.tenant_id, json_extract({row}.body, '$.location_id'), {quarter}, {by})"
        " ON CONFLICT DO UPDATE SET shipments = shipments + excluded.shipments;"
    )


def _count_claim(row: str, by: int) -> str:
    week = _WEEK.format(f"json_extract({row}.body, '$.created_at')")
    return (
        "INSERT INTO weekly_demand (tenant_id, sku, location_id, week, units)"  # noqa: S608
        f" VALUES ({row}.tenant_id, json_extract({row}.body, '$.sku'), json_extract({row}.body, '$.location_id'),"
        f" {week}, {by} * json_extract({row}.body, '$.quantity'))"
        " ON CONFLICT DO UPDATE SET units = units + excluded.units;"
    )


def _triggers(table: str, column: str, out: str, count: Callable[[str, int], str]) -> list[str]:
    """Count a row when it comes and uncount it when it goes, or when it takes or leaves the state in which it does not
    count."""
    add, remove = count("NEW", 1), count("OLD", -1)
    return [
        f"CREATE TRIGGER {table}_counted AFTER INSERT ON {table} WHEN NEW.{column} <> '{out}' BEGIN {add} END",
        f"CREATE TRIGGER {table}_gone AFTER DELETE ON {table} WHEN OLD.{column} <> '{out}' BEGIN {remove} END",
        f"CREATE TRIGGER {table}_out AFTER UPDATE OF {column} ON {table}"
        f" WHEN NEW.{column} = '{out}' AND OLD.{column} <> '{out}' BEGIN {remove} END",
        f"CREATE TRIGGER {table}_back AFTER UPDATE OF {column} ON {table}"
        f" WHEN NEW.{column} <> '{out}' AND OLD.{column} = '{out}' BEGIN {add} END",
    ]


TRIGGERS = (
    *_triggers("shipments", "status", "cancelled", _count_shipment),
    *_triggers("reservations", "state", "released", _count_claim),
)


def count_what_is_there(connection: sqlite3.Connection) -> None:
    """Count the shipments and claims that were written before anybody counted."""
    quarter = _PLANNED.format("json_extract(body, '$.created_at')")
    week = _WEEK.format("json_extract(body, '$.created_at')")
    connection.execute(
        "INSERT INTO planned_shipments SELECT tenant_id, json_extract(body, '$.location_id'),"  # noqa: S608
        f" {quarter} AS quarter, COUNT(*) FROM shipments WHERE status <> 'cancelled' GROUP BY 1, 2, 3"
    )
    connection.execute(
        "INSERT INTO weekly_demand SELECT tenant_id, json_extract(body, '$.sku'),"  # noqa: S608
        f" json_extract(body, '$.location_id'), {week} AS week, SUM(json_extract(body, '$.quantity'))"
        " FROM reservations WHERE state <> 'released' GROUP BY 1, 2, 3, 4"
    )


def planned_since(connection: sqlite3.Connection, tenant_id: str, location_id: str, since: datetime) -> int:
    """How many shipments were planned at a location after a moment (UTC), to the quarter of an hour: a cut-off is at a
    full one almost everywhere."""
    start = since + timedelta(minutes=1)
    quarter = f"{start:%Y-%m-%dT%H:}{start.minute // 15}"
    row = connection.execute(
        "SELECT SUM(shipments) FROM planned_shipments WHERE tenant_id = ? AND location_id = ? AND quarter >= ?",
        (tenant_id, location_id, quarter),
    ).fetchone()
    return max(0, row[0] or 0)


def forget_before(connection: sqlite3.Connection, moment: datetime) -> int:
    """Forget the quarters of an hour before a moment (UTC), of all tenants; how many there were. A shipment of then
    that is cancelled now counts as one less in a quarter that nobody asks for, and is forgotten the next time."""
    cursor = connection.execute("DELETE FROM planned_shipments WHERE quarter < ?", (f"{moment:%Y-%m-%dT%H:}",))
    return cursor.rowcount


class Demand(NamedTuple):
    """Units of a SKU that orders took from a location in so many days."""

    units: int
    days: int

    def for_days(self, days: int) -> int:
        """What so many days like these take, rounded up."""
        return -(-self.units * days // self.days)

    def lasts(self, units: int) -> int:
        """For how many whole days like these some units are enough."""
        return max(0, units) * self.days // self.units


ByPlace = dict[tuple[str, str], Demand]
"""By SKU and location."""


def recent_demand(connection: sqlite3.Connection, tenant_id: str, skus: Sequence[str], today: date) -> ByPlace:
    """By SKU and location, what was taken in the last whole weeks; nothing for what is younger than a week or did not
    sell. The week of the first claim is not whole, and does not count."""
    this_week = today - timedelta(days=today.weekday())
    first = this_week - timedelta(weeks=WEEKS)
    rows = connection.execute(
        "SELECT sku, location_id, week, units FROM weekly_demand AS d"  # noqa: S608
        f" WHERE tenant_id = ? AND sku IN ({','.join('?' * len(skus))}) AND week < ?"
        " AND (week >= ? OR week = (SELECT MIN(week) FROM weekly_demand AS f WHERE f.tenant_id = d.tenant_id"
        " AND f.sku = d.sku AND f.location_id = d.location_id))"
        " ORDER BY sku, location_id, week",
        (tenant_id, *skus, this_week.isoformat(), first.isoformat()),
    ).fetchall()
    begun: dict[tuple[str, str], date] = {}
    sold: dict[tuple[str, str], int] = {}
    for sku, location_id, week, units in rows:
        key, day = (sku, location_id), date.fromisoformat(week)
        if key not in begun:
            begun[key] = day
        elif day >= first:
            sold[key] = sold.get(key, 0) + units
    days = {key: (this_week - max(first, begun[key] + timedelta(weeks=1))).days for key in sold}
    return {key: Demand(units, days[key]) for key, units in sold.items() if units > 0 and days[key] > 0}
