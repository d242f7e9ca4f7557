"""A store at which steps are taken one transaction at a time, and which may die at any of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from connector_service.clock import FakeClock
from connector_service.errors import DocklineError
from connector_service.orders.work import Work
from connector_service.rules_engine import RuleBook
from connector_service.store import Store, Transaction, tenants
from tests.house import RULES, TENANT, furnish

T = TypeVar("T")
Step = Callable[[Work], T]


@cache
def shipped_rules() -> RuleBook:
    """The rules as they ship, loaded once."""
    return RuleBook.load(RULES)


class Desk:
    """`do` is one transaction; what it refuses is rolled back, and `refused` says so."""

    def __init__(self, path: Path) -> None:
        self.clock = FakeClock()
        self.path = path
        self._dead: list[Store] = []
        self._open()
        tenants.add_tenant(self.connection, TENANT, "Acme", self.clock.now())
        self.do(lambda work: furnish(work, []))

    def _open(self) -> None:
        self.store = Store(self.path, self.clock)
        self.store.memory.verify = True
        self.connection = self.store.reader
        self.connection.execute("PRAGMA synchronous = OFF")
        self.refused: DocklineError | None = None

    def close(self) -> None:
        for store in [*self._dead, self.store]:
            store.close()

    def later(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    def read(self) -> Transaction:
        return self.store.read(TENANT)

    def _begin(self) -> Transaction:
        memory = self.store.memory
        self.connection.execute("BEGIN IMMEDIATE")
        memory.refresh(self.connection)
        memory.mark()
        return Transaction(self.connection, TENANT, self.clock.now(), memory)

    def do(self, step: Step[T]) -> T | None:
        tx = self._begin()
        self.refused = None
        try:
            result = step(self._work(tx))
            tx.succeeded()
        except DocklineError as error:
            self.connection.execute("ROLLBACK")
            self.store.memory.undo()
            self.refused = error
            return None
        self.connection.execute("COMMIT")
        return result

    def die_in(self, step: Step[Any]) -> None:
        """Take a step, die before it is committed, and open the file again; nobody has closed the first store."""
        tx = self._begin()
        with suppress(DocklineError):
            step(self._work(tx))
        self.connection.close()
        self._dead.append(self.store)
        self._open()

    def _work(self, tx: Transaction) -> Work:
        return Work(tx, shipped_rules().of(TENANT), "tests")

    def rows(self) -> list[Any]:
        """Every projection, to the byte."""
        tables = ("orders", "shipments", "positions", "reservations", "transfers", "exceptions")
        return [self.connection.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall() for table in tables]  # noqa: S608
