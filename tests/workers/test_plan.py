"""Plans: sorted by what is needed first, express all the way, refused when no task could begin; and their picture."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_models import Priority
from connector_service.errors import InvalidInput
from connector_service.workers import Plan, Task
from connector_service.workers.fairness import EXPRESS_IN_A_ROW, ReadyQueue
from connector_service.workers.picture import MOST_TASKS, mermaid
from tests.workers.test_pool import plans


@given(plans())
def test_each_task_comes_after_those_it_needs(plan: Plan) -> None:
    at = {task.id: place for place, task in enumerate(plan.tasks)}
    assert all(at[need] < at[task.id] for task in plan.tasks for need in task.needs)
    assert all(task.id in plan.dependants()[need] for task in plan.tasks for need in task.needs)


@given(plans())
def test_what_an_express_task_needs_is_express(plan: Plan) -> None:
    priority = {task.id: task.priority for task in plan.tasks}
    for task in plan.tasks:
        if task.priority == Priority.EXPRESS:
            assert {priority[need] for need in task.needs} <= {Priority.EXPRESS}


def test_a_standard_task_that_no_express_task_needs_stays_standard() -> None:
    tasks = [Task("a", "any", "x"), Task("b", "any", "x", (), ("a",)), Task("c", "any", "x", (), (), Priority.EXPRESS)]
    assert {task.id: task.priority.value for task in Plan.of(tasks).tasks} == {
        "a": "standard",
        "b": "standard",
        "c": "express",
    }


@pytest.mark.parametrize(
    ("tasks", "words"),
    [
        ([Task("a", "k", "x"), Task("a", "k", "y")], "Two tasks are named 'a'"),
        ([Task("a", "k", "x", (), ("b",))], "Task 'a' needs 'b', which is not in the plan"),
        ([Task("a", "k", "x", (), ("b",)), Task("b", "k", "x", (), ("a",))], "ring"),
    ],
)
def test_a_plan_that_could_not_run_is_refused(tasks: list[Task], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        Plan.of(tasks)


@given(st.lists(st.sampled_from(["express", "standard", "pop"]), max_size=200))
def test_express_goes_first_until_four_in_a_row_went_past_a_waiting_standard_task(script: list[str]) -> None:
    queue, waiting, past = ReadyQueue(), {"express": 0, "standard": 0}, 0
    for number, step in enumerate(script):
        if step != "pop":
            queue.add(Task(str(number), "any", "x", (), (), Priority(step)))
            waiting[step] += 1
        elif len(queue):
            taken = queue.pop().priority.value
            turn = waiting["standard"] and (past == EXPRESS_IN_A_ROW or not waiting["express"])
            assert taken == ("standard" if turn else "express")
            past = past + 1 if taken == "express" and waiting["standard"] else 0
            waiting[taken] -= 1


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 200))
def test_a_standard_task_begins_however_many_express_tasks_keep_coming(first: list[bool], before: int) -> None:
    queue = ReadyQueue()
    for number, express in enumerate(first):
        queue.add(Task(f"first{number}", "any", "x", (), (), Priority("express" if express else "standard")))
    ahead = first.count(False)
    queue.add(Task("it", "any", "x"))
    for turn in range(4 * (ahead + 1) + ahead + 1):
        queue.add(Task(f"more{turn}", "any", "x", (), (), Priority.EXPRESS))
        if queue.pop().id == "it":
            return
    raise AssertionError("it starved")


def test_tasks_of_one_priority_begin_in_the_order_in_which_they_became_ready() -> None:
    queue = ReadyQueue()
    for task_id in ("a", "b", "c"):
        queue.add(Task(task_id, "any", "x"))
    assert [queue.pop().id for _ in range(3)] == ["a", "b", "c"]


def test_the_picture_shows_each_task_its_arrows_and_what_became_of_it() -> None:
    plan = Plan.of(
        [Task("a", "inventory", 'the "east"'), Task("b", "packing", "s", (), ("a",), Priority.EXPRESS)],
    )
    assert mermaid(plan, {"a": "failed", "b": "skipped"}) == (
        "flowchart LR\n"
        '  t1["inventory the #34;east#34;<br/>failed"]:::express\n'
        '  t2["packing s<br/>skipped"]:::express\n'
        "  t1 --> t2\n"
        "  classDef express stroke-width:3px\n"
    )


@pytest.mark.parametrize(("tasks", "drawn"), [(0, False), (1, True), (MOST_TASKS, True), (MOST_TASKS + 1, False)])
def test_only_a_plan_that_people_can_read_is_drawn(tasks: int, drawn: bool) -> None:
    assert bool(mermaid(Plan.of(Task(str(at), "any", "x") for at in range(tasks)), {})) is drawn
