"""How carriers did by lane and month, and how many labels each sold in a month, counted as it happens.

Triggers count, in the transaction that writes the fact or the label, whoever writes it: a question costs a few rows
however many parcels there were. Facts count twice: on their lane, and under a lane of four empty names for everywhere.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields

from connector_service.store.carrier_facts import Lane

EVERYWHERE = Lane("", "", "", "")
_COUNTS = {
    "arrived": "{row}.taken_days IS NOT NULL",
    "on_time": "COALESCE({row}.taken_days <= {row}.promised_days, 0)",
    "late": "COALESCE({row}.taken_days > {row}.promised_days, 0)",
    "days_late": "COALESCE(MAX({row}.taken_days - {row}.promised_days, 0), 0)",
    "ended": "{row}.outcome <> 'label_failed'",
    "damaged": "{row}.outcome = 'damaged'",
    "lost": "{row}.outcome = 'lost'",
    "returned": "{row}.outcome = 'returned'",
    "label_failures": "{row}.outcome = 'label_failed'",
}
_LANE = ", ".join(Lane._fields)
SCHEMA = (
    "CREATE TABLE carrier_months (tenant_id TEXT, month TEXT, from_country TEXT, from_region TEXT, to_country TEXT,"
    f" to_region TEXT, carrier TEXT, service TEXT, {', '.join(f'{name} INTEGER' for name in _COUNTS)},"
    " PRIMARY KEY (tenant_id, from_country, from_region, to_country, to_region, month, carrier, service))"
    " WITHOUT ROWID",
    "CREATE TABLE carrier_labels (tenant_id TEXT, month TEXT, carrier TEXT, labels INTEGER,"
    " PRIMARY KEY (tenant_id, month, carrier)) WITHOUT ROWID",
)


def _count_fact(row: str, by: int, source: str = "WHERE true") -> str:
    """Count a fact on its lane and everywhere."""
    counts = ", ".join(f"{by} * ({what.format(row=row)})" for what in _COUNTS.values())
    adding = ", ".join(f"{name} = {name} + excluded.{name}" for name in _COUNTS)
    lanes = (", ".join(f"{row}.{name}" for name in Lane._fields), "'', '', '', ''")
    return "".join(
        f"INSERT INTO carrier_months (tenant_id, month, {_LANE}, carrier, service, {', '.join(_COUNTS)})"
        f" SELECT {row}.tenant_id, {row}.month, {lane}, {row}.carrier, {row}.service, {counts} {source}"
        f" ON CONFLICT DO UPDATE SET {adding};"
        for lane in lanes
    )


def _count_label(row: str, by: int, source: str = "WHERE true") -> str:
    label = f"json_extract({row}.body, '$.label.{{}}')"
    return (
        "INSERT INTO carrier_labels (tenant_id, month, carrier, labels)"
        f" SELECT {row}.tenant_id, substr({label.format('bought_at')}, 1, 7), {label.format('carrier')}, {by} {source}"
        " ON CONFLICT DO UPDATE SET labels = labels + excluded.labels;"
    )


def _triggers(table: str, when: str, add: str, remove: str) -> list[str]:
    new, old = when.format("NEW"), when.format("OLD")
    return [
        f"CREATE TRIGGER {table}_month_in AFTER INSERT ON {table} WHEN {new} BEGIN {add} END",
        f"CREATE TRIGGER {table}_month_gone AFTER DELETE ON {table} WHEN {old} BEGIN {remove} END",
    ]


TRIGGERS = (
    *_triggers("carrier_performance", "{}.subject IS NOT NULL", _count_fact("NEW", 1), _count_fact("OLD", -1)),
    "CREATE TRIGGER carrier_performance_month_again AFTER UPDATE ON carrier_performance"
    f" BEGIN {_count_fact('OLD', -1)} {_count_fact('NEW', 1)} END",
    *_triggers("shipments", "{}.tracking_number IS NOT NULL", _count_label("NEW", 1), _count_label("OLD", -1)),
    "CREATE TRIGGER shipments_month_labelled AFTER UPDATE OF tracking_number ON shipments"
    " WHEN NEW.tracking_number IS NOT OLD.tracking_number"
    f" BEGIN {_count_label('OLD', -1, 'WHERE OLD.tracking_number IS NOT NULL')}"
    f" {_count_label('NEW', 1, 'WHERE NEW.tracking_number IS NOT NULL')} END",
)


def count_what_is_there(connection: sqlite3.Connection) -> None:
    """Count what came before there were triggers."""
    labelled = "FROM shipments WHERE tracking_number IS NOT NULL"
    for statement in (
        *_count_fact("carrier_performance", 1, "FROM carrier_performance WHERE true").split(";"),
        *_count_label("shipments", 1, labelled).split(";"),
    ):
        connection.execute(statement)


@dataclass(frozen=True, slots=True)
class Counts:
    """Parcels of one service. Of the `arrived` some were promised for a day: `on_time` and `late`, by `days_late`
    working days together. `ended` are all whose end is known; labels that failed are not among them."""

    arrived: int
    on_time: int
    late: int
    days_late: int
    ended: int
    damaged: int
    lost: int
    returned: int
    label_failures: int


@dataclass(frozen=True, slots=True)
class Month:
    """The counts of one service on one lane in one month."""

    carrier: str
    service: str
    lane: Lane
    month: str
    counts: Counts


def of_services(
    connection: sqlite3.Connection, tenant_id: str, lane: Lane, since: str, until: str
) -> dict[tuple[str, str], Counts]:
    """The sums by carrier and service on one lane (or `EVERYWHERE`) over some months, both ends included."""
    sums = ", ".join(f"SUM({name})" for name in _COUNTS)
    rows = connection.execute(
        f"SELECT carrier, service, {sums} FROM carrier_months WHERE tenant_id = ? AND from_country = ?"  # noqa: S608
        " AND from_region = ? AND to_country = ? AND to_region = ? AND month BETWEEN ? AND ? GROUP BY 1, 2",
        (tenant_id, *lane, since, until),
    )
    return {(carrier, service): Counts(*counts) for carrier, service, *counts in rows}


def months(
    connection: sqlite3.Connection, tenant_id: str, *, since: str = "", until: str = "9999-12", **narrow: str
) -> list[Month]:
    """The counts of each service on each lane in each month, newest month first. `narrow` takes `carrier`, `service`,
    `from_country`, `from_region`, `to_country` and `to_region`."""
    known = ("carrier", "service", *Lane._fields)
    if unknown := narrow.keys() - set(known):
        raise TypeError(f"months() is narrowed by {', '.join(known)}, not by {', '.join(sorted(unknown))}")
    where = "".join(f" AND {name} = ?" for name in narrow)
    rows = connection.execute(
        f"SELECT carrier, service, {_LANE}, month, {', '.join(_COUNTS)} FROM carrier_months"  # noqa: S608
        f" WHERE tenant_id = ? AND from_country <> '' AND month BETWEEN ? AND ?{where}"
        f" ORDER BY month DESC, carrier, service, {_LANE}",
        (tenant_id, since, until, *narrow.values()),
    )
    found = (Month(row[0], row[1], Lane(*row[2:6]), row[6], Counts(*row[7:])) for row in rows)
    return [each for each in found if any(astuple(each.counts))]


def labels_sold(connection: sqlite3.Connection, tenant_id: str, month: str) -> dict[str, int]:
    """Labels that are not void, by carrier, bought in a month such as `2026-11`."""
    rows = connection.execute(
        "SELECT carrier, labels FROM carrier_labels WHERE tenant_id = ? AND month = ? AND labels > 0",
        (tenant_id, month),
    )
    return dict(rows.fetchall())


def total(counts: Iterable[Counts]) -> Counts:
    """All of them together."""
    rows = [astuple(each) for each in counts]
    return Counts(*(sum(column) for column in zip(*rows, strict=True))) if rows else Counts(*(0,) * len(fields(Counts)))
