"""Why a rule file answers as it does: the rule that won, and for every other one why it did not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from connector_service.rules_engine.compiled import CompiledFile, Evaluation
from connector_service.rules_engine.explain.clock import ClockState, clock_of, since_missing
from connector_service.rules_engine.explain.conditions import conditions_of
from connector_service.rules_engine.explain.derived import derived_facts
from connector_service.rules_engine.explain.explained import Condition, Explanation, RuleExplained, State
from connector_service.rules_engine.model import Rule
from connector_service.rules_engine.oracle import holds_any


def explain(
    compiled: CompiledFile, facts: Mapping[str, Any], today: date, clock: ClockState | None = None
) -> Explanation:
    """Evaluate and explain. `today` (UTC) decides about rules that end on a day; deadlines need a `clock`.

    Raises InvalidInput for facts that the vocabulary does not allow.
    """
    evaluation = compiled.evaluate(facts, today)
    file = compiled.file
    rules = [_rule(compiled, number, evaluation, today) for number in range(len(file.rules))]
    winner = next((rule for rule in file.rules if rule.id == evaluation.rule), None)
    missing = since_missing(winner, clock) if winner is not None else ""
    timed = None
    if winner is not None and winner.clock is not None and clock is not None and not missing:
        timed = clock_of(winner, _document(compiled, winner), evaluation.facts, clock)
    return Explanation(
        file.id,
        file.version,
        file.content_hash,
        file.status,
        file.hit_policy,
        evaluation.rule,
        evaluation.outcome,
        evaluation.because,
        _why(compiled, evaluation),
        evaluation.failed,
        evaluation.facts,
        derived_facts(file, evaluation.facts),
        tuple(sorted(rules, key=lambda each: each.state != "won")),
        timed,
        missing,
    )


def _document(compiled: CompiledFile, rule: Rule) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(node for node in compiled.file.document["rules"] if node["id"] == rule.id)
    return found


def _why(compiled: CompiledFile, evaluation: Evaluation) -> str:
    """In one sentence, who answered."""
    if evaluation.failed:
        return f"No rule could answer, so {evaluation.reasons[0]}."
    if evaluation.rule is None:
        has = compiled.file.default is not None
        return (
            f"No rule matched, so {'the default answered' if has else 'there is no answer: the file has no default'}."
        )
    others = len(evaluation.fired) - 1
    if not others:
        return f"{evaluation.rule} won: it is the only rule that matched."
    words = {
        "first": f"it is the first of {others + 1} rules that matched",
        "worst": f"its verdict {evaluation.outcome.get('verdict')} is the worst of {others + 1} rules that matched",
        "all": f"every rule that matches answers, and {others + 1} did",
    }
    return f"{evaluation.rule} won: {words[compiled.file.hit_policy]}."


def _rule(compiled: CompiledFile, number: int, evaluation: Evaluation, today: date) -> RuleExplained:
    rule = compiled.file.rules[number]
    matched = holds_any(rule.alternatives)(evaluation.facts)
    node = compiled.file.document["rules"][number]
    conditions = conditions_of(compiled.file, node["when"], evaluation.facts)
    state, why = _state(compiled, rule, evaluation, matched, today)
    if not matched and state == "no_match":
        why = _first_reason(conditions)
    return RuleExplained(rule.id, rule.title, state, why, rule.because, dict(rule.outcome), conditions)


def _state(compiled: CompiledFile, rule: Rule, evaluation: Evaluation, matched: bool, today: date) -> tuple[State, str]:
    if rule.until is not None and today > rule.until:
        also = "Its conditions hold." if matched else "Its conditions do not hold either."
        return "expired", f"Its last day was {rule.until}. {also}"
    if not matched:
        return "no_match", ""
    if rule.shadow:
        return "shadow", "It matched, and it is in shadow mode: it is noted and never decides."
    if evaluation.failed:
        return "failed", f"It matched, and {evaluation.reasons[0]}."
    if rule.id == evaluation.rule:
        return "won", _why(compiled, evaluation)
    if compiled.file.hit_policy == "all":
        return "answered", "It matched, and every rule that matches answers."
    return "beaten", _beaten(compiled, rule, evaluation)


def _beaten(compiled: CompiledFile, rule: Rule, evaluation: Evaluation) -> str:
    if compiled.file.hit_policy != "worst":
        return f"It matched, and {evaluation.rule} stands before it: the first match wins."
    verdict, worst = rule.outcome["verdict"], evaluation.outcome["verdict"]
    if verdict == worst:
        return f"It matched with {verdict} too, and {evaluation.rule} stands before it."
    return f"It matched, and {worst} of {evaluation.rule} is worse than its {verdict}."


def _first_reason(conditions: tuple[Condition, ...]) -> str:
    """The conditions that failed, in a sentence."""
    failed = [each for each in conditions if not each.holds]
    words = [f"{each.text} is false" if each.kind == "compare" else _branches(each) for each in failed]
    return f"It did not match: {'; '.join(words)}."


def _branches(condition: Condition) -> str:
    if condition.kind == "any":
        return f"none of its {len(condition.parts)} alternatives holds"
    return "; ".join(
        f"{part.text} is false" if part.kind == "compare" else _branches(part)
        for part in condition.parts
        if not part.holds
    )
