"""A plan: tasks, what each of them needs first, and which are express."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from canonical_models import Priority
from connector_service.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work of a `kind` on a `subject`, for one or more orders; begun once all it `needs` succeeded."""

    id: str
    kind: str
    subject: str
    order_ids: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    priority: Priority = Priority.STANDARD


@dataclass(frozen=True, slots=True)
class Plan:
    """Tasks in an order in which each comes after those it needs. Make it with `Plan.of`."""

    tasks: tuple[Task, ...]

    @classmethod
    def of(cls, tasks: Iterable[Task]) -> Plan:
        """A plan of these tasks; what an express task needs becomes express too, else it would wait behind standard.

        Raises:
            InvalidInput: two tasks have one id, a task needs one that is not there, or tasks need each other in a ring.
        """
        known: dict[str, Task] = {}
        for task in tasks:
            if task.id in known:
                raise InvalidInput(f"Two tasks are named {task.id!r}; each needs a name of its own.")
            known[task.id] = task
        _check_needs(known)
        return cls(_hurried(_sorted(known)))

    def dependants(self) -> dict[str, tuple[str, ...]]:
        """For each task the tasks that need it directly."""
        found: dict[str, list[str]] = {task.id: [] for task in self.tasks}
        for task in self.tasks:
            for need in task.needs:
                found[need].append(task.id)
        return {task_id: tuple(others) for task_id, others in found.items()}


def _check_needs(known: dict[str, Task]) -> None:
    for task in known.values():
        for need in task.needs:
            if need not in known:
                raise InvalidInput(f"Task {task.id!r} needs {need!r}, which is not in the plan.")


def _sorted(known: dict[str, Task]) -> list[Task]:
    try:
        order = list(TopologicalSorter({task.id: task.needs for task in known.values()}).static_order())
    except CycleError as error:
        ring = " -> ".join(reversed(error.args[1]))
        raise InvalidInput(f"Tasks need each other in a ring: {ring}; none of them could begin.") from error
    return [known[task_id] for task_id in order]


def _hurried(tasks: list[Task]) -> tuple[Task, ...]:
    express: set[str] = set()
    for task in reversed(tasks):
        if task.priority == Priority.EXPRESS or task.id in express:
            express.update((task.id, *task.needs))
    return tuple(replace(task, priority=Priority.EXPRESS) if task.id in express else task for task in tasks)
