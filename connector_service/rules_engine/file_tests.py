"""Run the tests that stand inside rule files, on engine and oracle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from connector_service.errors import InvalidInput, RulesInvalid
from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.escalation import EscalationStep, Pause, step_after
from connector_service.rules_engine.findings import Finding
from connector_service.rules_engine.folder import read_rule_file, read_words

_MAX_LEVEL = 100


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """How one test of a rule file came out; `detail` says what was expected and what came, empty when it passed."""

    __test__: ClassVar[bool] = False  # the name starts with Test, and pytest must not collect it

    file: str
    name: str
    passed: bool
    detail: str


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


def run_tests(compiled: CompiledFile) -> list[TestOutcome]:
    """Run every test of a compiled file."""
    outcomes = []
    for test in compiled.file.tests:
        detail = _difference(compiled, test)
        outcomes.append(TestOutcome(compiled.file.id, test["name"], not detail, detail))
    return outcomes


def _difference(compiled: CompiledFile, test: Mapping[str, Any]) -> str:
    """What came out otherwise than expected; empty when nothing did."""
    try:
        actual = _actual(compiled, test)
    except InvalidInput as error:
        return error.detail
    expected = test["expect"]
    wrong = [
        f"{key}: expected {expected[key]!r}, got {actual.get(key)!r}"
        for key in ("rule", "rules", "level", "due_at")
        if key in expected and actual.get(key) != expected[key]
    ]
    then = actual["then"]
    wrong += [
        f"then.{key}: expected {value!r}, got {then.get(key)!r}"
        for key, value in expected.get("then", {}).items()
        if then.get(key) != value
    ]
    return "; ".join(wrong)


def _actual(compiled: CompiledFile, test: Mapping[str, Any]) -> dict[str, Any]:
    kinds = compiled.file.vocabulary.facts
    times = {
        name: _moment(value) for name, value in test["given"].items() if name in kinds and kinds[name].kind == "time"
    }
    facts = {name: value for name, value in test["given"].items() if name not in times}
    now = _moment(test.get("now", "2026-01-01T00:00:00Z"))
    evaluation = compiled.evaluate(facts, now.date())
    actual = {"rule": evaluation.rule, "rules": list(evaluation.fired), "then": evaluation.outcome}
    if "now" in test and evaluation.rule is not None:
        actual |= _clock_state(compiled, evaluation.rule, evaluation.facts, times, now, test)
    return actual


def _clock_state(
    compiled: CompiledFile,
    rule_id: str,
    facts: Mapping[str, Any],
    times: Mapping[str, datetime],
    now: datetime,
    test: Mapping[str, Any],
) -> dict[str, Any]:
    """The rule's step that is due at `now`, and when the one after `after_level` is."""
    rule = next(rule for rule in compiled.file.rules if rule.id == rule_id)
    pauses = _pauses(test.get("pauses", ()))
    reached: EscalationStep | None = None
    for level in range(_MAX_LEVEL):
        step = step_after(rule, facts, times, pauses, now, level)
        if step is None or step.due_at > now:
            break
        reached = step
    following = step_after(rule, facts, times, pauses, now, test.get("after_level", 0))
    return {
        "rules": [rule_id] if reached else [],
        "level": reached.level if reached else 0,
        "then": reached.outcome if reached else {},
        "due_at": following.due_at.isoformat().replace("+00:00", "Z") if following else None,
    }


def _pauses(node: Sequence[Sequence[str]]) -> list[Pause]:
    return [(_moment(pause[0]), _moment(pause[1]) if len(pause) == 2 else None) for pause in node]


def _moment(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{text!r} is not a time; write one in UTC such as 2026-11-09T13:00:00Z.") from error
    if moment.tzinfo is None:
        raise InvalidInput(f"{text!r} has no zone; end it with Z.")
    return moment
