"""The JSON Schemas of what rules speak of: vocabularies and the organisation."""

from __future__ import annotations

from connector_service.rules_engine.schemas.parts import CALENDARS, DIALECT, FACT_NAME, NAME, TEXT, Schema, closed


def vocabulary_schema() -> Schema:
    """The schema of a vocabulary: typed facts with unit, description and example, and numbers that steps read."""
    properties: Schema = {
        "type": {"enum": ["enum", "string", "integer", "boolean", "lines", "time"]},
        "unit": TEXT,
        "enum": {"type": "array", "minItems": 1, "uniqueItems": True, "items": TEXT},
        "description": TEXT,
        "example": {},
        "fields": {"type": "object", "propertyNames": FACT_NAME, "additionalProperties": {"$ref": "#/$defs/fact"}},
    }
    fact = closed(properties, required=["type", "description", "example"])
    needs = [
        {
            "if": {"properties": {"type": {"const": kind}}},
            "then": {"required": [key]},
            "else": {"not": {"required": [key]}},
        }
        for kind, key in (("enum", "enum"), ("lines", "fields"))
    ]
    facts = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": FACT_NAME,
        "additionalProperties": {"$ref": "#/$defs/fact"},
    }
    whole = {"type": "integer"}
    number = closed(
        {"unit": TEXT, "description": TEXT, "least": whole, "most": whole, "usual": whole},
        required=["unit", "description", "least", "most", "usual"],
    )
    read = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": NAME,
        "additionalProperties": number,
        "description": "numbers of the rule files that the connector's steps read, with what holds without them",
    }
    identity = {"$schema": {"type": "string"}, "id": {"type": "string"}, "description": TEXT}
    head = {**identity, "read_by_steps": read, "facts": facts}
    return {
        "$schema": DIALECT,
        "title": "Dockline fact vocabulary",
        **closed(head, required=["$schema", "id", "description", "facts"]),
        "$defs": {"fact": fact | {"allOf": needs}},
    }


def organisation_schema() -> Schema:
    """The schema of the organisation: owners, queues and calendars."""
    words = ("id", "title", "lead", "deputy", "calendar")
    owner = closed(dict.fromkeys(words, TEXT), required=list(words))
    queue = closed({"id": TEXT, "title": TEXT}, required=["id", "title"])
    properties = {
        "$schema": {"type": "string"},
        "description": TEXT,
        "owners": {"type": "array", "minItems": 2, "items": owner},
        "queues": {"type": "array", "minItems": 1, "items": queue},
        "calendars": CALENDARS,
    }
    title = {"$schema": DIALECT, "title": "Dockline organisation"}
    return title | closed(properties, required=["$schema", "description", "owners", "queues", "calendars"])
