"""What random rules and facts speak of: every kind of fact, and two names that the engine cannot tell apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from connector_service.rules_engine.fact_checks import MAX_INTEGER
from connector_service.rules_engine.findings import Finding
from connector_service.rules_engine.folder import Words, read_words

STATUSES = ["received", "validated", "closed"]
TEXTS = ["BR", "RU", "DE", "é", '"', "\\", "\x00", "$s", "x" * 1_000, "null", "漢😀"]
NUMBERS = [-MAX_INTEGER, -MAX_INTEGER + 1, -7, -1, 0, 1, 2, 79, 80, 81, MAX_INTEGER - 1, MAX_INTEGER]
COLLIDING = ("tinuberra", "polorara")
"""`c_tinuberra` and `c_polorara` have one 32-bit FNV-1a hash, by which alone the engine knows its columns."""
QUEUES = ["intake", "review", "desk"]
VERDICTS = ["block", "hold", "warn", "pass"]
LINES = {"sku": "string", "quantity": "integer", "packed": "integer", "fragile": "boolean"}
KINDS = {
    "status": "enum",
    "country": "string",
    "channel": "string",
    "paid": "boolean",
    "total_minor": "integer",
    "risk_score": "integer",
    "weight_g": "integer",
    **dict.fromkeys(COLLIDING, "string"),
}


def written(folder: Path) -> Words:
    """The organisation and the vocabulary, in a folder for rule files. Raises ValueError for findings."""
    (folder / "vocabularies").mkdir(parents=True, exist_ok=True)
    (folder / "organisation.json").write_text(json.dumps(_ORGANISATION))
    (folder / "vocabularies" / "fuzz@1.json").write_text(json.dumps(_VOCABULARY))
    findings: list[Finding] = []
    words = read_words(folder, findings)
    if words is None:
        raise ValueError("\n".join(map(str, findings)))
    return words


def _fact(kind: str, **more: Any) -> dict[str, Any]:
    example: Any = {"integer": 1, "boolean": True, "enum": STATUSES[0]}.get(kind, "word")
    unit = {"unit": "units"} if kind == "integer" else {}
    enum = {"enum": STATUSES} if kind == "enum" else {}
    return {"type": kind, "description": "A fact.", "example": example, **unit, **enum, **more}


def _owner(name: str, deputy: str) -> dict[str, str]:
    return {"id": name, "title": name, "lead": f"{name}-lead", "deputy": deputy, "calendar": "desk"}


_ORGANISATION = {
    "$schema": "./organisation.schema.json",
    "description": "Two teams.",
    "owners": [_owner("operations", "risk"), _owner("risk", "operations")],
    "queues": [{"id": queue, "title": queue} for queue in QUEUES],
    "calendars": {"desk": {"timezone": "America/New_York", "open": {"mon-fri": "08:00-18:00"}}},
}
_VOCABULARY = {
    "$schema": "../vocabulary.schema.json",
    "id": "fuzz@1",
    "description": "Facts to be random with.",
    "facts": {
        **{name: _fact(kind) for name, kind in KINDS.items()},
        "since": _fact("time", example="2026-11-09T13:00:00Z"),
        "lines": _fact("lines", example=[{"sku": "A"}], fields={name: _fact(kind) for name, kind in LINES.items()}),
    },
}
