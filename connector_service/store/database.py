"""The store of one installation: a SQLite file, one writer, and readers that never wait for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from connector_service.clock import Clock
from connector_service.errors import StoreUnavailable
from connector_service.store import migrations, sealing
from connector_service.store.changes import Changes
from connector_service.store.connection import Connection
from connector_service.store.keys import Keys, load_keys
from connector_service.store.memory import Memory
from connector_service.store.transaction import Transaction
from connector_service.store.writer import Writer

T = TypeVar("T")


def connect(path: Path) -> Connection:
    """A connection as everything here needs it: WAL, every commit on disk before it is acknowledged."""
    connection = sqlite3.connect(
        path,
        isolation_level=None,
        timeout=30,
        check_same_thread=False,
        cached_statements=256,
        factory=Connection,
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # A commit that moves the log into the database waits for the disk twice more: one in a few dozen does.
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    # What a savepoint would have to undo is kept in memory; as a temporary file it cost a tenth of all steps.
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -32000")
    return connection


def _opened(path: Path, secret_key: str | None) -> Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = connect(path)
        migrations.apply(connection)
        connection.keys = load_keys(path, secret_key, used=lambda: sealing.used_keys(connection))
        sealing.seal_what_is_open(connection)
    except (OSError, sqlite3.DatabaseError) as error:
        raise StoreUnavailable(
            f"The database {path} cannot be opened ({error}). DOCKLINE_DATABASE must name a file that this user may "
            "write, on a local disk."
        ) from error
    return connection


class Store:
    """Opened once per process; `write` and `read` hand out transactions bound to one tenant.

    Raises:
        StoreUnavailable: the file cannot be opened, is no database, or belongs to a newer Dockline.
        InstallationProblem: the key that its secrets are sealed with is missing or wrong.
    """

    def __init__(self, path: Path, clock: Clock, secret_key: str | None = None) -> None:
        self.path = path
        self.clock = clock
        self._reader = _opened(path, secret_key)
        self.memory = Memory()
        writing = connect(path)
        writing.keys = self._reader.keys
        writing.reference.generation = self._reader.reference.generation
        self.writer = Writer(writing, self.memory)

    def close(self) -> None:
        """Close the file; whoever writes must have finished."""
        self.writer.close()
        self._reader.close()

    async def write(self, tenant_id: str, job: Callable[[Transaction], T]) -> T:
        """Run `job` on one tenant's data; it shares a commit with whatever waits beside it.

        Raises:
            StoreUnavailable: the disk said no; nothing was kept.
        """

        def run(connection: Connection) -> T:
            tx = Transaction(connection, tenant_id, self.clock.now(), self.memory)
            result = job(tx)
            tx.succeeded()
            return result

        return await self.writer.submit(run)

    async def administer(self, job: Callable[[Connection], T]) -> T:
        """Run a job of the installation itself (outbox, deadlines, tenants), which no request can reach."""

        def run(connection: Connection) -> T:
            result = job(connection)
            self.memory.forget_subscriptions()
            return result

        return await self.writer.submit(run)

    @property
    def changes(self) -> Changes:
        """Where to listen for what this process commits, and for the fact that another one did."""
        return self.memory.changes

    def notice_others(self) -> None:
        """Look whether another process has committed; whoever listens is told before this returns.

        While a commit of ours is being made nobody else can commit, and its beginning has looked.
        """
        if not self.writer.connection.in_transaction:
            self.memory.refresh(self.writer.connection)

    def read(self, tenant_id: str) -> Transaction:
        """A handle for reading what is committed."""
        return Transaction(self._reader, tenant_id, self.clock.now())

    def glance(self, tenant_id: str) -> Transaction:
        """As `read`, but what it gives may be the writer's own objects: look, and be done before the next `await`.

        They may not be changed, and not kept but as copies.
        """
        self.notice_others()
        return Transaction(self._reader, tenant_id, self.clock.now(), self.memory, looks_only=True)

    @property
    def keys(self) -> Keys:
        """What the secrets in it are sealed with."""
        return self._reader.keys

    @property
    def reader(self) -> Connection:
        """The installation's own reading connection, for the store's functions that take one."""
        return self._reader
