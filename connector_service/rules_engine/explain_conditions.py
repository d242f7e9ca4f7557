"""The conditions of a rule as its author wrote them, each with the actual value and whether it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector_service.rules_engine.conditions import RANGE_OPERATORS, Clause, Scope
from connector_service.rules_engine.explained import Condition, shown
from connector_service.rules_engine.findings import Report
from connector_service.rules_engine.model import RuleFile
from connector_service.rules_engine.oracle import holds_all
from connector_service.rules_engine.vocabulary import Fact

_LISTED = 12
_STRICT = {"gt": "more", "lt": "less"}


def scope_of(file: RuleFile) -> Scope:
    """What the conditions of a parsed file may speak of."""
    derived = {each.name: Fact(each.name, "integer", "derived in the file") for each in file.derived}
    lists = file.document.get("lists", {})
    return Scope({**file.vocabulary.facts, **derived}, lists, Report(file.id, file.document))


def conditions_of(scope: Scope, when: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Every condition of a `when` about these facts; all of them must hold for it to match."""
    return tuple(each for name, test in when.items() for each in _conditions(scope, name, test, facts))


def _conditions(scope: Scope, name: str, test: Any, facts: Mapping[str, Any]) -> list[Condition]:
    if name == "any":
        branches = tuple(_branch(scope, each, facts) for each in test)
        holding = [number for number, branch in enumerate(branches, start=1) if branch.holds]
        note = f"number {holding[0]} holds" if holding else f"none of the {len(branches)} holds"
        return [Condition("any", "any of these", bool(holding), note=note, parts=branches)]
    if name == "all":
        return [_branch(scope, each, facts) for each in test]
    return [
        _comparison(clause, _list_name(test, clause), facts)
        for alternative in scope.alternatives({name: test}, ())
        for clause in alternative
    ]


def _branch(scope: Scope, when: Mapping[str, Any], facts: Mapping[str, Any]) -> Condition:
    parts = conditions_of(scope, when, facts)
    if len(parts) == 1:
        return parts[0]
    return Condition("all", "all of these", all(part.holds for part in parts), parts=parts)


def _comparison(clause: Clause, list_name: str | None, facts: Mapping[str, Any]) -> Condition:
    actual, holds = facts.get(clause.field), holds_all((clause,))(facts)
    text = _list_text(clause, list_name) if clause.op in ("in", "not_in") else clause.text
    return Condition("compare", text, holds, clause.field, actual, _note(clause, list_name, actual))


def _list_text(clause: Clause, list_name: str | None) -> str:
    more = f" and {len(clause.values) - _LISTED} more" if len(clause.values) > _LISTED else ""
    members = ", ".join(map(shown, clause.values[:_LISTED])) + more
    words = f"{clause.field} {clause.op.replace('_', ' ')}"
    return f"{words} {list_name} [{members}]" if list_name else f"{words} {members}"


def _list_name(test: Any, clause: Clause) -> str | None:
    """`@name` when the author named a list instead of writing its members."""
    name = test.get(clause.op) if isinstance(test, dict) else None
    return name if isinstance(name, str) and name.startswith("@") else None


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
