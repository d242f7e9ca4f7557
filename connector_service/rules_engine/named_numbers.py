"""Numbers with a name: `{"gt": "@review_limit"}` in a rule, `"numbers": {"review_limit": 50000}` in its file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from connector_service.rules_engine.conditions import LIST_OPERATORS, RANGE_OPERATORS
from connector_service.rules_engine.findings import Path, Report, did_you_mean

_ONLY_NUMBERS = (*RANGE_OPERATORS, "between")


@dataclass(frozen=True, slots=True)
class NamedNumbers:
    """Puts numbers where their names stand; a finding for each name that no number has."""

    numbers: Mapping[str, int]
    lists: Collection[str]
    report: Report

    @classmethod
    def of(cls, document: Mapping[str, Any], report: Report) -> NamedNumbers:
        """The numbers of a rule file. A name that a list has, too, is a finding."""
        numbers, lists = document.get("numbers", {}), document.get("lists", {})
        for name in numbers.keys() & lists.keys():
            what = f'"@{name}" would be a list and a number.'
            report.add(("numbers", name), what, "Give one of them another name.")
        return cls(numbers, lists, report)

    def condition(self, node: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """A condition with numbers for names, wherever a number may stand, and without the facts that are compared
        with a name that nothing has."""
        found: dict[str, Any] = {}
        for name, test in node.items():
            place = (*path, name)
            if name in ("any", "all"):
                found[name] = [self.condition(each, (*place, index)) for index, each in enumerate(test)]
            elif isinstance(test, dict):
                found[name] = {op: self._operand(op, value, (*place, op)) for op, value in test.items()}
            else:
                value = self._value(test, place)
                if not self._is_unknown(test):
                    found[name] = value
        return found

    def outcome(self, node: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """An answer with numbers for names."""
        return {key: self._value(value, (*path, key), numbers_only=True) for key, value in node.items()}

    def _operand(self, op: str, value: Any, path: Path) -> Any:
        if isinstance(value, list):
            return [
                self._value(each, (*path, index), numbers_only=op in _ONLY_NUMBERS) for index, each in enumerate(value)
            ]
        if op in LIST_OPERATORS:
            return value
        if op == "is_not" and isinstance(value, str) and value[1:] in self.lists:
            self.report.add(path, f"No fact can equal the list {value}.", f'Write {{"not_in": "{value}"}}.')
            return value
        return self._value(value, path, numbers_only=op in _ONLY_NUMBERS)

    def _value(self, value: Any, path: Path, *, numbers_only: bool = False) -> Any:
        """A value; where only numbers may stand, the name of a list is a finding, and 0 stands in for it."""
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        name = value[1:]
        if name in self.numbers:
            return self.numbers[name]
        if name in self.lists and not numbers_only:
            return value
        what = f'"{value}" is a list, not a number.' if name in self.lists else f'There is no number "{value}".'
        words = self.numbers if numbers_only else [*self.numbers, *self.lists]
        fix = did_you_mean(value, [f"@{word}" for word in words])
        self.report.add(path, what, fix if words else 'Write a number, or name one under "numbers".')
        return 0 if numbers_only else value

    def _is_unknown(self, value: Any) -> bool:
        return isinstance(value, str) and value.startswith("@") and value[1:] not in {*self.numbers, *self.lists}
