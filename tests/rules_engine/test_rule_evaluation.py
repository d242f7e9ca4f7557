"""Evaluations: which rule wins, with what reasons, and what happens when something is wrong."""

from __future__ import annotations

import dataclasses
import logging
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from connector_service.errors import InvalidInput
from connector_service.rules_engine.compiled import CompiledFile, Evaluation
from tests.rules_engine.rules_workbench import compiled, rule, rule_file

TODAY = date(2026, 11, 9)


def asked(tmp_path: Path, document: dict[str, Any], facts: dict[str, Any]) -> Evaluation:
    evaluation = compiled(tmp_path, document).evaluate(facts, TODAY)
    assert not evaluation.failed
    return evaluation


def matches(tmp_path: Path, when: dict[str, Any], facts: dict[str, Any], **more: Any) -> bool:
    return asked(tmp_path, rule_file(rule(when=when), **more), facts).rule == "TST-010"


def test_the_first_rule_that_matches_wins_and_all_that_match_are_named(tmp_path: Path) -> None:
    document = rule_file(
        rule("TST-010", {"total_minor": {"gt": 100}}, {"owner": "risk"}),
        rule("TST-020", {"total_minor": {"gt": 50}}, {"owner": "operations"}),
        rule("TST-030", {"total_minor": {"gt": 70}}),
    )
    evaluation = asked(tmp_path, document, {"total_minor": 90})
    assert evaluation.fired == ("TST-020", "TST-030")
    assert (evaluation.rule, evaluation.outcome) == ("TST-020", {"owner": "operations"})
    assert evaluation.because == "TST-020 has its reason."


def test_reasons_say_what_was_compared_with_which_actual_value(tmp_path: Path) -> None:
    when = {
        "status": "received",
        "any": [{"risk_score": {"gte": 80}}, {"country": {"in": ["BR", "RU"]}, "total_minor": {"gt": 50000}}],
        "paid": {"is_not": True},
    }
    facts = {"status": "received", "risk_score": 5, "country": "BR", "total_minor": 60000}
    evaluation = asked(tmp_path, rule_file(rule(when=when, title="Risky")), facts)
    assert evaluation.reasons == (
        "TST-010 won: Risky",
        "status is received (was received)",
        "country in BR, RU (was BR)",
        "total_minor gt 50000 (was 60000)",
        "paid is not true (was missing)",
    )


def test_the_default_answers_when_no_rule_matches(tmp_path: Path) -> None:
    default = {"owner": "operations", "because": "Nobody else."}
    evaluation = asked(tmp_path, rule_file(rule(when={"paid": True}), default=default), {})
    assert (evaluation.rule, evaluation.fired) == (None, ())
    assert (evaluation.outcome, evaluation.because) == ({"owner": "operations"}, "Nobody else.")


def test_the_worst_verdict_decides_and_the_first_of_equals(tmp_path: Path) -> None:
    verdicts = ["warn", "block", "hold", "block"]
    rules = [rule(f"TST-{n}", {}, {"verdict": verdict}) for n, verdict in enumerate(verdicts)]
    document = rule_file(*rules, hit_policy="worst", ranking=["block", "hold", "warn", "pass"])
    document["on_error"]["verdict"] = "hold"
    assert asked(tmp_path, document, {}).rule == "TST-1"


def test_under_the_hit_policy_all_every_answer_is_given(tmp_path: Path) -> None:
    document = rule_file(rule("TST-1"), rule("TST-2", {"paid": True}), rule("TST-3"), hit_policy="all")
    evaluation = asked(tmp_path, document, {})
    assert evaluation.outcome == {
        "matches": [{"rule": "TST-1", "owner": "risk"}, {"rule": "TST-3", "owner": "risk"}],
    }


def test_two_matches_under_the_hit_policy_unique_fail_closed(tmp_path: Path) -> None:
    file = compiled(tmp_path, rule_file(rule("TST-1"), rule("TST-2", {"paid": True}), hit_policy="unique"))
    assert file.evaluate({}, TODAY).rule == "TST-1"
    evaluation = file.evaluate({"paid": True}, TODAY)
    assert evaluation.failed
    assert evaluation.outcome == {"owner": "operations"}


@pytest.mark.parametrize(
    ("test", "matching", "other"),
    [
        ({"gt": 5}, [6], [5, 4, None]),
        ({"gte": 5}, [5, 6], [4, None]),
        ({"lt": 5}, [4, -(2**53) + 1], [5, 6, None]),
        ({"lte": 5}, [5, 4], [6, None]),
        ({"between": [5, 7]}, [5, 6, 7], [4, 8, None]),
        ({"gt": -5, "is_not": 0}, [-4, 1], [-5, 0, None]),
        ({"in": [1, 3]}, [1, 3], [2, None]),
        ({"not_in": [1, 3]}, [2, None], [1, 3]),
        ({"is_not": 1}, [2, None], [1]),
        ({"missing": True}, [None], [0]),
        ({"missing": False}, [0], [None]),
        ({"exists": True}, [0], [None]),
        ({"exists": False}, [None], [0]),
        (0, [0], [1, None]),
        ({"gt": 2**53 - 2}, [2**53 - 1], [2**53 - 2]),
    ],
)
def test_operators_on_numbers(tmp_path: Path, test: Any, matching: list[Any], other: list[Any]) -> None:
    file = compiled(tmp_path, rule_file(rule(when={"total_minor": test})))
    assert [file.evaluate({"total_minor": v}, TODAY).rule for v in matching] == ["TST-010"] * len(matching)
    assert [file.evaluate({"total_minor": v}, TODAY).rule for v in other] == [None] * len(other)


def test_true_is_not_one_and_false_is_not_missing(tmp_path: Path) -> None:
    assert matches(tmp_path, {"paid": False}, {"paid": False})
    assert not matches(tmp_path, {"paid": False}, {})
    assert not matches(tmp_path, {"paid": True}, {"paid": False})


def test_strings_are_compared_whole_whatever_they_hold(tmp_path: Path) -> None:
    odd = 'quote " backslash \\ null \x00 é 漢 😀'
    assert matches(tmp_path, {"country": odd}, {"country": odd})
    assert not matches(tmp_path, {"country": odd}, {"country": odd + " "})
    assert not matches(tmp_path, {"country": "BR"}, {"country": "BR" + "x" * 59_000})


def test_enum_members_count_as_their_words_and_become_plain_strings(tmp_path: Path) -> None:
    status = StrEnum("status", ["received"])
    evaluation = asked(tmp_path, rule_file(rule(when={"status": "received"})), {"status": status["received"]})
    assert evaluation.rule == "TST-010"
    assert type(evaluation.facts["status"]) is str


def test_a_rule_in_shadow_mode_is_reported_and_never_wins(tmp_path: Path) -> None:
    evaluation = asked(tmp_path, rule_file(rule("TST-1", mode="shadow"), rule("TST-2")), {})
    assert (evaluation.rule, evaluation.fired, evaluation.shadow) == ("TST-2", ("TST-2",), ("TST-1",))


def test_a_rule_wins_until_its_last_day_and_not_on_the_next(tmp_path: Path) -> None:
    file = compiled(tmp_path, rule_file(rule("TST-1", until="2026-11-09"), rule("TST-2")))
    assert file.evaluate({}, date(2026, 11, 9)).rule == "TST-1"
    assert file.evaluate({}, date(2026, 11, 10)).rule == "TST-2"


def test_the_deputy_of_the_owner_in_the_facts_takes_over(tmp_path: Path) -> None:
    document = rule_file(rule(then={"reassign_to": "deputy"}))
    assert asked(tmp_path, document, {"owner": "operations"}).outcome == {"reassign_to": "risk"}


def test_nobodys_deputy_fails_closed(tmp_path: Path) -> None:
    file = compiled(tmp_path, rule_file(rule(then={"reassign_to": "deputy"})))
    evaluation = file.evaluate({}, TODAY)
    assert evaluation.failed
    assert evaluation.outcome == {"owner": "operations"}


def test_when_engine_and_oracle_disagree_on_error_answers_and_an_alarm_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = compiled(tmp_path, rule_file(rule(when={"paid": True})))
    wrong: CompiledFile = dataclasses.replace(file, oracle=((0, 0, lambda facts: True),))
    with caplog.at_level(logging.CRITICAL):
        evaluation = wrong.evaluate({"paid": False}, TODAY)
    assert evaluation.failed
    assert evaluation.rule is None
    assert (evaluation.outcome, evaluation.because) == ({"owner": "operations"}, "It could not be evaluated.")
    assert "engine and oracle disagree" in caplog.text
    assert "TST-010" in evaluation.reasons[0]
    assert wrong.evaluate({"paid": True}, TODAY).rule == "TST-010"


def test_without_on_error_a_disagreement_answers_nothing_and_says_so(tmp_path: Path) -> None:
    document = rule_file(rule(when={"paid": True}))
    del document["on_error"]
    wrong = dataclasses.replace(compiled(tmp_path, document), oracle=((0, 0, lambda facts: True),))
    evaluation = wrong.evaluate({}, TODAY)
    assert (evaluation.rule, evaluation.outcome) == (None, {})
    assert "could not be evaluated" in evaluation.because


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"statu": "received"}, "/statu"),
        ({"statu": None}, "/statu"),
        ({"$s": 1}, "/$s"),
        ({"$forward": 1}, "/$forward"),
        ({"id": "1"}, "/id"),
        ({"sid": "1"}, "/sid"),
        ({"\ud800": "1"}, "/?"),
        ({"x" * 10_000_000: 1}, "/" + "x" * 80),
        ({"status": "recieved"}, "/status"),
        ({"status": 1}, "/status"),
        ({"total_minor": 1.0}, "/total_minor"),
        ({"total_minor": float("nan")}, "/total_minor"),
        ({"total_minor": True}, "/total_minor"),
        ({"total_minor": "1"}, "/total_minor"),
        ({"total_minor": 2**53}, "/total_minor"),
        ({"total_minor": -(2**53)}, "/total_minor"),
        ({"total_minor": 10**5000}, "/total_minor"),
        ({"paid": 1}, "/paid"),
        ({"country": "x" * 65_536}, "/country"),
        ({"country": "é" * 30_001}, "/country"),
        ({"country": "\ud800"}, "/country"),
        ({"country": ["BR"]}, "/country"),
        ({"since": "2026-11-09T13:00:00Z"}, "/since"),
        ({"lines": {}}, "/lines"),
        ({"lines": "abc"}, "/lines"),
        ({"lines": [{}] * 10_001}, "/lines"),
        ({"lines": [{"sku": "A"}, 5]}, "/lines/1"),
        ({"lines": [{"sku": "A"}, {"sku": 5}]}, "/lines/1/sku"),
        ({"lines": [{"skuu": "A"}]}, "/lines/0/skuu"),
    ],
)
def test_hostile_and_mistaken_facts_are_refused_with_their_place(
    tmp_path: Path, facts: dict[str, Any], pointer: str
) -> None:
    file = compiled(tmp_path, rule_file(rule(when={"country": "BR"})))
    with pytest.raises(InvalidInput) as refused:
        file.evaluate(facts, TODAY)
    assert refused.value.pointer == pointer
    assert len(refused.value.detail) < 500
    refused.value.detail.encode()


def test_facts_that_are_no_object_are_refused(tmp_path: Path) -> None:
    facts: Any = [("country", "BR")]
    with pytest.raises(InvalidInput, match="must be an object"):
        compiled(tmp_path, rule_file()).evaluate(facts, TODAY)
