"""Numbers of a rule file that the connector's steps read: where they come from, and what is refused."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connector_service.local.home import CHECKOUT
from connector_service.rules_authoring.checks import check_file
from connector_service.rules_authoring.mutation.mutants import mutants
from connector_service.rules_authoring.mutation.outcome_changes import names_of
from connector_service.rules_engine import RuleBook
from connector_service.rules_engine.findings import Finding, Report
from connector_service.rules_engine.folder import read_rule_file, read_words
from connector_service.rules_engine.model import RuleFile

Json = dict[str, Any]
SHIPPED = CHECKOUT / "rules"
CHOICE = "warehouse-choice"


def shipped() -> Json:
    document: Json = json.loads((SHIPPED / f"{CHOICE}.json").read_text())
    return document


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "rules"))


def read(rules: Path, document: Json, layer_of: str = "") -> tuple[RuleFile | None, list[Finding]]:
    path = rules / "tenants" / layer_of / f"{CHOICE}.json" if layer_of else rules / f"{CHOICE}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
    findings: list[Finding] = []
    words = read_words(rules, findings)
    assert words is not None, findings
    return read_rule_file(path, words, findings), findings


def layer(**numbers: int) -> Json:
    schema = "./schemas/location@1.ruleset.schema.json"
    head = {"$schema": schema, "extends": f"{CHOICE}@1.1", "tenant": "acme", "version": "1.0.0"}
    return {**head, "description": "Splits are dear here.", "numbers": numbers}


def test_the_shipped_file_says_every_number_that_a_step_reads() -> None:
    numbers = RuleBook.load(SHIPPED).of("acme").step_numbers(CHOICE)
    document = shipped()
    assert numbers == {name: document["numbers"][name] for name in numbers}
    assert len(numbers) == 15


def test_what_a_file_does_not_say_is_as_usual(rules: Path) -> None:
    document = shipped()
    del document["numbers"]["late_day_minor"]
    document["overridable"]["numbers"].remove("late_day_minor")
    file, findings = read(rules, document)
    assert file is not None, findings
    assert file.step_numbers()["late_day_minor"] == file.vocabulary.read_by_steps["late_day_minor"].usual


def test_a_tenants_layer_sets_those_that_are_marked_and_no_others(rules: Path) -> None:
    file, findings = read(rules, layer(shipment_minor=900), "acme")
    assert file is not None, findings
    assert (file.step_numbers()["shipment_minor"], file.step_numbers()["merit_minor"]) == (900, 200)
    _, (finding,) = read(rules, layer(budget_ms=400), "acme")
    assert "budget_ms" in finding.what


@pytest.mark.parametrize(("name", "value"), [("spread_per_mille", 101), ("budget_ms", -1), ("keep_days", 61)])
def test_a_number_that_no_step_could_work_with_is_refused_with_its_limits(rules: Path, name: str, value: int) -> None:
    document = shipped()
    document["numbers"][name] = value
    file, (finding,) = read(rules, document)
    assert file is None
    assert finding.pointer == f"/numbers/{name}"
    known = json.loads((SHIPPED / "vocabularies" / "location@1.json").read_text())["read_by_steps"][name]
    assert f"{known['least']} to {known['most']}" in finding.fix


def test_a_layer_is_blamed_for_its_own_number(rules: Path) -> None:
    _, (finding,) = read(rules, layer(spread_per_mille=500), "acme")
    assert (finding.file, finding.pointer) == (f"tenants/acme/{CHOICE}.json", "/numbers/spread_per_mille")


def test_a_number_that_a_step_reads_is_used_and_one_that_nobody_reads_is_not(rules: Path) -> None:
    document = shipped()
    document["numbers"]["late_day_miner"] = 300
    file, findings = read(rules, document)
    assert file is not None, findings
    found = check_file(file, Report(f"{CHOICE}.json", document), date(2026, 11, 21), notes=False).all()
    warnings = [each.what for _, each in found]
    assert warnings == ['Nothing uses the number "@late_day_miner".']


def test_what_changes_no_answer_is_no_change_that_tests_should_notice() -> None:
    book = RuleBook.load(SHIPPED)
    file = book.compiled(CHOICE).file
    names = names_of(file, book.of("acme").organisation)
    changed = {
        each.path[1] for each in mutants(file.document, file.vocabulary.facts, names) if each.path[0] == "numbers"
    }
    assert changed == {"plenty_days", "scarce_days"}
