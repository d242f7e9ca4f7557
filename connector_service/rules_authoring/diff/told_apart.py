"""Two versions of a file side by side: derived facts of one name but other meaning become two facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from connector_service.rules_authoring.diff.answers import plain_condition
from connector_service.rules_engine.conditions import Alternative
from connector_service.rules_engine.derive import Compute, Derived
from connector_service.rules_engine.model import RuleFile

BEFORE = " before"
"""No fact can be called so, because names have no spaces."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The old file with its own names for what the new one derives differently, and all definitions."""

    old: RuleFile
    new: RuleFile
    derive: Mapping[str, Mapping[str, Any]]
    renamed: tuple[str, ...]


def side_by_side(old: RuleFile, new: RuleFile) -> Pair:
    """Rename in the old file every derived fact that the new one computes otherwise."""
    before, after = _definitions(old), _definitions(new)
    names = _different(before, after, {*old.vocabulary.facts} ^ {*new.vocabulary.facts})
    own = {_name(name, names): _renamed(definition, names) for name, definition in before.items()}
    derived = tuple(Derived(_name(each.name, names), _compute(each.compute, names)) for each in old.derived)
    rules = tuple(
        replace(rule, alternatives=tuple(_alternative(each, names) for each in rule.alternatives)) for rule in old.rules
    )
    return Pair(replace(old, derived=derived, rules=rules), new, {**own, **after}, tuple(names))


def _definitions(file: RuleFile) -> dict[str, dict[str, Any]]:
    """What a file derives, with numbers and lists in place of their names."""
    derive: Mapping[str, Mapping[str, Any]] = file.document.get("derive", {})
    return {
        name: {key: plain_condition(file, value) for key, value in definition.items()}
        for name, definition in derive.items()
    }


def _different(before: Mapping[str, Any], after: Mapping[str, Any], facts: set[str]) -> list[str]:
    """Names that mean something else in the old file: other definitions, or made of one of those. A name that is a
    derived fact in one file and a fact of the vocabulary in the other is different too."""
    names: list[str] = []
    for name, definition in before.items():
        changed = name in facts if name not in after else after[name] != definition
        if changed or any(part in names for value in definition.values() if isinstance(value, list) for part in value):
            names.append(name)
    return names


def _name(name: str, names: list[str]) -> str:
    return f"{name}{BEFORE}" if name in names else name


def _renamed(definition: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    return {
        key: [_name(each, names) for each in value] if isinstance(value, list) else value
        for key, value in definition.items()
    }


def _compute(compute: Compute, names: list[str]) -> Compute:
    """The old computation, which reads old names, among facts that have new ones."""
    if not names:
        return compute

    def among(facts: Mapping[str, Any]) -> int | None:
        own = {name: value for name, value in facts.items() if name not in names}
        return compute(own | {name: facts[f"{name}{BEFORE}"] for name in names if f"{name}{BEFORE}" in facts})

    return among


def _alternative(alternative: Alternative, names: list[str]) -> Alternative:
    return tuple(replace(clause, field=_name(clause.field, names)) for clause in alternative)
