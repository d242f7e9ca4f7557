"""Keep one engine process running: started when first needed, again when it broke, and anew when it has swollen."""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

from connector_service.rules_engine.worker import WorkerGone, WorkerProcess
from connector_service.rules_worker.engine import EngineFault

START_S = 10.0
"""A process that has not started by then is given up. The first one is waited for so long: nothing runs before it."""
CALM_S = 60.0
"""A process that lived so long did not break because of what broke the one before."""
BACK_OFF_S = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
BASE_MB, RULESET_MB = 64.0, 0.5
"""The memory that a process may take, and what is added for each ruleset that lives in it."""


class Supervisor:
    """The process that answers now, and the one that is about to take over. Not safe to share between threads, except
    that a fork leaves the child without any."""

    def __init__(
        self, start: Callable[[], WorkerProcess] = WorkerProcess, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._start, self._monotonic = start, monotonic
        self._running: WorkerProcess | None = None
        self._next: WorkerProcess | None = None
        self._began = self._not_before = float("-inf")
        self._breaks = 0
        self._ever_ready = False
        self.lock = threading.Lock()
        _supervisors.add(self)

    @property
    def pid(self) -> int | None:
        """The process that answers now, if one runs."""
        return self._running.pid if self._running else None

    def exchange(self, request: dict[str, Any], deadline: float) -> dict[str, Any]:
        """Ask the process and wait for its answer. Raises EngineFault when there is none by the deadline."""
        process = self._started(deadline)
        whole = False
        try:
            answer = process.exchange(request, max(0.0, deadline - self._monotonic()))
            whole = True
        except WorkerGone as error:
            raise EngineFault(f"the rules engine broke off: {error}") from error
        finally:
            if not whole:  # also when interrupted: the answer to this must not become the answer to the next
                self._discard()
        if self._next is None and answer.get("memory_mb", 0.0) > BASE_MB + RULESET_MB * answer.get("live", 0):
            self._next = self._start()
        return answer

    def close(self) -> None:
        """End the processes; the next question starts another."""
        for process in (self._running, self._next):
            if process is not None:
                process.close()
        self._running = self._next = None

    def _started(self, deadline: float) -> WorkerProcess:
        self._take_over()
        now = self._monotonic()
        if self._running is None:
            if now < self._not_before:
                raise EngineFault(f"the rules engine is down; it starts again in {self._not_before - now:.1f} s")
            self._running, self._began = self._start(), now
        try:
            if self._running.ready(max(0.0, deadline - now) if self._ever_ready else START_S):
                self._ever_ready = True
                return self._running
        except WorkerGone as error:
            self._discard()
            raise EngineFault(f"the rules engine did not start: {error}") from error
        if self._monotonic() - self._began >= START_S:
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
            self._running, self._began = self._next, self._monotonic()
        self._next = None

    def _discard(self) -> None:
        """End a process that broke. The first time another starts at once, so that it is there for the next question;
        after that ever later, so that a process that breaks again and again costs little."""
        now = self._monotonic()
        self._breaks = 1 if now - self._began >= CALM_S else self._breaks + 1
        back_off = BACK_OFF_S[min(self._breaks, len(BACK_OFF_S)) - 1]
        self._not_before = now + back_off
        if self._running is not None:
            self._running.close()
            self._running = None
        if not back_off:
            self._running, self._began = self._start(), now

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
