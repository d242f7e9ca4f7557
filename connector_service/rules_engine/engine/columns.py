"""Encode facts as cells of small integers, the only thing the engine ever sees.

Strings never reach the engine, which compares them modulo 65,536 bytes. A field that is compared for equality becomes
a code among the constants its rules name (`c_status`: 0 missing, 1 any other value, 2 and up the constants). A field
compared by size becomes its rank among the thresholds its rules name (`n_total_minor`): 2i+1 for the threshold number i
itself, 2i for what lies just below it. So all facts that no rule can tell apart are one cell, and there are finitely
many. The engine tells columns apart by a 32-bit hash of their name only, so two names with one hash are refused.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from connector_service.rules_engine.conditions import RANGE_OPERATORS, Alternative, Clause
from connector_service.rules_engine.vocabulary import Scalar
from connector_service.rules_worker.engine import MARK

MISSING, OTHER = 0, 1
ABSENT = -1
"""In a cell: a number that is missing. The engine gets no such column, so that no comparison holds."""
_FIRST_CONSTANT = 2
_RANGE = {op: f"${op}" for op in RANGE_OPERATORS}

Cell = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """How the facts of one rule file are encoded: codes by field, and sorted thresholds by field."""

    codes: Mapping[str, Mapping[Scalar | None, int]]
    thresholds: Mapping[str, tuple[int, ...]]
    _lookups: tuple[tuple[str, Callable[[Any, int], int]], ...]

    @classmethod
    def of(cls, alternatives: Iterable[Alternative]) -> Columns:
        """The columns that these alternatives need."""
        codes: dict[str, dict[Scalar | None, int]] = {}
        thresholds: dict[str, set[int]] = {}
        for clause in (clause for alternative in alternatives for clause in alternative):
            if clause.op in _RANGE:
                thresholds.setdefault(clause.field, set()).add(int(clause.values[0]))
            else:
                table = codes.setdefault(clause.field, {None: MISSING})
                for value in clause.values:
                    table.setdefault(value, _FIRST_CONSTANT + len(table) - 1)
        lookups = tuple((field, table.get) for field, table in codes.items())
        return cls(codes, {field: tuple(sorted(limits)) for field, limits in thresholds.items()}, lookups)

    @property
    def names(self) -> list[str]:
        """The engine's column for each number of a cell."""
        return [*(f"c_{field}" for field in self.codes), *(f"n_{field}" for field in self.thresholds)]

    def cell(self, facts: Mapping[str, Any]) -> Cell:
        """The facts as the engine sees them."""
        value_of = facts.get
        cell = [code(value_of(field), OTHER) for field, code in self._lookups]
        for field, limits in self.thresholds.items():
            value = value_of(field)
            cell.append(ABSENT if value is None else bisect_left(limits, value) + bisect_right(limits, value))
        return tuple(cell)

    def pattern(self, alternative: Alternative) -> list[dict[str, Any]]:
        """The engine's conditions for one alternative: the constant mark first, then one per clause."""
        return [{MARK: 1}, *(condition for clause in alternative for condition in self._conditions(clause))]

    def collisions(self) -> list[tuple[str, str]]:
        """Pairs of fields that the engine could not tell apart."""
        seen = {_fnv1a(word): (word, word) for word in (MARK, "id", "sid")}
        found = []
        for column, field in zip(self.names, [*self.codes, *self.thresholds], strict=True):
            other, other_field = seen.setdefault(_fnv1a(column), (column, field))
            if other != column:
                found.append((field, other_field))
        return found

    def _conditions(self, clause: Clause) -> list[dict[str, Any]]:
        if clause.op in _RANGE:
            rank = 2 * bisect_left(self.thresholds[clause.field], int(clause.values[0])) + 1
            return [{_RANGE[clause.op]: {f"n_{clause.field}": rank}}]
        column = f"c_{clause.field}"
        if clause.op == "missing":
            return [{column: MISSING}]
        if clause.op == "exists":
            return [{"$neq": {column: MISSING}}]
        codes = [self.codes[clause.field][value] for value in clause.values]
        if clause.op in ("is_not", "not_in"):
            return [{"$neq": {column: code}} for code in codes]
        equal = [{column: code} for code in codes]
        return equal if len(equal) == 1 else [{"$or": equal}]


def weight(alternative: Alternative) -> int:
    """How many engine conditions an alternative needs, its mark included."""
    return 1 + sum(max(1, len(clause.values)) for clause in alternative)


def _fnv1a(text: str) -> int:
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value
