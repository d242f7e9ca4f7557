"""Derived facts: lines and arithmetic as named numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_service.errors import InvalidInput
from connector_service.rules_engine.derive import _percent_off
from tests.rules_engine.rules_workbench import compiled, findings_of, rule, rule_file

TODAY = date(2026, 11, 9)
LINES = [
    {"sku": "A", "other_sku": "A", "ordered": 3, "packed": 3, "fragile": True},
    {"sku": "B", "other_sku": "C", "ordered": 5, "packed": 4},
    {"sku": "D", "ordered": 2},
]


def derived(tmp_path: Path, definition: dict[str, Any], facts: dict[str, Any]) -> Any:
    document = rule_file(rule(when={"value": {"gt": 0}}), derive={"value": definition})
    return compiled(tmp_path, document).evaluate(facts, TODAY).facts.get("value")


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        ({"count": "lines"}, 3),
        ({"count": "lines", "where": {"packed": {"lt_field": "ordered"}}}, 1),
        ({"count": "lines", "where": {"packed": {"lte_field": "ordered"}}}, 2),
        ({"count": "lines", "where": {"ordered": {"gt_field": "packed"}}}, 1),
        ({"count": "lines", "where": {"ordered": {"gte_field": "packed"}}}, 2),
        ({"count": "lines", "where": {"sku": {"is_field": "other_sku"}}}, 1),
        ({"count": "lines", "where": {"other_sku": {"is_not_field": "sku"}}}, 2),
        ({"count": "lines", "where": {"any": [{"packed": {"missing": True}}, {"fragile": True}]}}, 2),
        ({"count": "lines", "where": {"fragile": {"is_not": True}, "ordered": {"gt": 2}}}, 1),
        ({"sum": "lines", "of": "ordered"}, 10),
        ({"sum": "lines", "of": "packed"}, 7),
        ({"max": "lines", "of": "ordered", "where": {"packed": {"exists": True}}}, 5),
        ({"min": "lines", "of": "ordered"}, 2),
        ({"max": ["total_minor", "risk_score"]}, 80),
        ({"min": ["total_minor", "risk_score"]}, 50),
        ({"sum": ["total_minor", "risk_score"]}, 130),
        ({"difference": ["total_minor", "risk_score"]}, -30),
        ({"percent_off": ["total_minor", "risk_score"]}, 38),
    ],
)
def test_each_function_computes_its_number(tmp_path: Path, definition: dict[str, Any], value: int) -> None:
    assert derived(tmp_path, definition, {"lines": LINES, "total_minor": 50, "risk_score": 80}) == value


@pytest.mark.parametrize(
    "definition",
    [
        {"count": "lines"},
        {"sum": "lines", "of": "ordered"},
        {"max": ["total_minor"]},
        {"difference": ["total_minor", "risk_score"]},
        {"percent_off": ["risk_score", "total_minor"]},
    ],
)
def test_what_is_made_of_nothing_is_missing(tmp_path: Path, definition: dict[str, Any]) -> None:
    assert derived(tmp_path, definition, {"risk_score": 5}) is None


def test_nothing_is_divided_by_zero(tmp_path: Path) -> None:
    facts = {"total_minor": 5, "risk_score": 0}
    assert derived(tmp_path, {"percent_off": ["total_minor", "risk_score"]}, facts) is None


def test_no_lines_are_counted_as_none(tmp_path: Path) -> None:
    assert derived(tmp_path, {"count": "lines"}, {"lines": []}) == 0


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(0, 300))
def test_percent_off_is_greater_than_a_limit_exactly_when_the_true_percentage_is(
    value: int, expected: int, limit: int
) -> None:
    computed = _percent_off("a", "b")({"a": value, "b": expected})
    assert computed is not None
    assert (computed > limit) == (abs(value - expected) * 100 > limit * expected)


def test_a_derived_fact_may_use_those_before_it_and_shows_up_in_the_reasons(tmp_path: Path) -> None:
    derive = {"pieces": {"sum": "lines", "of": "ordered"}, "spare": {"difference": ["total_minor", "pieces"]}}
    file = compiled(tmp_path, rule_file(rule(when={"spare": {"gt": 30}}), derive=derive))
    evaluation = file.evaluate({"lines": LINES, "total_minor": 50}, TODAY)
    assert evaluation.reasons[1] == "spare gt 30 (was 40)"
    assert (evaluation.facts["pieces"], evaluation.facts["spare"]) == (10, 40)


def test_a_sum_too_large_for_the_engine_is_refused(tmp_path: Path) -> None:
    facts = {"total_minor": 2**53 - 1, "risk_score": 1}
    with pytest.raises(InvalidInput, match="value is over 2"):
        derived(tmp_path, {"sum": ["total_minor", "risk_score"]}, facts)


@pytest.mark.parametrize(
    ("definition", "pointer"),
    [
        ({"count": "line"}, "/derive/value/count"),
        ({"count": "lines", "where": {"skuu": "A"}}, "/derive/value/where/skuu"),
        ({"count": "lines", "where": {"packed": {"lt_field": "ordred"}}}, "/derive/value/where/packed/lt_field"),
        ({"count": "lines", "where": {"packed": {"lt_field": "sku"}}}, "/derive/value/where/packed/lt_field"),
        ({"count": "lines", "where": {"sku": {"lt_field": "other_sku"}}}, "/derive/value/where/sku/lt_field"),
        ({"sum": "lines"}, "/derive/value/of"),
        ({"sum": "lines", "of": "sku"}, "/derive/value/of"),
        ({"max": ["country"]}, "/derive/value/max"),
        ({"percent_off": ["total_minor", "later"]}, "/derive/value/percent_off"),
        ({"average": ["total_minor"]}, "/derive/value/average"),
        ({"sum": ["total_minor"], "max": ["total_minor"]}, "/derive/value"),
        ({"of": "ordered"}, "/derive/value"),
    ],
)
def test_a_definition_that_cannot_be_computed_is_a_finding(
    tmp_path: Path, definition: dict[str, Any], pointer: str
) -> None:
    findings = findings_of(tmp_path, rule_file(derive={"value": definition}))
    assert [finding.pointer for finding in findings] == [pointer]


@pytest.mark.parametrize("name", ["total_minor", "any", "Value"])
def test_a_derived_fact_needs_a_name_of_its_own(tmp_path: Path, name: str) -> None:
    assert len(findings_of(tmp_path, rule_file(derive={name: {"count": "lines"}}))) == 1
