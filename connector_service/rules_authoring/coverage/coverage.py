"""Coverage: how much of a rule file its own tests show, and a test for everything that they do not.

What counts, each once, and only where it is possible at all (an exact search decides; with derived facts, only where
facts were found from which they come out so, but a rule always counts that is not known never to win):

rule         some test in which the rule wins; for rules in shadow and under the hit policy all, in which it fires
alternative  of a rule with `any`: a test in which the rule wins by this alternative and by no other
clause       a condition seen true (the rule wins, and would not without it) and seen false (without it the rule would
             win: every other condition holds, and no stronger rule holds)
threshold    for gt, gte, lt and lte instead: the same with the two neighbouring values at which the answer turns, such
             as 50000 and 50001 for `gt 50000`
value        of a list: the rule wins with each value of `in`, and each value of `not_in` keeps it from winning
default      a test that no rule answers
step         of a cascade: a test in the minute in which the step is due, and one in the minute before
pause        of a clock: a test that comes out as it does because a pause moves the time at which a step is due

Tests that fail count for nothing, and nothing is asked of a rule that can never win. The conditions inside `derive` are
not counted; `mutation` changes those too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from connector_service.errors import InvalidInput
from connector_service.rules_authoring.by_oracle import ByOracle
from connector_service.rules_authoring.coverage.clocks import PassingCase, clock_wants
from connector_service.rules_authoring.coverage.regions import Region, Search, TooManySteps
from connector_service.rules_authoring.coverage.wants import Want, WantKind, wants
from connector_service.rules_authoring.examples import example
from connector_service.rules_authoring.mutation.line_variations import nearby
from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.conditions import Alternative
from connector_service.rules_engine.file_tests import TestCase, run_tests
from connector_service.rules_engine.model import Rule, RuleFile
from connector_service.rules_engine.oracle import holds_all, holds_any


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that no test shows, in words, and a test (a line of JSON to paste) that would; None when nothing more
    than the words can be given."""

    rule: str | None
    kind: WantKind
    what: str
    test: Mapping[str, Any] | None

    def __str__(self) -> str:
        return f"{self.rule or 'default'}: no test in which {'it ' if self.rule else ''}{self.what}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """`shown` and `possible` count by kind; see the module for what is counted."""

    file: str
    shown: Mapping[str, int]
    possible: Mapping[str, int]
    missing: tuple[Gap, ...]

    @property
    def percent(self) -> float:
        """How much of what is possible is shown, rounded down to a tenth: 100 means all of it."""
        possible = sum(self.possible.values())
        return sum(self.shown.values()) * 1000 // possible / 10 if possible else 100.0

    def as_json(self) -> dict[str, Any]:
        """The coverage for other programs."""
        kinds = {kind: {"shown": self.shown.get(kind, 0), "possible": n} for kind, n in self.possible.items()}
        missing = [{"rule": g.rule, "kind": g.kind, "what": g.what, "test": g.test} for g in self.missing]
        return {"percent": self.percent, "kinds": kinds, "missing": missing}


def coverage_of(compiled: CompiledFile) -> Coverage:
    """The coverage of a compiled file by the tests inside it."""
    return _Count(ByOracle(compiled.file, compiled.organisation)).coverage()


@dataclass(slots=True)
class _Count:
    oracle: ByOracle
    masks: dict[Alternative, int] = field(default_factory=dict)
    facts: list[dict[str, Any]] = field(default_factory=list)
    nearby: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)

    def coverage(self) -> Coverage:
        file = self.oracle.file
        cases = list(_passing(self.oracle))
        self.facts = [self.oracle.known(case.facts) for _, case in cases]
        asked = list(wants(file))
        search = _search(file, asked)
        shown: Counter[str] = Counter()
        missing = []
        dead: list[Rule | None] = []
        for want in asked:
            if self._tests_in(want.region):
                shown[want.kind] += 1
            elif want.rule in dead:
                continue
            elif (gap := self._gap(search, want)) is not None:
                missing.append(gap)
            elif want.kind == "rule":
                dead.append(want.rule)
        for rule, kind, what, seen, test in clock_wants(self.oracle, cases, search):
            if seen:
                shown[kind] += 1
            else:
                missing.append(Gap(rule.id, kind, what, test))
        possible = shown + Counter(gap.kind for gap in missing)
        return Coverage(file.id, dict(shown), dict(possible), tuple(missing))

    def _tests_in(self, region: Region) -> int:
        """The tests whose facts lie in a region; bit i stands for test i."""
        inside = outside = 0
        for alternative in region.include:
            inside |= self._mask(alternative)
        for alternative in region.exclude:
            if not inside & ~outside:
                return 0
            outside |= self._mask(alternative)
        return inside & ~outside

    def _mask(self, alternative: Alternative) -> int:
        mask = self.masks.get(alternative)
        if mask is None:
            holds = holds_all(alternative)
            mask = self.masks[alternative] = sum(1 << i for i, facts in enumerate(self.facts) if holds(facts))
        return mask

    def _near(self, region: Region) -> dict[str, Any] | None:
        """Facts in a region, looked for near those of the tests."""
        if not self.nearby:
            self.nearby = [(facts, self.oracle.known(facts)) for facts in nearby(self.oracle.file)]
        holds, fails = holds_any(region.include), holds_any(region.exclude)
        return next((facts for facts, known in self.nearby if holds(known) and not fails(known)), None)

    def _gap(self, search: Search, want: Want) -> Gap | None:
        """What is missing; None when it cannot be shown."""
        rule = want.rule.id if want.rule else None
        search.exact = True
        try:
            facts = next(search.examples(want.region), None)
        except TooManySteps:
            return Gap(rule, want.kind, want.what, None)
        if facts is None and not search.exact:
            facts = self._near(want.region)
        if facts is None:
            unsure = want.kind == "rule" and not search.exact
            return Gap(rule, want.kind, want.what, None) if unsure else None
        until = want.rule.until if want.rule else None
        more = {"now": f"{until.isoformat()}T00:00:00Z"} if until else {}
        name = f"{rule or 'no rule'} {want.what}" if rule else "no rule holds"
        return Gap(rule, want.kind, want.what, example(self.oracle, name, facts, **more))


def _passing(oracle: ByOracle) -> Iterator[PassingCase]:
    """The tests that pass."""
    for test, outcome in zip(oracle.file.tests, run_tests(oracle), strict=True):
        with suppress(InvalidInput):
            if outcome.passed:
                yield test, TestCase.of(test, oracle.file)


def _search(file: RuleFile, asked: list[Want]) -> Search:
    return Search([file], dict.fromkeys(a for want in asked for a in want.region.include))
