"""The JSON Schemas of conditions: open to any well-formed field, or completed by the facts of a vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector_service.rules_engine.conditions import FIELD_OPERATORS, LIST_OPERATORS, RANGE_OPERATORS
from connector_service.rules_engine.schemas.parts import (
    BOOLEAN,
    INTEGER,
    NAME,
    NUMBER,
    REFERENCE,
    SCALAR,
    TEXT,
    VALUES,
    Schema,
    closed,
    described,
)
from connector_service.rules_engine.vocabulary import Fact

_WORDS = {
    "in": "one of a list [...], or of a list of the file such as @risk_countries",
    "not_in": "none of a list; also true when the fact is missing",
    "is_not": "another value; also true when the fact is missing",
    "gt": "greater than",
    "gte": "greater than or equal to",
    "lt": "less than",
    "lte": "less than or equal to",
    "between": "from the first to the second number, both included",
    "missing": "true: the fact is not there",
    "exists": "true: the fact is there",
}
_LIST: Schema = {"if": {"type": "string"}, "then": REFERENCE, "else": VALUES}
_LINE_FIELD: Schema = {**NAME, "description": "only in `where`: compares two fields of a line"}
_RANGE: Schema = {"type": "array", "minItems": 2, "maxItems": 2, "items": NUMBER}
_NUMERIC: Schema = {**dict.fromkeys(RANGE_OPERATORS, NUMBER), "between": _RANGE}
_UNCOMPARED = ("lines", "time")


def operators() -> Schema:
    """An object of operators, all of which must hold, for a fact of any kind."""
    parts = {
        **dict.fromkeys(LIST_OPERATORS, _LIST),
        "is_not": SCALAR,
        **dict.fromkeys(RANGE_OPERATORS, NUMBER),
        "between": _RANGE,
        "missing": BOOLEAN,
        "exists": BOOLEAN,
    }
    fields = dict.fromkeys(FIELD_OPERATORS, _LINE_FIELD)
    return closed({op: described(part, _WORDS[op]) for op, part in parts.items()} | fields, minProperties=1)


def condition(facts: Mapping[str, Fact], own: str, *, of_line: bool = False) -> Schema:
    """An AND of facts; `any` and `all` nest the definition called `own`. Names that are no facts are derived ones,
    which are numbers; with no facts at all, anything well-formed is let through."""
    nested: Schema = {"type": "array", "minItems": 1, "items": {"$ref": f"#/$defs/{own}"}}
    joined = {
        "any": described(nested, "at least one of these conditions holds"),
        "all": described(nested, "every one of these conditions holds"),
    }
    known: Schema = {name: fact_test(fact, of_line=of_line) for name, fact in facts.items()}
    value = NUMBER if facts else SCALAR
    return {
        "type": "object",
        "description": "facts, all of which must hold; a value alone means equals",
        "properties": {**known, **joined},
        "propertyNames": NAME,
        "additionalProperties": {"if": {"type": "object"}, "then": {"$ref": "#/$defs/operators"}, "else": value},
    }


def only(facts: Mapping[str, Fact], own: str) -> Schema:
    """On top of `condition`: no other names than those of the facts, at any depth."""
    nested: Schema = {"type": "array", "items": {"$ref": f"#/$defs/{own}"}}
    names = [name for name, fact in facts.items() if fact.kind not in _UNCOMPARED]
    return {"properties": {"any": nested, "all": nested}, "propertyNames": {"enum": [*names, "any", "all"]}}


def fact_test(fact: Fact, *, of_line: bool = False) -> Any:
    """What a condition may ask of one fact: a value, or an object of operators that fit its kind."""
    if fact.kind in _UNCOMPARED:
        return False
    prefix = "line_" if of_line else ""
    test = _enum_test(fact, of_line) if fact.kind == "enum" else {"$ref": f"#/$defs/{prefix}{fact.kind}_test"}
    offered = {"enum": list(fact.enum), "boolean": [True, False]}.get(fact.kind)
    return {**_meaning(fact), **({"examples": offered} if offered else {}), **test, "defaultSnippets": _snippets(fact)}


def kind_tests(*, of_lines: bool) -> Schema:
    """The definitions that `fact_test` refers to, by kind."""
    prefix = "line_" if of_lines else ""
    return {
        f"{prefix}integer_test": _test(_NUMERIC, NUMBER, fields=of_lines),
        f"{prefix}string_test": _test({}, TEXT, fields=of_lines),
        f"{prefix}boolean_test": _test({}, BOOLEAN, fields=of_lines),
    }


def _enum_test(fact: Fact, of_line: bool) -> Schema:
    return _test({}, {"enum": list(fact.enum)}, fields=of_line)


def _test(more: Schema, value: Schema, *, fields: bool) -> Schema:
    listed = {"if": {"type": "string"}, "then": REFERENCE, "else": {"type": "array", "minItems": 1, "items": value}}
    parts = {**more, **dict.fromkeys(LIST_OPERATORS, listed), "is_not": value, "missing": BOOLEAN, "exists": BOOLEAN}
    known = {op: described(part, _WORDS[op]) for op, part in parts.items()}
    lines = dict.fromkeys(FIELD_OPERATORS, _LINE_FIELD) if fields else {}
    return {"if": {"type": "object"}, "then": closed(known | lines, minProperties=1), "else": value}


def fact_value(fact: Fact) -> Schema:
    """The value of a fact in a test."""
    if fact.kind == "lines":
        line = closed({name: fact_value(field) for name, field in fact.fields.items()})
        return {**_meaning(fact), "type": "array", "items": line}
    if fact.kind == "time":
        return {**_meaning(fact), "type": "string", "format": "date-time"}
    return {**_meaning(fact), **_value(fact)} if fact.kind != "integer" else {**_meaning(fact), **INTEGER}


def _value(fact: Fact) -> Schema:
    if fact.kind == "enum":
        return {"enum": list(fact.enum)}
    if fact.kind == "integer":
        return NUMBER
    return BOOLEAN if fact.kind == "boolean" else TEXT


def _meaning(fact: Fact) -> Schema:
    """What an editor shows of a fact."""
    unit = f", in {fact.unit}" if fact.unit else ""
    example = {} if fact.example is None or fact.kind in _UNCOMPARED else {"examples": [fact.example]}
    return {
        "description": f"{fact.description} ({fact.kind}{unit})",
        **example,
    }


def _snippets(fact: Fact) -> list[Schema]:
    """The operators that an editor offers to write out."""
    first = fact.enum[0] if fact.enum else ""
    bodies: list[Schema] = [{"missing": True}, {"exists": True}]
    if fact.kind == "integer":
        bodies = [{"gt": "^${1:0}"}, {"gte": "^${1:0}"}, {"lt": "^${1:0}"}, {"lte": "^${1:0}"}, *bodies]
        bodies.insert(4, {"between": ["^${1:0}", "^${2:0}"]})
    elif fact.kind in ("enum", "string"):
        bodies = [{"in": [f"${{1:{first}}}"]}, {"in": "@${1:list}"}, {"is_not": f"${{1:{first}}}"}, *bodies]
    return [_snippet(body) for body in bodies]


def _snippet(body: Schema) -> Schema:
    [(op, value)] = body.items()
    named = " @list" if str(value).startswith("@") else ""
    return {"label": f"{{{op}{named}}}", "description": _WORDS[op], "body": body}
