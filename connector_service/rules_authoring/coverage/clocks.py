"""What the tests of a rule file have to show of its clocks: every step when it is due and just before, and pauses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from typing import Any

from connector_service.rules_authoring.by_oracle import ByOracle
from connector_service.rules_authoring.coverage.regions import Region, Search, TooManySteps
from connector_service.rules_authoring.coverage.wants import WantKind, winning
from connector_service.rules_authoring.examples import MINUTE, due_example, pause_example
from connector_service.rules_authoring.mutation.variants import pause_alternatives
from connector_service.rules_engine.escalation import step_after
from connector_service.rules_engine.file_tests import TestCase
from connector_service.rules_engine.model import EscalationClock, Rule

PassingCase = tuple[Mapping[str, Any], TestCase]
"""A test that passes, as written and as the evaluator needs it."""
Shown = tuple[Rule, WantKind, str, bool, Mapping[str, Any] | None]
"""A rule, what is to be shown of its clock, whether a test shows it, and if not a test that would."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A test in which a rule with a clock wins at a moment."""

    case: TestCase
    facts: Mapping[str, Any]
    now: datetime
    pins_due: bool

    def due(self, rule: Rule, level: int) -> datetime:
        """When a step (from 0) is due."""
        step = step_after(rule, self.facts, self.case.times, self.case.pauses, self.now, level)
        return step.due_at if step else self.now


def clock_wants(oracle: ByOracle, cases: Sequence[PassingCase], search: Search) -> Iterator[Shown]:
    """Everything to show of the clocks of a file."""
    won = _won(oracle, cases)
    for rule in oracle.file.rules:
        if rule.clock is None:
            continue
        mine = won.get(rule.id, [])
        facts = None if mine else _first(search, winning(oracle.file, rule))
        if not mine and facts is None:
            continue  # it can never win, which the rule's own gap says
        for level in range(len(rule.cascade)):
            yield from _steps(oracle, rule, level, mine, facts if facts is not None else dict(mine[0].case.facts))
        if rule.clock.pause is not None:
            yield from _pause(oracle, rule, replace(rule.clock, pause=None), mine)


def _won(oracle: ByOracle, cases: Sequence[PassingCase]) -> dict[str, list[_Case]]:
    clocks = {rule.id for rule in oracle.file.rules if rule.clock}
    won: dict[str, list[_Case]] = {}
    for test, case in cases:
        if case.now is not None and clocks:
            evaluation = oracle.evaluate(case.facts, case.today)
            if evaluation.rule in clocks:
                won.setdefault(str(evaluation.rule), []).append(
                    _Case(case, evaluation.facts, case.now, "due_at" in test["expect"])
                )
    return won


def _steps(
    oracle: ByOracle, rule: Rule, level: int, mine: Sequence[_Case], facts: Mapping[str, Any]
) -> Iterator[Shown]:
    for before in (True, False):
        words = "is asked in the minute before" if before else "is asked in the minute in which"
        what = f"{words} step {level + 1} is due"
        offset = MINUTE if before else 0 * MINUTE
        seen = any(0 * MINUTE <= one.now - (one.due(rule, level) - offset) < MINUTE for one in mine)
        yield rule, "step", what, seen, None if seen else due_example(oracle, rule, level, before, facts)


def _pause(oracle: ByOracle, rule: Rule, unpaused: EscalationClock, mine: Sequence[_Case]) -> Iterator[Shown]:
    if any(_is_moved(rule, unpaused, one) for one in mine):
        yield rule, "pause", "waits while its clock is paused", True, None
        return
    region = winning(oracle.file, rule)
    paused = tuple(
        (*a, *p)
        for a, p in product(
            region.include, pause_alternatives(oracle.file, oracle.organisation, oracle.file.rules.index(rule))
        )
    )
    facts = _first(Search([oracle.file], paused), Region(paused, region.exclude))
    if facts is not None:
        yield rule, "pause", "waits while its clock is paused", False, pause_example(oracle, rule, facts)


def _is_moved(rule: Rule, unpaused: EscalationClock, one: _Case) -> bool:
    """Whether the test would come out otherwise if the clock never stood still."""
    running = replace(rule, clock=unpaused)
    reached = any((one.due(rule, n) <= one.now) != (one.due(running, n) <= one.now) for n in range(len(rule.cascade)))
    level = one.case.after_level
    return reached or (one.pins_due and one.due(rule, level) != one.due(running, level))


def _first(search: Search, region: Region) -> dict[str, Any] | None:
    try:
        return next(search.examples(region), None)
    except TooManySteps:
        return None
