"""Read a folder of rules: the organisation, the vocabularies, and every rule file, each checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from connector_service.rules_engine.findings import Finding, Report
from connector_service.rules_engine.model import RuleFile
from connector_service.rules_engine.organisation import Organisation
from connector_service.rules_engine.parse import parse_rule_file
from connector_service.rules_engine.schema_check import fits_organisation, fits_rule_file, fits_vocabulary
from connector_service.rules_engine.strict_json import load_json
from connector_service.rules_engine.vocabulary import Vocabulary

ORGANISATION_FILE = "organisation.json"


@dataclass(frozen=True, slots=True)
class Words:
    """What the rule files of a folder may speak of; `content_hash` is the SHA-256 of all of it in canonical form."""

    organisation: Organisation
    vocabularies: Mapping[str, Vocabulary]
    content_hash: str


def read_words(folder: Path, findings: list[Finding]) -> Words | None:
    """The organisation and the vocabularies of a folder, or None with findings."""
    before = len(findings)
    report = Report(ORGANISATION_FILE)
    documents = {ORGANISATION_FILE: load_json(folder / ORGANISATION_FILE, report)}
    organisation = None
    if not report.findings and fits_organisation(documents[ORGANISATION_FILE], report):
        organisation = Organisation.from_document(documents[ORGANISATION_FILE], report)
    findings.extend(report.findings)
    vocabularies = {}
    for path in sorted((folder / "vocabularies").glob("*.json")):
        documents[path.stem] = _vocabulary_document(path, findings)
        if len(findings) == before:
            vocabularies[path.stem] = Vocabulary.from_document(path.stem, documents[path.stem])
    if organisation is None or len(findings) > before:
        return None
    return Words(organisation, vocabularies, canonical_hash(documents))


def _vocabulary_document(path: Path, findings: list[Finding]) -> Any:
    report = Report(f"vocabularies/{path.name}")
    document = load_json(path, report)
    if not report.findings and fits_vocabulary(document, report) and document["id"] != path.stem:
        report.add(("id",), f'The id is "{document["id"]}".', f'Write "{path.stem}", or rename the file.')
    findings.extend(report.findings)
    return document


def canonical_hash(document: Any) -> str:
    """The SHA-256 of a JSON document, whatever its layout and the order of its keys."""
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def rule_paths(folder: Path) -> list[Path]:
    """The rule files of a folder, in order of their names."""
    return [
        path for path in sorted(folder.glob("*.json")) if path.name != ORGANISATION_FILE and ".schema." not in path.name
    ]


def read_rule_file(path: Path, words: Words, findings: list[Finding]) -> RuleFile | None:
    """One rule file, or None with findings."""
    report = Report(path.name)
    report.document = document = load_json(path, report)
    file = None
    if not report.findings and fits_rule_file(document, report):
        if "extends" in document:
            report.add(("extends",), "A tenant's layer cannot stand among the base files.", "Keep it with its tenant.")
        else:
            file = parse_rule_file(document, words.vocabularies, words.organisation, canonical_hash(document), report)
            if document["id"] != path.stem:
                report.add(("id",), f'The id is "{document["id"]}".', f'Write "{path.stem}", or rename the file.')
    findings.extend(report.findings)
    return file if not report.findings else None
