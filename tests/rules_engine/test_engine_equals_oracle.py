"""Random rule files and facts: the engine, the oracle, and a third reading of the JSON always agree."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz.reading import holds
from tests.rules_engine.rules_workbench import compiled, rule, rule_file

STATUSES = ["received", "validated", "closed"]
COUNTRIES = ["BR", "RU", "DE", "é", '"', "\\", ""]
NUMBERS = st.sampled_from([-(2**53) + 1, -7, -1, 0, 1, 2, 79, 80, 81, 2**53 - 1])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "status": st.sampled_from(STATUSES),
    "country": st.sampled_from(COUNTRIES),
    "paid": st.booleans(),
    "total_minor": NUMBERS,
    "risk_score": NUMBERS,
}


def conditions_on(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(values, min_size=1, max_size=4)
    operators: dict[str, st.SearchStrategy[Any]] = {
        "in": several,
        "not_in": several,
        "is_not": values,
        "missing": st.booleans(),
        "exists": st.booleans(),
    }
    if name in ("total_minor", "risk_score"):
        operators |= dict.fromkeys(("gt", "gte", "lt", "lte"), values)
        operators["between"] = st.lists(values, min_size=2, max_size=2)
    objects = st.lists(st.sampled_from(sorted(operators)), min_size=1, max_size=2, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({op: operators[op] for op in names})
    )
    return st.one_of(values.filter(lambda value: value != ""), objects)


PLAIN = st.fixed_dictionaries({}, optional={name: conditions_on(name, values) for name, values in VALUES.items()})
NESTED = st.fixed_dictionaries({}, optional={"any": st.lists(PLAIN, min_size=1, max_size=3)})
WHENS = st.builds(lambda plain, nested: {**plain, **nested}, PLAIN, NESTED)
FACTS = st.fixed_dictionaries({}, optional=VALUES)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(WHENS, min_size=1, max_size=12), st.lists(FACTS, min_size=1, max_size=12))
@example([{}], [{}])
@example([{"country": ""}], [{"country": ""}])
@example([{"total_minor": {"not_in": list(range(50))}}], [{"total_minor": 51}, {"total_minor": 49}])
@example([{"total_minor": {"in": list(range(50))}}], [{"total_minor": 51}, {"total_minor": 49}])
@example([{"total_minor": {"gt": n}} for n in range(200)], [{"total_minor": 199}, {"total_minor": 500}])
def test_engine_and_oracle_and_the_json_itself_agree(whens: list[Any], facts: list[dict[str, Any]]) -> None:
    rules = [rule(f"TST-{number}", when) for number, when in enumerate(whens)]
    with tempfile.TemporaryDirectory() as folder:
        file = compiled(Path(folder), rule_file(*rules))
    for each in facts:
        evaluation = file.evaluate(each, date(2026, 11, 9))
        assert not evaluation.failed
        assert evaluation.fired == tuple(f"TST-{n}" for n, when in enumerate(whens) if holds(when, each))
