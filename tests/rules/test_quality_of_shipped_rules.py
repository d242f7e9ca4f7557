"""The shipped rules hold to what rule authors are asked for: nothing found, everything tested, every change noticed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from connector_service.rules_authoring.checking import Checking
from connector_service.rules_authoring.coverage.coverage import coverage_of
from connector_service.rules_authoring.mutation.mutation import mutation_of
from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.findings import Finding
from connector_service.rules_engine.folder import Words, read_rule_file, read_words, rule_paths

RULES = Path(__file__).parents[2] / "rules"
FILES = pytest.mark.parametrize("path", rule_paths(RULES), ids=lambda path: path.stem)
TODAY = date(2026, 11, 21)
MUTATION_SCORE = 95
"""In percent; what the shipped rules promise."""


@pytest.fixture(scope="module")
def words() -> Words:
    findings: list[Finding] = []
    found = read_words(RULES, findings)
    assert found is not None, findings
    return found


def compiled(path: Path, words: Words) -> CompiledFile:
    findings: list[Finding] = []
    file = read_rule_file(path, words, findings)
    assert file is not None, findings
    return CompiledFile.of(file, words.organisation)


@FILES
def test_the_exact_checks_find_nothing(path: Path, words: Words) -> None:
    checked = Checking(words, TODAY).text(path.read_bytes(), path.name, path.stem)
    assert [str(finding) for _, finding in checked.findings] == []
    assert checked.is_right


@FILES
def test_the_tests_inside_show_every_condition_threshold_value_and_step(path: Path, words: Words) -> None:
    coverage = coverage_of(compiled(path, words))
    assert [str(gap) for gap in coverage.missing] == []
    assert coverage.percent == 100


@FILES
def test_the_tests_inside_notice_what_a_hurried_edit_could_change(path: Path, words: Words) -> None:
    report = mutation_of(compiled(path, words))
    assert report.killed > 50
    assert report.percent >= MUTATION_SCORE, [str(survivor) for survivor in report.survivors]
