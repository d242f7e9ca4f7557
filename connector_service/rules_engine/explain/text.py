"""An explanation as lines of text, for terminals, chats and n8n."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connector_service.rules_engine.explain.explained import (
    ClockExplained,
    Condition,
    Explanation,
    RuleExplained,
    State,
    shown,
    shown_outcome,
)

_POLICY = {
    "first": "the first rule that matches wins",
    "all": "every rule that matches answers",
    "worst": "the worst verdict wins",
    "unique": "exactly one rule may match",
}
_STATE: dict[State, str] = {
    "won": "won",
    "answered": "answered too",
    "beaten": "matched, but another rule won",
    "shadow": "matched in shadow mode",
    "expired": "has expired",
    "no_match": "did not match",
    "failed": "matched, but on_error answered",
}


def as_text(explanation: Explanation) -> str:
    """The explanation as plain text: two spaces for each level, every condition with YES or NO after it."""
    return "\n".join(lines_of(explanation))


def _at(depth: int, text: str) -> str:
    return f"{'  ' * depth}{text}"


def lines_of(explanation: Explanation) -> Iterator[str]:
    """The answer and why, the derived facts, the clock, then every other rule and why not."""
    policy = _POLICY[explanation.hit_policy]
    yield _at(0, f"{explanation.file} {explanation.version} ({explanation.status}): {policy}")
    yield _at(0, explanation.why)
    winners = [rule for rule in explanation.rules if rule.state == "won"]
    for rule in winners:
        yield from [_at(1, f"rule: {rule.title}")] if rule.title != rule.rule else []
    timed = explanation.clock is not None or explanation.clock_missing
    yield _at(1, f"answer: {'the steps of its clock' if timed else shown_outcome(explanation.outcome)}")
    yield _at(1, f"because: {explanation.because}")
    for rule in winners:
        yield from _conditions(rule.conditions, 1)
    yield from _facts(explanation)
    yield from _clock(explanation)
    others = [rule for rule in explanation.rules if rule.state != "won"]
    if others:
        yield _at(0, "")
        yield _at(0, "Why not the others" if winners else "Why none of the rules")
    for rule in others:
        yield from _other(rule)


def _facts(explanation: Explanation) -> Iterator[str]:
    if explanation.derived:
        yield _at(0, "")
        yield _at(0, "Derived facts")
        for each in explanation.derived:
            yield _at(1, each.text)


def _other(rule: RuleExplained) -> Iterator[str]:
    title = f" {rule.title}" if rule.title != rule.rule else ""
    yield _at(1, f"{rule.rule}{title}: {_STATE[rule.state]}")
    if rule.state != "no_match":
        yield _at(2, rule.why)
    yield from _conditions(rule.conditions, 2)


def _conditions(conditions: Sequence[Condition], depth: int) -> Iterator[str]:
    if not conditions:
        yield _at(depth, "no conditions: it always matches YES")
    for condition in conditions:
        yield from _condition(condition, depth, "")


def _condition(condition: Condition, depth: int, number: str) -> Iterator[str]:
    said = "YES" if condition.holds else "NO"
    note = f"  ({condition.note})" if condition.note else ""
    was = f" (was {shown(condition.actual)})" if condition.kind == "compare" else ""
    yield _at(depth, f"{number}{condition.text}{was} {said}{note}")
    for place, part in enumerate(condition.parts, start=1):
        yield from _condition(part, depth + 1, f"{place}. " if condition.kind == "any" else "")


def _clock(explanation: Explanation) -> Iterator[str]:
    if explanation.clock is None and not explanation.clock_missing:
        return
    yield _at(0, "")
    yield _at(0, "Clock")
    if explanation.clock is None:
        yield _at(1, explanation.clock_missing)
    else:
        yield from _clock_lines(explanation.clock)


def _clock_lines(clock: ClockExplained) -> Iterator[str]:
    yield _at(1, clock.text)
    for pause in clock.pauses:
        yield _at(1, pause.text)
    said: set[str] = set()
    for step in clock.steps:
        yield _at(1, step.text)
        for closed in step.closed:
            if closed not in said:
                said.add(closed)
                yield _at(2, closed)
