"""The conditions of a rule as its author wrote them, each with the actual value and whether it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector_service.rules_engine.conditions import RANGE_OPERATORS, Clause, Scope
from connector_service.rules_engine.explain.explained import Condition, shown
from connector_service.rules_engine.findings import Report
from connector_service.rules_engine.model import RuleFile
from connector_service.rules_engine.named_numbers import NamedNumbers
from connector_service.rules_engine.oracle import holds_all
from connector_service.rules_engine.vocabulary import Fact

_LISTED = 12
_STRICT = {"gt": "more", "lt": "less"}


def scope_of(file: RuleFile) -> Scope:
    """What the conditions of a parsed file may speak of."""
    derived = {each.name: Fact(each.name, "integer", "derived in the file") for each in file.derived}
    lists = file.document.get("lists", {})
    return Scope({**file.vocabulary.facts, **derived}, lists, Report(file.id, file.document))


def numbers_of(file: RuleFile) -> NamedNumbers:
    """The numbers that the conditions of a parsed file name."""
    return NamedNumbers.of(file.document, Report(file.id, file.document))


def conditions_of(file: RuleFile, when: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Every condition of a `when` of a file about these facts; all of them must hold for it to match."""
    return _all_of(_Reading(scope_of(file), numbers_of(file), facts), when)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What conditions may speak of, and the facts that they are about."""

    scope: Scope
    numbers: NamedNumbers
    facts: Mapping[str, Any]


def _all_of(reading: _Reading, when: Mapping[str, Any]) -> tuple[Condition, ...]:
    return tuple(each for name, test in when.items() for each in _conditions(reading, name, test))


def _conditions(reading: _Reading, name: str, test: Any) -> list[Condition]:
    if name == "any":
        branches = tuple(_branch(reading, each) for each in test)
        holding = [number for number, branch in enumerate(branches, start=1) if branch.holds]
        note = f"number {holding[0]} holds" if holding else f"none of the {len(branches)} holds"
        return [Condition("any", "any of these", bool(holding), note=note, parts=branches)]
    if name == "all":
        return [_branch(reading, each) for each in test]
    plain = reading.numbers.condition({name: test}, ())
    return [
        _comparison(clause, _names(test, clause), reading.facts)
        for alternative in reading.scope.alternatives(plain, ())
        for clause in alternative
    ]


def _branch(reading: _Reading, when: Mapping[str, Any]) -> Condition:
    parts = _all_of(reading, when)
    if len(parts) == 1:
        return parts[0]
    return Condition("all", "all of these", all(part.holds for part in parts), parts=parts)


def _comparison(clause: Clause, names: Sequence[str], facts: Mapping[str, Any]) -> Condition:
    actual, holds = facts.get(clause.field), holds_all((clause,))(facts)
    in_list = clause.op in ("in", "not_in")
    list_name = names[0] if in_list and names else None
    text = _list_text(clause, list_name) if in_list else clause.text
    named = (
        [] if list_name else [f"{name} is {shown(value)}" for name, value in zip(names, clause.values, strict=False)]
    )
    notes = "; ".join(filter(None, [*named, _note(clause, list_name, actual)]))
    kept = shown(actual) if isinstance(actual, str) else actual
    return Condition("compare", text, holds, clause.field, kept, notes)


def _list_text(clause: Clause, list_name: str | None) -> str:
    more = f" and {len(clause.values) - _LISTED} more" if len(clause.values) > _LISTED else ""
    members = ", ".join(map(shown, clause.values[:_LISTED])) + more
    words = f"{clause.field} {clause.op.replace('_', ' ')}"
    return f"{words} {list_name} [{members}]" if list_name else f"{words} {members}"


def _names(test: Any, clause: Clause) -> list[str]:
    """`@name` where the author named a list or a number instead of writing it."""
    operand = test
    if isinstance(test, dict):
        bounds = test.get("between", (None, None))
        operand = test.get(clause.op, bounds[0] if clause.op == "gte" else bounds[1] if clause.op == "lte" else None)
    return [operand] if isinstance(operand, str) and operand.startswith("@") else []


def _note(clause: Clause, list_name: str | None, actual: Any) -> str:
    """What a reader may wonder about: membership of a list, a missing fact, a value exactly at the limit."""
    if actual is None:
        return "what is missing is neither more nor less" if clause.op in RANGE_OPERATORS else ""
    if clause.op in ("in", "not_in"):
        where = list_name or "the list"
        return f"{shown(actual)} is {'' if actual in clause.values else 'not '}on {where}" if list_name else ""
    if clause.op in _STRICT and actual == clause.values[0]:
        return f"exactly the limit, and {clause.op} needs {_STRICT[clause.op]}"
    return ""
