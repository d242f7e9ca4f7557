"""Facts become cells: two facts that no rule can tell apart are one cell."""

from __future__ import annotations

from typing import Any

import pytest

from connector_service.rules_engine.conditions import Clause
from connector_service.rules_engine.engine.columns import ABSENT, Columns

TOP = 2**53 - 1


def limits(*thresholds: int) -> Columns:
    return Columns.of([tuple(Clause("total_minor", "gt", (each,)) for each in thresholds)])


@pytest.mark.parametrize(
    ("value", "rank"),
    [(None, ABSENT), (-TOP, 0), (9, 0), (10, 1), (11, 2), (19, 2), (20, 3), (21, 4), (TOP, 4)],
)
def test_a_number_is_its_rank_among_the_thresholds(value: int | None, rank: int) -> None:
    assert limits(20, 10, 20).cell({"total_minor": value}) == (rank,)


@pytest.mark.parametrize(("value", "rank"), [(TOP, 3), (TOP - 1, 1), (TOP - 2, 0), (-TOP, 0)])
def test_thresholds_at_the_largest_whole_number_are_told_apart(value: int, rank: int) -> None:
    assert limits(TOP - 1, TOP).cell({"total_minor": value}) == (rank,)


@pytest.mark.parametrize(("op", "rank"), [("gt", 3), ("gte", 3), ("lt", 3), ("lte", 3)])
def test_a_pattern_compares_with_the_rank_of_its_threshold(op: str, rank: int) -> None:
    clause = Clause("total_minor", op, (20,))
    columns = Columns.of([(Clause("total_minor", "lt", (10,)), clause)])
    assert columns.pattern((clause,)) == [{"_k": 1}, {f"${op}": {"n_total_minor": rank}}]


@pytest.mark.parametrize(("value", "code"), [(None, 0), ("DE", 1), ("BR", 2), ("RU", 3), ("br", 1), ("BR ", 1)])
def test_a_word_is_its_number_among_the_constants(value: Any, code: int) -> None:
    columns = Columns.of([(Clause("country", "in", ("BR", "RU")),)])
    assert columns.cell({"country": value}) == (code,)


def test_a_field_that_is_compared_both_ways_has_both_columns() -> None:
    columns = Columns.of([(Clause("total_minor", "is", (7,)), Clause("total_minor", "gt", (5,)))])
    assert columns.names == ["c_total_minor", "n_total_minor"]
    assert columns.cell({"total_minor": 7}) == (2, 2)
    assert columns.cell({"total_minor": 5}) == (1, 1)
    assert columns.cell({}) == (0, ABSENT)


def test_facts_that_no_rule_names_are_no_part_of_the_cell() -> None:
    columns = limits(10)
    assert columns.cell({"total_minor": 11, "country": "BR"}) == columns.cell({"total_minor": 12})
