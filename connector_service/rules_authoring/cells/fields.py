"""The kinds of value that matter of one fact: two values of one kind make every rule answer the same."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from connector_service.rules_engine.conditions import RANGE_OPERATORS, Clause
from connector_service.rules_engine.fact_checks import MAX_INTEGER
from connector_service.rules_engine.vocabulary import Fact, Scalar

Mask = int
"""A set of kinds: bit i stands for the field's kind number i."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value: `sample` is one such value (None: the fact is missing); a number's kind reaches from `low` to
    `high`, both included."""

    sample: Scalar | None
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """A compared fact with its kinds: the values that rules name, any other, and last of all `missing`.

    Kinds stand in the order in which they make good examples: numbers below nought come late. `lows` are the lower
    ends of a number's kinds, rising; `below[i]` are the kinds under `lows[i]`, the last entry all of them.
    """

    name: str
    kinds: tuple[Kind, ...]
    constants: Mapping[Scalar, int]
    lows: tuple[int, ...]
    below: tuple[Mask, ...]

    @classmethod
    def of(
        cls, fact: Fact, clauses: Iterable[Clause], low: int = -MAX_INTEGER, high: int = MAX_INTEGER, zero: bool = False
    ) -> Field:
        """The field of a fact as these clauses compare it; `low` and `high` bound a number, `zero` makes nought a kind
        of its own."""
        if fact.kind == "integer":
            return cls._number(fact.name, clauses, low, high, zero)
        named = {value: None for clause in clauses for value in clause.values}
        values: list[Scalar] = [True, False] if fact.kind == "boolean" else list(dict.fromkeys([*fact.enum, *named]))
        kinds = [Kind(value) for value in values]
        if fact.kind not in ("enum", "boolean"):
            kinds.append(Kind(_another(fact.name, named)))
        return cls(fact.name, (*kinds, Kind(None)), {value: index for index, value in enumerate(values)}, (), ())

    @classmethod
    def _number(cls, name: str, clauses: Iterable[Clause], low: int, high: int, zero: bool) -> Field:
        cuts = {0, 1} if zero else set()
        for clause in clauses:
            for value in clause.values:
                if clause.op not in ("gt", "lte"):
                    cuts.add(int(value))
                if clause.op not in ("gte", "lt"):
                    cuts.add(int(value) + 1)
        lows = (low, *sorted(cut for cut in cuts if low < cut <= high))
        highs = (*(cut - 1 for cut in lows[1:]), high)
        rising = [Kind(_sample(first, last), first, last) for first, last in zip(lows, highs, strict=True)]
        kinds = sorted(rising, key=lambda kind: kind.high < 0)
        place = {kind: index for index, kind in enumerate(kinds)}
        below = list(accumulate((1 << place[kind] for kind in rising), initial=0))
        return cls(name, (*kinds, Kind(None)), {}, lows, tuple(below))

    @property
    def everything(self) -> Mask:
        """Every kind."""
        return (1 << len(self.kinds)) - 1

    @property
    def missing(self) -> Mask:
        """The kind of a fact that is not there."""
        return 1 << (len(self.kinds) - 1)

    @property
    def there(self) -> Mask:
        """Every kind but missing."""
        return self.missing - 1

    def kind_of(self, value: Scalar | None) -> int:
        """The number of the kind that a value is of; a list of lines counts as there."""
        if value is None:
            return len(self.kinds) - 1
        if self.lows:
            position = max(1, bisect_right(self.lows, value))
            return (self.below[position] ^ self.below[position - 1]).bit_length() - 1
        return self.constants.get(value, len(self.kinds) - 2) if self.constants else 0

    def mask(self, clause: Clause) -> Mask:
        """The kinds for which a clause holds."""
        if clause.op == "missing":
            return self.missing
        if clause.op == "exists":
            return self.there
        if clause.op in RANGE_OPERATORS:
            return self._range(clause.op, int(clause.values[0]))
        named = 0
        for value in clause.values:
            named |= self._equal(value)
        return self.everything & ~named if clause.op in ("is_not", "not_in") else named

    def prefer(self, mask: Mask) -> Kind:
        """The kind of a set that reads best in an example: there, and not below nought."""
        return self.kinds[(mask & -mask).bit_length() - 1]

    def _range(self, op: str, limit: int) -> Mask:
        cut = limit + 1 if op in ("gt", "lte") else limit
        below = self.below[bisect_left(self.lows, cut)]
        return self.there & ~below if op in ("gt", "gte") else self.there & below

    def _equal(self, value: Scalar) -> Mask:
        if not self.lows:
            return 1 << self.constants[value]
        index = self.kind_of(value)
        kind = self.kinds[index]
        return 1 << index if kind.low == value == kind.high else 0


def _sample(low: int, high: int) -> int:
    """The value next to a limit: both ends of a range are limits, unless it is open."""
    return high if low == -MAX_INTEGER and high < MAX_INTEGER else 0 if low < 0 < high else low


def _another(name: str, named: Iterable[Scalar]) -> str:
    text = f"another {name}"
    while text in named:
        text += "!"
    return text
