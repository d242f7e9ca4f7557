"""The pool on random plans, in virtual time: what must hold however long tasks take and whatever goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_models import Priority
from connector_service.errors import Conflict
from connector_service.workers import Ended, Ending, Limits, Plan, Task, run_plan
from tests.workers.virtual_time import now, run

Fate = Literal["works", "fails", "hangs", "lingers"]
FATES: list[Fate] = ["works", "works", "works", "fails", "hangs", "lingers"]
LINGERS = 0.75
"""Seconds that a lingering task still takes after it was cancelled."""


@dataclass
class Shop:
    """Does tasks as they are fated to go, and notes what happened when."""

    seconds: Mapping[str, float]
    fates: Mapping[str, Fate] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    given: dict[str, set[str]] = field(default_factory=dict)
    at_work: int = 0
    most_at_work: int = 0

    async def work(self, task: Task, values: Mapping[str, str]) -> str:
        self.begun.append(task.id)
        self.given[task.id] = set(values.values())
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        try:
            return await self._suffer(task)
        finally:
            self.at_work -= 1

    async def _suffer(self, task: Task) -> str:
        fate = self.fates.get(task.id, "works")
        try:
            await asyncio.sleep(10_000 if fate in ("hangs", "lingers") else self.seconds[task.id])
        except asyncio.CancelledError:
            if fate == "lingers":
                await asyncio.sleep(LINGERS)
            raise
        if fate == "fails":
            raise Conflict(f"{task.id} was fated to fail")
        return f"done {task.id}"

    async def run(self, plan: Plan, limits: Limits) -> dict[str, Ended[str]]:
        return await run_plan(plan, self.work, limits, clock=now, sleep=asyncio.sleep)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    tasks: list[Task] = []
    for number in range(draw(st.integers(1, 25))):
        needs = draw(st.lists(st.sampled_from([task.id for task in tasks]), unique=True, max_size=3)) if tasks else []
        tasks.append(Task(f"t{number}", "any", "x", (), tuple(needs), draw(st.sampled_from(Priority))))
    return Plan.of(draw(st.permutations(tasks)))


@st.composite
def shops(draw: st.DrawFn) -> tuple[Plan, Shop, Limits]:
    plan = draw(plans())
    seconds = {task.id: draw(st.sampled_from([0.0, 0.5, 1.0, 2.5])) for task in plan.tasks}
    fates = {task.id: draw(st.sampled_from(FATES)) for task in plan.tasks}
    limits = Limits(draw(st.integers(1, 6)), timeout=3.0, within=draw(st.sampled_from([2.0, 10.0, 1_000.0])))
    return plan, Shop(seconds, fates), limits


@given(shops())
@settings(max_examples=80, deadline=None)
def test_every_task_ends_once_and_is_begun_at_most_once(case: tuple[Plan, Shop, Limits]) -> None:
    plan, shop, limits = case
    ended = run(shop.run(plan, limits))
    assert list(ended) == [task.id for task in plan.tasks]
    assert len(shop.begun) == len(set(shop.begun))
    begun = {task_id for task_id, each in ended.items() if each.ending in ("succeeded", "failed", "timed_out")}
    assert set(shop.begun) == begun


@given(shops())
@settings(max_examples=80, deadline=None)
def test_a_task_begins_after_all_it_needs_has_succeeded_and_gets_just_their_results(
    case: tuple[Plan, Shop, Limits],
) -> None:
    plan, shop, limits = case
    ended = run(shop.run(plan, limits))
    for task_id in shop.begun:
        needs = [ended[need] for need in ended[task_id].task.needs]
        assert all(need.ending == Ending.SUCCEEDED for need in needs)
        assert all(need.times.ended_at <= ended[task_id].times.began_at for need in needs)
        assert shop.given[task_id] == {f"done {need.task.id}" for need in needs}


@given(shops())
@settings(max_examples=80, deadline=None)
def test_no_more_than_the_workers_are_at_work_at_once_and_none_afterwards(case: tuple[Plan, Shop, Limits]) -> None:
    plan, shop, limits = case
    run(shop.run(plan, limits))
    assert shop.most_at_work <= limits.workers
    assert shop.at_work == 0


@given(shops())
@settings(max_examples=80, deadline=None)
def test_how_a_task_ends_is_its_own_fate_or_the_fault_of_what_it_needs(case: tuple[Plan, Shop, Limits]) -> None:
    plan, shop, limits = case
    ended = run(shop.run(plan, limits))
    own = {"works": "succeeded", "fails": "failed", "hangs": "timed_out", "lingers": "timed_out"}
    for task_id, each in ended.items():
        needs = [ended[need] for need in each.task.needs]
        if each.ending == Ending.SKIPPED:
            assert any(need.ending != Ending.SUCCEEDED for need in needs)
            assert ended[each.because_of or ""].ending in ("failed", "timed_out", "not_started")
        elif each.ending == Ending.NOT_STARTED:
            assert each.times.ended_at >= limits.within
        else:
            assert each.ending == own[shop.fates[task_id]]
            assert each.times.began_at < limits.within


@given(shops())
@settings(max_examples=80, deadline=None)
def test_a_hanging_task_is_stopped_at_its_limit_and_keeps_its_worker_until_it_is_gone(
    case: tuple[Plan, Shop, Limits],
) -> None:
    plan, shop, limits = case
    ended = run(shop.run(plan, limits))
    for task_id, each in ended.items():
        if each.ending == Ending.TIMED_OUT:
            over = LINGERS if shop.fates[task_id] == "lingers" else 0
            assert each.times.ended_at - each.times.began_at == pytest.approx(limits.timeout + over)


@given(shops())
@settings(max_examples=80, deadline=None)
def test_a_worker_is_never_idle_while_a_task_could_begin(case: tuple[Plan, Shop, Limits]) -> None:
    plan, shop, limits = case
    ended = run(shop.run(plan, replace(limits, within=1e9)))
    spans = [(e.times.began_at, e.times.ended_at) for e in ended.values() if e.task.id in shop.begun]
    for task_id in shop.begun:
        times = ended[task_id].times
        for moment in {began for began, _ in spans if times.ready_at <= began < times.began_at}:
            assert sum(began <= moment < over for began, over in spans) <= limits.workers
        if times.began_at > times.ready_at:
            # It waited: so all workers were busy up to the moment it began, one of them ending right then.
            assert any(over == times.began_at for _, over in spans)


@given(plans(), st.integers(1, 6))
@settings(max_examples=80, deadline=None)
def test_with_equal_durations_no_standard_task_is_overtaken_by_more_than_its_share(plan: Plan, workers: int) -> None:
    shop = Shop({task.id: 1.0 for task in plan.tasks})
    ended = run(shop.run(plan, Limits(workers)))
    standard = [ended[task_id] for task_id in shop.begun if ended[task_id].task.priority == Priority.STANDARD]
    for each in standard:
        waited = [ended[other] for other in shop.begun if ended[other].times.began_at >= each.times.ready_at]
        past = waited[: waited.index(each)]
        express = sum(other.task.priority == Priority.EXPRESS for other in past)
        assert express <= 4 * (len(past) - express + 1)


def test_a_plan_that_is_cancelled_leaves_nothing_running() -> None:
    shop = Shop({f"t{number}": 5.0 for number in range(9)}, {"t0": "lingers"})
    plan = Plan.of(Task(task_id, "any", "x") for task_id in shop.seconds)

    async def main() -> None:
        running = asyncio.create_task(shop.run(plan, Limits(3)))
        await asyncio.sleep(1)
        running.cancel()
        await asyncio.sleep(0.1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert (shop.at_work, shop.begun, now()) == (0, ["t0", "t1", "t2"], 1 + LINGERS)

    run(main())


def test_a_fault_of_the_program_stops_the_plan_and_is_told() -> None:
    plan = Plan.of(Task(f"t{number}", "any", "x") for number in range(4))

    async def work(task: Task, values: Mapping[str, None]) -> None:
        await asyncio.sleep(1)
        if task.id == "t1":
            raise ZeroDivisionError
        await asyncio.sleep(1)

    with pytest.raises(ZeroDivisionError):
        run(run_plan(plan, work, Limits(2), clock=now, sleep=asyncio.sleep))


def test_what_came_through_although_its_time_was_over_counts() -> None:
    async def work(task: Task, values: Mapping[str, str]) -> str:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            return "committed just now"
        return "never"

    ended = run(run_plan(Plan.of([Task("t", "any", "x")]), work, Limits(), clock=now, sleep=asyncio.sleep))
    assert (ended["t"].ending, ended["t"].value) == ("succeeded", "committed just now")


def test_a_chain_of_ten_thousand_tasks_is_skipped_when_its_first_fails() -> None:
    chain = [Task(f"t{at}", "any", "x", (), (f"t{at - 1}",) if at else ()) for at in range(10_000)]
    ended = run(Shop({"t0": 1.0}, {"t0": "fails"}).run(Plan.of(chain), Limits()))
    assert {each.because_of for each in ended.values()} == {None, "t0"}
    assert sum(each.ending == Ending.SKIPPED for each in ended.values()) == 9_999
