"""Explanations: which rule won and why, and why not the others, condition by condition."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector_service.errors import InvalidInput
from connector_service.rules_engine.explain.explain import explain
from connector_service.rules_engine.explain.explained import Condition, Explanation, RuleExplained
from connector_service.rules_engine.explain.text import as_text
from tests.rules_engine.rules_workbench import compiled, rule, rule_file
from tests.rules_engine.test_engine_equals_oracle import FACTS, WHENS, holds

TODAY = date(2026, 11, 9)
RISKY = {
    "status": {"in": ["received", "validated"]},
    "any": [{"risk_score": {"gte": 80}}, {"country": {"in": "@risky"}, "total_minor": {"gt": 50000}}],
}
LISTS = {"risky": ["BR", "RU"]}


def asked(tmp_path: Path, document: dict[str, Any], facts: dict[str, Any], today: date = TODAY) -> Explanation:
    return explain(compiled(tmp_path, document), facts, today)


def of(explanation: Explanation, rule_id: str) -> RuleExplained:
    return next(each for each in explanation.rules if each.rule == rule_id)


def lines(explanation: Explanation) -> list[str]:
    return [line.strip() for line in as_text(explanation).splitlines()]


def test_a_rule_that_missed_shows_every_condition_with_the_actual_value_branch_by_branch(tmp_path: Path) -> None:
    document = rule_file(rule("TST-010", RISKY), rule("TST-020"), lists=LISTS)
    facts = {"status": "validated", "risk_score": 10, "country": "BR", "total_minor": 50000}
    text = lines(asked(tmp_path, document, facts))
    start = text.index("TST-010: did not match")
    assert text[start + 1 :] == [
        "status in received, validated (was validated) YES",
        "any of these NO  (none of the 2 holds)",
        "1. risk_score gte 80 (was 10) NO",
        "2. all of these NO",
        "country in @risky [BR, RU] (was BR) YES  (BR is on @risky)",
        "total_minor gt 50000 (was 50000) NO  (exactly the limit, and gt needs more)",
    ]


def test_the_rule_that_won_comes_first_with_its_reason_and_answer(tmp_path: Path) -> None:
    document = rule_file(rule("TST-010", {"paid": True}), rule("TST-020", {"paid": False}, title="Not paid"))
    explanation = asked(tmp_path, document, {"paid": False})
    assert (explanation.rule, explanation.rules[0].rule) == ("TST-020", "TST-020")
    assert explanation.why == "TST-020 won: it is the only rule that matched."
    assert lines(explanation)[1:6] == [
        "TST-020 won: it is the only rule that matched.",
        "rule: Not paid",
        "answer: owner risk",
        "because: TST-020 has its reason.",
        "paid is false (was false) YES",
    ]


def test_a_later_match_was_beaten_by_the_first(tmp_path: Path) -> None:
    beaten = of(asked(tmp_path, rule_file(rule("TST-010"), rule("TST-020")), {}), "TST-020")
    assert beaten.state == "beaten"
    assert beaten.why == "It matched, and TST-010 stands before it: the first match wins."


def worst(*verdicts: str) -> dict[str, Any]:
    rules = [rule(f"TST-{n}", {}, {"verdict": verdict}) for n, verdict in enumerate(verdicts)]
    document = rule_file(*rules, hit_policy="worst", ranking=["block", "hold", "warn"])
    document["on_error"]["verdict"] = "hold"
    return document


def test_a_milder_verdict_was_beaten_by_the_worst_and_an_equal_one_by_the_earlier(tmp_path: Path) -> None:
    explanation = asked(tmp_path, worst("warn", "block", "block"), {})
    assert explanation.rule == "TST-1"
    assert of(explanation, "TST-0").why == "It matched, and block of TST-1 is worse than its warn."
    assert of(explanation, "TST-2").why == "It matched with block too, and TST-1 stands before it."


def test_under_the_policy_all_every_match_answers(tmp_path: Path) -> None:
    document = rule_file(rule("TST-1"), rule("TST-2"), rule("TST-3", {"paid": True}), hit_policy="all")
    explanation = asked(tmp_path, document, {})
    assert [each.state for each in explanation.rules] == ["won", "answered", "no_match"]
    assert explanation.why == "TST-1 won: every rule that matches answers, and 2 did."


def test_a_shadow_rule_and_an_expired_rule_say_so(tmp_path: Path) -> None:
    document = rule_file(
        rule("TST-1", mode="shadow"),
        rule("TST-2", until="2026-11-08"),
        rule("TST-3", {"paid": True}, until="2026-11-08"),
    )
    explanation = asked(tmp_path, document, {})
    assert of(explanation, "TST-1").state == "shadow"
    assert of(explanation, "TST-2").why == "Its last day was 2026-11-08. Its conditions hold."
    assert of(explanation, "TST-3").why == "Its last day was 2026-11-08. Its conditions do not hold either."
    assert of(asked(tmp_path, document, {}, date(2026, 11, 8)), "TST-2").state == "won"


def test_without_a_match_the_default_answered_or_nothing_did(tmp_path: Path) -> None:
    missed = rule(when={"paid": True})
    default = {"owner": "operations", "because": "Nobody else."}
    assert asked(tmp_path, rule_file(missed, default=default), {}).why == "No rule matched, so the default answered."
    assert "the file has no default" in asked(tmp_path, rule_file(missed), {}).why


def test_when_two_rules_match_where_one_may_the_fail_closed_answer_is_explained(tmp_path: Path) -> None:
    explanation = asked(tmp_path, rule_file(rule("TST-1"), rule("TST-2"), hit_policy="unique"), {})
    assert explanation.failed
    why = "No rule could answer, so on_error answered: more than one rule matched: TST-1, TST-2."
    assert explanation.why == why
    assert {each.state for each in explanation.rules} == {"failed"}


def test_derived_facts_name_the_values_they_were_computed_from(tmp_path: Path) -> None:
    derive = {
        "off_pct": {"percent_off": ["total_minor", "risk_score"]},
        "apart": {"difference": ["total_minor", "risk_score"]},
        "most": {"max": ["total_minor", "risk_score"]},
        "short": {"count": "lines", "where": {"packed": {"lt_field": "ordered"}}},
        "packed_total": {"sum": "lines", "of": "packed"},
        "count": {"count": "lines"},
    }
    packed = [{"sku": "A", "ordered": 2, "packed": 2}, {"sku": "B", "ordered": 3, "packed": 1}]
    facts = {"total_minor": 1120, "risk_score": 1000, "lines": packed}
    explanation = asked(tmp_path, rule_file(rule(when={"off_pct": {"gt": 15}}), derive=derive), facts)
    assert [each.text for each in explanation.derived] == [
        "off_pct is 12: total_minor 1120 against risk_score 1000",
        "apart is 120: total_minor 1120 less risk_score 1000",
        "most is 1120: max of total_minor 1120, risk_score 1000",
        "short is 1: 1 of 2 lines count (B)",
        "packed_total is 3: sum of packed over 2 lines (A: 2, B: 1)",
        "count is 2: 2 lines (A, B)",
    ]
    nothing = asked(tmp_path, rule_file(rule(when={"off_pct": {"gt": 15}}), derive=derive), {"risk_score": 0})
    assert nothing.derived[0].text == "off_pct is missing: total_minor missing against risk_score 0"
    assert nothing.derived[3].text == "short is missing: lines is missing"


def test_a_list_of_many_is_shown_in_part(tmp_path: Path) -> None:
    document = rule_file(rule(when={"country": {"in": "@many"}}), lists={"many": [f"C{n}" for n in range(30)]})
    (condition,) = asked(tmp_path, document, {"country": "C29"}).rules[0].conditions
    assert condition.text.endswith("C10, C11 and 18 more]")
    assert (condition.holds, condition.note) == (True, "C29 is on @many")


def test_facts_that_the_vocabulary_does_not_have_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        asked(tmp_path, rule_file(), {"total": 1})
    assert refused.value.pointer == "/total"


def test_an_explanation_is_json(tmp_path: Path) -> None:
    explanation = asked(tmp_path, rule_file(rule("TST-010", RISKY), lists=LISTS), {"status": "closed"})
    body = json.loads(json.dumps(explanation.as_json()))
    assert body["rules"][0]["conditions"][1]["parts"][1]["parts"][1] == {
        "kind": "compare",
        "text": "total_minor gt 50000",
        "holds": False,
        "field": "total_minor",
        "actual": None,
        "note": "what is missing is neither more nor less",
        "parts": [],
    }


def all_hold(conditions: tuple[Condition, ...]) -> bool:
    """Whether what the explanation shows comes to a match; it must be consistent inside as well."""
    for condition in conditions:
        if condition.kind == "any":
            assert condition.holds == any(part.holds for part in condition.parts)
        if condition.kind == "all":
            assert condition.holds == all_hold(condition.parts)
    return all(condition.holds for condition in conditions)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(WHENS, min_size=1, max_size=5), FACTS)
def test_what_is_shown_always_comes_to_what_was_decided(
    tmp_path_factory: pytest.TempPathFactory, whens: list[Any], facts: dict[str, Any]
) -> None:
    document = rule_file(*(rule(f"TST-{number}", when) for number, when in enumerate(whens)))
    explanation = asked(tmp_path_factory.mktemp("explained"), document, facts)
    for number, when in enumerate(whens):
        told = of(explanation, f"TST-{number}")
        assert all_hold(told.conditions) == holds(when, facts) == (told.state in ("won", "beaten"))


def test_numbers_with_names_are_compared_and_named(tmp_path: Path) -> None:
    when = {"total_minor": {"gt": "@limit"}, "risk_score": {"between": ["@low", 90]}}
    derive = {"big": {"count": "lines", "where": {"ordered": {"gte": "@low"}}}}
    numbers = {"limit": 50000, "low": 3}
    document = rule_file(rule("TST-010", when), numbers=numbers, derive=derive)
    facts = {"total_minor": 50000, "risk_score": 5, "lines": [{"ordered": 3}, {"ordered": 2}]}
    explanation = asked(tmp_path, document, facts)
    assert [(each.text, each.holds, each.note) for each in explanation.rules[0].conditions] == [
        ("total_minor gt 50000", False, "@limit is 50000; exactly the limit, and gt needs more"),
        ("risk_score gte 3", True, "@low is 3"),
        ("risk_score lte 90", True, ""),
    ]
    assert explanation.derived[0].text == "big is 1: 1 of 2 lines count (line 1)"


def test_a_long_text_is_shown_in_part_however_often_it_is_compared(tmp_path: Path) -> None:
    rules = (rule(f"TST-{n}", {"country": f"C{n}"}) for n in range(20))
    explanation = asked(tmp_path, rule_file(*rules), {"country": "x" * 50_000})
    assert {len(each.conditions[0].actual) for each in explanation.rules} == {200}
