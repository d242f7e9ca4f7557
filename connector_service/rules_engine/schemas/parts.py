"""The parts that the JSON Schemas share: names, texts, numbers, choices, calendars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector_service.rules_engine.fact_checks import MAX_INTEGER

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME: Schema = {
    "type": "string",
    "pattern": "^[a-z][a-z0-9_]*$",
    "maxLength": 60,
    "description": "small letters, digits and _, beginning with a letter",
}
FACT_NAME: Schema = {**NAME, "not": {"enum": ["any", "all"]}}
"""A fact may not be called like the words that join conditions."""
TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": 1000}
BOOLEAN: Schema = {"type": "boolean"}
INTEGER: Schema = {"type": "integer", "minimum": -MAX_INTEGER, "maximum": MAX_INTEGER}
SCALAR: Schema = {
    "type": ["string", "integer", "boolean"],
    "maxLength": 1000,
    "minimum": -MAX_INTEGER,
    "maximum": MAX_INTEGER,
}
VALUES: Schema = {"type": "array", "minItems": 1, "items": SCALAR}
REFERENCE: Schema = {
    "type": "string",
    "pattern": "^@[a-z][a-z0-9_]*$",
    "patternErrorMessage": "Write a number or a list, or @ and the name of one, such as @review_limit.",
}
NUMBER: Schema = {
    "if": {"type": "string"},
    "then": REFERENCE
    | {"description": "a whole number, or @ and the name of one under numbers, such as @review_limit"},
    "else": INTEGER,
}
DURATION: Schema = {
    "type": "string",
    "pattern": "^[1-9][0-9]{0,4}(m|h|bd)$",
    "description": "open time: 30m, 2h or 1bd (business day)",
    "examples": ["30m", "2h", "1bd"],
}


def closed(properties: Schema, **more: Any) -> Schema:
    """An object that has no other properties."""
    return {"type": "object", "properties": properties, "additionalProperties": False, **more}


def strings() -> Schema:
    """A list of texts."""
    return {"type": "array", "items": TEXT}


def described(schema: Schema, text: str) -> Schema:
    """The schema with what an editor shows of it."""
    return {**schema, "description": text}


def choice(words: Mapping[str, str] | None) -> Schema:
    """One of some words, each with its meaning; any text when they are not known."""
    if words is None:
        return dict(TEXT)
    return {"enum": list(words), "markdownEnumDescriptions": list(words.values())}


_SPAN: Schema = {
    "type": "string",
    "pattern": "^\\d\\d:\\d\\d-\\d\\d:\\d\\d$",
    "description": "from-to in local time, such as 08:00-18:00",
}
_DAYS = "^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$"
_HOURS: Schema = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": {"pattern": _DAYS, "description": "a day or days, such as sat or mon-fri"},
    "additionalProperties": {"if": {"type": "string"}, "then": _SPAN, "else": {"type": "array", "items": _SPAN}},
}
_CALENDAR = closed(
    {
        "timezone": {**TEXT, "description": "an IANA name such as Europe/Berlin"},
        "open": {"if": {"type": "string"}, "then": {"const": "always"}, "else": _HOURS},
        "holidays": {
            "type": "string",
            "pattern": "^[A-Z]{2}(-[A-Z0-9]{1,3})?$",
            "description": "country or state whose public holidays are closed: US, or US-NY",
        },
    },
    required=["timezone", "open"],
)
CALENDARS: Schema = {
    "type": "object",
    "additionalProperties": _CALENDAR,
    "description": "calendars of this file, beside those of the organisation",
}
