"""What was written differently in two versions of a rule file, in words: rules added, removed, moved and changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from connector_service.rules_engine.explain.explained import shown

_TEXTS = ("title", "because", "owner")
_APART = ("rules", "tests", "lists", "$schema")
_SHOWN = 300
Document = Mapping[str, Any]


def structural_changes(old: Document, new: Document) -> Iterator[str]:
    """Every difference between two documents, rules first."""
    before = {rule["id"]: rule for rule in old["rules"]}
    after = {rule["id"]: rule for rule in new["rules"]}
    yield from (f"{name} is new: {_title(after[name])}" for name in after if name not in before)
    yield from (f"{name} is gone: {_title(before[name])}" for name in before if name not in after)
    yield from _moves([name for name in before if name in after], [name for name in after if name in before])
    for name in after:
        if name in before:
            yield from _rule(name, before[name], after[name])
    yield from _lists(old.get("lists", {}), new.get("lists", {}))
    for key in dict.fromkeys([*old, *new]):
        if key not in _APART:
            yield from differences((key,), old.get(key), new.get(key))
    yield from _tests(old.get("tests", ()), new.get("tests", ()))


def _title(rule: Document) -> str:
    return str(rule.get("title") or rule["because"])


def _moves(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """The fewest rules whose moving explains the new order."""
    kept = {
        name
        for match in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
        for name in before[match.a : match.a + match.size]
    }
    for place, name in enumerate(after):
        if name not in kept:
            where = f"after {after[place - 1]}" if place else "to the top"
            old, new = before.index(name) + 1, place + 1
            yield f"{name} moved {where}: of the rules that stay it was number {old} and is number {new}"


def _rule(name: str, before: Document, after: Document) -> Iterator[str]:
    changed = [key for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key)]
    if changed and all(key in _TEXTS for key in changed):
        yield f"{name}: only its text changed ({', '.join(changed)})"
        return
    for key in changed:
        if key in _TEXTS:
            yield f"{name}: {key} has other words"
        else:
            words = () if key == "when" else (key,)
            yield from (f"{name}: {line}" for line in differences(words, before.get(key), after.get(key)))


def _lists(before: Mapping[str, Sequence[Any]], after: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name, ()), after.get(name, ())
        gone = [shown(value) for value in old if value not in new]
        added = [shown(value) for value in new if value not in old]
        if gone:
            yield f"list {name}: without {', '.join(gone)}"
        if added:
            yield f"list {name}: with {', '.join(added)}"


def _tests(before: Sequence[Document], after: Sequence[Document]) -> Iterator[str]:
    old, new = {test["name"]: test for test in before}, {test["name"]: test for test in after}
    counts = {
        "new": sum(name not in old for name in new),
        "gone": sum(name not in new for name in old),
        "changed": sum(name in old and old[name] != test for name, test in new.items()),
    }
    told = [f"{count} {what}" for what, count in counts.items() if count]
    if told:
        yield f"tests: {', '.join(told)}"


def differences(path: Sequence[str], before: Any, after: Any) -> Iterator[str]:
    """Two values in the same place, down to where they differ: `total_minor gt 50000 is now 40000`."""
    if before == after and type(before) is type(after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from differences((*path, key), before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after) and _objects(after):
        for place, (old, new) in enumerate(zip(before, after, strict=True), start=1):
            yield from differences((*path, f"number {place}"), old, new)
    else:
        yield _difference(" ".join(path), before, after)


def _difference(place: str, before: Any, after: Any) -> str:
    if before is None:
        return f"{place} {_value(after)} is new"
    if after is None:
        return f"{place} {_value(before)} is gone"
    return f"{place} was {_value(before)} and is now {_value(after)}"


def _objects(values: Sequence[Any]) -> bool:
    return any(isinstance(value, dict) for value in values)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        text = "(" + ", ".join(f"{key} {_value(each)}" for key, each in value.items()) + ")"
    elif isinstance(value, list):
        text = "[" + ", ".join(map(_value, value)) + "]"
    else:
        text = shown(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."
