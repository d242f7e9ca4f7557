"""Rows that wait for the commit are where a reader looks for them, and go with the savepoint they were written in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_service.store.connection import Connection, LateTable

KEYED = LateTable(
    "INSERT OR REPLACE INTO idempotency_keys (tenant_id, key, response) VALUES {rows}",
    3,
    keyed=True,
)
LISTED = LateTable("INSERT INTO decisions (tenant_id, id, body) VALUES {rows}", 3, keyed=False)
KEYS = ("a", "b", "c")


def opened() -> Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, factory=Connection)
    connection.execute("CREATE TABLE idempotency_keys (tenant_id, key, response, PRIMARY KEY (tenant_id, key))")
    connection.execute("CREATE TABLE decisions (tenant_id, id UNIQUE, body)")
    connection.execute("CREATE TABLE events (position INTEGER PRIMARY KEY, subject)")
    return connection


@pytest.fixture
def connection() -> Iterator[Connection]:
    made = opened()
    yield made
    made.close()


def listed(connection: Connection) -> list[Any]:
    return [body for (body,) in connection.execute("SELECT body FROM decisions ORDER BY rowid")]


def test_a_row_that_waits_is_found_by_whoever_asks_its_table(connection: Connection) -> None:
    connection.execute("BEGIN")
    connection.write_late(LISTED, ("acme", "1", '{"said": "it\'s \\"ok\\" \\u0000"}'))

    assert connection.at_once("SELECT COUNT(*) FROM decisions").fetchone() == (0,)
    assert listed(connection) == ['{"said": "it\'s \\"ok\\" \\u0000"}']


def test_outside_a_transaction_a_row_is_written_now(connection: Connection) -> None:
    connection.write_late(LISTED, ("acme", "1", "said"))

    assert connection.at_once("SELECT body FROM decisions").fetchall() == [("said",)]


def test_a_savepoint_that_is_a_transaction_by_itself_writes_when_it_is_released(connection: Connection) -> None:
    connection.execute("SAVEPOINT item")
    connection.write_late(LISTED, ("acme", "1", "said"))
    connection.execute("RELEASE item")

    assert not connection.in_transaction
    assert connection.at_once("SELECT body FROM decisions").fetchall() == [("said",)]


def test_what_waited_before_a_savepoint_and_was_written_within_it_outlives_its_undoing(connection: Connection) -> None:
    connection.execute("BEGIN")
    connection.write_late(LISTED, ("acme", "1", "before"))
    connection.execute("SAVEPOINT item")
    connection.write_late(LISTED, ("acme", "2", "within"))
    assert listed(connection) == ["before", "within"]
    connection.execute("ROLLBACK TO item")
    connection.execute("RELEASE item")
    connection.execute("COMMIT")

    assert listed(connection) == ["before"]


def test_positions_go_on_from_the_last_event_and_back_with_a_savepoint(connection: Connection) -> None:
    connection.execute("INSERT INTO events (position) VALUES (7)")
    connection.execute("BEGIN")
    assert connection.next_position() == 8
    connection.execute("SAVEPOINT item")
    assert connection.next_position() == 9
    connection.execute("ROLLBACK TO item")

    assert connection.next_position() == 9


def test_rows_that_could_not_be_written_let_nothing_of_the_transaction_through(connection: Connection) -> None:
    connection.execute("BEGIN")
    connection.write_late(LISTED, ("acme", "1", "first"))
    connection.execute("SAVEPOINT item")
    connection.write_late(LISTED, ("acme", "1", "the same id again"))
    with pytest.raises(sqlite3.IntegrityError):
        listed(connection)
    connection.execute("ROLLBACK TO item")
    connection.write_late(LISTED, ("acme", "2", "another"))
    with pytest.raises(sqlite3.DatabaseError, match="can only be undone"):
        connection.execute("COMMIT")
    connection.execute("ROLLBACK")

    assert listed(connection) == []


STEPS = st.one_of(
    st.tuples(st.just("list"), st.text(max_size=5)),
    st.tuples(st.just("answer"), st.sampled_from(KEYS)),
    st.tuples(st.sampled_from(("savepoint", "undo", "release", "read", "look", "commit", "rollback")), st.just("")),
)


class Both:
    """The same steps on a connection with waiting rows, and on one where every row is written at once."""

    def __init__(self) -> None:
        self.late, self.plain = opened(), opened()
        self.savepoints: list[str] = []
        self.number = 0
        self.both("BEGIN")

    def both(self, sql: str) -> None:
        self.late.execute(sql)
        self.plain.execute(sql)

    def do(self, what: str, text: str) -> None:
        self.number += 1
        if what == "list":
            self.write(LISTED, ("acme", str(self.number), text))
        elif what == "answer":
            self.write(KEYED, ("acme", text, str(self.number)))
        elif what == "look":
            self.look()
        elif what == "read":
            self.compare()
        else:
            self.control(what)

    def write(self, table: LateTable, row: tuple[str, str, str]) -> None:
        self.late.write_late(table, row)
        self.plain.write_late(table, row)
        self.plain.execute("SELECT * FROM decisions")

    def control(self, what: str) -> None:
        if what == "savepoint":
            self.savepoints.append(f"s{self.number}")
            self.both(f"SAVEPOINT {self.savepoints[-1]}")
        elif what == "undo" and self.savepoints:
            self.both(f"ROLLBACK TO {self.savepoints[-1]}")
        elif what == "release" and self.savepoints:
            self.both(f"RELEASE {self.savepoints.pop()}")
        elif what in ("commit", "rollback"):
            self.savepoints.clear()
            self.both(what.upper())
            self.both("BEGIN")

    def look(self) -> None:
        """What waits for a key and what the table holds make what a plain table holds."""
        statement = "SELECT tenant_id, key, response FROM idempotency_keys WHERE key = ?"
        for key in KEYS:
            held = self.late.at_once(statement, (key,)).fetchone()
            assert (self.late.waiting(KEYED, ("acme", key)) or held) == self.plain.execute(statement, (key,)).fetchone()

    def compare(self) -> None:
        for table in ("decisions", "idempotency_keys"):
            statement = f"SELECT * FROM {table} ORDER BY 2"  # noqa: S608
            assert self.late.execute(statement).fetchall() == self.plain.execute(statement).fetchall()


@given(st.lists(STEPS, max_size=40))
def test_whatever_happens_between_the_rows_are_those_of_a_connection_on_which_none_waits(
    steps: list[tuple[str, str]],
) -> None:
    both = Both()
    for what, text in steps:
        both.do(what, text)
    both.compare()
    both.both("COMMIT")
    both.compare()
    both.late.close()
    both.plain.close()
