"""A number may have a name, wherever a number may stand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.rules_engine.rules_workbench import compiled, findings_of, rule, rule_file

NUMBERS = {"limit": 100, "score": 80}
TODAY = date(2026, 1, 1)


def fires(folder: Path, when: dict[str, Any], facts: dict[str, Any], **more: Any) -> bool:
    return bool(compiled(folder, rule_file(rule(when=when), numbers=NUMBERS, **more)).evaluate(facts, TODAY).fired)


@pytest.mark.parametrize(
    ("test", "holds", "fails"),
    [
        ("@limit", 100, 99),
        ({"gt": "@limit"}, 101, 100),
        ({"gte": "@limit"}, 100, 99),
        ({"lt": "@limit"}, 99, 100),
        ({"lte": "@limit"}, 100, 101),
        ({"between": ["@score", "@limit"]}, 80, 79),
        ({"between": [1, "@score"]}, 80, 81),
        ({"in": [5, "@limit"]}, 100, 6),
        ({"not_in": ["@limit"]}, 5, 100),
        ({"is_not": "@limit"}, 99, 100),
    ],
)
def test_a_name_stands_for_its_number(tmp_path: Path, test: Any, holds: int, fails: int) -> None:
    assert fires(tmp_path, {"total_minor": test}, {"total_minor": holds})
    assert not fires(tmp_path, {"total_minor": test}, {"total_minor": fails})


def test_a_name_stands_inside_any_and_all(tmp_path: Path) -> None:
    when = {"any": [{"all": [{"total_minor": {"gt": "@limit"}}]}, {"risk_score": {"gte": "@score"}}]}
    assert fires(tmp_path, when, {"risk_score": 80})
    assert not fires(tmp_path, when, {"risk_score": 79, "total_minor": 100})


def test_a_name_stands_in_the_condition_of_a_derived_fact(tmp_path: Path) -> None:
    derive = {"many": {"count": "lines", "where": {"ordered": {"gt": "@limit"}}}}
    assert fires(tmp_path, {"many": 1}, {"lines": [{"ordered": 101}, {"ordered": 100}]}, derive=derive)


def test_a_name_stands_in_an_answer(tmp_path: Path) -> None:
    document = rule_file(rule(then={"weight": "@score", "x_note": "@limit"}), numbers=NUMBERS)
    assert compiled(tmp_path, document).evaluate({}, TODAY).outcome == {"weight": 80, "x_note": 100}


@pytest.mark.parametrize(
    ("when", "pointer", "fix"),
    [
        ({"total_minor": {"gt": "@limt"}}, "/total_minor/gt", 'Did you mean "@limit"?'),
        ({"total_minor": {"between": [1, "@limt"]}}, "/total_minor/between/1", 'Did you mean "@limit"?'),
        ({"total_minor": "@limt"}, "/total_minor", 'Did you mean "@limit"?'),
        ({"total_minor": {"gt": "@risky"}}, "/total_minor/gt", "Choose one of: @limit, @score."),
        ({"total_minor": {"in": "@limit"}}, "/total_minor/in", "Choose one of: @risky."),
        ({"country": {"is_not": "@risky"}}, "/country/is_not", 'Write {"not_in": "@risky"}.'),
        ({"country": "@limit"}, "/country", "Write a string."),
    ],
)
def test_a_name_that_no_number_has_is_told(tmp_path: Path, when: dict[str, Any], pointer: str, fix: str) -> None:
    [finding] = findings_of(tmp_path, rule_file(rule(when=when), numbers=NUMBERS, lists={"risky": ["BR"]}))
    assert (finding.pointer, finding.fix) == (f"/rules/0/when{pointer}", fix)


def test_a_name_in_an_answer_that_no_number_has_is_told(tmp_path: Path) -> None:
    [finding] = findings_of(tmp_path, rule_file(rule(then={"weight": "@scor"}), numbers=NUMBERS))
    assert (finding.pointer, finding.fix) == ("/rules/0/then/weight", 'Did you mean "@score"?')
