"""Find facts for which a mutant answers otherwise, and write the test that would notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from connector_service.rules_authoring.by_oracle import ByOracle
from connector_service.rules_authoring.cells import Cells, TooEntangled
from connector_service.rules_authoring.coverage.regions import Search, TooManySteps
from connector_service.rules_authoring.examples import FRIDAY, MONDAY, due_example, example, pause_example
from connector_service.rules_authoring.mutation.line_variations import nearby
from connector_service.rules_authoring.mutation.mutants import Mutant
from connector_service.rules_authoring.mutation.regions import regions
from connector_service.rules_engine.file_tests import passes_all
from connector_service.rules_engine.model import Rule, RuleFile

_TODAY = date(2026, 1, 1)
_MOST_POINTS = 1500


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the answers differ for some facts (`yes`, `no`, or `unknown`), and a test that passes before the change
    and fails after it; None when none could be made."""

    differs: Literal["yes", "no", "unknown"]
    test: Mapping[str, Any] | None = None


def compare(mutant: Mutant, before: ByOracle, after: ByOracle) -> Verdict:
    """Look for facts for which the file before and after a change answer otherwise."""
    differs = False
    points = _points(mutant, before, after)
    try:
        for number, facts in enumerate(points):
            if number == _MOST_POINTS:
                raise _Unsure
            if _answer(before, before.known(facts)) == _answer(after, after.known(facts)):
                continue
            differs = True
            for test in _tests(before, facts):
                if not passes_all(after, [test]):
                    return Verdict("yes", {**test, "name": f"{mutant.rule or 'the file'}: not if {mutant.words}"})
    except _Unsure:
        return Verdict("yes" if differs else "unknown")
    return Verdict("yes" if differs else "no")


class _Unsure(Exception):
    """The search is over, and there may be facts that it did not find."""


def _points(mutant: Mutant, before: ByOracle, after: ByOracle) -> Iterator[dict[str, Any]]:
    """Facts for which the answers may differ. Raises _Unsure after the last when there may be more."""
    if mutant.kind == "derived":
        yield from nearby(before.file)
        raise _Unsure
    if _ranks_differ(before.file, after.file):
        yield from _winners_differ(before, after)
        return
    asked = list(regions(mutant, before.file, after.file, before.organisation))
    search = Search([before.file, after.file], dict.fromkeys(a for region in asked for a in region.include))

    def differs(known: dict[str, Any]) -> bool:
        return _answer(before, known) != _answer(after, known)

    for region in asked:
        try:
            yield from search.examples(region, differs)
        except TooManySteps:
            raise _Unsure from None
    if not search.exact:
        raise _Unsure


def _ranks_differ(before: RuleFile, after: RuleFile) -> bool:
    """Whether one rule may win over another in one file and not in the other, wherever they stand."""

    def ranks(file: RuleFile) -> tuple[Any, ...]:
        verdicts = tuple(rule.outcome.get("verdict") for rule in file.rules) if file.hit_policy == "worst" else ()
        return file.hit_policy, file.ranking, verdicts

    comparable = {before.hit_policy, after.hit_policy} <= {"first", "worst"}
    return comparable and len(before.rules) == len(after.rules) and ranks(before) != ranks(after)


def _winners_differ(before: ByOracle, after: ByOracle) -> Iterator[dict[str, Any]]:
    """Facts for every pair of winners. Raises _Unsure when some pair has none that could be found."""
    cells = Cells.of(before.file, after.file)
    try:
        paths = cells.decide(cells.row(before.file), cells.row(after.file)).paths()
    except TooEntangled:
        raise _Unsure from None
    sure = True
    for leaf, path in paths.items():
        same = leaf[0] == leaf[1] and _same_answer(before.file, after.file, leaf[0])
        facts = None if same else cells.facts(path)
        if facts is not None:
            yield facts
        sure = sure and (same or facts is not None)
    if not sure:
        raise _Unsure


def _same_answer(before: RuleFile, after: RuleFile, winner: int | str | None) -> bool:
    """Whether both files answer the same when the rule of this number wins in both; None is the default."""
    return not isinstance(winner, int) or before.rules[winner].outcome == after.rules[winner].outcome


def _answer(oracle: ByOracle, known: Mapping[str, Any]) -> tuple[Any, ...]:
    """Everything that a test or a reader of the answer could see, but which other rules matched."""
    held = [rule for rule, holds in zip(oracle.file.rules, oracle.predicates, strict=True) if holds(known)]
    evaluation = oracle.decide(dict(known), held, _day(oracle.file))
    seen = (evaluation.rule, evaluation.outcome, evaluation.failed, evaluation.shadow)
    rule = _rule(oracle.file, evaluation.rule)
    if rule is None or rule.clock is None:
        return seen
    clock = rule.clock
    paused = clock.pause is not None and clock.pause(evaluation.facts)
    pauses = clock.pause is not None
    return (*seen, clock.since, clock.calendar, clock.pause_limit, paused, pauses, rule.cascade)


def _tests(before: ByOracle, facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Tests for these facts that pass before the change, plainest first."""
    winner = _rule(before.file, before.evaluate(facts, _day(before.file)).rule)
    until = max((rule.until for rule in before.file.rules if rule.until), default=None)
    days = [until, until + timedelta(days=1)] if until else []
    yield example(before, "", facts)
    for day in days:
        yield example(before, "", facts, now=f"{day.isoformat()}T00:00:00Z")
    if winner is None or winner.clock is None:
        return
    for start in (MONDAY, FRIDAY):
        for step in range(len(winner.cascade)):
            for is_before in (True, False):
                yield due_example(before, winner, step, is_before, facts, start)
    yield pause_example(before, winner, facts)
    yield pause_example(before, winner, facts, soon=True)


def _rule(file: RuleFile, rule_id: str | None) -> Rule | None:
    return next((rule for rule in file.rules if rule.id == rule_id), None)


def _day(file: RuleFile) -> date:
    """A day on which no rule has ended."""
    return min((rule.until for rule in file.rules if rule.until), default=_TODAY)
