"""An explanation as lines of text, for terminals, chats and n8n."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from connector_service.rules_engine.explained import (
    ClockExplained,
    Condition,
    Explanation,
    RuleExplained,
    State,
    shown,
    shown_outcome,
)

Mark = Literal["title", "head", "won", "lost", "yes", "no", "plain", "faint"]
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


@dataclass(frozen=True, slots=True)
class Line:
    """One line: how far it is indented, its text, and what it is, so that a terminal can colour it."""

    depth: int
    text: str
    mark: Mark = "plain"


def as_text(explanation: Explanation) -> str:
    """The explanation as plain text."""
    return "\n".join(f"{'  ' * line.depth}{line.text}".rstrip() for line in lines_of(explanation))


def lines_of(explanation: Explanation) -> Iterator[Line]:
    """The answer and why, the derived facts, the clock, then every other rule and why not."""
    policy = _POLICY[explanation.hit_policy]
    yield Line(0, f"{explanation.file} {explanation.version} ({explanation.status}): {policy}", "title")
    yield Line(0, explanation.why, "won")
    winners = [rule for rule in explanation.rules if rule.state == "won"]
    for rule in winners:
        yield from [Line(1, f"rule: {rule.title}")] if rule.title != rule.rule else []
    timed = explanation.clock is not None or explanation.clock_missing
    yield Line(1, f"answer: {'the steps of its clock' if timed else shown_outcome(explanation.outcome)}")
    yield Line(1, f"because: {explanation.because}")
    for rule in winners:
        yield from _conditions(rule.conditions, 1)
    yield from _facts(explanation)
    yield from _clock(explanation)
    others = [rule for rule in explanation.rules if rule.state != "won"]
    if others:
        yield Line(0, "")
        yield Line(0, "Why not the others" if winners else "Why none of the rules", "head")
    for rule in others:
        yield from _other(rule)


def _facts(explanation: Explanation) -> Iterator[Line]:
    if explanation.derived:
        yield Line(0, "")
        yield Line(0, "Derived facts", "head")
        for each in explanation.derived:
            yield Line(1, each.text)


def _other(rule: RuleExplained) -> Iterator[Line]:
    title = f" {rule.title}" if rule.title != rule.rule else ""
    yield Line(1, f"{rule.rule}{title}: {_STATE[rule.state]}", "lost" if rule.state == "no_match" else "head")
    if rule.state != "no_match":
        yield Line(2, rule.why)
    yield from _conditions(rule.conditions, 2)


def _conditions(conditions: Sequence[Condition], depth: int) -> Iterator[Line]:
    if not conditions:
        yield Line(depth, "no conditions: it always matches YES", "yes")
    for condition in conditions:
        yield from _condition(condition, depth, "")


def _condition(condition: Condition, depth: int, number: str) -> Iterator[Line]:
    mark: Mark = "yes" if condition.holds else "no"
    said = "YES" if condition.holds else "NO"
    note = f"  ({condition.note})" if condition.note else ""
    was = f" (was {shown(condition.actual)})" if condition.kind == "compare" else ""
    yield Line(depth, f"{number}{condition.text}{was} {said}{note}", mark)
    for place, part in enumerate(condition.parts, start=1):
        yield from _condition(part, depth + 1, f"{place}. " if condition.kind == "any" else "")


def _clock(explanation: Explanation) -> Iterator[Line]:
    if explanation.clock is None and not explanation.clock_missing:
        return
    yield Line(0, "")
    yield Line(0, "Clock", "head")
    if explanation.clock is None:
        yield Line(1, explanation.clock_missing)
    else:
        yield from _clock_lines(explanation.clock)


def _clock_lines(clock: ClockExplained) -> Iterator[Line]:
    yield Line(1, clock.text)
    for pause in clock.pauses:
        yield Line(1, pause.text)
    said: set[str] = set()
    for step in clock.steps:
        yield Line(1, step.text, "no" if step.reached else "plain")
        for closed in step.closed:
            if closed not in said:
                said.add(closed)
                yield Line(2, closed, "faint")
