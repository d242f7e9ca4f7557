"""Derived facts in words: each with the values it was computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connector_service.rules_engine.conditions import Scope
from connector_service.rules_engine.derive import FUNCTIONS
from connector_service.rules_engine.explain.conditions import numbers_of, scope_of
from connector_service.rules_engine.explain.explained import DerivedExplained, shown
from connector_service.rules_engine.model import RuleFile
from connector_service.rules_engine.oracle import holds_any

_LISTED = 5


def derived_facts(file: RuleFile, facts: Mapping[str, Any]) -> tuple[DerivedExplained, ...]:
    """Every derived fact of a file; `facts` hold the given ones and the derived ones."""
    nodes: Mapping[str, Any] = file.document.get("derive", {})
    scope, numbers = scope_of(file), numbers_of(file)
    plain = {
        name: {**node, "where": numbers.condition(node["where"], ())} if "where" in node else node
        for name, node in nodes.items()
    }
    return tuple(_explained(scope, name, node, facts) for name, node in plain.items())


def _explained(scope: Scope, name: str, node: Mapping[str, Any], facts: Mapping[str, Any]) -> DerivedExplained:
    value = facts.get(name)
    function = next(key for key in node if key in FUNCTIONS)
    source = node[function]
    told = (
        _over_lines(scope, function, node, facts) if isinstance(source, str) else _over_facts(function, source, facts)
    )
    return DerivedExplained(name, value, f"{name} is {shown(value)}: {told}")


def _over_facts(function: str, names: Sequence[str], facts: Mapping[str, Any]) -> str:
    values = [f"{name} {shown(facts.get(name))}" for name in names]
    if function == "percent_off":
        return f"{values[0]} against {values[1]}"
    if function == "difference":
        return f"{values[0]} less {values[1]}"
    return f"{function} of {', '.join(values)}"


def _over_lines(scope: Scope, function: str, node: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    source = node[function]
    lines = facts.get(source)
    if lines is None:
        return f"{source} is missing"
    counted = _counted(scope, source, node.get("where", {}), lines)
    which = f"{len(counted)} of {len(lines)} {source} count" if node.get("where") else f"{len(lines)} {source}"
    places = ", ".join(_line(lines[index], index, node.get("of")) for index in counted[:_LISTED])
    more = f" and {len(counted) - _LISTED} more" if len(counted) > _LISTED else ""
    what = which if function == "count" else f"{function} of {node.get('of', '')} over {which}"
    return f"{what}{f' ({places}{more})' if places else ''}"


def _counted(scope: Scope, source: str, where: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> list[int]:
    """The places of the lines for which `where` holds."""
    inner = Scope(scope.fields[source].fields, scope.lists, scope.report, field_operators=True)
    counts = holds_any(inner.alternatives(where, ()))
    return [index for index, line in enumerate(lines) if counts(line)]


def _line(line: Mapping[str, Any], index: int, of: str | None) -> str:
    """A line in short: its SKU if it has one, else its number, with the value that goes into the sum."""
    name = shown(line["sku"]) if "sku" in line else f"line {index + 1}"
    return f"{name}: {shown(line.get(of))}" if of else name
