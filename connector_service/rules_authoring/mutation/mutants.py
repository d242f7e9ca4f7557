"""Mutants: a rule file with one small change, each of a kind that a hurried edit could make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from connector_service.rules_authoring.mutation.condition_changes import changes, member_changes
from connector_service.rules_authoring.mutation.outcome_changes import Names, outcome_changes
from connector_service.rules_engine.findings import Path
from connector_service.rules_engine.vocabulary import Fact

Kind = Literal["condition", "answer", "pause", "order", "dropped", "default", "policy", "named", "derived"]

_AFTER = re.compile(r"^(\d+)(m|h|bd)$")
_POLICIES = {"first": ("unique", "all"), "unique": ("first", "all"), "all": ("first",), "worst": ("first",)}
_SWAPPED = {"max": "min", "min": "max", "sum": "max"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of a document: `words` continue "nobody would notice if". `rules` are the numbers of the rules that are
    changed (for `order` the first of the two), in the document before the change."""

    kind: Kind
    rule: str | None
    path: Path
    words: str
    document: Mapping[str, Any] = field(repr=False)
    rules: tuple[int, ...] = ()


def mutants(document: Mapping[str, Any], facts: Mapping[str, Fact], names: Names) -> Iterator[Mutant]:
    """Every mutant of a rule file, in order of the file; `names` are those that answers may use.

    Changed are conditions (limits by one, operators, values, members of lists, each part dropped and negated),
    answers, clocks, cascades, the order of neighbours under `first`, and everything named in the head. Left alone are
    texts, `on_error` (no test can reach it) and tests. A mutant may have findings; it is then none.
    """
    yield from _of_head(document, facts, names)
    for index, node in enumerate(document["rules"]):
        yield from _of_rule(document, index, node, facts, names)


def _of_head(document: Mapping[str, Any], facts: Mapping[str, Fact], names: Names) -> Iterator[Mutant]:
    everything = tuple(range(len(document["rules"])))
    clocks = any("clock" in node for node in document["rules"])
    for policy in _POLICIES[document["hit_policy"]]:
        if policy == "all" and clocks:
            continue  # a clock belongs to the first rule under `all` too
        words = f"the hit policy {document['hit_policy']} became {policy}"
        yield Mutant("policy", None, ("hit_policy",), words, {**document, "hit_policy": policy}, everything)
    ranking = document.get("ranking", ())
    for index in range(len(ranking) - 1) if document["hit_policy"] == "worst" else ():
        words = f"{ranking[index]} and {ranking[index + 1]} changed places in the ranking"
        swapped = {**document, "ranking": _swapped(ranking, index)}
        yield Mutant("policy", None, ("ranking", index), words, swapped, everything)
    if "default" in document:
        bare = {key: value for key, value in document.items() if key != "default"}
        yield Mutant("default", None, ("default",), "the default were dropped", bare)
        needed = "verdict" if document["hit_policy"] == "worst" else None
        for outcome, words in outcome_changes(document["default"], names, needed):
            yield Mutant("default", None, ("default",), f"in the default, {words}", {**document, "default": outcome})
    yield from _named(document, facts, everything)
    yield from _derived(document, facts, everything)


def _compared_with(node: Any, name: str, facts: Mapping[str, Fact], fact: Fact | None = None) -> Fact | None:
    """The fact that rules compare with a list, so that another member is one of its values."""
    if node == f"@{name}":
        return fact
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        found = _compared_with(child, name, facts, facts.get(key, fact) if isinstance(key, str) else fact)
        if found is not None:
            return found
    return None


def _named(document: Mapping[str, Any], facts: Mapping[str, Fact], everything: tuple[int, ...]) -> Iterator[Mutant]:
    """Lists and numbers that rules name with `@`; what only steps read changes no answer."""
    for name, members in document.get("lists", {}).items():
        for changed in member_changes(members, _compared_with(document["rules"], name, facts)):
            gone = [each for each in members if each not in changed]
            new = [each for each in changed if each not in members]
            words = f"the list {name} lost {gone[0]}" + (f" and had {new[0]} instead" if new else "")
            after = {**document, "lists": {**document["lists"], name: changed}}
            yield Mutant("named", None, ("lists", name), words, after, everything)
    named = set(_named_in([document.get(part) for part in ("rules", "derive", "default", "on_error")]))
    for name, number in document.get("numbers", {}).items():
        for other in (number - 1, number + 1) if name in named else ():
            after = {**document, "numbers": {**document["numbers"], name: other}}
            words = f"the number {name} became {other} instead of {number}"
            yield Mutant("named", None, ("numbers", name), words, after, everything)


def _named_in(node: Any) -> Iterator[str]:
    """The names that a part of the document names with `@`."""
    if isinstance(node, str) and node.startswith("@"):
        yield node[1:]
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from _named_in(child)


def _derived(document: Mapping[str, Any], facts: Mapping[str, Fact], everything: tuple[int, ...]) -> Iterator[Mutant]:
    for name, node in document.get("derive", {}).items():
        for changed, words in _definitions(node, facts):
            after = {**document, "derive": {**document["derive"], name: changed}}
            yield Mutant("derived", None, ("derive", name), f"in the derived fact {name}, {words}", after, everything)


def _definitions(node: Mapping[str, Any], facts: Mapping[str, Fact]) -> Iterator[tuple[dict[str, Any], str]]:
    for function, other in _SWAPPED.items():
        if function in node:
            rest = {key: value for key, value in node.items() if key != function}
            yield {other: node[function], **rest}, f"{function} became {other}"
    if "difference" in node:
        yield {"difference": node["difference"][::-1]}, "the difference were taken the other way round"
    if "where" in node:
        source = next(value for key, value in node.items() if key not in ("where", "of"))
        lines = facts[source].fields if isinstance(source, str) and source in facts else {}
        for where, words in changes(node["where"], lines):
            yield {**node, "where": where}, words


def _of_rule(
    document: Mapping[str, Any], index: int, node: Mapping[str, Any], facts: Mapping[str, Fact], names: Names
) -> Iterator[Mutant]:
    rules = document["rules"]

    def mutant(kind: Kind, part: Path, changed: list[Any], words: str) -> Mutant:
        path = ("rules", index, *part)
        return Mutant(kind, node["id"], path, words, {**document, "rules": changed}, (index,))

    def with_node(**more: Any) -> list[Any]:
        return [*rules[:index], {**node, **more}, *rules[index + 1 :]]

    def without(key: str) -> list[Any]:
        return [*rules[:index], {k: v for k, v in node.items() if k != key}, *rules[index + 1 :]]

    if len(rules) > 1:
        yield mutant("dropped", (), [*rules[:index], *rules[index + 1 :]], "the rule were dropped")
    if document["hit_policy"] == "first" and index + 1 < len(rules):
        yield mutant("order", (), _swapped(rules, index), f"it stood after {rules[index + 1]['id']}")
    for when, words in changes(node["when"], facts):
        yield mutant("condition", ("when",), with_node(when=when), words)
    needed = "verdict" if document["hit_policy"] == "worst" else None
    for then, words in outcome_changes(node.get("then", {}), names, needed):
        yield mutant("answer", ("then",), with_node(then=then), words)
    if "mode" in node:
        yield mutant("answer", ("mode",), without("mode"), "it were no longer in shadow")
    if "until" in node:
        yield mutant("answer", ("until",), without("until"), f"it did not end on {node['until']}")
    for clock, words in _clocks(node.get("clock"), facts, names):
        yield mutant("pause", ("clock",), with_node(clock=clock), words)
    for cascade, words in _cascades(node.get("cascade", []), names):
        yield mutant("answer", ("cascade",), with_node(cascade=cascade), words)


def _clocks(
    clock: Mapping[str, Any] | None, facts: Mapping[str, Fact], names: Names
) -> Iterator[tuple[dict[str, Any], str]]:
    if clock is None:
        return
    for calendar in [name for name in names["calendar"] if name != clock["calendar"]][:1]:
        yield {**clock, "calendar": calendar}, f"its clock ran on {calendar} instead of {clock['calendar']}"
    others = [name for name, fact in facts.items() if fact.kind == "time" and name != clock["since"]]
    for other in others[:1]:
        yield {**clock, "since": other}, f"its clock ran since {other} instead of {clock['since']}"
    if "pause_when" not in clock:
        return
    rest = {key: value for key, value in clock.items() if key != "pause_when"}
    yield rest, "its clock never stood still"
    for condition, words in changes(clock["pause_when"], facts):
        if condition:
            yield {**clock, "pause_when": condition}, f"for the pause of its clock, {words}"


def _cascades(cascade: list[Any], names: Names) -> Iterator[tuple[list[Any], str]]:
    for index, step in enumerate(cascade):
        before, after = cascade[:index], cascade[index + 1 :]
        where = f"step {index + 1}"
        for other in _other_times(step["after"]):
            yield [*before, {**step, "after": other}, *after], f"{where} came after {other} instead of {step['after']}"
        if len(cascade) > 1:
            yield _numbered([*before, *after]), f"{where} (after {step['after']}) were dropped"
        for then, words in outcome_changes(step["then"], names):
            yield [*before, {**step, "then": then}, *after], f"in {where}, {words}"


def _other_times(after: str) -> list[str]:
    """A minute more and a minute less; for business days a day more."""
    found = _AFTER.match(after)
    if found is None:
        return []
    number, unit = int(found[1]), found[2]
    if unit == "bd":
        return [f"{number + 1}bd"]
    minutes = number * (60 if unit == "h" else 1)
    return [f"{minutes + step}m" for step in (-1, 1) if minutes + step]


def _numbered(cascade: list[Any]) -> list[Any]:
    """The steps with their levels set to their places, where they are written."""
    return [
        {**step, "then": {**step["then"], **({"level": place} if "level" in step["then"] else {})}}
        for place, step in enumerate(cascade, start=1)
    ]


def _swapped(values: Any, index: int) -> list[Any]:
    """The values with the one at `index` and the next exchanged."""
    return [*values[:index], values[index + 1], values[index], *values[index + 2 :]]
