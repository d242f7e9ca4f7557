"""What carriers did with our parcels: one small row a label, and the sums by lane and month.

A month is that of the day the label was bought (UTC), so that what goes wrong late counts where the choice was made.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

FactOutcome = Literal["delivered", "damaged", "lost", "returned", "label_failed"]
SCHEMA = (
    "CREATE TABLE carrier_performance (tenant_id TEXT, subject TEXT, carrier TEXT, service TEXT, from_country TEXT,"
    " from_region TEXT, to_country TEXT, to_region TEXT, month TEXT, promised_days INTEGER, taken_days INTEGER,"
    " outcome TEXT, at TEXT, PRIMARY KEY (tenant_id, subject)) WITHOUT ROWID",
    "CREATE INDEX carrier_performance_lanes ON carrier_performance (tenant_id, carrier, month, to_country, to_region)",
)


class Lane(NamedTuple):
    """From where to where: ISO 3166-1 alpha-2 countries and their regions (empty where there is none)."""

    from_country: str
    from_region: str
    to_country: str
    to_region: str


@dataclass(frozen=True, slots=True)
class CarrierFact:
    """How one label ended. `subject` is the label's reference (shipment and attempt).

    `promised_days` is what the carrier's service named and `taken_days` what it took, both in working days (Monday to
    Friday) from the day the parcel left; `taken_days` is None when it never arrived. A parcel that arrives damaged is
    `damaged`, with the days it took. `month` is `2026-11`.
    """

    subject: str
    carrier: str
    service: str
    lane: Lane
    month: str
    promised_days: int | None
    taken_days: int | None
    outcome: FactOutcome


@dataclass(frozen=True, slots=True)
class Tally:
    """The facts of one carrier's service on one lane in one month.

    `ended` are parcels whose end is known; `arrived` those that reached their customer, `on_time` those of them that
    took no longer than promised, `late` those that took longer; `claims` were damaged or lost. `label_failures` are
    labels that could not be bought or did not fit; they are not in `ended`.
    """

    carrier: str
    service: str
    lane: Lane
    month: str
    ended: int
    arrived: int
    on_time: int
    late: int
    claims: int
    returned: int
    label_failures: int


def record(connection: sqlite3.Connection, tenant_id: str, fact: CarrierFact, now: datetime) -> None:
    """Keep a fact in the caller's transaction; a later one about the same label takes its place."""
    connection.execute(
        "INSERT INTO carrier_performance (tenant_id, subject, carrier, service, from_country, from_region, to_country,"
        " to_region, month, promised_days, taken_days, outcome, at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT DO UPDATE SET promised_days = excluded.promised_days, taken_days = excluded.taken_days,"
        " outcome = excluded.outcome, at = excluded.at",
        (
            tenant_id,
            fact.subject,
            fact.carrier,
            fact.service,
            *fact.lane,
            fact.month,
            fact.promised_days,
            fact.taken_days,
            fact.outcome,
            now.isoformat(timespec="microseconds"),
        ),
    )


def find(connection: sqlite3.Connection, tenant_id: str, subject: str) -> CarrierFact | None:
    """The fact about one label, or None when its end is not known."""
    row = connection.execute(
        "SELECT subject, carrier, service, from_country, from_region, to_country, to_region, month, promised_days,"
        " taken_days, outcome FROM carrier_performance WHERE tenant_id = ? AND subject = ?",
        (tenant_id, subject),
    ).fetchone()
    if row is None:
        return None
    _, carrier, service, *lane, month, promised_days, taken_days, outcome = row
    return CarrierFact(subject, carrier, service, Lane(*lane), month, promised_days, taken_days, outcome)


def tallies(
    connection: sqlite3.Connection,
    tenant_id: str,
    *,
    since: str = "",
    until: str = "9999-12",
    **narrow: str,
) -> list[Tally]:
    """The sums by carrier, service, lane and month, for the months from `since` to `until`, both included.

    `narrow` takes `carrier`, `service`, `from_country`, `from_region`, `to_country` and `to_region`.
    """
    known = ("carrier", "service", *Lane._fields)
    if unknown := narrow.keys() - set(known):
        raise TypeError(f"tallies() can be narrowed by {', '.join(known)}, not by {', '.join(sorted(unknown))}")
    where = "".join(f" AND {name} = ?" for name in narrow)
    rows = connection.execute(
        "SELECT carrier, service, from_country, from_region, to_country, to_region, month,"  # noqa: S608
        " SUM(outcome <> 'label_failed'), COUNT(taken_days), TOTAL(taken_days <= promised_days),"
        " TOTAL(taken_days > promised_days), SUM(outcome IN ('damaged', 'lost')), SUM(outcome = 'returned'),"
        " SUM(outcome = 'label_failed') FROM carrier_performance"
        f" WHERE tenant_id = ? AND month BETWEEN ? AND ?{where}"
        " GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7",
        (tenant_id, since, until, *narrow.values()),
    )
    return [_tally(*row) for row in rows]


def _tally(carrier: str, service: str, *row: Any) -> Tally:
    ended, arrived, on_time, late, claims, returned, label_failures = (int(figure) for figure in row[5:])
    lane, month = Lane(*row[:4]), row[4]
    return Tally(carrier, service, lane, month, ended, arrived, on_time, late, claims, returned, label_failures)
