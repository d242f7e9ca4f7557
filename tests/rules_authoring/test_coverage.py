"""What counts as shown by a rule file's tests, and that the tests proposed for what is missing do show it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connector_service.local.home import CHECKOUT
from connector_service.rules_authoring.coverage.coverage import Coverage, coverage_of
from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.folder import read_rule_file, read_words, rule_paths
from tests.rules_engine.rules_workbench import compiled, rule, rule_file

TWO_RULES = (
    rule("TST-010", {"status": "received", "any": [{"risk_score": {"gte": 80}}, {"country": {"in": ["BR", "RU"]}}]}),
    rule("TST-020", {"total_minor": {"gt": 50000}}, then={"owner": "operations"}),
)
DEFAULT = {"owner": "operations", "because": "Nobody else."}
CLOCK = rule(
    "TST-010",
    {"status": "received"},
    clock={"since": "since", "calendar": "desk", "pause_when": {"waiting_for": "customer"}},
    cascade=[
        {"after": "1h", "then": {"notify": "risk"}},
        {"after": "2h", "then": {"notify": "operations"}},
    ],
)


def _coverage(folder: Path, *rules: dict[str, Any], tests: Any = (), **more: Any) -> Coverage:
    return coverage_of(compiled(folder, rule_file(*rules, tests=list(tests), **more)))


def _missing(coverage: Coverage) -> set[str]:
    return {str(gap) for gap in coverage.missing}


def _shown(rule_id: str | None, **facts: Any) -> dict[str, Any]:
    return {"name": f"{rule_id} {facts}", "given": facts, "expect": {"rule": rule_id}}


def test_without_tests_nothing_is_shown_and_everything_missing_is_named(tmp_path: Path) -> None:
    coverage = _coverage(tmp_path, *TWO_RULES, default=DEFAULT)
    assert coverage.percent == 0
    assert "TST-020: no test in which it wins with total_minor 50001 (total_minor gt 50000)" in _missing(coverage)
    assert "default: no test in which the default answers" in _missing(coverage)


def test_the_tests_proposed_for_what_is_missing_show_all_of_it(tmp_path: Path) -> None:
    proposed = [gap.test for gap in _coverage(tmp_path, *TWO_RULES, default=DEFAULT).missing]
    assert _coverage(tmp_path, *TWO_RULES, default=DEFAULT, tests=proposed).percent == 100


def test_the_tests_proposed_for_clocks_show_every_step_and_the_pause(tmp_path: Path) -> None:
    before = _coverage(tmp_path, CLOCK)
    assert before.possible["step"] == 4
    assert before.possible["pause"] == 1
    after = _coverage(tmp_path, CLOCK, tests=[gap.test for gap in before.missing])
    assert after.percent == 100


def test_a_value_that_is_not_next_to_the_threshold_does_not_show_it(tmp_path: Path) -> None:
    only = rule("TST-010", {"total_minor": {"gt": 50000}})
    far = _coverage(tmp_path, only, tests=[_shown("TST-010", total_minor=60000), _shown(None, total_minor=100)])
    near = _coverage(tmp_path, only, tests=[_shown("TST-010", total_minor=50001), _shown(None, total_minor=50000)])
    assert far.shown.get("threshold", 0) == 0
    assert near.shown["threshold"] == 2


def test_a_condition_that_is_false_beside_another_false_one_is_not_shown(tmp_path: Path) -> None:
    both = rule("TST-010", {"status": "received", "paid": True})
    aside = _coverage(tmp_path, both, tests=[_shown("TST-010", status="received", paid=True), _shown(None)])
    assert aside.shown.get("clause", 0) == 0
    alone = _coverage(tmp_path, both, tests=[_shown(None, status="received"), _shown(None, paid=True)])
    assert alone.shown["clause"] == 2


def test_each_value_of_a_list_needs_a_test_of_its_own(tmp_path: Path) -> None:
    listed = rule("TST-010", {"country": {"in": ["BR", "RU"]}})
    coverage = _coverage(tmp_path, listed, tests=[_shown("TST-010", country="BR")])
    assert "TST-010: no test in which it wins with country RU" in _missing(coverage)
    assert "TST-010: no test in which it wins with country BR" not in _missing(coverage)


def test_what_no_facts_can_show_is_not_asked_for(tmp_path: Path) -> None:
    hidden = (rule("TST-010", {"status": "received"}), rule("TST-020", {"status": "received", "paid": True}))
    coverage = _coverage(tmp_path, *hidden)
    assert all(gap.rule != "TST-020" for gap in coverage.missing)


def test_a_test_that_fails_shows_nothing(tmp_path: Path) -> None:
    only = rule("TST-010", {"status": "received"})
    assert _coverage(tmp_path, only, tests=[_shown("TST-020", status="received")]).shown == {}


def test_a_rule_in_shadow_is_shown_when_it_fires(tmp_path: Path) -> None:
    rules = (rule("TST-010", {"status": "received"}), rule("TST-020", {"status": "received"}, mode="shadow"))
    coverage = _coverage(tmp_path, *rules, tests=[_shown("TST-010", status="received")])
    assert coverage.shown["rule"] == 2


def test_a_rule_that_ended_is_asked_about_on_its_last_day(tmp_path: Path) -> None:
    ended = rule("TST-010", {"status": "received"}, until="2025-06-30")
    proposed = [gap.test for gap in _coverage(tmp_path, ended).missing]
    assert all(test and test["now"].startswith("2025-06-30") for test in proposed)


def test_derived_facts_are_shown_by_the_facts_they_come_from(tmp_path: Path) -> None:
    derive = {"short": {"count": "lines", "where": {"packed": {"lt_field": "ordered"}}}}
    short = rule("TST-010", {"short": {"gt": 0}})
    coverage = _coverage(tmp_path, short, derive=derive)
    given = [gap.test["given"] for gap in coverage.missing if gap.test]
    assert any("lines" in facts for facts in given)
    assert _coverage(tmp_path, short, derive=derive, tests=[gap.test for gap in coverage.missing]).percent == 100


@pytest.mark.parametrize("name", [path.stem for path in rule_paths(CHECKOUT / "rules")])
def test_shipped_files_without_their_tests_are_covered_by_the_proposed_ones(name: str) -> None:
    findings: list[Any] = []
    words = read_words(CHECKOUT / "rules", findings)
    assert words is not None
    file = read_rule_file(CHECKOUT / "rules" / f"{name}.json", words, findings)
    assert file is not None
    bare = replace(file, tests=())
    missing = coverage_of(CompiledFile.of(bare, words.organisation)).missing
    full = replace(bare, tests=tuple(gap.test for gap in missing if gap.test))
    after = coverage_of(CompiledFile.of(full, words.organisation))
    assert {str(gap) for gap in after.missing}.isdisjoint(str(gap) for gap in missing if gap.test)
    assert after.percent == 100 or file.derived
