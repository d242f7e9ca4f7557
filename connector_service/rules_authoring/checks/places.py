"""Where in a condition a clause was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connector_service.rules_engine.conditions import Clause
from connector_service.rules_engine.findings import Path

_OPERATORS = {"gte": ("gte", "between"), "lte": ("lte", "between")}
_PRESENCE = ("missing", "exists")


def place_of(clause: Clause, when: Any, path: Path) -> Path:
    """The path of the test that says this clause; the path of the whole condition when there is no such test."""
    found = list(_tests(when, path))
    fitting = [place for place, name, op, _ in found if name == clause.field and op in _operators(clause)]
    exact = [
        p for p, name, op, value in found if name == clause.field and op in _operators(clause) and _says(clause, value)
    ]
    return next(iter([*exact, *fitting]), path)


def branches(when: Any) -> bool:
    """Whether a condition is one plain list of `any`, so that alternative i is its entry i."""
    if not isinstance(when, dict) or "all" in when or not isinstance(when.get("any"), list):
        return False
    return not any(key in branch for branch in when["any"] for key in ("any", "all"))


def _tests(node: Any, path: Path) -> Iterator[tuple[Path, str, str, Any]]:
    """Every comparison: its path, fact, operator and value."""
    for name, test in node.items():
        here = (*path, name)
        if name in ("any", "all"):
            for index, each in enumerate(test):
                yield from _tests(each, (*here, index))
        elif isinstance(test, dict):
            yield from (((*here, op), name, op, value) for op, value in test.items())
        else:
            yield here, name, "is", test


def _operators(clause: Clause) -> tuple[str, ...]:
    return _PRESENCE if clause.op in _PRESENCE else _OPERATORS.get(clause.op, (clause.op,))


def _says(clause: Clause, value: Any) -> bool:
    if isinstance(value, str) and value.startswith("@"):
        return True
    if isinstance(value, list):
        return tuple(dict.fromkeys(value)) == clause.values or clause.values[0] in value
    return not clause.values or clause.values == (value,)
