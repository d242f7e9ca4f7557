"""Derived facts: the closed set of functions by which lines and arithmetic become plain numbers that rules compare.

    {"count": "lines", "where": {...}}      lines for which the condition holds
    {"sum": "lines", "of": "quantity"}      also max and min; lines without the field do not count
    {"max": ["length_mm", "width_mm"]}      also min and sum, over facts; missing ones do not count
    {"difference": ["transit_days", "promised_days"]}      the first less the second
    {"percent_off": ["weight_g", "expected_weight_g"]}     how far the first is from the second, in percent of it,
                                            rounded up: `gt 15` then means exactly more than 15%

A derived fact is missing when what it is made of is missing, or when it would divide by zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from connector_service.errors import InvalidInput
from connector_service.rules_engine.conditions import Scope
from connector_service.rules_engine.fact_checks import MAX_INTEGER
from connector_service.rules_engine.findings import Path, did_you_mean
from connector_service.rules_engine.oracle import Predicate, holds_any
from connector_service.rules_engine.vocabulary import Fact

AGGREGATES: dict[str, Callable[[Iterable[int]], int]] = {"sum": sum, "max": max, "min": min}
PAIRS = ("difference", "percent_off")
FUNCTIONS = ("count", *AGGREGATES, *PAIRS)

Compute = Callable[[Mapping[str, Any]], int | None]


@dataclass(frozen=True, slots=True)
class Derived:
    """A named number computed from facts; None when it cannot be."""

    name: str
    compute: Compute


def add_derived(derived: Sequence[Derived], facts: dict[str, Any]) -> None:
    """Compute every derived fact into `facts`. Raises InvalidInput when one is 2^53 or more."""
    for each in derived:
        value = each.compute(facts)
        if value is not None:
            if not -MAX_INTEGER <= value <= MAX_INTEGER:
                raise InvalidInput(f"The derived fact {each.name} is over 2^53; check the numbers it is made of.")
            facts[each.name] = value


def parse_derived(name: str, node: Mapping[str, Any], scope: Scope, path: Path) -> Derived:
    """One derived fact from its definition; findings for unknown fields or wrong kinds."""
    functions = [key for key in node if key in FUNCTIONS]
    if len(functions) != 1:
        scope.report.add(path, f'"{name}" must use exactly one function.', did_you_mean("", FUNCTIONS))
        return Derived(name, lambda facts: None)
    function = functions[0]
    source, place = node[function], (*path, function)
    if isinstance(source, str):
        return Derived(name, _over_lines(function, source, node, scope, path))
    numbers = _numbers(source, scope.fields, scope, place)
    if function in PAIRS and len(numbers) != 2:
        scope.report.add(place, f'"{function}" takes exactly two numbers.', 'Write ["first", "second"].')
        return Derived(name, lambda facts: None)
    if function == "count":
        scope.report.add(place, '"count" counts lines.', 'Write {"count": "lines"}.')
    return Derived(name, _over_facts(function, numbers))


def _over_lines(function: str, source: str, node: Mapping[str, Any], scope: Scope, path: Path) -> Compute:
    fact = scope.fields.get(source)
    if fact is None or fact.kind != "lines" or function in PAIRS:
        lists = [name for name, each in scope.fields.items() if each.kind == "lines"]
        scope.report.add(
            (*path, function), f'"{source}" is no list of lines for {function}.', did_you_mean(source, lists)
        )
        return lambda facts: None
    inner = replace(scope, fields=fact.fields, field_operators=True)
    counts: Predicate = holds_any(inner.alternatives(node.get("where", {}), (*path, "where")))
    if function == "count":
        return _counter(source, counts)
    of = node.get("of", "")
    _numbers([of], fact.fields, scope, (*path, "of"))
    return _aggregator(AGGREGATES[function], source, of, counts)


def _counter(source: str, counts: Predicate) -> Compute:
    def count(facts: Mapping[str, Any]) -> int | None:
        lines = facts.get(source)
        return None if lines is None else sum(1 for line in lines if counts(line))

    return count


def _aggregator(aggregate: Callable[[Iterable[int]], int], source: str, of: str, counts: Predicate) -> Compute:
    def compute(facts: Mapping[str, Any]) -> int | None:
        values = [line[of] for line in facts.get(source, ()) if of in line and counts(line)]
        return aggregate(values) if values else None

    return compute


def _over_facts(function: str, names: Sequence[str]) -> Compute:
    if function in PAIRS:
        first, second = names
        return _difference(first, second) if function == "difference" else _percent_off(first, second)
    aggregate = AGGREGATES.get(function, sum)

    def compute(facts: Mapping[str, Any]) -> int | None:
        values = [facts[name] for name in names if name in facts]
        return aggregate(values) if values else None

    return compute


def _difference(first: str, second: str) -> Compute:
    def compute(facts: Mapping[str, Any]) -> int | None:
        if first not in facts or second not in facts:
            return None
        return int(facts[first]) - int(facts[second])

    return compute


def _percent_off(first: str, second: str) -> Compute:
    def compute(facts: Mapping[str, Any]) -> int | None:
        value, expected = facts.get(first), facts.get(second)
        if value is None or not expected:
            return None
        return -int(-100 * abs(value - expected) // abs(expected))

    return compute


def _numbers(names: Sequence[str], fields: Mapping[str, Fact], scope: Scope, path: Path) -> Sequence[str]:
    numbers = [name for name, fact in fields.items() if fact.kind == "integer"]
    for name in names:
        if name not in numbers:
            scope.report.add(path, f'"{name}" is not a number here.', did_you_mean(name, numbers))
    return names
