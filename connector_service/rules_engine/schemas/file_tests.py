"""The JSON Schema of the tests inside rule files."""

from __future__ import annotations

from collections.abc import Mapping

from connector_service.rules_engine.schemas.conditions import fact_value
from connector_service.rules_engine.schemas.outcomes import known_keys
from connector_service.rules_engine.schemas.parts import TEXT, Schema, closed, described, strings
from connector_service.rules_engine.vocabulary import Fact

_MOMENT: Schema = {"type": "string", "format": "date-time", "pattern": "Z$", "examples": ["2026-11-09T13:00:00Z"]}
_PAUSES: Schema = {
    "type": "array",
    "items": {"type": "array", "minItems": 1, "maxItems": 2, "items": _MOMENT},
    "description": "when the clock stood still: [start, end], or [start] while it still does",
}


def file_test(facts: Mapping[str, Fact], outcome: Schema) -> Schema:
    """One test: facts that are given, and what must come of them."""
    given: Schema = {"type": "object", "description": "facts; with `now`, also the times that clocks run from"}
    if facts:
        given = closed({name: fact_value(fact) for name, fact in facts.items()}, description=given["description"])
    return closed(
        {
            "name": described(TEXT, "what the test shows, as a sentence; no other test of the file has it"),
            "given": given,
            "now": described(_MOMENT, "the time of the test, in UTC"),
            "pauses": _PAUSES,
            "after_level": {"type": "integer", "minimum": 0, "description": "the step that was taken last"},
            "expect": _expected(outcome),
        },
        required=["name", "given", "expect"],
    )


def _expected(outcome: Schema) -> Schema:
    parts = {"properties": known_keys(outcome), "patternProperties": outcome["patternProperties"]}
    return closed(
        {
            "rule": {"type": ["string", "null"], "description": "the rule that wins; null when the default answers"},
            "rules": {**strings(), "description": "all that fire; with `now`, those of which a step is due"},
            "then": {"type": "object", "description": "part of the outcome", **parts},
            "level": {"type": "integer", "minimum": 0, "description": "with `now`: the highest step that is due"},
            "due_at": {**_MOMENT, "description": "with `now`: when the step after `after_level` is due"},
        },
        minProperties=1,
    )
