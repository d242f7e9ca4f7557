"""The committed JSON Schemas are those that the code builds, and say what a rule author needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from connector_service.rules_engine.schemas.generate import main
from connector_service.rules_engine.schemas.rule_file import rule_file_schema
from connector_service.rules_engine.schemas.words import organisation_schema, vocabulary_schema

RULES = Path(__file__).parents[2] / "rules"


def test_the_committed_schemas_are_fresh() -> None:
    assert main(["--check"], RULES) == 0


def test_a_stale_schema_is_noticed_and_written_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ruleset.schema.json").write_text("{}")
    assert main(["--check"], tmp_path) == 1
    assert "ruleset.schema.json" in capsys.readouterr().out
    assert main(["--write"], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    assert (tmp_path / "ruleset.schema.json").read_text() == (RULES / "ruleset.schema.json").read_text()


def test_other_arguments_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "--write | --check" in capsys.readouterr().err


@pytest.mark.parametrize("schema", [rule_file_schema(), vocabulary_schema(), organisation_schema()])
def test_each_is_a_schema(schema: dict[str, object]) -> None:
    Draft202012Validator.check_schema(schema)


def test_a_tenants_layer_fits_the_schema() -> None:
    layer = {
        "extends": "ownership@1.4",
        "tenant": "acme",
        "version": "1.0.0",
        "replace": {"OWN-020": {"id": "OWN-020", "when": {"hold": "fraud"}, "then": {}, "because": "Ours."}},
        "disable": ["OWN-050"],
        "add": [],
        "lists": {"risk_countries": ["BR"]},
    }
    Draft202012Validator(rule_file_schema()).validate(layer)
    assert not Draft202012Validator(rule_file_schema()).is_valid({**layer, "disabled": []})


@pytest.mark.parametrize("path", sorted(RULES.glob("*.json")), ids=lambda path: path.stem)
def test_every_shipped_rule_file_fits_the_schema_of_its_vocabulary(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    if "hit_policy" in document and "$schema" in document:
        schema = json.loads(
            (RULES / "schemas" / f"{document['facts']}.ruleset.schema.json").read_text(encoding="utf-8")
        )
        Draft202012Validator(schema).validate(document)


def in_editor(when: Any, **more: Any) -> bool:
    """Whether an editor shows no error for a rule about order@1."""
    document = json.loads((RULES / "ownership.json").read_text(encoding="utf-8")) | more
    document["rules"] = [{**document["rules"][0], "when": when}]
    schema = json.loads((RULES / "schemas" / "order@1.ruleset.schema.json").read_text(encoding="utf-8"))
    return bool(Draft202012Validator(schema).is_valid(document))


@pytest.mark.parametrize(
    "when",
    [
        {"status": "received"},
        {"status": {"in": ["received", "closed"]}, "country": {"not_in": "@risk_countries"}},
        {"total_minor": {"between": [1, "@limit"]}},
        {"total_minor": "@limit", "exception": {"missing": True}},
        {"any": [{"status": "closed"}, {"all": [{"risk_score": {"gte": 80}}]}]},
    ],
)
def test_an_editor_accepts_what_the_compiler_accepts(when: dict[str, Any]) -> None:
    assert in_editor(when)


@pytest.mark.parametrize(
    "when",
    [
        {"statu": "received"},
        {"status": "recieved"},
        {"status": {"in": ["recieved"]}},
        {"status": {"gt": 5}},
        {"country": {"gt": 5}},
        {"total_minor": "50000"},
        {"total_minor": {"gtt": 5}},
        {"total_minor": {"gt_field": "risk_score"}},
        {"status_since": {"exists": True}},
        {"any": [{"all": [{"statu": "received"}]}]},
    ],
)
def test_an_editor_marks_what_the_compiler_refuses(when: dict[str, Any]) -> None:
    assert not in_editor(when)


def test_a_derived_fact_may_be_named_where_the_file_derives_some() -> None:
    derive = {"half": {"sum": ["total_minor"]}}
    assert in_editor({"half": {"gt": 5}}, derive=derive)
    assert not in_editor({"half": {"gt": 5}})
    assert not in_editor({"statu": "received"}, derive=derive)
    assert not in_editor({"status": "recieved"}, derive=derive)


@pytest.mark.parametrize(
    ("key", "value"), [("owner", "nobody"), ("queue", "x"), ("remediate", "x"), ("exception", "x")]
)
def test_an_editor_marks_names_that_do_not_exist_in_an_answer(key: str, value: str) -> None:
    document = json.loads((RULES / "ownership.json").read_text(encoding="utf-8"))
    schema = json.loads((RULES / "schemas" / "order@1.ruleset.schema.json").read_text(encoding="utf-8"))
    document["rules"][0]["then"][key] = "nobody"
    errors = list(Draft202012Validator(schema).iter_errors(document))
    assert [list(error.absolute_path) for error in errors] == [["rules", 0, "then", key]]
