"""The rules of this installation as the commands on versions see them, beside a connector that may be running."""

from __future__ import annotations

import getpass
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from connector_service.local.home import CHECKOUT, Home

if TYPE_CHECKING:
    from connector_service.rules_engine import RuleBook
    from connector_service.rules_publishing.following import Follower

T = TypeVar("T")


@dataclass(frozen=True)
class Desk:
    """The database, and a rule book that is in step with what is published."""

    database: sqlite3.Connection
    book: RuleBook
    follower: Follower

    @property
    def now(self) -> datetime:
        """The time."""
        from connector_service.clock import SystemClock

        return SystemClock().now()

    def write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run a job in one transaction, then put what it wrote on the rule book; a connector sees it by itself."""
        self.database.execute("BEGIN IMMEDIATE")
        try:
            result = job(self.database)
            self.database.execute("COMMIT")
        finally:
            if self.database.in_transaction:
                self.database.execute("ROLLBACK")
        self.follower.catch_up()
        return result


@contextmanager
def open_desk(home: Home) -> Iterator[Desk]:
    """The rules of an installation.

    Raises:
        InstallationProblem: there is no database yet.
        RulesInvalid: the rules folder has findings.
    """
    from connector_service.errors import InstallationProblem
    from connector_service.local.tenant_setup import open_database
    from connector_service.rules_engine import RuleBook
    from connector_service.rules_publishing.following import Follower

    if not home.database.exists():
        raise InstallationProblem(f"There is no database {home.database} yet. Make one: dockline up")
    book = RuleBook.load(rules_folder())
    with open_database(home.database) as database:
        follower = Follower(book, lambda: database)
        follower.catch_up()
        yield Desk(database, book, follower)


def rules_folder() -> Path:
    """The folder that the connector reads its rules from."""
    return Path(os.environ.get("DOCKLINE_RULES", CHECKOUT / "rules"))


def this_user() -> str:
    """Who is logged in, as far as the machine knows."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
