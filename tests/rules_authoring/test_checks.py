"""Each exact check finds the mistake it is for, with place and way out, and is silent on a file that is right."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from connector_service.rules_authoring.cells import cells
from connector_service.rules_authoring.checks import check_file
from connector_service.rules_engine.findings import Finding, Report
from tests.rules_authoring.small_files import DERIVE, parsed
from tests.rules_engine.rules_workbench import rule, rule_file

TODAY = date(2026, 11, 21)
DEFAULT = {"owner": "operations", "because": "Nobody else."}
BLOCK, HOLD, PASS = ({"verdict": verdict} for verdict in ("block", "hold", "pass"))
GATE = {
    "hit_policy": "worst",
    "ranking": ["block", "hold", "pass"],
    "default": {**PASS, "because": "Nothing found."},
    "on_error": {**HOLD, "because": "It failed."},
}


def findings(document: dict[str, Any], notes: bool = False) -> list[tuple[str, Finding]]:
    return check_file(parsed(document), Report("file.json", document), TODAY, notes).all()


def one(*rules: dict[str, Any], notes: bool = False, **more: Any) -> tuple[str, Finding]:
    found = findings(rule_file(*rules, **{"default": DEFAULT, **more}), notes)
    assert len(found) == 1, found
    return found[0]


def test_a_right_file_has_no_findings() -> None:
    document = rule_file(
        rule("TST-1", {"status": "received", "risk_score": {"gte": 80}}),
        rule("TST-2", {"status": {"in": ["received", "validated"]}}, {"owner": "operations"}),
        rule("TST-3", {"any": [{"country": {"in": "@far"}}, {"total_minor": {"between": [1, 9]}}]}),
        default=DEFAULT,
        lists={"far": ["BR", "RU"]},
    )
    assert findings(document) == []


@pytest.mark.parametrize(
    ("when", "place", "words"),
    [
        ({"total_minor": {"gt": 9, "lt": 3}}, "/total_minor/lt", "total_minor gt 9"),
        ({"total_minor": {"gt": 9, "lte": 9}}, "/total_minor/lte", "exclude each other"),
        ({"paid": {"missing": True}, "all": [{"paid": True}]}, "/all/0/paid", "paid is missing"),
        ({"status": "closed", "all": [{"status": {"in": ["received"]}}]}, "/all/0/status/in", "exclude each other"),
        ({"status": {"in": ["closed"], "not_in": ["closed"]}}, "/status/not_in", "exclude each other"),
        ({"total_minor": {"gte": 1, "lte": 3, "not_in": [1, 2, 3]}}, "/total_minor/not_in", "cannot be true together"),
    ],
)
def test_a_rule_that_can_never_match_is_an_error_at_the_clause_that_excludes_the_others(
    when: dict[str, Any], place: str, words: str
) -> None:
    severity, finding = one(rule("TST-1", when))
    assert (severity, finding.rule, finding.pointer) == ("error", "TST-1", f"/rules/0/when{place}")
    assert words in finding.what


def test_what_a_derived_fact_can_never_be_is_a_contradiction() -> None:
    severity, finding = one(rule("TST-1", {"lines_all": {"lt": 0}}), derive={"lines_all": DERIVE["lines_all"]})
    assert severity == "error"
    assert '"lines_all lt 0" is true of no value' in finding.what


def test_derived_facts_cannot_contradict_what_they_are_made_of() -> None:
    when = {"over": {"exists": True}, "total_minor": {"missing": True}}
    severity, finding = one(rule("TST-1", when), derive={"over": DERIVE["over"]})
    assert (severity, finding.pointer) == ("error", "/rules/0/when/total_minor/missing")


def test_an_alternative_that_can_never_hold_is_a_warning() -> None:
    when = {"status": "closed", "any": [{"paid": True}, {"status": "received"}]}
    severity, finding = one(rule("TST-1", when))
    assert (severity, finding.pointer) == ("warning", "/rules/0/when/any/1/status")


def test_a_rule_that_never_wins_names_those_that_take_its_orders() -> None:
    severity, finding = one(
        rule("TST-1", {"status": "closed"}),
        rule("TST-2", {"status": "received"}),
        rule("TST-3", {"paid": False}),
        rule("TST-4", {"status": {"in": ["closed", "received"]}, "paid": True}),
    )
    assert (severity, finding.rule) == ("error", "TST-4")
    assert "TST-1, TST-2." in finding.what
    assert '{"status": "received", "paid": true}' in finding.what
    assert "before TST-1" in finding.fix


def test_a_rule_that_a_rule_in_shadow_precedes_can_win() -> None:
    document = rule_file(rule("TST-1", {}, mode="shadow"), rule("TST-2", {"paid": True}), default=DEFAULT)
    assert findings(document) == []


def test_a_rule_that_outlives_the_one_before_it_will_win() -> None:
    document = rule_file(
        rule("TST-1", {"paid": True}, until="2026-12-31"), rule("TST-2", {"paid": True}), default=DEFAULT
    )
    assert findings(document) == []


def test_a_verdict_that_never_decides_is_a_warning() -> None:
    severity, finding = one(
        rule("TST-1", {"total_minor": {"gt": 5}}, HOLD), rule("TST-2", {"total_minor": {"gt": 3}}, BLOCK), **GATE
    )
    assert (severity, finding.pointer) == ("warning", "/rules/0/then/verdict")
    assert "TST-2" in finding.what


def test_overlap_under_unique_comes_with_an_order() -> None:
    severity, finding = one(
        rule("TST-1", {"status": "closed"}), rule("TST-2", {"total_minor": {"gt": 5}}), hit_policy="unique"
    )
    assert (severity, finding.pointer) == ("error", "/rules/1/when")
    assert '{"status": "closed", "total_minor": 6}' in finding.fix


def test_rules_apart_are_right_under_unique() -> None:
    document = rule_file(
        rule("TST-1", {"total_minor": {"lte": 5}}),
        rule("TST-2", {"total_minor": {"gt": 5}}),
        hit_policy="unique",
        default=DEFAULT,
    )
    assert findings(document) == []


def test_what_the_order_decides_is_a_note_on_demand() -> None:
    rules = (
        rule("TST-1", {"status": "closed"}, {"owner": "risk"}),
        rule("TST-2", {"paid": True}, {"owner": "operations"}),
    )
    severity, finding = one(*rules, notes=True)
    assert (severity, finding.rule) == ("note", "TST-2")
    assert '{"status": "closed", "paid": true}' in finding.what
    assert findings(rule_file(*rules, default=DEFAULT)) == []


def test_a_gap_comes_with_an_order_and_the_number_of_kinds() -> None:
    found = findings(rule_file(rule("TST-1", {"paid": True, "status": {"exists": True}})))
    assert [severity for severity, _ in found] == ["error"]
    assert "9 kinds of facts are answered by no rule" in found[0][1].what
    assert '{"paid": false' in found[0][1].what or '"paid": false}' in found[0][1].what


def test_a_default_that_nothing_is_left_to_is_a_warning() -> None:
    severity, finding = one(rule("TST-1", {"paid": True}), rule("TST-2"))
    assert (severity, finding.pointer) == ("warning", "/default")


def test_a_clause_that_another_implies_is_a_warning() -> None:
    severity, finding = one(rule("TST-1", {"total_minor": {"gt": 5, "exists": True}}))
    assert (severity, finding.pointer) == ("warning", "/rules/0/when/total_minor/exists")
    assert '"total_minor gt 5" says so already' in finding.what


def test_an_alternative_that_another_includes_is_a_warning() -> None:
    any_of = [{"total_minor": {"gt": 5}}, {"total_minor": {"gt": 9}, "paid": True}]
    severity, finding = one(rule("TST-1", {"any": any_of}))
    assert (severity, finding.pointer) == ("warning", "/rules/0/when/any/1")


def test_a_listed_value_that_earlier_rules_take_is_a_warning() -> None:
    severity, finding = one(
        rule("TST-1", {"status": "closed"}), rule("TST-2", {"status": {"in": ["received", "closed"]}})
    )
    assert (severity, finding.pointer) == ("warning", "/rules/1/when/status/in")
    assert '"closed" changes nothing' in finding.what


def test_a_limit_at_which_other_rules_win_is_a_warning() -> None:
    severity, finding = one(rule("TST-1", {"total_minor": {"lte": 10}}), rule("TST-2", {"total_minor": {"gt": 5}}))
    assert (severity, finding.pointer) == ("warning", "/rules/1/when/total_minor/gt")
    assert "The limit 5 decides nothing" in finding.what


def test_a_clause_that_leaves_out_only_what_others_take_is_a_note() -> None:
    severity, finding = one(
        rule("TST-1", {"status": "closed"}), rule("TST-2", {"paid": True, "status": {"is_not": "closed"}}), notes=True
    )
    assert (severity, finding.pointer) == ("note", "/rules/1/when/status/is_not")


def test_the_same_rule_twice_is_a_warning_under_all() -> None:
    severity, finding = one(rule("TST-1", {"paid": True}), rule("TST-2", {"paid": {"in": [True]}}), hit_policy="all")
    assert (severity, finding.rule) == ("warning", "TST-2")


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"lists": {"far": ["BR"]}}, "/lists/far"),
        ({"calendars": {"late": {"timezone": "UTC", "open": "always"}}}, "/calendars/late"),
        ({"derive": {"lines_all": {"count": "lines"}}}, "/derive/lines_all"),
    ],
)
def test_what_nothing_uses_is_a_warning(more: dict[str, Any], place: str) -> None:
    severity, finding = one(rule("TST-1", {"paid": True}), **more)
    assert (severity, finding.pointer) == ("warning", place)


def test_a_rule_whose_last_day_has_passed_is_a_warning() -> None:
    severity, finding = one(rule("TST-1", {"paid": True}, until="2026-11-20"))
    assert (severity, finding.pointer) == ("warning", "/rules/0/until")
    last_day = rule_file(rule("TST-1", {"paid": True}, until="2026-11-21"), default=DEFAULT)
    assert findings(last_day) == []


COVERED = (
    rule("TST-1", {"status": {"in": ["received", "validated"]}}),
    rule("TST-2", {"status": "closed"}, {"owner": "operations"}),
)


def test_a_file_that_covers_what_it_promises_is_right() -> None:
    assert findings(rule_file(*COVERED, default=DEFAULT, covers={"status": "owner"})) == []


def test_a_status_that_only_the_default_answers_is_an_error() -> None:
    severity, finding = one(COVERED[0], covers={"status": "owner"})
    assert (severity, finding.pointer) == ("error", "/covers/status")
    assert 'status "closed" gets no owner from any rule for {"status": "closed"}' in finding.what


def test_a_status_whose_rule_gives_no_owner_is_an_error() -> None:
    severity, finding = one(rule("TST-0", {"paid": True}, {"queue": "intake"}), *COVERED, covers={"status": "owner"})[
        :2
    ]
    assert severity == "error"
    assert finding.pointer == "/rules/0/then"


def test_only_facts_with_fixed_values_can_be_covered() -> None:
    severity, finding = one(*COVERED, covers={"statu": "owner"})
    assert (severity, finding.fix) == ("error", 'Did you mean "status"?')


def test_a_check_that_would_take_too_long_is_left_out_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MAX_COMPARISONS", 0)
    found = findings(rule_file(rule("TST-1", {"paid": True}), rule("TST-2", {"status": "closed"}), default=DEFAULT))
    assert {severity for severity, _ in found} == {"warning"}
    assert all("this was left out" in finding.what for _, finding in found)


def test_a_gap_too_large_to_count_is_still_an_error() -> None:
    derive = {f"sum_{number}": {"sum": ["total_minor"]} for number in range(14)}
    rules = [
        rule(f"TST-{number}-{other}", {f"sum_{number}": {"gt": other}, f"sum_{other}": {"lt": number}})
        for number in range(14)
        for other in range(14)
        if number != other
    ]
    errors = [finding for severity, finding in findings(rule_file(*rules, derive=derive)) if severity == "error"]
    assert any(finding.what.startswith("Some facts are answered by no rule") for finding in errors)
