"""Facts near those that tests give: for what kinds of facts cannot answer, such as which lines are counted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from typing import Any

from connector_service.rules_engine.file_tests import TestCase
from connector_service.rules_engine.model import RuleFile
from connector_service.rules_engine.vocabulary import Fact

_LINES = 60
_SEEDS = 12
_NUMBERS = (1, 2, 0, None)


def nearby(file: RuleFile) -> Iterator[dict[str, Any]]:
    """No facts, those of the first tests, and these with each list of lines exchanged or a number a little off."""
    for given in ({}, *(dict(TestCase.of(test, file).facts) for test in file.tests[:_SEEDS])):
        yield given
        for name, fact in file.vocabulary.facts.items():
            if fact.kind == "lines":
                yield from ({**given, name: [line]} for line in islice(_lines(fact), _LINES))
            elif fact.kind == "integer" and name in given:
                yield from ({**given, name: given[name] + step} for step in (-1, 1, -given[name]))


def _lines(fact: Fact) -> Iterator[dict[str, Any]]:
    """Lines of few kinds of values: small numbers, true and false, two words, missing."""
    choices = [_values(part) for part in fact.fields.values()]
    for values in product(*choices):
        line = dict(zip(fact.fields, values, strict=True))
        yield {key: value for key, value in line.items() if value is not None}


def _values(fact: Fact) -> tuple[Any, ...]:
    if fact.kind == "integer":
        return _NUMBERS
    if fact.kind == "boolean":
        return (True, False, None)
    return (*(fact.enum[:2] or ("one", "another")), None)
