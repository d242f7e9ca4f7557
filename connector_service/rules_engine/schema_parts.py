"""The parts that the JSON Schemas share: names, texts, outcomes, calendars, tests."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": 60}
FACT_NAME: Schema = {**NAME, "not": {"enum": ["any", "all"]}}
"""A fact may not be called like the words that join conditions."""
TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": 1000}
FREE_KEYS = "^x_[a-z0-9_]+$"
"""An outcome may carry keys of one's own under this pattern; every other key is checked."""


def closed(properties: Schema, **more: Any) -> Schema:
    """An object that has no other properties."""
    return {"type": "object", "properties": properties, "additionalProperties": False, **more}


def strings() -> Schema:
    """A list of texts."""
    return {"type": "array", "items": TEXT}


OUTCOME: Schema = {
    "type": "object",
    "properties": {
        "owner": {**TEXT, "description": "an owner of organisation.json"},
        "queue": {**TEXT, "description": "a queue of organisation.json"},
        "verdict": {**TEXT, "description": "one of the file's ranking"},
        "exception": {**TEXT, "description": "a code of the exception catalog"},
        "remediate": {**TEXT, "description": "what the owner has to do: a remediation intent"},
        "intent": {**TEXT, "description": "what is allowed, asked or denied: a remediation intent"},
        "limit_minor": {"type": "integer", "minimum": 0, "description": "the most it may cost, in minor units"},
        "weight": {"type": "integer", "minimum": -1000, "maximum": 1000, "description": "per mille of the best score"},
        "veto": {"type": "boolean", "description": "the candidate is out, whatever its weights"},
        "severity": {"enum": ["low", "medium", "high"]},
        "priority": {"enum": ["low", "normal", "high"]},
        "level": {"type": "integer", "minimum": 1, "description": "the step's place in its cascade"},
        "notify": {**TEXT, "description": "an owner or an owner's lead"},
        "reassign": {**TEXT, "description": "the owner who takes over"},
        "reassign_to": {**TEXT, "description": "an owner, or `deputy`: who stands in for the owner in the facts"},
        "page": {"type": "boolean", "description": "wake somebody up"},
        "audience": {"enum": ["customer", "owner", "warehouse", "nobody"]},
        "template": TEXT,
        "channel": {"enum": ["email", "sms", "chat", "webhook", "none"]},
    },
    "patternProperties": {FREE_KEYS: {"type": ["string", "integer", "boolean"]}},
    "additionalProperties": False,
}
_SPAN: Schema = {"type": "string", "pattern": "^\\d\\d:\\d\\d-\\d\\d:\\d\\d$"}
_DAYS = "^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$"
_HOURS: Schema = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": {"pattern": _DAYS},
    "additionalProperties": {"if": {"type": "string"}, "then": _SPAN, "else": {"type": "array", "items": _SPAN}},
}
_CALENDAR = closed(
    {
        "timezone": {**TEXT, "description": "an IANA name such as Europe/Berlin"},
        "open": {"if": {"type": "string"}, "then": {"const": "always"}, "else": _HOURS},
        "holidays": {"type": "string", "pattern": "^[A-Z]{2}(-[A-Z0-9]{1,3})?$", "description": "US, or US-NY"},
    },
    required=["timezone", "open"],
)
CALENDARS: Schema = {"type": "object", "additionalProperties": _CALENDAR}
_MOMENT: Schema = {"type": "string", "format": "date-time", "pattern": "Z$"}
_EXPECT = closed(
    {
        "rule": {"type": ["string", "null"], "description": "the rule that wins; null when the default answers"},
        "rules": {**strings(), "description": "all that fire; with `now`, those of which a step is due"},
        "then": {"type": "object", "description": "part of the outcome"},
        "level": {"type": "integer", "minimum": 0, "description": "with `now`: the highest step that is due"},
        "due_at": {**_MOMENT, "description": "with `now`: when the step after `after_level` is due"},
    },
    minProperties=1,
)
TEST = closed(
    {
        "name": TEXT,
        "given": {"type": "object", "description": "facts; with `now`, also the times that clocks run from"},
        "now": _MOMENT,
        "pauses": {
            "type": "array",
            "items": {"type": "array", "minItems": 1, "maxItems": 2, "items": _MOMENT},
            "description": "when the clock stood still: [start, end], or [start] while it still does",
        },
        "after_level": {"type": "integer", "minimum": 0},
        "expect": _EXPECT,
    },
    required=["name", "given", "expect"],
)
