"""The committed JSON Schemas are those that the code builds, and say what a rule author needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from connector_service.rules_engine.file_schema import rule_file_schema
from connector_service.rules_engine.schema import main
from connector_service.rules_engine.words_schema import organisation_schema, vocabulary_schema

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
