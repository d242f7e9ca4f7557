"""A third reading of conditions, straight from the JSON: shares nothing with the engine or the oracle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_READ: dict[str, Callable[[Any, Any], bool]] = {
    "in": lambda value, wanted: value in wanted,
    "not_in": lambda value, wanted: value not in wanted,
    "is_not": lambda value, wanted: value != wanted,
    "missing": lambda value, wanted: (value is None) == wanted,
    "exists": lambda value, wanted: (value is not None) == wanted,
    "gt": lambda value, wanted: value is not None and value > wanted,
    "gte": lambda value, wanted: value is not None and value >= wanted,
    "lt": lambda value, wanted: value is not None and value < wanted,
    "lte": lambda value, wanted: value is not None and value <= wanted,
    "between": lambda value, wanted: value is not None and wanted[0] <= value <= wanted[1],
}


def holds(when: Mapping[str, Any], facts: Mapping[str, Any], named: Mapping[str, Any] | None = None) -> bool:
    """Whether a condition holds; `named` are the lists and numbers that it names with an @."""
    return all(_holds(name, test, facts, named or {}) for name, test in when.items())


def _holds(name: str, test: Any, facts: Mapping[str, Any], named: Mapping[str, Any]) -> bool:
    if name in ("any", "all"):
        return (any if name == "any" else all)([holds(each, facts, named) for each in test])
    if not isinstance(test, dict):
        return bool(facts.get(name) == _meant(test, named))
    return all(_READ[op](facts.get(name), _meant(wanted, named)) for op, wanted in test.items())


def _meant(wanted: Any, named: Mapping[str, Any]) -> Any:
    """A constant, or what stands behind its name."""
    if isinstance(wanted, list):
        return [_meant(each, named) for each in wanted]
    if isinstance(wanted, str) and wanted.startswith("@"):
        return named.get(wanted[1:], wanted)
    return wanted
