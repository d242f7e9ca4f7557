"""What a file answers when certain rules hold, and in words how two answers differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from connector_service.rules_engine.explain.explained import shown
from connector_service.rules_engine.findings import Report
from connector_service.rules_engine.model import Answer, RuleFile
from connector_service.rules_engine.named_numbers import NamedNumbers

Said = tuple[tuple[str, str], ...]
"""An answer as pairs of key and value, both texts, so that answers can be compared and grouped."""

NOTHING = "nothing"
DEFAULT = "the default"
ON_ERROR = "on_error"


@dataclass(frozen=True, slots=True)
class Answered:
    """Who answers (a rule's id, the default, on_error, nothing), and what."""

    who: str
    said: Said


def acting(file: RuleFile, today: date) -> list[int]:
    """The numbers of the rules that can decide: not in shadow mode, not past their last day."""
    return [n for n, rule in enumerate(file.rules) if not rule.shadow and (rule.until is None or today <= rule.until)]


def answered(file: RuleFile, held: Sequence[int]) -> Answered:
    """What a file answers: under `first` and `worst`, `held` is the rule that wins; else every acting rule that
    holds."""
    if file.hit_policy == "unique" and len(held) > 1:
        return _answer(ON_ERROR, file.on_error)
    if not held:
        return _answer(DEFAULT, file.default)
    who = ", ".join(file.rules[number].id for number in held)
    if file.hit_policy == "all":
        return Answered(who, tuple((file.rules[n].id, _joined(said_by(file, n))) for n in held))
    return Answered(who, said_by(file, held[0]))


def said_by(file: RuleFile, number: int) -> Said:
    """The outcome of one rule; of an escalation rule its clock and its steps."""
    rule, node = file.rules[number], file.document["rules"][number]
    if rule.clock is None:
        return _said(rule.outcome)
    clock = [(f"clock {key}", _text(plain_condition(file, value))) for key, value in node["clock"].items()]
    steps = [
        (f"step {place}", f"after {written['after']}: {_joined(_said(step.then))}")
        for place, (step, written) in enumerate(zip(rule.cascade, node["cascade"], strict=True), start=1)
    ]
    return (*clock, *steps)


def said_of(outcome: Mapping[str, Any]) -> Said:
    """The outcome of an evaluation; where every rule that matches answers, each of them with what it says."""
    matches = outcome.get("matches")
    if not isinstance(matches, list):
        return _said(outcome)
    return tuple(
        (each["rule"], _joined(_said({key: value for key, value in each.items() if key != "rule"}))) for each in matches
    )


def _answer(who: str, answer: Answer | None) -> Answered:
    return Answered(NOTHING, ()) if answer is None else Answered(who, _said(answer.outcome))


def _said(outcome: Mapping[str, Any]) -> Said:
    return tuple((key, shown(value)) for key, value in outcome.items() if key != "level")


def _joined(said: Said) -> str:
    return ", ".join(f"{key} {value}" for key, value in said) or NOTHING


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(each)}" for key, each in value.items())
    return ", ".join(map(_text, value)) if isinstance(value, list) else shown(value)


def how_different(before: Said, after: Said) -> str:
    """Two answers that differ, in words: `owner from ops to risk, queue review is new`; empty when they are alike."""
    old, new = dict(before), dict(after)
    changed = [f"{key} from {old[key]} to {new[key]}" for key in old if key in new and old[key] != new[key]]
    gone = [f"{key} {old[key]} is gone" for key in old if key not in new]
    added = [f"{key} {new[key]} is new" for key in new if key not in old]
    return ", ".join([*changed, *gone, *added])


def plain_condition(file: RuleFile, condition: Any) -> Any:
    """A condition as it is meant: numbers and list members for their names. Anything else as it is."""
    if not isinstance(condition, dict):
        return condition
    numbers = NamedNumbers.of(file.document, Report(file.id, file.document))
    return _with_lists(numbers.condition(condition, ()), file.document.get("lists", {}))


def _with_lists(node: Any, lists: Mapping[str, Any]) -> Any:
    if isinstance(node, dict):
        return {key: _with_lists(value, lists) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_lists(each, lists) for each in node]
    return lists.get(node[1:], node) if isinstance(node, str) and node.startswith("@") else node
