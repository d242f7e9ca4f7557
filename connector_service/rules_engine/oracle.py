"""The reference evaluator: the same clauses as Python closures, on the facts as they came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt
from typing import Any

from connector_service.rules_engine.conditions import Alternative, Alternatives, Clause

Predicate = Callable[[Mapping[str, Any]], bool]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "is": eq,
    "gt": gt,
    "gte": ge,
    "lt": lt,
    "lte": le,
}


def holds_any(alternatives: Alternatives) -> Predicate:
    """Whether one of the alternatives holds for some facts (or for one line, inside `where`)."""
    predicates = [holds_all(alternative) for alternative in alternatives]
    if len(predicates) == 1:
        return predicates[0]
    return lambda facts: any(predicate(facts) for predicate in predicates)


def holds_all(alternative: Alternative) -> Predicate:
    """Whether every clause of one alternative holds."""
    tests = [_test(clause) for clause in alternative]
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda facts: first(facts) and second(facts)

    def every(facts: Mapping[str, Any]) -> bool:
        for test in tests:  # noqa: SIM110 - a generator costs twice the time, and this runs for every rule
            if not test(facts):
                return False
        return True

    return every


def _test(clause: Clause) -> Predicate:
    field, op, values = clause.field, clause.op, clause.values
    if op == "missing":
        return lambda facts: facts.get(field) is None
    if op == "exists":
        return lambda facts: facts.get(field) is not None
    if op.endswith("_field"):
        return _field_test(field, op.removesuffix("_field"), str(values[0]))
    if op in ("in", "not_in"):
        return _list_test(field, op == "in", frozenset(values))
    constant = values[0]
    if op == "is":
        return lambda facts: facts.get(field) == constant
    if op == "is_not":
        return lambda facts: facts.get(field) != constant
    return _range_test(field, _COMPARE[op], constant)


def _list_test(field: str, inside: bool, members: frozenset[Any]) -> Predicate:
    return lambda facts: (facts.get(field) in members) is inside


def _range_test(field: str, compare: Callable[[Any, Any], bool], constant: Any) -> Predicate:
    def test(facts: Mapping[str, Any]) -> bool:
        value = facts.get(field)
        return value is not None and compare(value, constant)

    return test


def _field_test(field: str, op: str, other: str) -> Predicate:
    """Compare two fields of a line: false when one is missing, except is_not, which is then true."""
    if op == "is_not":
        return lambda facts: facts.get(field) is None or facts.get(field) != facts.get(other)
    compare = _COMPARE[op]

    def test(facts: Mapping[str, Any]) -> bool:
        first, second = facts.get(field), facts.get(other)
        return first is not None and second is not None and compare(first, second)

    return test
