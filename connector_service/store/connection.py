"""Rows that are written with the commit: nearly all that a step writes is read by nobody before that.

They wait as Python tuples and go to SQLite many to a statement, on the thread that commits, while the event loop goes
on with the network. A row at a time, on the loop's own thread, they cost a sixth of all steps.

Whoever asks a table for what may still wait gets it: `Connection` writes everything first. Savepoints hold for waiting
rows as for written ones. It notes, too, when what it keeps for reference (see `reference`) is written.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import Any, NamedTuple

from connector_service.store.keys import Keys
from connector_service.store.reference import TABLES, Reference

Row = tuple[Any, ...]
Key = tuple[str, str]
"""Tenant and the object's id, or its key: the first two values of a row."""


MOST_ROWS = 256
"""In one statement: SQLite takes 32,766 values at most, and keeps the plan of each size."""


class LateTable:
    """A table whose rows may wait. A `keyed` one is asked for single rows meanwhile, and its last row counts.

    `statement` writes rows, `{rows}` standing for them as SQL's VALUES has them.
    """

    __slots__ = ("_row", "_statement", "keyed")

    def __init__(self, statement: str, columns: int, *, keyed: bool) -> None:
        self._statement = statement
        self._row = f"({','.join('?' * columns)})"
        self.keyed = keyed

    @cache  # noqa: B019 - tables are made once and live as long as the process
    def statement(self, rows: int) -> str:
        """Writes so many rows."""
        return self._statement.format(rows=",".join([self._row] * rows))


class _Mark(NamedTuple):
    """Where a savepoint found things."""

    name: str
    rows: int
    written: int
    position: int | None


class Connection(sqlite3.Connection):
    """A connection to the store: late rows, and the keys that secrets are sealed with."""

    keys: Keys

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._rows: list[tuple[LateTable, Row]] = []
        self._written = 0
        self._waiting: dict[tuple[LateTable, Key], Row] = {}
        self._marks: list[_Mark] = []
        self._position: int | None = None
        self._begun = False
        self._lost = False
        self.reference = Reference()

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """As SQLite's own; what waits and may be asked for is written before."""
        prepare = _preparation(sql)
        if prepare is not None:
            prepare(self, sql)
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        """As SQLite's own; what waits and may be asked for is written before."""
        prepare = _preparation(sql)
        if prepare is not None:
            prepare(self, sql)
        return super().executemany(sql, parameters)

    def at_once(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Execute whatever waits: for who knows about waiting rows (see `waiting`) or is not concerned by them."""
        return super().execute(sql, parameters)

    def write_late(self, table: LateTable, row: Row) -> None:
        """Have a row written with the commit; outside a transaction, now."""
        self._rows.append((table, row))
        if table.keyed:
            self._waiting[table, row[:2]] = row
        if not self.in_transaction:
            try:
                self._write()
            finally:
                self._forget()

    def waiting(self, table: LateTable, key: Key) -> Row | None:
        """The row of a keyed table that waits to be written; None when what the table holds is up to date."""
        return self._waiting.get((table, key))

    def next_position(self) -> int:
        """The position of the next event, the first being 1."""
        if self._position is None or not self.in_transaction:
            self._write()
            self._position = super().execute("SELECT COALESCE(MAX(position), 0) FROM events").fetchone()[0]
        self._position += 1
        return self._position

    # What statements do to waiting rows

    def _write(self, sql: str = "") -> None:
        if self._lost:
            raise sqlite3.DatabaseError("rows that waited could not be written: the transaction can only be undone")
        if self._written == len(self._rows):
            return
        tables: dict[LateTable, list[Row]] = {}
        for table, row in self._rows[self._written :]:
            tables.setdefault(table, []).append(row)
        self._written = len(self._rows)
        self._waiting.clear()
        self._lost = True
        for table, rows in tables.items():
            if table.keyed:
                rows = list({row[:2]: row for row in rows}.values())
            self._write_rows(table, rows)
        self._lost = False

    def _write_rows(self, table: LateTable, rows: list[Row]) -> None:
        """In powers of two, so that few statements have to be planned."""
        at = 0
        while at < len(rows):
            size = min(MOST_ROWS, 1 << (len(rows) - at).bit_length() - 1)
            values = tuple(chain.from_iterable(rows[at : at + size]))
            super().execute(table.statement(size), values)
            at += size

    def _forget(self, sql: str = "") -> None:
        self._rows.clear()
        self._waiting.clear()
        self._marks.clear()
        self._written, self._position = 0, None
        self._begun = self._lost = False

    def _begin(self, sql: str) -> None:
        self._forget()
        self._begun = True

    def _commit(self, sql: str = "") -> None:
        self._write()
        self._forget()
        self.reference.settled(committed=True)

    def _rollback(self, sql: str) -> None:
        self._forget()
        self.reference.settled(committed=False)

    def _refer(self, sql: str) -> None:
        self._write()
        self.reference.written()
        if not self.in_transaction:
            self.reference.settled(committed=True)

    def _mark(self, sql: str) -> None:
        self._marks.append(_Mark(sql.split()[-1], len(self._rows), self._written, self._position))

    def _undo(self, sql: str) -> None:
        """Back to a savepoint, which stays: what waited when it was set waits again."""
        name = sql.split()[-1]
        while self._marks[-1].name != name:
            self._marks.pop()
        self.reference.undone()
        _, rows, written, self._position = self._marks[-1]
        del self._rows[rows:]
        self._written = min(self._written, written)
        self._waiting = {(table, row[:2]): row for table, row in self._rows[self._written :] if table.keyed}

    def _release(self, sql: str) -> None:
        name = sql.split()[-1]
        while self._marks.pop().name != name:
            pass
        if not self._marks and not self._begun:
            # The savepoint was a transaction by itself.
            self._commit()


_CONTROL: dict[str, Callable[[Connection, str], None]] = {
    "BEGIN": Connection._begin,
    "COMMIT": Connection._commit,
    "ROLLBACK": Connection._rollback,
    "SAVEPOINT": Connection._mark,
    "RELEASE": Connection._release,
}
_WHOLE = re.compile(r"\b(events|decisions|idempotency_keys|deadlines)\b")
_OBJECTS = re.compile(r"\b(orders|shipments|positions|reservations|transfers|pickups|exceptions|credentials)\b")
_LATE_COLUMNS = re.compile(r"\b(body|version)\b|\*")


@lru_cache(maxsize=10_000)
def _preparation(sql: str) -> Callable[[Connection, str], None] | None:
    """What has to be done before a statement."""
    first, _, rest = sql.partition(" ")
    control = Connection._undo if sql.startswith("ROLLBACK TO ") else _CONTROL.get(first)
    if control is not None:
        return control
    if first != "SELECT" and TABLES.search(rest):
        return Connection._refer
    concerned = _OBJECTS.search(rest) and (first != "SELECT" or _LATE_COLUMNS.search(rest))
    return Connection._write if concerned or _WHOLE.search(sql) else None
