"""The next step of a cascade: always exactly one, in business time, less the pauses."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_service.business_time import Calendar
from connector_service.errors import InvalidInput
from connector_service.rules_engine import EscalationStep, InForce, RuleBook, TenantRules
from connector_service.rules_engine.conditions import Clause
from connector_service.rules_engine.escalation import Pause, step_after
from connector_service.rules_engine.model import CascadeStep, EscalationClock, Rule
from connector_service.rules_engine.oracle import holds_all
from tests.rules_engine.rules_workbench import rule, rule_file, write_folder

MONDAY = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)  # 10:00 in New York; no holiday until the 26th
HOUR = timedelta(hours=1)
WAITING = {"waiting_for": "customer"}
CLOCK = {"since": "since", "calendar": "desk", "pause_when": WAITING, "pause_limit": "4h"}
CASCADE = [
    {"after": "1h", "then": {"notify": "risk-lead", "priority": "high"}},
    {"after": "3h", "then": {"reassign": "operations"}},
]


def book(tmp_path: Path, **changes: Any) -> TenantRules:
    clocked = rule("TST-010", {"status": "received"}, clock={**CLOCK, **changes}, cascade=CASCADE)
    return RuleBook.load(write_folder(tmp_path, rule_file(clocked, rule("TST-020", {"status": "closed"})))).of("acme")


def step(
    rules: TenantRules,
    pauses: list[Pause] | None = None,
    level: int = 0,
    now: datetime = MONDAY,
    waiting: bool = False,
) -> EscalationStep:
    given = {"status": "received", **(WAITING if waiting else {})}
    found = rules.next_step("file", given, {"since": MONDAY}, pauses or [], now, level)
    assert found is not None
    return found


def test_each_step_is_due_when_the_clock_has_run_for_its_time(tmp_path: Path) -> None:
    rules = book(tmp_path)
    first = EscalationStep(
        "TST-010",
        1,
        MONDAY + HOUR,
        {"notify": "risk-lead", "priority": "high", "level": 1},
        "TST-010 has its reason.",
    )
    assert step(rules) == first
    assert step(rules, level=1).due_at == MONDAY + 3 * HOUR
    assert step(rules, level=1).outcome == {"reassign": "operations", "level": 2}


def test_after_the_last_step_its_interval_repeats_and_the_level_rises(tmp_path: Path) -> None:
    rules = book(tmp_path)
    later = [step(rules, level=level) for level in (2, 3, 4)]
    assert [each.level for each in later] == [3, 4, 5]
    tuesday = MONDAY + timedelta(days=1)
    assert [each.due_at for each in later] == [MONDAY + 5 * HOUR, MONDAY + 7 * HOUR, tuesday - HOUR]
    assert later[2].outcome == {"reassign": "operations", "level": 5}


def test_a_pause_that_is_over_does_not_count(tmp_path: Path) -> None:
    pauses: list[Pause] = [(MONDAY + HOUR / 2, MONDAY + 2 * HOUR)]
    assert step(book(tmp_path), pauses).due_at == MONDAY + 2.5 * HOUR


def test_a_pause_after_the_due_time_changes_nothing(tmp_path: Path) -> None:
    assert step(book(tmp_path), [(MONDAY + HOUR, MONDAY + 2 * HOUR)]).due_at == MONDAY + HOUR


def test_pauses_that_overlap_count_once(tmp_path: Path) -> None:
    pauses: list[Pause] = [(MONDAY + HOUR, MONDAY + 2 * HOUR), (MONDAY, MONDAY + 1.5 * HOUR)]
    assert step(book(tmp_path), pauses).due_at == MONDAY + 3 * HOUR


def test_while_the_pause_lasts_the_clock_runs_on_after_its_limit(tmp_path: Path) -> None:
    pauses: list[Pause] = [(MONDAY + HOUR / 2, None)]
    assert step(book(tmp_path), pauses, waiting=True).due_at == MONDAY + 5 * HOUR


def test_a_pause_nobody_noted_begins_now(tmp_path: Path) -> None:
    assert step(book(tmp_path), now=MONDAY + HOUR / 2, waiting=True).due_at == MONDAY + 5 * HOUR


def test_a_pause_nobody_ended_ends_now_when_it_no_longer_holds(tmp_path: Path) -> None:
    pauses: list[Pause] = [(MONDAY, None)]
    assert step(book(tmp_path), pauses, now=MONDAY + 2 * HOUR).due_at == MONDAY + 3 * HOUR


def test_a_pause_that_would_begin_later_and_no_longer_holds_takes_nothing_off(tmp_path: Path) -> None:
    pauses: list[Pause] = [(MONDAY + HOUR / 2, None)]
    assert step(book(tmp_path), pauses, now=MONDAY + HOUR / 4).due_at == MONDAY + HOUR


def test_without_a_limit_of_its_own_a_pause_counts_for_five_business_days(tmp_path: Path) -> None:
    clocked = rule("TST-010", {}, clock={k: v for k, v in CLOCK.items() if k != "pause_limit"}, cascade=CASCADE)
    rules = RuleBook.load(write_folder(tmp_path, rule_file(clocked))).of("acme")
    assert step(rules, [(MONDAY, None)], waiting=True).due_at == MONDAY + timedelta(days=7) + HOUR


def test_a_rule_without_a_pause_takes_no_notice_of_pauses(tmp_path: Path) -> None:
    clocked = rule("TST-010", {}, clock={"since": "since", "calendar": "desk"}, cascade=CASCADE)
    rules = RuleBook.load(write_folder(tmp_path, rule_file(clocked))).of("acme")
    assert step(rules, [(MONDAY, MONDAY + 2 * HOUR)]).due_at == MONDAY + HOUR


def test_nobody_has_to_act_where_no_rule_has_a_clock(tmp_path: Path) -> None:
    rules = book(tmp_path)
    assert rules.next_step("file", {"status": "closed"}, {}, [], MONDAY, 0) is None
    assert rules.next_step("file", {"status": "validated"}, {}, [], MONDAY, 0) is None


def test_the_time_from_which_the_clock_runs_must_be_given(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        book(tmp_path).next_step("file", {"status": "received"}, {"sins": MONDAY}, [], MONDAY, 0)
    assert refused.value.pointer == "/times/since"


@pytest.mark.parametrize(("times", "level"), [({"since": MONDAY.replace(tzinfo=None)}, 0), ({"since": MONDAY}, -1)])
def test_a_time_without_a_zone_and_a_negative_level_are_refused(
    tmp_path: Path, times: dict[str, datetime], level: int
) -> None:
    with pytest.raises(InvalidInput):
        book(tmp_path).next_step("file", {"status": "received"}, times, [], MONDAY, level)


def test_when_the_rules_fail_somebody_still_has_to_act_soon(tmp_path: Path) -> None:
    rules = book(tmp_path)
    broken = dataclasses.replace(rules.compiled("file"), oracle=())
    found = step(dataclasses.replace(rules, in_force={"file": InForce(broken)}), level=2)
    assert (found.rule, found.level, found.due_at) == ("on_error", 3, MONDAY + HOUR)
    assert found.outcome == {"owner": "operations", "level": 3}


DESK = Calendar.from_definition({"timezone": "America/New_York", "open": {"mon-fri": "08:00-18:00"}, "holidays": "US"})
PAUSED = holds_all((Clause("waiting_for", "is", ("customer",)),))
RULE = Rule(
    "TST-010",
    "",
    ((),),
    {},
    "why",
    False,
    None,
    EscalationClock("since", DESK, PAUSED, 40 * HOUR),
    (CascadeStep(HOUR, {}), CascadeStep(3 * HOUR, {}), CascadeStep(9 * HOUR, {})),
)
MINUTES = st.integers(-20_000, 20_000)


@settings(deadline=None)
@given(
    st.lists(st.tuples(MINUTES, st.integers(0, 20_000)), max_size=4),
    st.booleans(),
    st.booleans(),
    MINUTES,
    st.integers(0, 8),
)
def test_there_is_always_a_due_time_and_levels_never_come_due_out_of_order(
    intervals: list[tuple[int, int]], open_ended: bool, paused: bool, minutes: int, level: int
) -> None:
    def at(minute: int) -> datetime:
        return MONDAY + timedelta(minutes=minute)

    pauses: list[Pause] = [(at(start), at(start + length)) for start, length in intervals]
    if open_ended and pauses:
        pauses[-1] = (pauses[-1][0], None)
    facts = WAITING if paused else {}
    now = at(minutes)
    due = [step_after(RULE, facts, {"since": MONDAY}, pauses, now, each) for each in (level, level + 1)]
    unpaused = step_after(RULE, {}, {"since": MONDAY}, [], now, level)
    assert due[0] is not None
    assert due[1] is not None
    assert unpaused is not None
    assert MONDAY < unpaused.due_at <= due[0].due_at < due[1].due_at
