"""How carriers did is counted as it happens, by lane and month, and so is what each sold."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from connector_service.store import carrier_counts, carrier_facts, migrations
from connector_service.store.carrier_counts import EVERYWHERE, Counts, total
from connector_service.store.carrier_facts import CarrierFact, Lane

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NEWARK = Lane("US", "NJ", "US", "NY")
KIEL = Lane("DE", "", "DE", "")


@pytest.fixture
def connection() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply(made)
    return made


def fact(subject: str, **changes: Any) -> CarrierFact:
    fields: dict[str, Any] = {
        "carrier": "ups",
        "service": "ground",
        "lane": NEWARK,
        "month": "2026-11",
        "promised_days": 3,
        "taken_days": 3,
        "outcome": "delivered",
    }
    return CarrierFact(subject, **{**fields, **changes})


def record(connection: sqlite3.Connection, *facts: CarrierFact, tenant_id: str = "acme") -> None:
    for each in facts:
        carrier_facts.record(connection, tenant_id, each, NOW)


def ups(connection: sqlite3.Connection, lane: Lane) -> Counts:
    return carrier_counts.of_services(connection, "acme", lane, "2026-10", "2026-11")["ups", "ground"]


def test_every_end_of_a_parcel_is_counted_on_its_lane_and_everywhere(connection: sqlite3.Connection) -> None:
    record(
        connection,
        fact("a"),
        fact("b", taken_days=5),
        fact("c", taken_days=4, outcome="damaged"),
        fact("d", taken_days=None, outcome="lost"),
        fact("e", taken_days=None, outcome="returned"),
        fact("f", taken_days=None, outcome="label_failed"),
        fact("g", promised_days=None, lane=KIEL),
    )
    on_lane = Counts(3, on_time=1, late=2, days_late=3, ended=5, damaged=1, lost=1, returned=1, label_failures=1)
    assert ups(connection, NEWARK) == on_lane
    assert ups(connection, EVERYWHERE) == total([on_lane, Counts(1, 0, 0, 0, 1, 0, 0, 0, 0)])


def test_a_later_word_about_a_parcel_takes_the_place_of_the_first(connection: sqlite3.Connection) -> None:
    record(connection, fact("a", taken_days=5), fact("a", taken_days=None, outcome="lost"))
    assert ups(connection, NEWARK) == Counts(0, 0, 0, 0, ended=1, damaged=0, lost=1, returned=0, label_failures=0)


def test_what_is_forgotten_counts_no_more(connection: sqlite3.Connection) -> None:
    record(connection, fact("a"))
    connection.execute("DELETE FROM carrier_performance")
    assert carrier_counts.months(connection, "acme") == []


def test_months_and_lanes_are_told_apart_and_so_are_tenants(connection: sqlite3.Connection) -> None:
    record(connection, fact("a", month="2026-08"), fact("b"), fact("c", lane=KIEL))
    record(connection, fact("d"), tenant_id="other")
    seen = carrier_counts.months(connection, "acme")
    assert [(each.month, each.lane) for each in seen] == [("2026-11", KIEL), ("2026-11", NEWARK), ("2026-08", NEWARK)]
    assert [each.lane for each in carrier_counts.months(connection, "acme", to_country="DE")] == [KIEL]
    assert [each.month for each in carrier_counts.months(connection, "acme", until="2026-10")] == ["2026-08"]
    assert ups(connection, EVERYWHERE).ended == 2


def test_history_is_narrowed_by_known_names_only(connection: sqlite3.Connection) -> None:
    with pytest.raises(TypeError, match="not by zone"):
        carrier_counts.months(connection, "acme", zone="4")


def label(connection: sqlite3.Connection, number: str | None, carrier: str = "ups") -> None:
    body = orjson.dumps({"label": {"carrier": carrier, "bought_at": "2026-11-20T10:00:00Z"} if number else None})
    connection.execute(
        "INSERT INTO shipments (tenant_id, id, body, tracking_number) VALUES ('acme', 's1', ?, ?)"
        " ON CONFLICT DO UPDATE SET body = excluded.body, tracking_number = excluded.tracking_number",
        (body.decode(), number),
    )


def test_labels_are_counted_when_they_are_bought_and_no_more_when_they_are_void(
    connection: sqlite3.Connection,
) -> None:
    def sold() -> dict[str, int]:
        return carrier_counts.labels_sold(connection, "acme", "2026-11")

    label(connection, None)
    assert sold() == {}
    label(connection, "1Z1")
    label(connection, "1Z1")
    assert sold() == {"ups": 1}
    label(connection, "94001", carrier="usps")
    assert sold() == {"usps": 1}
    label(connection, None)
    assert sold() == {}


def test_what_was_there_before_is_counted_once(connection: sqlite3.Connection) -> None:
    record(connection, fact("a"), fact("b", taken_days=6))
    label(connection, "1Z1")
    before = (carrier_counts.months(connection, "acme"), carrier_counts.labels_sold(connection, "acme", "2026-11"))
    connection.execute("DELETE FROM carrier_months")
    connection.execute("DELETE FROM carrier_labels")
    carrier_counts.count_what_is_there(connection)
    after = (carrier_counts.months(connection, "acme"), carrier_counts.labels_sold(connection, "acme", "2026-11"))
    assert after == before
