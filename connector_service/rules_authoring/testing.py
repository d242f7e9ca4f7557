"""Beginning, testing, mutating and laying out as authoring jobs: JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector_service.errors import RulesInvalid
from connector_service.rules_authoring.coverage.coverage import coverage_of
from connector_service.rules_authoring.formatting import formatted
from connector_service.rules_authoring.jobs import words_of
from connector_service.rules_authoring.mutation.mutation import mutation_of
from connector_service.rules_authoring.reading import file_of, whole
from connector_service.rules_authoring.scaffold import document_from, new_document
from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.file_tests import run_tests
from connector_service.rules_engine.findings import Report
from connector_service.rules_engine.model import HitPolicy
from connector_service.rules_engine.strict_json import parse_json

Document = Mapping[str, Any]


def run(document: Document, bases: Mapping[str, Document], folder: str, coverage: bool) -> dict[str, Any]:
    """The outcome of each test inside a document (a layer's base among `bases`), and its coverage. Raises RulesInvalid
    for a document with findings."""
    compiled = _compiled(document, bases, folder)
    outcomes = run_tests(compiled)
    told = {
        "passed": all(outcome.passed for outcome in outcomes),
        "tests": [outcome.as_json() for outcome in outcomes],
    }
    return told | ({"coverage": coverage_of(compiled).as_json()} if coverage else {})


def mutate(document: Document, bases: Mapping[str, Document], folder: str) -> dict[str, Any]:
    """Which changes of a document no test inside it would notice, as `MutationReport.as_json`.

    Raises RulesInvalid for a document with findings, or with a test that fails.
    """
    compiled = _compiled(document, bases, folder)
    failed = next((outcome for outcome in run_tests(compiled) if not outcome.passed), None)
    if failed is not None:
        raise RulesInvalid(f'The test "{failed.name}" fails: {failed.detail}. Mend that first.')
    return mutation_of(compiled).as_json()


def begin(
    file_id: str, facts: str, hit_policy: HitPolicy, rule: str, source: Document | None, folder: str
) -> dict[str, Any]:
    """A new draft over a vocabulary, or with one rule of another file, the `source`; right and tested.

    Raises NotFound for a vocabulary or a rule that does not exist.
    """
    words = words_of(folder)
    schema = f"./schemas/{source['facts'] if source else facts}.ruleset.schema.json"
    if source is not None:
        return {"document": document_from(file_id, source, rule, words, schema)}
    return {"document": new_document(file_id, facts, hit_policy, words, schema)}


def lay_out(text: str) -> dict[str, Any]:
    """A text in the one layout, and whether it was in it already. Raises RulesInvalid for what is not JSON."""
    report = Report("document")
    document = parse_json(text.encode("utf-8", "surrogatepass"), report)
    if report.findings:
        raise RulesInvalid("\n".join(map(str, report.findings)))
    laid_out = formatted(document)
    return {"text": laid_out, "changed": laid_out != text}


def _compiled(document: Document, bases: Mapping[str, Document], folder: str) -> CompiledFile:
    words = words_of(folder)
    return CompiledFile.of(file_of(whole(document, bases, "document"), words, "document"), words.organisation)
