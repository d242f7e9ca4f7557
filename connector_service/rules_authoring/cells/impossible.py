"""Derived facts hang together with what they are made of: combinations that no facts can have.

A difference is missing exactly when one of its two numbers is; the lines counted by a condition are never more than
the lines counted without one; the largest of three lengths is not smaller than the first of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import ceil
from typing import Any

from connector_service.rules_authoring.cells.fields import Field, Kind, Mask
from connector_service.rules_engine.derive import AGGREGATES
from connector_service.rules_engine.fact_checks import MAX_INTEGER, MAX_LINES

Definition = Mapping[str, Any]
NamedBox = dict[str, Mask]
_MOST_PAIRS = 2_000


def sources(definition: Definition) -> list[str]:
    """The facts that a derived fact is made of."""
    return [name for key, value in definition.items() if key not in ("where", "of") for name in _names(value)]


def bounds(definition: Definition) -> tuple[int, int]:
    """The smallest and the largest value that a derived fact can have."""
    if "count" in definition:
        return 0, MAX_LINES
    return (0 if "percent_off" in definition else -MAX_INTEGER), MAX_INTEGER


def divisors(definitions: Mapping[str, Definition]) -> set[str]:
    """The facts for which nought is a kind of its own, because something is divided by them."""
    return {definition["percent_off"][1] for definition in definitions.values() if "percent_off" in definition}


@dataclass(frozen=True, slots=True)
class Impossible:
    """The boxes that no facts can be in, for the derived facts among the fields."""

    fields: Mapping[str, Field]
    definitions: Mapping[str, Definition]

    def boxes(self) -> Iterator[NamedBox]:
        """Every box; together they hold all that is impossible by being there or missing, and most by size."""
        for name, definition in self.definitions.items():
            if name in self.fields:
                yield from self._of(name, definition)
        yield from self._counts()

    def _of(self, name: str, definition: Definition) -> Iterator[NamedBox]:
        derived, made_of = self.fields[name], sources(definition)
        if _lines_of(definition) is not None:
            yield {name: derived.there, made_of[0]: self.fields[made_of[0]].missing}
            if "count" in definition:
                yield {name: derived.missing, made_of[0]: self.fields[made_of[0]].there}
        elif any(function in definition for function in AGGREGATES):
            yield {name: derived.there, **{source: self.fields[source].missing for source in made_of}}
            yield from ({name: derived.missing, source: self.fields[source].there} for source in made_of)
            yield from self._extremes(name, definition, made_of)
        else:
            yield from self._pairs(name, definition, made_of)

    def _extremes(self, name: str, definition: Definition, made_of: Sequence[str]) -> Iterator[NamedBox]:
        """The largest is as large as one of its parts, and none is larger; the smallest likewise."""
        largest = "max" in definition
        if not largest and "min" not in definition:
            return
        for index, kind in enumerate(self.fields[name].kinds[:-1]):
            all_short: NamedBox = {name: 1 << index}
            for source in made_of:
                field = self.fields[source]
                above, below = _above(field, kind.high), _below(field, kind.low)
                beyond, short = (above, below) if largest else (below, above)
                if beyond:
                    yield {name: 1 << index, source: beyond}
                all_short[source] = short | field.missing
            yield all_short

    def _pairs(self, name: str, definition: Definition, made_of: Sequence[str]) -> Iterator[NamedBox]:
        derived = self.fields[name]
        first, second = (self.fields[source] for source in made_of)
        there = {first.name: first.there, second.name: second.there}
        yield from ({name: derived.there, source: self.fields[source].missing} for source in made_of)
        if "percent_off" in definition:
            nought = 1 << second.kind_of(0)
            yield {name: derived.there, second.name: nought}
            there[second.name] &= ~nought
        if first is not second:
            yield {name: derived.missing, **there}
        if len(first.kinds) * len(second.kinds) <= _MOST_PAIRS:
            reach = _difference if "difference" in definition else _percent_off
            for (i, one), (j, two) in product(enumerate(first.kinds[:-1]), enumerate(second.kinds[:-1])):
                low, high = reach(one, two)
                apart = _below(derived, low) | _above(derived, high)
                if apart:
                    yield {name: apart, first.name: 1 << i, second.name: 1 << j}

    def _counts(self) -> Iterator[NamedBox]:
        """Lines counted under a condition are never more than those counted without one, and without lines there is no
        sum, largest or smallest."""
        over = {n: d for n, d in self.definitions.items() if n in self.fields and _lines_of(d)}
        for name, definition in over.items():
            for total, whole in over.items():
                if (
                    total != name
                    and "count" in whole
                    and not whole.get("where")
                    and _lines_of(definition) == _lines_of(whole)
                ):
                    yield from self._at_most(name, total, "count" in definition)

    def _at_most(self, name: str, total: str, counts: bool) -> Iterator[NamedBox]:
        """What a derived fact cannot be for each number of lines."""
        field = self.fields[name]
        for index, kind in enumerate(self.fields[total].kinds[:-1]):
            more = _above(field, kind.high) if counts else field.there if kind.high == 0 else 0
            if more:
                yield {total: 1 << index, name: more}


def _lines_of(definition: Definition) -> str | None:
    """The list of lines that a derived fact is made of, if it is made of one."""
    return next(
        (value for key, value in definition.items() if key not in ("of", "where") and isinstance(value, str)), None
    )


def _difference(first: Kind, second: Kind) -> tuple[int, int]:
    """The least and the most that one number can be over another."""
    return first.low - second.high, first.high - second.low


def _percent_off(value: Kind, expected: Kind) -> tuple[int, int]:
    """The least and the most that a number can be off another, in percent; nought stands apart in `expected`."""
    ends = (expected.low, expected.high)
    if 0 in ends:
        return 0, MAX_INTEGER
    ratios = [Fraction(one, two) for one in (value.low, value.high) for two in ends]
    lowest, highest = min(ratios), max(ratios)
    least = 0 if lowest <= 1 <= highest else min(abs(lowest - 1), abs(highest - 1))
    return ceil(100 * least), ceil(100 * max(abs(lowest - 1), abs(highest - 1)))


def _above(field: Field, limit: int) -> Mask:
    return sum(1 << index for index, kind in enumerate(field.kinds[:-1]) if kind.low > limit)


def _below(field: Field, limit: int) -> Mask:
    return sum(1 << index for index, kind in enumerate(field.kinds[:-1]) if kind.high < limit)


def _names(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
