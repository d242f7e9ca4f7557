"""Read a folder of rules: the organisation, the vocabularies, and every rule file, each checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from connector_service.rules_engine.file_head import check_schema
from connector_service.rules_engine.findings import Finding, Report
from connector_service.rules_engine.layers import base_of, merge, origin_of
from connector_service.rules_engine.model import RuleFile
from connector_service.rules_engine.organisation import Organisation
from connector_service.rules_engine.parse import parse_rule_file
from connector_service.rules_engine.schemas.fitting import fits_organisation, fits_rule_file, fits_vocabulary
from connector_service.rules_engine.strict_json import load_json
from connector_service.rules_engine.vocabulary import Vocabulary

ORGANISATION_FILE = "organisation.json"
TENANTS = "tenants"


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


def layer_paths(folder: Path) -> list[Path]:
    """The layers of a folder of rules, which stand in `tenants/<tenant>/<id of the base file>.json`."""
    return sorted(folder.glob(f"{TENANTS}/*/*.json"))


def rules_folder(path: Path) -> Path:
    """The folder of rules that a rule file or a layer belongs to."""
    return path.parents[2] if _is_layer(path) else path.parent


def read_rule_file(path: Path, words: Words, findings: list[Finding]) -> RuleFile | None:
    """One rule file, or None with findings. A layer in its tenant's folder is merged into its base first, and findings
    lead into the layer."""
    report = Report(path.relative_to(rules_folder(path)).as_posix())
    report.document = document = load_json(path, report)
    file = None
    if not report.findings and fits_rule_file(document, report):
        if "extends" in document:
            file = _merged(path, document, words, report)
        else:
            file = _parsed(document, words, report)
            if document["id"] != path.stem:
                report.add(("id",), f'The id is "{document["id"]}".', f'Write "{path.stem}", or rename the file.')
    findings.extend(report.findings)
    return file if not report.findings else None


def merged_report(base: Mapping[str, Any], layer: Mapping[str, Any], report: Report) -> Report | None:
    """Where checks of a merged file put their findings: a report whose `document` is the base as the layer changes it,
    and which names the layer's places. None with findings in `report` when the layer does not fit its base."""
    check_schema(layer, base.get("facts", ""), report)
    merged = merge(base, layer, report)
    if merged is None or report.findings:
        return None
    return Report(report.file, merged, report.findings, origin_of(base, layer, f"{base['id']}.json", report.file))


def _merged(path: Path, layer: Mapping[str, Any], words: Words, report: Report) -> RuleFile | None:
    if not _is_layer(path):
        fix = f"Keep it with its tenant: {TENANTS}/{layer['tenant']}/{path.name}."
        report.add(("extends",), "A tenant's layer cannot stand among the base files.", fix)
        return None
    base = base_of(layer, _below(path), report)
    if base is None or report.findings:
        return None
    merging = merged_report(base, layer, report)
    return _parsed(merging.document, words, merging) if merging else None


def _below(path: Path) -> dict[str, Any]:
    """The files that a layer may name, by id: those of the folder that can be read."""
    documents = {}
    for each in rule_paths(rules_folder(path)):
        read = Report(each.name)
        document = load_json(each, read)
        if not read.findings and fits_rule_file(document, read):
            documents[each.stem] = document
    return documents


def _is_layer(path: Path) -> bool:
    return path.parent.parent.name == TENANTS


def _parsed(document: Mapping[str, Any], words: Words, report: Report) -> RuleFile | None:
    return parse_rule_file(document, words.vocabularies, words.organisation, canonical_hash(document), report)
