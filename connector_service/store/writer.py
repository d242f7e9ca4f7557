"""One writer with group commit: jobs that wait together share one transaction and one disk sync."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TypeVar

from connector_service.errors import StoreUnavailable

T = TypeVar("T")
MAX_JOBS_PER_COMMIT = 200
Job = Callable[[sqlite3.Connection], Any]


@dataclass(slots=True)
class _Pending:
    """A job with the future that its caller waits on; as a context it keeps the job's own error for the caller."""

    job: Job
    future: Future[Any] = field(default_factory=Future)
    result: Any = None
    error: BaseException | None = None

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error
        return isinstance(error, Exception) and not isinstance(error, sqlite3.OperationalError)

    def settle(self) -> None:
        """Tell the caller; only called when what the job wrote is on disk, or was rolled back."""
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Writer:
    """A thread that owns the writing connection."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._queue: queue.SimpleQueue[_Pending | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="dockline-writer", daemon=True)
        self.commits = 0
        self.jobs = 0

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is queued, then end."""
        self._queue.put(None)
        self._thread.join()

    async def submit(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run `job` in a transaction and return its result once that is on disk.

        Whatever the job raises is raised here, and nothing of the job is kept.

        Raises:
            StoreUnavailable: the disk is full or broken; nothing was kept.
        """
        pending = _Pending(job)
        self._queue.put(pending)
        result: T = await asyncio.wrap_future(pending.future)
        return result

    def _run(self) -> None:
        connection = self._connect()
        open_for_work = True
        while open_for_work:
            batch = self._next_batch()
            open_for_work = None not in batch
            work = [pending for pending in batch if pending is not None]
            if work:
                self._commit(connection, work)
        connection.close()

    def _next_batch(self) -> list[_Pending | None]:
        batch = [self._queue.get()]
        while len(batch) < MAX_JOBS_PER_COMMIT and batch[-1] is not None:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return batch

    def _commit(self, connection: sqlite3.Connection, batch: list[_Pending]) -> None:
        try:
            connection.execute("BEGIN IMMEDIATE")
            for pending in batch:
                self._run_one(connection, pending)
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            problem = StoreUnavailable(
                f"The database could not be written ({error}). Nothing was kept; free disk space or mend the disk, "
                "then send it again."
            )
            problem.__cause__ = error
            for pending in batch:
                pending.error = problem
        self.commits += 1
        self.jobs += len(batch)
        for pending in batch:
            pending.settle()

    @staticmethod
    def _run_one(connection: sqlite3.Connection, pending: _Pending) -> None:
        connection.execute("SAVEPOINT job")
        with pending:
            pending.result = pending.job(connection)
        if pending.error is not None:
            connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")
