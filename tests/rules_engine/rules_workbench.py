"""A folder of rules small enough to read, for tests to write files into and break."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.findings import Finding
from connector_service.rules_engine.folder import read_rule_file, read_words

ORGANISATION: dict[str, Any] = {
    "$schema": "./organisation.schema.json",
    "description": "Two teams.",
    "owners": [
        {"id": "operations", "title": "Operations", "lead": "operations-lead", "deputy": "risk", "calendar": "desk"},
        {"id": "risk", "title": "Risk", "lead": "risk-lead", "deputy": "operations", "calendar": "desk"},
    ],
    "queues": [{"id": "intake", "title": "Intake"}, {"id": "review", "title": "Review"}],
    "calendars": {"desk": {"timezone": "America/New_York", "open": {"mon-fri": "08:00-18:00"}, "holidays": "US"}},
}


def _fact(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "description": "a fact", "example": 1, **more}


VOCABULARY: dict[str, Any] = {
    "$schema": "../vocabulary.schema.json",
    "id": "order@1",
    "description": "Facts of an order.",
    "facts": {
        "status": _fact("enum", enum=["received", "validated", "closed"]),
        "owner": _fact("enum", enum=["operations", "risk"]),
        "country": _fact("string"),
        "total_minor": _fact("integer", unit="cents"),
        "risk_score": _fact("integer", unit="points"),
        "paid": _fact("boolean"),
        "waiting_for": _fact("enum", enum=["customer"]),
        "since": _fact("time"),
        "lines": _fact(
            "lines",
            fields={
                "sku": _fact("string"),
                "other_sku": _fact("string"),
                "ordered": _fact("integer"),
                "packed": _fact("integer"),
                "fragile": _fact("boolean"),
            },
        ),
    },
}


def rule(rule_id: str = "TST-010", when: Any = None, then: Any = None, **more: Any) -> dict[str, Any]:
    """A rule; without `then` it answers with an owner of its own."""
    outcome = {"owner": "risk"} if then is None else then
    answer = {} if "clock" in more else {"then": outcome}
    return {"id": rule_id, "when": when or {}, **answer, "because": f"{rule_id} has its reason.", **more}


def rule_file(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A rule file called `file` with these rules."""
    head = {
        "$schema": "./ruleset.schema.json",
        "id": "file",
        "version": "1.0.0",
        "status": "live",
        "description": "A file.",
        "facts": "order@1",
        "hit_policy": "first",
        "maintainer": "operations",
        "on_error": {"owner": "operations", "after": "1h", "because": "It could not be evaluated."},
    }
    return {**head, "rules": list(rules) or [rule()], **more}


def write_folder(folder: Path, *documents: dict[str, Any]) -> Path:
    """Write organisation, vocabulary and rule files; returns the folder."""
    (folder / "vocabularies").mkdir(parents=True, exist_ok=True)
    (folder / "organisation.json").write_text(json.dumps(ORGANISATION))
    (folder / "vocabularies" / "order@1.json").write_text(json.dumps(VOCABULARY))
    for document in documents:
        (folder / f"{document['id']}.json").write_text(json.dumps(document))
    return folder


def findings_of(folder: Path, document: Any) -> list[Finding]:
    """What is wrong with a document as `file.json`; a string is written as it is."""
    write_folder(folder)
    path = folder / "file.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    findings: list[Finding] = []
    words = read_words(folder, findings)
    assert words is not None, findings
    read_rule_file(path, words, findings)
    return findings


def compiled(folder: Path, document: dict[str, Any]) -> CompiledFile:
    """The document, compiled; fails the test when there are findings."""
    write_folder(folder, document)
    findings: list[Finding] = []
    words = read_words(folder, findings)
    assert words is not None, findings
    file = read_rule_file(folder / "file.json", words, findings)
    assert file is not None, findings
    return CompiledFile.of(file, words.organisation)
