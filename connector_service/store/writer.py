"""One writer with group commit: jobs that wait together share one transaction and one disk sync.

Jobs run on the event loop's own thread. SQLite lets go of Python's global lock at every statement, so a second busy
thread would make each of them wait for its turn; only the commit, which waits for the disk, has a thread of its own.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TypeVar

from connector_service.errors import StoreUnavailable
from connector_service.store.connection import Connection
from connector_service.store.memory import Memory

T = TypeVar("T")
COMMIT_AFTER_S = 0.04
"""For how long a transaction takes in jobs that come: whoever came first waits no longer than this for the disk. Ten
steps one after the other make an order, so it is half of what an order waits under load."""
Job = Callable[[Connection], Any]
_OF_THE_JOB = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError)


def _is_of_the_disk(error: BaseException | None) -> bool:
    """Whether an error says that the database cannot be written, whatever the job."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, _OF_THE_JOB)


@dataclass(slots=True)
class _Pending:
    """A job with the future that its caller waits on; as a context it keeps the job's own error for the caller."""

    job: Job
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error
        return isinstance(error, Exception) and not _is_of_the_disk(error)

    def settle(self) -> None:
        """Tell the caller; only called when what the job wrote is on disk, or was rolled back."""
        if self.future.cancelled():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


@dataclass(slots=True)
class Writer:
    """Owns the writing connection; works as long as jobs wait."""

    connection: Connection
    memory: Memory = field(default_factory=Memory)
    monotonic: Callable[[], float] = time.perf_counter
    commits: int = 0
    jobs: int = 0
    _waiting: deque[_Pending] = field(default_factory=deque)
    _work: asyncio.Task[None] | None = None
    _closed: bool = False
    _disk: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "dockline-commit"))

    async def submit(self, job: Callable[[Connection], T]) -> T:
        """Run `job` in a transaction and return its result once that is on disk.

        Whatever the job raises is raised here, and nothing of the job is kept.

        Raises:
            StoreUnavailable: the disk is full or broken; nothing was kept.
        """
        if self._closed:
            raise StoreUnavailable("The store is closed: the connector is stopping. Send it again once it is back.")
        pending = _Pending(job, asyncio.get_running_loop().create_future())
        self._waiting.append(pending)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._run())
        result: T = await pending.future
        return result

    def close(self) -> None:
        """Close the connection; nothing may wait any more."""
        self._closed = True
        self._disk.shutdown()
        self.connection.close()

    async def _run(self) -> None:
        # Callers that are ready at the same moment get to join the first commit.
        await asyncio.sleep(0)
        while self._waiting:
            await self._commit()

    async def _commit(self) -> None:
        batch: list[_Pending] = []
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            self.memory.refresh(self.connection)
            until = self.monotonic() + COMMIT_AFTER_S
            while self._waiting and (not batch or self.monotonic() < until):
                batch.append(self._waiting.popleft())
                self._run_one(batch[-1])
                # The network goes on meanwhile, and what it brings joins this commit.
                await asyncio.sleep(0)
            await asyncio.get_running_loop().run_in_executor(self._disk, self.connection.execute, "COMMIT")
            self.memory.committed()
        except sqlite3.DatabaseError as error:
            self._give_up(batch, error)
        self.commits += 1
        self.jobs += len(batch)
        for pending in batch:
            pending.settle()

    def _give_up(self, batch: list[_Pending], error: sqlite3.DatabaseError) -> None:
        self.memory.rolled_back()
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")
        if not batch:
            # Even beginning failed, such as on a locked file: whoever waits is told.
            batch.extend(self._waiting)
            self._waiting.clear()
        problem = StoreUnavailable(
            f"The database could not be written ({error}). Nothing was kept; free disk space or mend the disk, "
            "then send it again."
        )
        problem.__cause__ = error
        for pending in batch:
            pending.error = problem

    def _run_one(self, pending: _Pending) -> None:
        self.connection.execute("SAVEPOINT job")
        self.memory.mark()
        with pending:
            pending.result = pending.job(self.connection)
        if pending.error is not None:
            self.connection.execute("ROLLBACK TO job")
            self.memory.undo()
        self.connection.execute("RELEASE job")
