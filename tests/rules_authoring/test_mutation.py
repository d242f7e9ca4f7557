"""Which changes count, which are left out because they alter nothing, and that the proposed tests notice the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from connector_service.local.home import CHECKOUT
from connector_service.rules_authoring.by_oracle import ByOracle
from connector_service.rules_authoring.mutation.mutants import Mutant, mutants
from connector_service.rules_authoring.mutation.mutation import MutationReport, mutation_of
from connector_service.rules_authoring.mutation.outcome_changes import names_of
from connector_service.rules_authoring.mutation.variants import variant
from connector_service.rules_authoring.mutation.witness import compare
from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.folder import read_rule_file, read_words, rule_paths
from tests.rules_engine.rules_workbench import compiled, rule, rule_file

DEFAULT = {"owner": "operations", "because": "Nobody else."}
RISKY = rule(
    "TST-010", {"status": "received", "any": [{"total_minor": {"gt": 50000}}, {"country": {"in": ["BR", "RU"]}}]}
)
SECOND = rule("TST-020", {"status": {"in": ["received", "validated"]}, "paid": True}, then={"owner": "operations"})
CLOCK = rule(
    "TST-010",
    {"status": "received"},
    clock={"since": "since", "calendar": "desk", "pause_when": {"waiting_for": "customer"}},
    cascade=[{"after": "1h", "then": {"notify": "risk"}}, {"after": "2h", "then": {"notify": "operations"}}],
)
WORST = {
    "hit_policy": "worst",
    "ranking": ["block", "hold", "pass"],
    "default": {"verdict": "pass", "because": "Nothing was found."},
    "on_error": {"verdict": "hold", "because": "It could not be evaluated."},
}
DERIVED = {"short": {"count": "lines", "where": {"packed": {"lt_field": "ordered"}}}}


def _report(folder: Path, *rules: dict[str, Any], tests: Any = (), **more: Any) -> MutationReport:
    return mutation_of(compiled(folder, rule_file(*rules, tests=list(tests), **more)))


def _words(report: MutationReport) -> set[str]:
    return {str(survivor) for survivor in report.survivors}


def test_a_limit_that_no_test_stands_beside_is_named(tmp_path: Path) -> None:
    far = [{"name": "far", "given": {"total_minor": 90000}, "expect": {"rule": "TST-010"}}]
    words = _words(_report(tmp_path, rule("TST-010", {"total_minor": {"gt": 50000}}), tests=far))
    assert "TST-010: nobody would notice if total_minor gt 50000 became total_minor gt 50001" in words
    assert "TST-010: nobody would notice if total_minor gt 50000 became total_minor gte 50000" in words


@pytest.mark.parametrize(
    ("rules", "more"),
    [
        ((RISKY, SECOND), {"default": DEFAULT}),
        ((RISKY, SECOND), {"hit_policy": "all", "default": DEFAULT}),
        ((RISKY, SECOND), {"hit_policy": "unique", "default": DEFAULT}),
        ((RISKY, rule("TST-020", {"status": "received"}, mode="shadow")), {}),
        ((CLOCK,), {}),
        ((rule("TST-010", {"short": {"gt": 0}}),), {"derive": DERIVED}),
        (
            (
                rule("TST-010", {"risk_score": {"gte": 80}}, then={"verdict": "hold"}),
                rule("TST-020", {"risk_score": {"gte": 95}, "paid": {"is_not": True}}, then={"verdict": "block"}),
            ),
            WORST,
        ),
        ((rule("TST-010", {"country": {"in": "@risky"}}),), {"lists": {"risky": ["BR", "RU"]}, "default": DEFAULT}),
    ],
)
def test_the_proposed_tests_notice_every_change(tmp_path: Path, rules: Any, more: dict[str, Any]) -> None:
    before = _report(tmp_path, *rules, **more)
    assert before.survivors
    proposed = [survivor.test for survivor in before.survivors if survivor.test]
    after = _report(tmp_path, *rules, tests=proposed, **more)
    assert {str(survivor) for survivor in after.survivors if survivor.test} == set()
    assert after.killed >= before.killed + len(proposed)


def test_a_change_that_alters_no_answer_is_left_out(tmp_path: Path) -> None:
    behind = (rule("TST-010", {"paid": True}), rule("TST-020", {"paid": True, "total_minor": {"gt": 5}}))
    report = _report(tmp_path, *behind, default=DEFAULT)
    assert not [survivor for survivor in report.survivors if "total_minor gt 5 became" in survivor.words]
    assert report.equivalent > 0


def test_changes_that_findings_refuse_are_not_counted(tmp_path: Path) -> None:
    report = _report(tmp_path, rule("TST-010", {"paid": True}, then={"verdict": "hold", "queue": "review"}), **WORST)
    assert all("verdict hold were dropped" not in survivor.words for survivor in report.survivors)


@pytest.mark.parametrize("policy", ["first", "all", "unique", "worst"])
def test_what_is_called_equivalent_is_so_in_every_cell(tmp_path: Path, policy: str) -> None:
    rules = (
        rule("TST-010", {"status": "received", "risk_score": {"gte": 80}}, then={"owner": "risk", "verdict": "hold"}),
        rule(
            "TST-020", {"any": [{"risk_score": {"gt": 90}}, {"paid": True}]}, then={"owner": "risk", "verdict": "pass"}
        ),
        rule("TST-030", {"status": {"not_in": ["received"]}}, then={"owner": "operations", "verdict": "hold"}),
        rule("TST-040", {"status": "received", "paid": True}, then={"owner": "operations", "verdict": "block"}),
    )
    more = WORST if policy == "worst" else {"hit_policy": policy, "default": DEFAULT}
    made = compiled(tmp_path, rule_file(*rules, **more))
    before = ByOracle(made.file, made.organisation)
    counted = {"yes": 0, "no": 0}
    for mutant, after in _variants(made):
        verdict = compare(mutant, before, after).differs
        if verdict == "unknown":
            continue
        counted[verdict] += 1
        assert (verdict == "yes") == _differs_in_some_cell(before, after), mutant.words
    assert counted["no"] or policy == "all"
    assert counted["yes"] > 30


def _variants(made: CompiledFile) -> Iterator[tuple[Mutant, ByOracle]]:
    names = names_of(made.file, made.organisation)
    for mutant in mutants(made.file.document, made.file.vocabulary.facts, names):
        file = variant(made.file, made.organisation, mutant)
        if file is not None:
            yield mutant, ByOracle(file, made.organisation)


def _differs_in_some_cell(before: ByOracle, after: ByOracle) -> bool:
    statuses = (None, "received", "validated", "closed")
    scores = (None, *range(78, 94))
    for status, score, paid in product(statuses, scores, (None, True, False)):
        facts = {"status": status, "risk_score": score, "paid": paid}
        first, second = (each.evaluate(facts, date(2026, 1, 1)) for each in (before, after))
        if (first.rule, first.outcome, first.failed) != (second.rule, second.outcome, second.failed):
            return True
    return False


@pytest.mark.parametrize("name", [path.stem for path in rule_paths(CHECKOUT / "rules")])
def test_the_oracle_alone_answers_the_tests_of_shipped_files_as_engine_and_oracle_do(name: str) -> None:
    findings: list[Any] = []
    words = read_words(CHECKOUT / "rules", findings)
    assert words is not None
    file = read_rule_file(CHECKOUT / "rules" / f"{name}.json", words, findings)
    assert file is not None
    both, alone = CompiledFile.of(file, words.organisation), ByOracle(file, words.organisation)
    for test in file.tests:
        facts = {key: value for key, value in test["given"].items() if file.vocabulary.facts[key].kind != "time"}
        first, second = both.evaluate(facts, date(2026, 1, 1)), alone.evaluate(facts, date(2026, 1, 1))
        assert (first.rule, first.fired, first.outcome, first.shadow) == (
            second.rule,
            second.fired,
            second.outcome,
            second.shadow,
        )
