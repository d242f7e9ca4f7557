"""Find facts from which derived facts come out as wanted: an example has to be an order that could exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations, combinations_with_replacement, islice, product
from typing import Any

from connector_service.rules_authoring.cells.diagram import Path
from connector_service.rules_authoring.cells.fields import Field
from connector_service.rules_authoring.cells.impossible import Definition, sources
from connector_service.rules_engine.derive import Derived
from connector_service.rules_engine.fact_checks import MAX_INTEGER
from connector_service.rules_engine.vocabulary import Fact

_TRIES = 1_000
_LINE_KINDS = 300
_MOST_LINES = 60
_LISTS = 4
_LIMITS = 20
_USUAL = (100, 0, 1, 1000, -1, -100)


@dataclass(frozen=True, slots=True)
class Realiser:
    """Tries likely facts and computes the derived ones from them, as the engine would."""

    fields: Mapping[str, Field]
    facts_of: Mapping[str, Fact]
    derived: Sequence[Derived]
    definitions: Mapping[str, Definition]
    lines_of: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    lists_of: dict[tuple[tuple[str, int], ...], list[Any]] = field(default_factory=dict)
    needed_for: dict[tuple[str, ...], list[Derived]] = field(default_factory=dict)
    """What was found before: finding lines takes most of the time."""

    def facts(self, path: Path) -> dict[str, Any] | None:
        """Facts without derived ones that are in the cells of `path`, or None when a few thousand tries find none."""
        names = list(self.fields)
        wanted = {names[number]: mask for number, mask in path.items()}
        asked = [name for name in wanted if name in {each.name for each in self.derived}]
        if any(name not in self.definitions for name in asked):
            return None
        found: dict[str, Any] = {}
        done: set[str] = set(asked)
        for roots in self._groups(asked):
            done.update(roots)
            part = self._solved(roots, wanted)
            if part is None:
                return None
            found |= part
        for name, mask in wanted.items():
            sample = self.fields[name].prefer(mask).sample
            if name not in done and sample is not None:
                found[name] = sample
        return found

    def _groups(self, asked: Sequence[str]) -> list[list[str]]:
        """The facts that derived ones come from, together where a derived one needs both."""
        groups: list[set[str]] = []
        for name in asked:
            roots = set(self._roots(name))
            apart = [group for group in groups if not group & roots]
            groups = [*apart, roots.union(*(group for group in groups if group & roots))]
        return [sorted(group) for group in groups]

    def _solved(self, roots: Sequence[str], wanted: Mapping[str, int]) -> dict[str, Any] | None:
        """Values of these facts from which the derived ones of them come out as wanted."""
        near = {name: mask for name, mask in wanted.items() if set(self._roots(name)) <= set(roots)}
        choices = [self._choices(name, near) for name in roots]
        for values in islice(product(*choices), _TRIES):
            tried = {name: value for name, value in zip(roots, values, strict=True) if value is not None}
            if self._fits(tried, near):
                return tried
        return None

    def _roots(self, name: str) -> list[str]:
        """The facts of the vocabulary that a derived fact comes from in the end."""
        if name not in self.definitions:
            return [name]
        return [root for source in sources(self.definitions[name]) for root in self._roots(source)]

    def _fits(self, facts: Mapping[str, Any], wanted: Mapping[str, int]) -> bool:
        known = dict(facts)
        for each in self._needed(tuple(wanted)):
            value = each.compute(known)
            if value is not None:
                known[each.name] = value
        return all(mask >> self.fields[name].kind_of(known.get(name)) & 1 for name, mask in wanted.items())

    def _needed(self, names: tuple[str, ...]) -> list[Derived]:
        """The derived facts among some, and those that they are made of, in order."""
        if names not in self.needed_for:
            needed: set[str] = set()
            waiting = [name for name in names if name in self.definitions]
            while waiting:
                name = waiting.pop()
                needed.add(name)
                waiting += [source for source in sources(self.definitions[name]) if source in self.definitions]
            self.needed_for[names] = [each for each in self.derived if each.name in needed]
        return self.needed_for[names]

    def _choices(self, name: str, wanted: Mapping[str, int]) -> list[Any]:
        """Likely values of a fact that derived ones are made of; None is missing."""
        if self.facts_of[name].kind == "lines":
            over = {n: mask for n, mask in wanted.items() if n in self.definitions and self._roots(n) == [name]}
            key = ((name, 0), *over.items())
            if key not in self.lists_of:
                self.lists_of[key] = [*islice(self._lists(name, over), _LISTS), None]
            return self.lists_of[key]
        targets = [kind.sample for kind in self._wished(wanted) if isinstance(kind.sample, int)]
        values = dict.fromkeys(
            (
                *_USUAL,
                *targets,
                *(usual + t for t in targets for usual in (100, 1000)),
                *(1000 + 10 * t for t in targets),
            )
        )
        if name in wanted:
            field = self.fields[name]
            kinds = [kind for index, kind in enumerate(field.kinds[:-1]) if wanted[name] >> index & 1]
            ends = [end for kind in kinds for end in (kind.sample, kind.low, kind.high) if type(end) is int]
            values = {
                v: None for v in (*values, *ends) if wanted[name] >> field.kind_of(v) & 1 and abs(v) < MAX_INTEGER
            }
        return [*values, None]

    def _wished(self, wanted: Mapping[str, int]) -> Iterator[Any]:
        for name, mask in wanted.items():
            if name in self.definitions:
                yield self.fields[name].prefer(mask)

    def _lists(self, name: str, over: Mapping[str, int]) -> Iterator[list[dict[str, Any]]]:
        """Lists of lines from which the facts derived from them alone come out as wanted."""
        counts = [kind.sample for kind in self._wished(over) if type(kind.sample) is int]
        lines = self.lines_of.get(name) or self._lines(name)
        self.lines_of[name] = lines
        often = sorted({1, 2, 3, *(count for count in counts if 0 < count <= _MOST_LINES)})
        repeated = ([line] * times for times in often for line in lines)
        mixed = (list(each) for size in (2, 3) for each in combinations_with_replacement(lines, size))
        padded = ([line] * times + [other] for times in often for line in lines for other in lines)
        for candidate in islice(chain([[]], repeated, mixed, padded), _TRIES):
            if self._fits({name: candidate}, over):
                yield candidate

    def _lines(self, name: str) -> list[dict[str, Any]]:
        """Lines that the derived facts tell apart, one of each."""
        over = [each for each in self.derived if each.name in self.definitions and self._roots(each.name) == [name]]
        limits = [kind.sample for each in over if each.name in self.fields for kind in self.fields[each.name].kinds]
        said = chain(*(_constants(self.definitions[each.name]) for each in over))
        constants = list(dict.fromkeys([*said, *limits[:_LIMITS]]))
        named = set(chain(*(_words(self.definitions[each.name]) for each in over)))
        parts = {key: fact for key, fact in self.facts_of[name].fields.items() if key in named}
        found: dict[tuple[Any, ...], dict[str, Any]] = {}
        for line in islice(_varied({key: _line_values(fact, constants) for key, fact in parts.items()}), _LINE_KINDS):
            found.setdefault(tuple(each.compute({name: [line]}) for each in over), line)
        return list(found.values())


def _varied(values: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Lines of usual values, in which first no field, then one, then two are otherwise."""
    usual = {key: choices[0] for key, choices in values.items()}
    for size in range(3):
        for keys in combinations(values, size):
            for others in product(*(values[key][1:] for key in keys)):
                line = {**usual, **dict(zip(keys, others, strict=True))}
                yield {key: value for key, value in line.items() if value is not None}


def _line_values(fact: Fact, constants: Sequence[Any]) -> list[Any]:
    if fact.kind == "boolean":
        return [True, False, None]
    if fact.kind == "integer":
        numbers = [value for value in constants if type(value) is int]
        return list(dict.fromkeys([1, 2, *(n + step for n in numbers for step in (0, 1, -1)), 0, None]))
    words = [value for value in constants if isinstance(value, str) and (not fact.enum or value in fact.enum)]
    return list(dict.fromkeys([*words, *(fact.enum or ("one", "another")), None]))


def _constants(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        for value in node.values():
            yield from _constants(value)
    elif isinstance(node, list):
        for value in node:
            yield from _constants(value)
    else:
        yield node


def _words(node: Any) -> Iterator[str]:
    """Every key and every text in a definition: the fields of lines are among them."""
    if isinstance(node, dict):
        yield from node
        for value in node.values():
            yield from _words(value)
    elif isinstance(node, list):
        for value in node:
            yield from _words(value)
    elif isinstance(node, str):
        yield node
