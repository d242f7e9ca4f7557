"""Read a folder of rules: the organisation, the vocabularies, and every rule file, each checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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
    """What the rule files of a folder may speak of."""

    organisation: Organisation
    vocabularies: Mapping[str, Vocabulary]


def read_words(folder: Path, findings: list[Finding]) -> Words | None:
    """The organisation and the vocabularies of a folder, or None with findings."""
    before = len(findings)
    organisation = _organisation(folder / ORGANISATION_FILE, findings)
    vocabularies = {}
    for path in sorted((folder / "vocabularies").glob("*.json")):
        report = Report(f"vocabularies/{path.name}")
        document = load_json(path, report)
        if not report.findings and fits_vocabulary(document, report):
            if document["id"] != path.stem:
                report.add(("id",), f'The id is "{document["id"]}".', f'Write "{path.stem}", or rename the file.')
            vocabularies[path.stem] = Vocabulary.from_document(path.stem, document)
        findings.extend(report.findings)
    return Words(organisation, vocabularies) if organisation and len(findings) == before else None


def _organisation(path: Path, findings: list[Finding]) -> Organisation | None:
    report = Report(path.name)
    document = load_json(path, report)
    organisation = None
    if not report.findings and fits_organisation(document, report):
        organisation = Organisation.from_document(document, report)
    findings.extend(report.findings)
    return organisation


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
            file = parse_rule_file(document, words.vocabularies, words.organisation, report)
            if document["id"] != path.stem:
                report.add(("id",), f'The id is "{document["id"]}".', f'Write "{path.stem}", or rename the file.')
    findings.extend(report.findings)
    return file if not report.findings else None
