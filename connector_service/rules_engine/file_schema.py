"""The JSON Schemas of everything under `rules/`, generated from the words that the compiler knows.

python -m connector_service.rules_engine.schema --write     write them into rules/
python -m connector_service.rules_engine.schema --check     exit 1 when a committed one is not fresh
"""

from __future__ import annotations

from typing import Any

from connector_service.rules_engine.conditions import FIELD_OPERATORS, LIST_OPERATORS, RANGE_OPERATORS
from connector_service.rules_engine.derive import AGGREGATES, PAIRS
from connector_service.rules_engine.fact_checks import MAX_INTEGER
from connector_service.rules_engine.schema_parts import (
    CALENDARS,
    DIALECT,
    FACT_NAME,
    NAME,
    OUTCOME,
    TEST,
    TEXT,
    closed,
    strings,
)

Schema = dict[str, Any]

_SCALAR: Schema = {
    "type": ["string", "integer", "boolean"],
    "maxLength": 1000,
    "minimum": -MAX_INTEGER,
    "maximum": MAX_INTEGER,
}
_INTEGER: Schema = {"type": "integer", "minimum": -MAX_INTEGER, "maximum": MAX_INTEGER}
_VALUES: Schema = {"type": "array", "minItems": 1, "items": _SCALAR}
_LIST_NAME: Schema = {"type": "string", "pattern": "^@[a-z][a-z0-9_]*$"}
_REF_CONDITION: Schema = {"$ref": "#/$defs/condition"}
_REF_RULE: Schema = {"$ref": "#/$defs/rule"}


def _operators() -> Schema:
    """An object of operators, all of which must hold."""
    inside = {"if": {"type": "string"}, "then": _LIST_NAME, "else": _VALUES}
    return closed(
        {
            **dict.fromkeys(LIST_OPERATORS, inside),
            "is_not": _SCALAR | {"description": "Also true when the fact is missing."},
            **dict.fromkeys(RANGE_OPERATORS, _INTEGER),
            "between": {"type": "array", "minItems": 2, "maxItems": 2, "items": _INTEGER},
            "missing": {"type": "boolean"},
            "exists": {"type": "boolean"},
            **{
                op: {**NAME, "description": "Only in `where`: compares two fields of a line."} for op in FIELD_OPERATORS
            },
        },
        minProperties=1,
    )


def _condition() -> Schema:
    """An AND of facts; `any` and `all` nest."""
    nested = {"type": "array", "minItems": 1, "items": _REF_CONDITION}
    test = {"if": {"type": "object"}, "then": {"$ref": "#/$defs/operators"}, "else": _SCALAR}
    return {
        "type": "object",
        "properties": {"any": nested, "all": nested},
        "propertyNames": NAME,
        "additionalProperties": test,
    }


def _derived() -> Schema:
    """One derived fact; see the module `derive` for what each function does."""
    source = {"if": {"type": "string"}, "then": NAME, "else": {"type": "array", "minItems": 1, "items": NAME}}
    pair = {"type": "array", "minItems": 2, "maxItems": 2, "items": NAME}
    properties = {"count": NAME, **dict.fromkeys(AGGREGATES, source), **dict.fromkeys(PAIRS, pair)}
    return closed({**properties, "of": NAME, "where": _REF_CONDITION}, minProperties=1)


def _rule() -> Schema:
    """One rule: `then`, or `clock` and `cascade`."""
    duration = {
        "type": "string",
        "pattern": "^[1-9][0-9]{0,4}(m|h|bd)$",
        "description": "30m, 2h or 1bd (business day)",
    }
    clock = closed(
        {"since": NAME, "calendar": TEXT, "pause_when": _REF_CONDITION, "pause_limit": duration},
        required=["since", "calendar"],
    )
    step = closed({"after": duration, "then": OUTCOME}, required=["after", "then"])
    properties = {
        "id": {"type": "string", "pattern": "^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$", "maxLength": 60},
        "title": TEXT,
        "when": _REF_CONDITION,
        "then": OUTCOME,
        "because": TEXT,
        "owner": TEXT,
        "mode": {"enum": ["shadow"]},
        "until": {"type": "string", "format": "date", "description": "the last day (UTC) on which the rule may win"},
        "overridable": {"type": "boolean"},
        "clock": clock,
        "cascade": {"type": "array", "minItems": 1, "maxItems": 20, "items": step},
    }
    either = {"if": {"required": ["clock"]}, "then": {"required": ["cascade"]}, "else": {"required": ["then"]}}
    return closed(properties, required=["id", "when", "because"]) | either


def _answer() -> Schema:
    properties = {
        **OUTCOME["properties"],
        "because": TEXT,
        "after": {"type": "string", "pattern": "^[1-9][0-9]{0,4}(m|h)$"},
    }
    return {**OUTCOME, "properties": properties, "required": ["because"]}


def _base_file() -> Schema:
    properties: Schema = {
        "$schema": {"type": "string", "pattern": "(^|/)ruleset\\.schema\\.json$"},
        "id": {"type": "string", "pattern": "^[a-z][a-z0-9-]*$", "maxLength": 60},
        "version": {"type": "string", "pattern": "^\\d+\\.\\d+\\.\\d+$"},
        "status": {"enum": ["draft", "shadow", "live"]},
        "description": TEXT,
        "facts": {"type": "string", "pattern": "^[a-z][a-z0-9_]*@[1-9]\\d*$"},
        "hit_policy": {"enum": ["first", "all", "worst", "unique"]},
        "ranking": {"type": "array", "minItems": 2, "uniqueItems": True, "items": TEXT, "description": "worst first"},
        "default": _answer(),
        "on_error": _answer(),
        "maintainer": TEXT,
        "effective": {
            "type": "string",
            "format": "date",
            "description": "since when this version is in force, for the record",
        },
        "lists": {"type": "object", "propertyNames": NAME, "additionalProperties": _VALUES},
        "calendars": CALENDARS,
        "derive": {"type": "object", "propertyNames": FACT_NAME, "additionalProperties": _derived()},
        "rules": {"type": "array", "minItems": 1, "maxItems": 2000, "items": _REF_RULE},
        "tests": {"type": "array", "items": TEST},
    }
    required = ["$schema", "id", "version", "status", "description", "facts", "hit_policy", "maintainer", "rules"]
    ranked = {"if": {"properties": {"hit_policy": {"const": "worst"}}}, "then": {"required": ["ranking"]}}
    return closed(properties, required=required) | ranked


def _layer() -> Schema:
    """What a tenant changes in a base file; only rules marked `overridable` may be replaced or disabled."""
    return closed(
        {
            "$schema": {"type": "string"},
            "extends": {"type": "string", "pattern": "^[a-z][a-z0-9-]*@\\d+\\.\\d+(\\.\\d+)?$"},
            "tenant": TEXT,
            "replace": {"type": "object", "additionalProperties": _REF_RULE},
            "disable": strings(),
            "add": {"type": "array", "items": _REF_RULE},
            "lists": {"type": "object", "propertyNames": NAME, "additionalProperties": _VALUES},
            "tests": {"type": "array", "items": TEST},
        },
        required=["extends", "tenant"],
    )


def rule_file_schema() -> Schema:
    """The schema of a rule file, or of a tenant's layer over one."""
    return {
        "$schema": DIALECT,
        "title": "Dockline rule file",
        "if": {"type": "object", "required": ["extends"]},
        "then": {"$ref": "#/$defs/layer"},
        "else": {"$ref": "#/$defs/file"},
        "$defs": {
            "file": _base_file(),
            "layer": _layer(),
            "rule": _rule(),
            "condition": _condition(),
            "operators": _operators(),
        },
    }


def vocabulary_schema() -> Schema:
    """The schema of a vocabulary: typed facts with unit, description and example."""
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
    head = {"$schema": {"type": "string"}, "id": {"type": "string"}, "description": TEXT, "facts": facts}
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
