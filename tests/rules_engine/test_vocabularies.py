"""The vocabularies: generated from the canonical models, fresh, and each fact wholly described."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from canonical_models import EXCEPTION_CATALOG, ExceptionCase, Offer, Order, OrderStatus, Shipment, ShipmentStatus
from canonical_models.remediation import REMEDIATION_INTENTS, RemediationIntent
from connector_service.rules_engine.vocabularies.fact_words import of
from connector_service.rules_engine.vocabularies.generate import documents, main
from connector_service.rules_engine.vocabulary import Vocabulary

RULES = Path(__file__).parents[2] / "rules"
OWNERS = ["operations", "warehouse", "carrier-desk"]
DOCUMENTS = documents(OWNERS)
FACTS = [(name, fact, node) for name, document in DOCUMENTS.items() for fact, node in document["facts"].items()]


def copied(folder: Path) -> Path:
    (folder / "vocabularies").mkdir()
    shutil.copy(RULES / "organisation.json", folder)
    for path in (RULES / "vocabularies").iterdir():
        shutil.copy(path, folder / "vocabularies")
    return folder


def test_the_committed_vocabularies_are_fresh() -> None:
    assert main(["--check"], RULES) == 0


def test_one_changed_by_hand_is_named_and_written_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copied(tmp_path) / "vocabularies" / "order@1.json"
    path.write_text(path.read_text(encoding="utf-8").replace("legal", "illegal"), encoding="utf-8")
    assert main(["--check"], tmp_path) == 1
    assert capsys.readouterr().out == f"not fresh: {path}\n"
    assert main(["--write"], tmp_path) == 0
    assert capsys.readouterr().out == f"wrote {path}\n"
    assert main(["--check"], tmp_path) == 0


def test_a_missing_one_is_written_and_a_tenants_own_is_left_alone(tmp_path: Path) -> None:
    folder = copied(tmp_path) / "vocabularies"
    (folder / "shipment@1.json").unlink()
    (folder / "own@1.json").write_text("{}", encoding="utf-8")
    assert main(["--write"], tmp_path) == 0
    assert (folder / "shipment@1.json").exists()
    assert (folder / "own@1.json").read_text(encoding="utf-8") == "{}"


def test_wrong_arguments_are_told_the_right_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "--write | --check" in capsys.readouterr().err


def test_every_object_of_the_operating_model_has_a_vocabulary() -> None:
    objects = {"order", "shipment", "exception", "deadline", "inventory", "carrier", "pickup", "remediation"}
    assert objects <= {name.removesuffix("@1") for name in DOCUMENTS}


@pytest.mark.parametrize(("vocabulary", "fact", "node"), FACTS, ids=[f"{name} {fact}" for name, fact, _ in FACTS])
def test_every_fact_says_what_it_is_and_its_example_fits(vocabulary: str, fact: str, node: dict[str, Any]) -> None:
    assert node["description"].endswith((".", ")")) or node["description"][0].islower()
    assert ("unit" in node) == (node["type"] == "integer")
    if node["type"] != "time":
        Vocabulary.from_document(vocabulary, DOCUMENTS[vocabulary]).check({fact: node["example"]})


def test_fields_of_lines_are_described_like_facts() -> None:
    for vocabulary, fact, node in FACTS:
        for name, field in node.get("fields", {}).items():
            assert ("unit" in field) == (field["type"] == "integer"), (vocabulary, fact, name)


@pytest.mark.parametrize(
    ("model", "field", "kind", "values"),
    [
        (Order, "status", "enum", list(OrderStatus)),
        (Shipment, "status", "enum", list(ShipmentStatus)),
        (ExceptionCase, "code", "enum", list(EXCEPTION_CATALOG)),
        (Order, "hold", "enum", ["legal", "fraud", "customer", "inventory"]),
        (Order, "risk_score", "integer", None),
        (Shipment, "ship_by", "time", None),
        (Shipment, "carrier", "string", None),
    ],
)
def test_a_fact_takes_type_and_values_from_the_model(
    model: Any, field: str, kind: str, values: list[str] | None
) -> None:
    fact = of(model, field, "", "A description.")
    assert fact["type"] == kind
    assert fact.get("enum") == (None if values is None else [str(value) for value in values])


def test_a_fact_takes_words_and_unit_from_the_model_where_it_has_some() -> None:
    assert of(Order, "source", "shopify")["description"] == Order.model_fields["source"].description
    assert of(Offer, "cost_minor", 1, "What it costs.")["unit"] == "minor units of its currency"


@pytest.mark.parametrize(("field", "words"), [("lines", "no single value"), ("ship_to", "no single value")])
def test_what_is_no_single_value_is_no_fact(field: str, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        of(Order, field, "", "A description.")


def test_a_fact_without_words_is_refused() -> None:
    with pytest.raises(TypeError, match="has no description"):
        of(Order, "hold", "legal")


def test_a_new_owner_appears_by_itself() -> None:
    enum = documents([*OWNERS, "returns-desk"])["assignment@1"]["facts"]["owner"]["enum"]
    assert enum == [*OWNERS, "returns-desk"]


def test_every_intent_is_described() -> None:
    assert list(REMEDIATION_INTENTS) == list(RemediationIntent)
    assert all(words.endswith(".") for words in REMEDIATION_INTENTS.values())


def test_the_files_are_what_the_editor_shows() -> None:
    committed = json.loads((RULES / "vocabularies" / "remediation@1.json").read_text(encoding="utf-8"))
    assert committed["facts"]["intent"]["enum"] == [intent.value for intent in RemediationIntent]
