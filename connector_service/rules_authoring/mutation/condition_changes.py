"""Every small change to a condition as an author writes it: `when`, `pause_when`, and `where` of a derived fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector_service.rules_engine.conditions import RANGE_OPERATORS, Clause
from connector_service.rules_engine.vocabulary import Fact

Change = tuple[dict[str, Any], str]
"""The whole condition after the change, and what happened to it in words: "country is BR became country is RU"."""

_FLIPPED = {"gt": "gte", "gte": "gt", "lt": "lte", "lte": "lt"}
_FURTHER = {"gt": 1, "gte": 1, "lt": -1, "lte": -1}
"""The step that, beside the flip, moves the limit the other way: `gt 5` is `gte 6`, so `gt 4` would be the flip."""
_NEGATED = {
    "gt": "lte",
    "gte": "lt",
    "lt": "gte",
    "lte": "gt",
    "in": "not_in",
    "not_in": "in",
    "is_not": "is",
    "is_field": "is_not_field",
    "is_not_field": "is_field",
    "gt_field": "lte_field",
    "gte_field": "lt_field",
    "lt_field": "gte_field",
    "lte_field": "gt_field",
}
ANOTHER = "another value"


def changes(condition: Mapping[str, Any], facts: Mapping[str, Fact]) -> Iterator[Change]:
    """Each change of one condition; `facts` are those it may compare."""
    for name, test in condition.items():
        rest = {key: value for key, value in condition.items() if key != name}
        if name in ("any", "all"):
            for parts, words in _of_parts(name, test, facts):
                yield ({**condition, name: parts} if parts else rest), words
            continue
        for changed, words in _of_test(name, test, facts.get(name)):
            yield ({**condition, name: changed} if changed != {} else rest), words


def _of_parts(name: str, parts: list[Any], facts: Mapping[str, Fact]) -> Iterator[tuple[list[Any], str]]:
    """The parts of `any` or `all`, changed; no parts at all when the last one is dropped."""
    for index, part in enumerate(parts):
        yield [*parts[:index], *parts[index + 1 :]], f"{condition_text(part)} no longer stood under {name}"
        for changed, words in changes(part, facts):
            if changed:
                yield [*parts[:index], changed, *parts[index + 1 :]], words


def _of_test(name: str, test: Any, fact: Fact | None) -> Iterator[tuple[Any, str]]:
    """What is compared with one fact, changed; `{}` when it is dropped."""
    if not isinstance(test, dict):
        text = condition_text({name: test})
        yield {}, f"the condition {text} were dropped"
        yield {"is_not": test}, f"{text} became {name} is not {_shown(test)}"
        other = another(test, fact, ())
        yield other, f"{text} became {name} is {_shown(other)}"
        return
    for op, value in test.items():
        rest = {key: each for key, each in test.items() if key != op}
        yield rest, f"the condition {condition_text({name: {op: value}})} were dropped"
        for changed in _of_operator(op, value, fact):
            if not changed.keys() & rest.keys():
                before, after = condition_text({name: {op: value}}), condition_text({name: changed})
                yield {**rest, **changed}, f"{before} became {after}"


def _of_operator(op: str, value: Any, fact: Fact | None) -> Iterator[dict[str, Any]]:
    if op in ("missing", "exists"):
        yield {op: not value}
    elif op == "between":
        low, high = value
        yield from ({op: pair} for pair in ([low - 1, high], [low + 1, high], [low, high - 1], [low, high + 1]))
    elif op in RANGE_OPERATORS:
        yield {_FLIPPED[op]: value}
        if type(value) is int:
            yield {op: value + _FURTHER[op]}
        yield {_NEGATED[op]: value}
    elif op in ("in", "not_in"):
        yield {_NEGATED[op]: value}
        if isinstance(value, list):
            yield from ({op: members} for members in member_changes(value, fact))
    elif op == "is_not":
        yield {"in": [value]}
        yield {op: another(value, fact, ())}
    elif op.endswith("_field"):
        plain = op.removesuffix("_field")
        if plain in _FLIPPED:
            yield {f"{_FLIPPED[plain]}_field": value}
        yield {_NEGATED[op]: value}


def member_changes(members: list[Any], fact: Fact | None) -> Iterator[list[Any]]:
    """A list without each of its members, and with another value instead of each."""
    for index, member in enumerate(members):
        before, after = members[:index], members[index + 1 :]
        if len(members) > 1:
            yield [*before, *after]
        yield [*before, another(member, fact, members), *after]


def another(value: Any, fact: Fact | None, taken: list[Any] | tuple[Any, ...]) -> Any:
    """A value of the same kind that is not among those taken."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return next(n for n in range(value + 1, value + 2 + len(taken)) if n not in taken)
    if fact is not None and value in fact.enum:
        start = fact.enum.index(value)
        following = (*fact.enum[start + 1 :], *fact.enum[:start])
        return next((word for word in following if word not in taken), value)
    return ANOTHER


@dataclass(frozen=True, slots=True)
class _Words:
    """A clause with its values as they are written, `@name` among them."""

    field: str
    op: str
    value: Any

    def __str__(self) -> str:
        if self.op in ("missing", "exists"):
            missing = self.value is (self.op == "missing")
            return Clause(self.field, "missing" if missing else "exists").text
        values = self.value if isinstance(self.value, list) else [self.value]
        return Clause(self.field, self.op, tuple(values)).text


def condition_text(condition: Mapping[str, Any]) -> str:
    """A condition in words: `status is received and total_minor gt 50000`."""
    parts = []
    for name, test in condition.items():
        if name in ("any", "all"):
            joined = (" or " if name == "any" else " and ").join(map(condition_text, test))
            parts.append(f"({joined})")
        elif isinstance(test, dict):
            parts.extend(str(_Words(name, op, value)) for op, value in test.items())
        else:
            parts.append(str(_Words(name, "is", test)))
    return " and ".join(parts) or "no condition"


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
