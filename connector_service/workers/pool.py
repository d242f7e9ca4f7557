"""Run a plan with a few workers, a time limit for each task, and nothing left running when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from connector_service.errors import DocklineError
from connector_service.workers.fairness import ReadyQueue
from connector_service.workers.plan import Plan, Task

R = TypeVar("R")
Work = Callable[[Task, Mapping[str, R]], Awaitable[R]]
"""Does one task; the mapping holds the results of the tasks it needed, by their ids."""


class Ending(StrEnum):
    """How a task ended. Only what succeeded, failed or timed out was ever begun."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    SKIPPED = "skipped"
    NOT_STARTED = "not_started"


@dataclass(frozen=True, slots=True)
class Limits:
    """How many tasks at once, seconds that each may take, and seconds after which no other one begins."""

    workers: int = 5
    timeout: float = 10.0
    within: float = 100.0


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds since the plan was begun; what never began has the moment it was given up as its beginning and end."""

    ready_at: float
    began_at: float
    ended_at: float


@dataclass(frozen=True, slots=True)
class Ended(Generic[R]):
    """What became of a task. `because_of` names the task whose failure kept this one from beginning."""

    task: Task
    ending: Ending
    times: Times
    value: R | None = None
    error: DocklineError | None = None
    because_of: str | None = None


async def run_plan(
    plan: Plan,
    work: Work[R],
    limits: Limits,
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
) -> dict[str, Ended[R]]:
    """Every task of the plan with what became of it.

    A `DocklineError` fails its task, and what needs it is skipped; the rest goes on. Any other error is a fault of the
    program: it stops the plan and is raised here. Whether it returns, raises or is cancelled, all it began has ended by
    then. A task that is cancelled keeps its worker until it has ended.

    `clock` gives seconds that never run backwards; `sleep` waits for seconds.
    """
    return await _Run(plan, work, limits, clock, sleep).go()


class _Run(Generic[R]):
    def __init__(
        self,
        plan: Plan,
        work: Work[R],
        limits: Limits,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._work, self._limits, self._clock, self._sleep = work, limits, clock, sleep
        self._tasks = {task.id: task for task in plan.tasks}
        self._dependants = plan.dependants()
        self._missing = {task.id: set(task.needs) for task in plan.tasks}
        self._ready_at: dict[str, float] = {}
        self._queue = ReadyQueue()
        self._running: set[asyncio.Task[Ended[R]]] = set()
        self._ended: dict[str, Ended[R]] = {}
        self._start = clock()

    async def go(self) -> dict[str, Ended[R]]:
        for task_id, missing in self._missing.items():
            if not missing:
                self._make_ready(task_id)
        try:
            while self._begin_what_may():
                done, _ = await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                self._running -= done
                for each in sorted(done, key=lambda ended: ended.get_name()):
                    self._end(each.result())
        finally:
            await _stop(self._running)
        return {task_id: self._ended[task_id] for task_id in self._tasks}

    def _now(self) -> float:
        return self._clock() - self._start

    def _make_ready(self, task_id: str) -> None:
        self._ready_at[task_id] = self._now()
        self._queue.add(self._tasks[task_id])

    def _begin_what_may(self) -> bool:
        """Give work to free workers; whether anything runs."""
        while self._queue and len(self._running) < self._limits.workers:
            task = self._queue.pop()
            if self._now() >= self._limits.within:
                now = self._now()
                self._end(Ended(task, Ending.NOT_STARTED, Times(self._ready_at[task.id], now, now)))
            else:
                self._running.add(asyncio.create_task(self._one(task), name=task.id))
        return bool(self._running)

    async def _one(self, task: Task) -> Ended[R]:
        began_at = self._now()
        values: dict[str, Any] = {need: self._ended[need].value for need in task.needs}
        job = asyncio.ensure_future(self._work(task, values))
        alarm = asyncio.ensure_future(self._sleep(self._limits.timeout))
        try:
            await asyncio.wait((job, alarm), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _stop((job, alarm))
        times = Times(self._ready_at[task.id], began_at, self._now())
        if job.cancelled():
            return Ended(task, Ending.TIMED_OUT, times)
        try:
            # What came through although its time was over counts: it has happened.
            return Ended(task, Ending.SUCCEEDED, times, value=job.result())
        except DocklineError as error:
            return Ended(task, Ending.FAILED, times, error=error)

    def _end(self, ended: Ended[R]) -> None:
        self._ended[ended.task.id] = ended
        if ended.ending != Ending.SUCCEEDED:
            self._skip_what_needs(ended.task.id)
            return
        for dependant in self._dependants[ended.task.id]:
            self._missing[dependant].discard(ended.task.id)
            if not self._missing[dependant] and dependant not in self._ended:
                self._make_ready(dependant)

    def _skip_what_needs(self, culprit: str) -> None:
        doomed = list(self._dependants[culprit])
        while doomed:
            task_id = doomed.pop()
            if task_id not in self._ended:
                now = self._now()
                times = Times(now, now, now)
                self._ended[task_id] = Ended(self._tasks[task_id], Ending.SKIPPED, times, because_of=culprit)
                doomed += self._dependants[task_id]


async def _stop(tasks: Collection[asyncio.Future[Any]]) -> None:
    """Cancel what is not done and wait until it is, even when being cancelled again meanwhile."""
    pending = {task for task in tasks if not task.done()}
    for task in pending:
        task.cancel()
    again: asyncio.CancelledError | None = None
    while pending:
        try:
            _, pending = await asyncio.wait(pending)
        except asyncio.CancelledError as cancelled:
            again = cancelled
            pending = {task for task in pending if not task.done()}
    if again is not None:
        raise again
