"""Who is next: express before standard, without starving standard.

The rule: express tasks go first, each kind in the order in which it became ready. Once four express tasks in a row went
past a waiting standard task, the standard task that has waited longest goes next. So a standard task with `k` standard
tasks before it is overtaken by at most 4 * (k + 1) express tasks, however many of them keep coming.
"""

from __future__ import annotations

from collections import deque

from canonical_models import Priority
from connector_service.workers.plan import Task

EXPRESS_IN_A_ROW = 4
"""Express tasks that may go past a waiting standard task before it is its turn."""


class ReadyQueue:
    """Tasks that may begin."""

    def __init__(self) -> None:
        self._express: deque[Task] = deque()
        self._standard: deque[Task] = deque()
        self._went_past = 0

    def __len__(self) -> int:
        return len(self._express) + len(self._standard)

    def add(self, task: Task) -> None:
        """Put a task behind the others of its priority."""
        (self._express if task.priority == Priority.EXPRESS else self._standard).append(task)

    def pop(self) -> Task:
        """Take the next task.

        Raises:
            IndexError: there is none.
        """
        if self._express and not (self._standard and self._went_past >= EXPRESS_IN_A_ROW):
            self._went_past = self._went_past + 1 if self._standard else 0
            return self._express.popleft()
        self._went_past = 0
        return self._standard.popleft()
