"""The clock in an explanation: since when, how long it has run, pauses, and which step is due when and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_service.errors import InvalidInput
from connector_service.rules_engine.escalation import Pause, open_time_run, step_after, stops_until
from connector_service.rules_engine.explain.clock import ClockState, split_times
from connector_service.rules_engine.explain.explain import explain
from connector_service.rules_engine.explain.explained import ClockExplained, Explanation
from connector_service.rules_engine.explain.text import as_text
from tests.rules_engine.rules_workbench import compiled, rule, rule_file
from tests.rules_engine.test_escalation_steps import CASCADE, CLOCK, MINUTES, RULE, WAITING

WEDNESDAY = datetime(2026, 11, 25, 22, 0, tzinfo=UTC)
"""17:00 in New York, the day before Thanksgiving."""
HOUR = timedelta(hours=1)


def told(tmp_path: Path, now: datetime, pauses: tuple[Pause, ...] = (), **facts: Any) -> Explanation:
    file = compiled(tmp_path, rule_file(rule("TST-010", {"status": "received"}, clock=CLOCK, cascade=CASCADE)))
    given_facts, times = split_times(file.file, {"status": "received", "since": "2026-11-25T22:00:00Z", **facts})
    return explain(file, given_facts, now.date(), ClockState(now, times, pauses))


def clock(explanation: Explanation) -> ClockExplained:
    assert explanation.clock is not None
    return explanation.clock


def test_a_clock_says_since_when_it_runs_and_how_long_it_has(tmp_path: Path) -> None:
    found = clock(told(tmp_path, datetime(2026, 11, 27, 14, 30, tzinfo=UTC)))
    assert found.open_minutes_run == 150
    assert found.text == (
        "since was Wed 2026-11-25 17:00 (America/New_York); by Fri 2026-11-27 09:30 "
        "the clock has run 2 h 30 min of open time of the calendar desk."
    )


def test_each_step_says_when_it_is_due_and_which_closed_times_lie_before_it(tmp_path: Path) -> None:
    first, second = clock(told(tmp_path, datetime(2026, 11, 27, 14, 30, tzinfo=UTC))).steps
    assert (first.reached, second.reached) == (True, False)
    assert first.text == (
        "step 1 was due Wed 2026-11-25 18:00 (2026-11-25 23:00 UTC), after 1h of open time: "
        "notify risk-lead, priority high"
    )
    assert first.closed == ()
    assert second.text == (
        "step 2 is next, due Fri 2026-11-27 10:00 (2026-11-27 15:00 UTC), after 3h of open time: reassign operations"
    )
    assert second.closed == ("closed Wed 2026-11-25 18:00 to Fri 2026-11-27 08:00 (Thanksgiving Day)",)


def test_weekends_are_named_and_many_nights_are_counted(tmp_path: Path) -> None:
    steps = clock(told(tmp_path, datetime(2026, 12, 4, 14, 0, tzinfo=UTC))).steps
    assert len(steps) == 8
    assert "closed Fri 2026-11-27 18:00 to Mon 2026-11-30 08:00 (Saturday, Sunday)" in steps[-1].closed
    assert steps[-1].after == "again"
    assert steps[-1].closed[-1].startswith("closed ")


def test_pauses_say_what_they_took_off_and_that_one_lasts(tmp_path: Path) -> None:
    now = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
    pauses = ((WEDNESDAY, WEDNESDAY + HOUR / 2), (now - HOUR, None))
    found = clock(told(tmp_path, now, pauses, **WAITING))
    assert [each.open_minutes for each in found.pauses] == [30, 60]
    assert found.pauses[0].text == (
        "paused Wed 2026-11-25 17:00 to Wed 2026-11-25 17:30: 30 min of open time not counted"
    )
    assert found.open_minutes_run == 30 + 120
    assert found.paused
    assert "is next, due" in found.steps[1].text
    assert "should the pause last to its limit of 4 h of open time" in found.steps[1].text


def test_a_pause_over_its_limit_says_that_the_limit_ended_it(tmp_path: Path) -> None:
    now = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)
    (pause,) = clock(told(tmp_path, now, ((WEDNESDAY, None),), **WAITING)).pauses
    assert pause.open_minutes == 240
    assert pause.text.endswith("4 h of open time not counted; its limit of 4 h ended it")


def test_without_the_time_the_explanation_says_which_one_to_give(tmp_path: Path) -> None:
    file = compiled(tmp_path, rule_file(rule("TST-010", clock=CLOCK, cascade=CASCADE)))
    explanation = explain(file, {}, WEDNESDAY.date())
    assert explanation.clock is None
    assert explanation.clock_missing.startswith("The clock of TST-010 runs from since, which was not given.")
    assert explanation.clock_missing in as_text(explanation)


def test_the_text_holds_the_whole_clock(tmp_path: Path) -> None:
    explanation = told(tmp_path, datetime(2026, 11, 27, 14, 30, tzinfo=UTC))
    text = as_text(explanation)
    assert "answer: the steps of its clock" in text
    for step in clock(explanation).steps:
        assert step.text in text
        for closed in step.closed:
            assert closed in text


@pytest.mark.parametrize("wrong", ["yesterday", "2026-11-25T22:00:00", 7])
def test_a_time_that_is_none_is_refused(tmp_path: Path, wrong: Any) -> None:
    file = compiled(tmp_path, rule_file())
    with pytest.raises(InvalidInput) as refused:
        split_times(file.file, {"since": wrong})
    assert refused.value.pointer == "/since"


@settings(deadline=None)
@given(st.lists(st.tuples(MINUTES, st.integers(0, 9_000)), max_size=3), MINUTES, st.booleans())
def test_a_step_is_due_exactly_when_the_clock_has_run_for_its_time(
    intervals: list[tuple[int, int]], minutes: int, paused: bool
) -> None:
    monday = datetime(2026, 11, 9, 15, 0, tzinfo=UTC)
    now = monday + timedelta(minutes=minutes)
    starts = [(monday + timedelta(minutes=start), length) for start, length in intervals]
    pauses: list[Pause] = [(start, start + timedelta(minutes=length)) for start, length in starts]
    facts = WAITING if paused else {}
    assert RULE.clock is not None
    ran = open_time_run(RULE.clock, monday, stops_until(RULE.clock, facts, pauses, now), now)
    for level, step in enumerate(RULE.cascade):
        found = step_after(RULE, facts, {"since": monday}, pauses, now, level)
        assert found is not None
        assert (found.due_at <= now) == (ran >= step.after)


def test_a_clock_over_decades_is_not_counted_through(tmp_path: Path) -> None:
    explanation = told(tmp_path, datetime(2199, 11, 27, tzinfo=UTC))
    assert explanation.clock is None
    assert explanation.clock_missing == "The clock of TST-010 is not explained over more than ten years."
