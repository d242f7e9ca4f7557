"""Keep one engine process running: started when first needed, again when it broke, and anew when it has swollen."""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

from connector_service.rules_engine.engine.worker import WorkerGone, WorkerProcess
from connector_service.rules_worker.engine import EngineFault

_log = logging.getLogger(__name__)

START_S = 10.0
"""A process that has not started by then is given up. The first one is waited for so long: nothing runs before it."""
MAX_STARTS, IN_S = 20, 60.0
"""So many times in so many seconds a process that broke is followed by another at once, so that it is there for the
next question; after that it waits, so that one which breaks again and again costs little."""
BASE_MB, RULESET_MB = 64.0, 0.5
"""The memory that a process may take, and what is added for each ruleset that lives in it."""


class BrokenOff(EngineFault):
    """The process broke over a question."""


class Supervisor:
    """The process that answers now, and the one that is about to take over. Not safe to share between threads, except
    that a fork leaves the child without any."""

    def __init__(
        self, start: Callable[[], WorkerProcess] = WorkerProcess, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._start, self._monotonic = start, monotonic
        self._running: WorkerProcess | None = None
        self._next: WorkerProcess | None = None
        self._starts: deque[float] = deque(maxlen=MAX_STARTS)
        self._ever_ready = False
        self.lock = threading.Lock()
        _supervisors.add(self)

    @property
    def pid(self) -> int | None:
        """The process that answers now, if one runs."""
        return self._running.pid if self._running else None

    def exchange(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Ask the process and wait so long for its answer, and before that so long for it to start. Raises BrokenOff
        when it breaks over the question, and EngineFault when there is no process to ask."""
        process = self._ready(seconds)
        whole = False
        try:
            answer = process.exchange(request, seconds)
            whole = True
        except WorkerGone as error:
            raise BrokenOff(f"the rules engine broke off: {error}") from error
        finally:
            if not whole:  # also when interrupted: the answer to this must not become the answer to the next
                self._discard()
        if self._next is None and answer.get("memory_mb", 0.0) > BASE_MB + RULESET_MB * answer.get("live", 0):
            self._next = self._process()
        return answer

    def close(self) -> None:
        """End the processes; the next question starts another."""
        for process in (self._running, self._next):
            if process is not None:
                process.close()
        self._running = self._next = None

    def _ready(self, seconds: float) -> WorkerProcess:
        self._take_over()
        if self._running is None:
            if wait_s := self._wait_s():
                raise EngineFault(f"the rules engine is down; it starts again in {wait_s:.0f} s")
            self._start_again()
        if self._running is None:
            raise EngineFault("the system starts no process for the rules engine")
        try:
            if self._running.ready(seconds if self._ever_ready else START_S):
                self._ever_ready = True
                return self._running
        except WorkerGone as error:
            self._discard()
            raise EngineFault(f"the rules engine did not start: {error}") from error
        if self._monotonic() - self._starts[-1] >= START_S:
            self._discard()
        raise EngineFault("the rules engine is still starting")

    def _take_over(self) -> None:
        """Let the next process answer, once it has started."""
        if self._next is None:
            return
        try:
            if not self._next.ready(0):
                return
        except WorkerGone:
            self._next.close()
        else:
            if self._running is not None:
                self._running.close()
            self._running = self._next
        self._next = None

    def _discard(self) -> None:
        """End a process that broke, and start another if none has to wait."""
        if self._running is not None:
            self._running.close()
            self._running = None
        if not self._wait_s():
            self._start_again()

    def _start_again(self) -> None:
        self._starts.append(self._monotonic())
        self._running = self._process()

    def _process(self) -> WorkerProcess | None:
        """Another process, which begins to start; None when the system has no room for one."""
        try:
            return self._start()
        except OSError as error:
            _log.critical("no process for the rules engine: %s", error)
            return None

    def _wait_s(self) -> float:
        """The seconds until another may start."""
        if len(self._starts) < MAX_STARTS:
            return 0.0
        return max(0.0, self._starts[0] + IN_S - self._monotonic())

    def disown(self) -> None:
        """After a fork, in the child: what runs is the parent's."""
        for process in (self._running, self._next):
            if process is not None:
                process.disown()
        self._running = self._next = None
        self.lock = threading.Lock()


_supervisors: weakref.WeakSet[Supervisor] = weakref.WeakSet()


def _close_all() -> None:
    for supervisor in list(_supervisors):
        supervisor.close()


def _disown_all() -> None:
    for supervisor in list(_supervisors):
        supervisor.disown()


atexit.register(_close_all)
os.register_at_fork(after_in_child=_disown_all)
