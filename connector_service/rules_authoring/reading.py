"""Rule files from documents, however they came in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector_service.errors import RulesInvalid
from connector_service.rules_engine.findings import Report
from connector_service.rules_engine.folder import Words, canonical_hash
from connector_service.rules_engine.layers import base_of, merge
from connector_service.rules_engine.model import RuleFile
from connector_service.rules_engine.parse import parse_rule_file
from connector_service.rules_engine.schemas.fitting import fits_rule_file


def file_of(document: Mapping[str, Any], words: Words, name: str) -> RuleFile:
    """A whole rule file, not a tenant's layer. Raises RulesInvalid, one finding a line; `name` is how they call it."""
    report = Report(name, document)
    file = None
    if fits_rule_file(document, report):
        if "extends" in document:
            report.add(("extends",), "This is a tenant's layer.", "Give the whole file that it makes of its base.")
        else:
            hashed = canonical_hash(document)
            file = parse_rule_file(document, words.vocabularies, words.organisation, hashed, report)
    if file is None or report.findings:
        raise RulesInvalid("\n".join(map(str, report.findings)))
    return file


def whole(document: Mapping[str, Any], bases: Mapping[str, Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    """The document itself, or of a tenant's layer the file that it makes of its base among `bases`, which are by id.
    Raises RulesInvalid."""
    report = Report(name, document)
    if not fits_rule_file(document, report):
        raise RulesInvalid("\n".join(map(str, report.findings)))
    if "extends" not in document:
        return document
    base = base_of(document, bases, report)
    merged = merge(base, document, report) if base is not None else None
    if merged is None:
        raise RulesInvalid("\n".join(map(str, report.findings)))
    return merged
