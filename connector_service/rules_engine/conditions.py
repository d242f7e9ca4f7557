"""Conditions: `when` and `where` become alternatives, each a list of clauses that must all hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from connector_service.rules_engine.findings import Path, Report, did_you_mean
from connector_service.rules_engine.vocabulary import Fact, Scalar

MAX_ALTERNATIVES = 32
MAX_LIST_VALUES = 50
LIST_OPERATORS = ("in", "not_in")
RANGE_OPERATORS = ("gt", "gte", "lt", "lte")
FIELD_OPERATORS = ("is_field", "is_not_field", "gt_field", "gte_field", "lt_field", "lte_field")
OPERATORS = (*LIST_OPERATORS, "is_not", *RANGE_OPERATORS, "between", "missing", "exists")


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison. `op` is is, is_not, in, not_in, gt, gte, lt, lte, missing, exists, or, inside `where` only, one
    of the field operators, whose other field is `values[0]`. is_not, not_in and is_not_field hold when the field is
    missing."""

    field: str
    op: str
    values: tuple[Scalar, ...] = ()

    @property
    def text(self) -> str:
        """The clause in words, such as `total_minor gt 50000`."""
        if not self.values:
            return f"{self.field} is {'missing' if self.op == 'missing' else 'there'}"
        words = ", ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in self.values)
        return f"{self.field} {self.op.removesuffix('_field').replace('_', ' ')} {words}"


Alternative = tuple[Clause, ...]
Alternatives = tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition may speak of: fields, named lists, and whether field may be compared with field."""

    fields: Mapping[str, Fact]
    lists: Mapping[str, Sequence[Any]]
    report: Report
    field_operators: bool = False

    def alternatives(self, node: Mapping[str, Any], path: Path) -> Alternatives:
        """The condition in disjunctive normal form; findings for what is unknown or of a wrong type."""
        parts: list[Alternatives] = []
        for name, test in node.items():
            if name == "any":
                parts.append(tuple(a for i, each in enumerate(test) for a in self.alternatives(each, (*path, name, i))))
            elif name == "all":
                parts.extend(self.alternatives(each, (*path, name, i)) for i, each in enumerate(test))
            else:
                parts.append((self._clauses(name, test, (*path, name)),))
        return self._multiplied(parts, path)

    def _multiplied(self, parts: list[Alternatives], path: Path) -> Alternatives:
        count = 1
        for part in parts:
            count *= len(part)
        if count > MAX_ALTERNATIVES:
            what = f"The condition comes to {_shown(count)} alternatives; at most {MAX_ALTERNATIVES} are possible."
            self.report.add(path, what, "Split it into several rules, or use `in` instead of `any` over one field.")
            return ()
        return tuple(tuple(dict.fromkeys(c for clauses in choice for c in clauses)) for choice in product(*parts))

    def _clauses(self, name: str, test: Any, path: Path) -> Alternative:
        fact = self.fields.get(name)
        if fact is None or fact.kind in ("lines", "time"):
            what = (
                f'There is no fact "{name}" to compare.'
                if fact is None
                else f'"{name}" cannot be compared with a value.'
            )
            fix = did_you_mean(name, [n for n, f in self.fields.items() if f.kind not in ("lines", "time")])
            self.report.add(path, what, fix if fact is None else "Derive a number from it, or use it in `clock`.")
            return ()
        if not isinstance(test, dict):
            return self._equality(fact, test, path)
        return tuple(c for op, value in test.items() for c in self._operator(fact, op, value, (*path, op)))

    def _equality(self, fact: Fact, value: Any, path: Path) -> Alternative:
        if isinstance(value, str) and value.startswith("@"):
            self.report.add(path, f"A list cannot be equal to {fact.name}.", f'Write {{"in": "{value}"}}.')
            return ()
        return (Clause(fact.name, "is", (value,)),) if self._fits(fact, value, path) else ()

    def _operator(self, fact: Fact, op: str, value: Any, path: Path) -> Alternative:
        if op in FIELD_OPERATORS:
            return self._field_clause(fact, op, value, path)
        if op in ("missing", "exists"):
            return (Clause(fact.name, "missing" if value is (op == "missing") else "exists"),)
        if op in LIST_OPERATORS:
            return self._list_clause(fact, op, value, path)
        if op == "is_not":
            return (Clause(fact.name, op, (value,)),) if self._fits(fact, value, path) else ()
        if fact.kind != "integer":
            self.report.add(path, f'"{fact.name}" is {fact.kind}, not a number.', 'Use "in", "not_in" or "is_not".')
            return ()
        if op == "between":
            return Clause(fact.name, "gte", (value[0],)), Clause(fact.name, "lte", (value[1],))
        return (Clause(fact.name, op, (value,)),)

    def _field_clause(self, fact: Fact, op: str, other: str, path: Path) -> Alternative:
        second = self.fields.get(other)
        if not self.field_operators:
            self.report.add(path, f'"{op}" compares two fields of a line.', "Use it in the `where` of a derived field.")
        elif second is None:
            self.report.add(path, f'There is no field "{other}".', did_you_mean(other, self.fields))
        elif {fact.kind, second.kind} not in ({"integer"}, {"boolean"}) and {fact.kind, second.kind} - {
            "string",
            "enum",
        }:
            self.report.add(path, f'"{fact.name}" and "{other}" are of different kinds.', "Compare fields of one kind.")
        elif fact.kind != "integer" and op not in ("is_field", "is_not_field"):
            self.report.add(path, f'"{fact.name}" is {fact.kind}, not a number.', 'Use "is_field" or "is_not_field".')
        else:
            return (Clause(fact.name, op, (other,)),)
        return ()

    def _list_clause(self, fact: Fact, op: str, value: Any, path: Path) -> Alternative:
        values = value
        if isinstance(value, str):
            values = self.lists.get(value.removeprefix("@"))
            if values is None:
                self.report.add(
                    path, f'There is no list "{value}".', did_you_mean(value, [f"@{n}" for n in self.lists])
                )
                return ()
        if len(values) > MAX_LIST_VALUES:
            what = f"The list has {len(values)} values; at most {MAX_LIST_VALUES} can stand in one condition."
            self.report.add(path, what, "Split the list over two rules.")
            return ()
        if not all([self._fits(fact, each, path) for each in values]):  # noqa: C419 - each wrong value is a finding
            return ()
        return (Clause(fact.name, op, tuple(dict.fromkeys(values))),)

    def _fits(self, fact: Fact, value: Any, path: Path) -> bool:
        if fact.kind == "enum" and isinstance(value, str):
            if value in fact.enum:
                return True
            self.report.add(path, f'"{value}" is not a value of {fact.name}.', did_you_mean(value, fact.enum))
            return False
        right = {"integer": int, "boolean": bool, "string": str, "enum": str}[fact.kind]
        if type(value) is right:
            return True
        words = {"integer": "a whole number", "boolean": "true or false", "string": "a string", "enum": "a word"}
        shown = f'"{value}"' if isinstance(value, str) else str(value).lower()
        what = f"{fact.name} is {words[fact.kind]}; {shown} can never equal it."
        self.report.add(path, what, f"Write {words[fact.kind]}.")
        return False


def _shown(count: int) -> str:
    return str(count) if count < 10_000 else "over 10,000"
