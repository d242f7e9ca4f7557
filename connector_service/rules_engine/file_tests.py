"""Run the tests that stand inside rule files, on engine and oracle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, ClassVar, Protocol

from connector_service.errors import InvalidInput, RulesInvalid
from connector_service.rules_engine.compiled import CompiledFile, Evaluation
from connector_service.rules_engine.escalation import EscalationStep, Pause, step_after
from connector_service.rules_engine.findings import Finding
from connector_service.rules_engine.folder import read_rule_file, read_words
from connector_service.rules_engine.model import Rule, RuleFile

_MAX_LEVEL = 100


class Answering(Protocol):
    """What tests are run on: a compiled file, or another evaluator of the same file."""

    @property
    def file(self) -> RuleFile: ...

    def evaluate(self, facts: Mapping[str, Any], today: date) -> Evaluation: ...


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """How one test of a rule file came out.

    `detail` says what was expected and what came, empty when the test passed. `expected` and `actual` hold what the
    test pins, by key; `why` says which rule won and by which conditions. `milliseconds` is what the test took.
    """

    __test__: ClassVar[bool] = False  # the name starts with Test, and pytest must not collect it

    file: str
    name: str
    passed: bool
    detail: str
    expected: Mapping[str, Any]
    actual: Mapping[str, Any]
    why: tuple[str, ...]
    milliseconds: float

    def as_json(self) -> dict[str, Any]:
        """The outcome for other programs."""
        found = {"name": self.name, "passed": self.passed, "milliseconds": round(self.milliseconds, 3)}
        if self.passed:
            return found
        return found | {
            "detail": self.detail,
            "expected": dict(self.expected),
            "actual": dict(self.actual),
            "why": list(self.why),
        }


@dataclass(frozen=True, slots=True)
class TestCase:
    """A test as the evaluator needs it: `times` are the facts that are moments, `now` is None when the test gives
    none (rules are then asked about 2026-01-01)."""

    __test__: ClassVar[bool] = False

    facts: Mapping[str, Any]
    times: Mapping[str, datetime]
    now: datetime | None
    pauses: tuple[Pause, ...]
    after_level: int

    @classmethod
    def of(cls, test: Mapping[str, Any], file: RuleFile) -> TestCase:
        """A test from its JSON. Raises InvalidInput for a moment that cannot be read."""
        kinds = file.vocabulary.facts
        given = test["given"]
        times = {name: _moment(given[name]) for name in given if name in kinds and kinds[name].kind == "time"}
        facts = {name: value for name, value in given.items() if name not in times}
        now = _moment(test["now"]) if "now" in test else None
        return cls(facts, times, now, _pauses(test.get("pauses", ())), test.get("after_level", 0))

    @property
    def today(self) -> date:
        """The day on which rules that end on a day are asked."""
        return self.now.date() if self.now else date(2026, 1, 1)


def run_file_tests(path: Path) -> list[TestOutcome]:
    """Run every test of one rule file, with the vocabularies and the organisation of its folder.

    Raises RulesInvalid when the file (or what it needs) has findings.
    """
    findings: list[Finding] = []
    words = read_words(path.parent, findings)
    file = read_rule_file(path, words, findings) if words else None
    if words is None or file is None:
        raise RulesInvalid("\n".join(map(str, findings)))
    return run_tests(CompiledFile.of(file, words.organisation))


def run_tests(answering: Answering) -> list[TestOutcome]:
    """Run every test of a file."""
    if isinstance(answering, CompiledFile):  # one message to the engine instead of hundreds
        answering.ask_ahead(_facts_of(answering.file))
    return [_outcome(answering, test) for test in answering.file.tests]


def _facts_of(file: RuleFile) -> Iterator[Mapping[str, Any]]:
    for test in file.tests:
        with suppress(InvalidInput):  # the test itself will say what is wrong
            yield TestCase.of(test, file).facts


def passes_all(answering: Answering, tests: Iterable[Mapping[str, Any]]) -> bool:
    """Whether all of these tests pass; stops at the first that does not."""
    return all(not _outcome(answering, test).detail for test in tests)


def actual_answer(answering: Answering, test: Mapping[str, Any]) -> dict[str, Any]:
    """What comes for the facts of a test: rule, rules and then, and with `now` under a clock level and due_at.

    Raises InvalidInput for facts that the vocabulary does not allow.
    """
    case = TestCase.of(test, answering.file)
    return _actual(answering, case)[0]


def _outcome(answering: Answering, test: Mapping[str, Any]) -> TestOutcome:
    started = perf_counter()
    actual: dict[str, Any] = {}
    why: tuple[str, ...] = ()
    try:
        actual, why = _actual(answering, TestCase.of(test, answering.file))
        expected = test["expect"]
        detail = _difference(expected, actual)
    except InvalidInput as error:
        expected, detail = test["expect"], error.detail
    seen = {key: actual[key] for key in expected if key in actual}
    spent = (perf_counter() - started) * 1000
    return TestOutcome(answering.file.id, test["name"], not detail, detail, expected, seen, why, spent)


def _difference(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> str:
    """What came out otherwise than expected; empty when nothing did."""
    wrong = [
        f"{key}: expected {_shown(expected[key])}, got {_shown(actual.get(key))}"
        for key in ("rule", "rules", "level", "due_at")
        if key in expected and actual.get(key) != expected[key]
    ]
    then = actual["then"]
    wrong += [
        f"then.{key}: expected {_shown(value)}, got {_shown(then.get(key))}"
        for key, value in expected.get("then", {}).items()
        if then.get(key) != value
    ]
    return "; ".join(wrong)


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _actual(answering: Answering, case: TestCase) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What came, and why."""
    evaluation = answering.evaluate(case.facts, case.today)
    actual = {"rule": evaluation.rule, "rules": list(evaluation.fired), "then": evaluation.outcome}
    if case.now is not None and evaluation.rule is not None:
        rule = next(rule for rule in answering.file.rules if rule.id == evaluation.rule)
        actual |= _clock_state(rule, evaluation.facts, case, case.now)
    return actual, evaluation.reasons


def _clock_state(rule: Rule, facts: Mapping[str, Any], case: TestCase, now: datetime) -> dict[str, Any]:
    """The rule's step that is due at `now`, and when the one after `after_level` is."""
    reached: EscalationStep | None = None
    for level in range(_MAX_LEVEL):
        step = step_after(rule, facts, case.times, case.pauses, now, level)
        if step is None or step.due_at > now:
            break
        reached = step
    following = step_after(rule, facts, case.times, case.pauses, now, case.after_level)
    return {
        "rules": [rule.id] if reached else [],
        "level": reached.level if reached else 0,
        "then": reached.outcome if reached else {},
        "due_at": following.due_at.isoformat().replace("+00:00", "Z") if following else None,
    }


def _pauses(node: Sequence[Sequence[str]]) -> tuple[Pause, ...]:
    return tuple((_moment(pause[0]), _moment(pause[1]) if len(pause) == 2 else None) for pause in node)


def _moment(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{text!r} is not a time; write one in UTC such as 2026-11-09T13:00:00Z.") from error
    if moment.tzinfo is None:
        raise InvalidInput(f"{text!r} has no zone; end it with Z.")
    return moment
