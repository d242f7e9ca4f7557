"""A small plan as a Mermaid flowchart, for people."""

from __future__ import annotations

from collections.abc import Mapping

from connector_service.workers.plan import Plan, Task

MOST_TASKS = 40
"""A picture of more is not looked at; the plan itself is there as data."""


def mermaid(plan: Plan, endings: Mapping[str, str]) -> str:
    """The plan from left to right, express tasks with a thick border; empty for no task and for more than MOST_TASKS.

    `endings` gives the word that stands below each task.
    """
    if not 1 <= len(plan.tasks) <= MOST_TASKS:
        return ""
    names = {task.id: f"t{at}" for at, task in enumerate(plan.tasks, 1)}
    boxes = [f'  {names[task.id]}["{_words(task, endings)}"]{_border(task)}' for task in plan.tasks]
    arrows = [f"  {names[need]} --> {names[task.id]}" for task in plan.tasks for need in task.needs]
    return "\n".join(["flowchart LR", *boxes, *arrows, "  classDef express stroke-width:3px", ""])


def _words(task: Task, endings: Mapping[str, str]) -> str:
    return f"{_escaped(task.kind)} {_escaped(task.subject)}<br/>{_escaped(endings.get(task.id, ''))}"


def _escaped(text: str) -> str:
    """Mermaid writes marks that would end a text as `#` codes."""
    return "".join(mark if mark.isalnum() or mark in " _-./:" else f"#{ord(mark)};" for mark in text)


def _border(task: Task) -> str:
    return ":::express" if task.priority == "express" else ""
