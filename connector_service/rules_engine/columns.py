"""Encode facts as columns of small integers, the only thing the engine ever sees.

Strings never reach the engine, which compares them modulo 65,536 bytes. A field that is compared for equality becomes
a code among the constants its rules name (`c_status`: 0 missing, 1 any other value, 2 and up the constants). A field
compared by size becomes a number column (`n_total_minor`), left out when missing. The engine tells columns apart by a
32-bit hash of their name only, so two names with one hash are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from connector_service.rules_engine.conditions import RANGE_OPERATORS, Alternative, Clause
from connector_service.rules_engine.vocabulary import Scalar

MARK = "_k"
MISSING, OTHER = 0, 1
_FIRST_CONSTANT = 2
_RANGE = {op: f"${op}" for op in RANGE_OPERATORS}

Row = dict[str, int]


@dataclass(frozen=True, slots=True)
class Columns:
    """How the facts of one rule file are encoded."""

    codes: tuple[tuple[str, str, Mapping[Scalar, int]], ...]
    numbers: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, alternatives: Iterable[Alternative]) -> Columns:
        """The columns that these alternatives need."""
        codes: dict[str, dict[Scalar, int]] = {}
        numbers: dict[str, None] = {}
        for clause in (clause for alternative in alternatives for clause in alternative):
            if clause.op in _RANGE:
                numbers[clause.field] = None
            else:
                table = codes.setdefault(clause.field, {})
                for value in clause.values:
                    table.setdefault(value, _FIRST_CONSTANT + len(table))
        return cls(
            tuple((field, f"c_{field}", table) for field, table in codes.items()),
            tuple((field, f"n_{field}") for field in numbers),
        )

    def row(self, facts: Mapping[str, Any]) -> Row:
        """The facts as the engine sees them."""
        row = {MARK: 1}
        for field, column, table in self.codes:
            value = facts.get(field)
            row[column] = MISSING if value is None else table.get(value, OTHER)
        for field, column in self.numbers:
            value = facts.get(field)
            if value is not None:
                row[column] = value
        return row

    def pattern(self, alternative: Alternative) -> list[dict[str, Any]]:
        """The engine's conditions for one alternative: the constant mark first, then one per clause."""
        tables = {field: table for field, _, table in self.codes}
        return [{MARK: 1}, *(condition for clause in alternative for condition in _conditions(clause, tables))]

    def collisions(self) -> list[tuple[str, str]]:
        """Pairs of fields that the engine could not tell apart."""
        columns = [
            *((column, field) for field, column, _ in self.codes),
            *((column, field) for field, column in self.numbers),
        ]
        seen = {_fnv1a(word): (word, word) for word in (MARK, "id", "sid")}
        found = []
        for column, field in columns:
            other, other_field = seen.setdefault(_fnv1a(column), (column, field))
            if other != column:
                found.append((field, other_field))
        return found


def weight(alternative: Alternative) -> int:
    """How many engine conditions an alternative needs, its mark included."""
    return 1 + sum(max(1, len(clause.values)) for clause in alternative)


def _conditions(clause: Clause, tables: Mapping[str, Mapping[Scalar, int]]) -> list[dict[str, Any]]:
    if clause.op in _RANGE:
        return [{_RANGE[clause.op]: {f"n_{clause.field}": clause.values[0]}}]
    column = f"c_{clause.field}"
    if clause.op == "missing":
        return [{column: MISSING}]
    if clause.op == "exists":
        return [{"$neq": {column: MISSING}}]
    codes = [tables[clause.field][value] for value in clause.values]
    if clause.op in ("is_not", "not_in"):
        return [{"$neq": {column: code}} for code in codes]
    equal = [{column: code} for code in codes]
    return equal if len(equal) == 1 else [{"$or": equal}]


def _fnv1a(text: str) -> int:
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value
