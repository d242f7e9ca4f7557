"""The JSON Schemas of rule files, generated from the words that the compiler knows.

Without arguments they fit every vocabulary, and the compiler checks the names. With a vocabulary and an organisation an
editor completes every name and marks those that do not exist.
"""

from __future__ import annotations

from collections.abc import Mapping

from connector_service.rules_engine.derive import AGGREGATES, PAIRS
from connector_service.rules_engine.organisation import Organisation
from connector_service.rules_engine.schemas.conditions import condition, kind_tests, only, operators
from connector_service.rules_engine.schemas.file_tests import file_test
from connector_service.rules_engine.schemas.outcomes import answer, outcome
from connector_service.rules_engine.schemas.parts import (
    BOOLEAN,
    CALENDARS,
    DIALECT,
    DURATION,
    FACT_NAME,
    INTEGER,
    NAME,
    TEXT,
    VALUES,
    Schema,
    choice,
    closed,
    described,
    strings,
)
from connector_service.rules_engine.vocabulary import Fact, Vocabulary

SCHEMA_NAME = "^(.*/)?([a-z][a-z0-9_]*@[1-9]\\d*\\.)?ruleset\\.schema\\.json$"

_SCHEMA: Schema = {
    "type": "string",
    "pattern": SCHEMA_NAME,
    "patternErrorMessage": "Write ./schemas/ and the name of a schema, such as order@1.ruleset.schema.json.",
    "description": "./schemas/order@1.ruleset.schema.json for rules about order@1; completes names in an editor",
}
_VERSION: Schema = {"type": "string", "pattern": "^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)$", "maxLength": 30}
_MERGED = {**_VERSION, "pattern": _VERSION["pattern"][:-1] + "(\\+[a-z0-9.-]+)?$", "maxLength": 200}
"""The version of a base file, or of one that a layer was merged into."""
_LISTS = 'lists of values that conditions name, as in {"in": "@risk_countries"}'
_NUMBERS = 'whole numbers that conditions and answers name, as in {"gt": "@review_limit"}'
_STATUS = choice(
    {
        "draft": "written, but nobody is asked by it",
        "shadow": "evaluated and logged beside the live version, never acting",
        "live": "in force",
    }
)
_POLICY = choice(
    {
        "first": "the first rule that holds decides",
        "all": "every rule that holds answers",
        "worst": "of the rules that hold, the worst verdict by `ranking` decides",
        "unique": "at most one rule may hold; if two do, on_error answers",
    }
)


def rule_file_schema(vocabulary: Vocabulary | None = None, organisation: Organisation | None = None) -> Schema:
    """The schema of a rule file, or of a tenant's layer over one."""
    facts: Mapping[str, Fact] = vocabulary.facts if vocabulary else {}
    lines = {name: field for fact in facts.values() for name, field in fact.fields.items()}
    shape = outcome(organisation)
    test, rule = file_test(facts, shape), _rule(facts, organisation)
    about = f" about {vocabulary.name}" if vocabulary else ""
    return {
        "$schema": DIALECT,
        "title": f"Dockline rule file{about}",
        "if": {"type": "object", "required": ["extends"]},
        "then": {"$ref": "#/$defs/layer"},
        "else": {"$ref": "#/$defs/file"},
        "$defs": {
            "file": _file(vocabulary, organisation),
            "layer": _layer(vocabulary),
            "rule": rule,
            "added": _inside_layer(rule, {"before": _BEFORE}, ["id", "when", "because"]),
            "replacing": _inside_layer(rule, {}, ["when", "because"]),
            "outcome": shape,
            "answer": answer(shape),
            "condition": condition(facts, "condition"),
            "where": condition(lines, "where", of_line=True),
            "operators": operators(),
            **(kind_tests(of_lines=False) if facts else {}),
            **(kind_tests(of_lines=True) if lines else {}),
            "test": test,
            "replacing_test": _replacing(test),
            **_only_facts(facts),
        },
    }


def _replacing(test: Schema) -> Schema:
    """A test under the name of one of the base."""
    parts = {key: {"$ref": f"#/$defs/test/properties/{key}"} for key in test["properties"] if key != "name"}
    return closed(parts, required=["given", "expect"])


_BEFORE: Schema = {
    "type": "string",
    "description": "the rule that this one stands before; without it, the rule stands at the end",
}


_RULE_ID: Schema = {
    "type": "string",
    "pattern": "^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$",
    "maxLength": 60,
    "description": "capitals and numbers, such as OWN-020; stays the same for ever and is never given twice",
}


def _rule(facts: Mapping[str, Fact], organisation: Organisation | None) -> Schema:
    """One rule: `then`, or `clock` and `cascade`."""
    overridable = described(BOOLEAN, "true: a tenant's layer may replace or disable this rule")
    properties = {"id": _RULE_ID, **_rule_parts(facts, organisation), "overridable": overridable}
    return closed(properties, required=["id", "when", "because"], **_EITHER)


def _inside_layer(rule: Schema, more: Schema, required: list[str]) -> Schema:
    """A rule inside a layer."""
    parts = {key: {"$ref": f"#/$defs/rule/properties/{key}"} for key in rule["properties"] if key != "overridable"}
    return closed(parts | more, required=required, **_EITHER)


_EITHER: Schema = {"if": {"required": ["clock"]}, "then": {"required": ["cascade"]}, "else": {"required": ["then"]}}


def _rule_parts(facts: Mapping[str, Fact], organisation: Organisation | None) -> Schema:
    owners = {owner.id: owner.title for owner in organisation.owners.values()} if organisation else None
    step = closed({"after": DURATION, "then": {"$ref": "#/$defs/outcome"}}, required=["after", "then"])
    until = "the last day (UTC) on which the rule may win, such as 2026-12-31"
    cascade: Schema = {"type": "array", "minItems": 1, "maxItems": 20, "items": step}
    return {
        "title": described(TEXT, "the rule in a few words"),
        "when": {"$ref": "#/$defs/condition"},
        "then": {"$ref": "#/$defs/outcome"},
        "because": described(TEXT, "the business reason, for whoever asks why"),
        "owner": described(choice(owners), "who answers for this rule, when it is not the file's maintainer"),
        "mode": {"enum": ["shadow"], "description": "shadow: evaluated and logged, never deciding"},
        "until": {"type": "string", "format": "date", "description": until},
        "clock": described(_clock(facts, organisation), "from when and how time runs towards the cascade"),
        "cascade": described(cascade, "what happens as time passes: each step later than the one before"),
    }


def _clock(facts: Mapping[str, Fact], organisation: Organisation | None) -> Schema:
    times = {name: fact.description for name, fact in facts.items() if fact.kind == "time"}
    calendars = {"examples": list(organisation.calendars)} if organisation else {}
    return closed(
        {
            "since": described(choice(times) if times else NAME, "the time in the facts from which the clock runs"),
            "calendar": {**TEXT, "description": "a calendar of organisation.json or of this file", **calendars},
            "pause_when": {"$ref": "#/$defs/condition"},
            "pause_limit": described(DURATION, "the longest that one pause may last, in open time; 5bd when left out"),
        },
        required=["since", "calendar"],
    )


def _derived(facts: Mapping[str, Fact]) -> Schema:
    """One derived fact; see the module `derive` for what each function does."""
    numbers = {"examples": names} if (names := [n for n, f in facts.items() if f.kind == "integer"]) else {}
    lines = [name for name, fact in facts.items() if fact.kind == "lines"]
    number, counted = {**NAME, **numbers}, {**NAME, **({"examples": lines} if lines else {})}
    listed: Schema = {"type": "array", "minItems": 1, "items": number}
    source = {"if": {"type": "string"}, "then": counted, "else": listed}
    pair: Schema = {"type": "array", "minItems": 2, "maxItems": 2, "items": number}
    words = {"sum": "of a field of the lines, or of numbers", "max": "the largest", "min": "the smallest"}
    return closed(
        {
            "count": described(counted, "how many lines there are for which `where` holds"),
            **{function: described(source, words[function]) for function in AGGREGATES},
            **{function: described(pair, _PAIR_WORDS[function]) for function in PAIRS},
            "of": described(NAME, "the field of a line that is added up or compared"),
            "where": {"$ref": "#/$defs/where"},
        },
        minProperties=1,
        description="a number computed from the facts; rules compare it by its name",
    )


_PAIR_WORDS = {
    "difference": "the first less the second",
    "percent_off": "how far the first is from the second, in percent of it, rounded up",
}


def _file(vocabulary: Vocabulary | None, organisation: Organisation | None) -> Schema:
    facts: Mapping[str, Fact] = vocabulary.facts if vocabulary else {}
    owners = {owner.id: owner.title for owner in organisation.owners.values()} if organisation else None
    about: Schema = (
        {"const": vocabulary.name} if vocabulary else {"type": "string", "pattern": "^[a-z][a-z0-9_]*@[1-9]\\d*$"}
    )
    verdicts: Schema = {"type": "array", "minItems": 2, "uniqueItems": True, "items": TEXT}
    derive = {"type": "object", "propertyNames": FACT_NAME, "additionalProperties": _derived(facts)}
    since: Schema = {"type": "string", "format": "date"}
    properties: Schema = {
        "$schema": _SCHEMA,
        "id": {"type": "string", "pattern": "^[a-z][a-z0-9-]*$", "maxLength": 60, "description": "the file's name"},
        "version": described(_MERGED, "three numbers, such as 1.4.0: raise the last one for a changed number"),
        "status": _STATUS,
        "description": described(TEXT, "what the file decides"),
        "facts": described(about, "the vocabulary that the rules speak in"),
        "hit_policy": _POLICY,
        "ranking": described(verdicts, "the verdicts, the worst one first"),
        "default": {"$ref": "#/$defs/answer"},
        "on_error": {"$ref": "#/$defs/answer"},
        "maintainer": described(choice(owners), "the owner who answers for this file"),
        "effective": described(since, "since when this version is in force, for the record"),
        "lists": _named(VALUES, _LISTS, NAME),
        "numbers": _numbers(_NUMBERS, vocabulary),
        "overridable": described(closed({"lists": strings(), "numbers": strings()}), _OVERRIDABLE),
        "covers": _named(TEXT, _COVERS, NAME),
        "calendars": CALENDARS,
        "derive": derive,
        "rules": {"type": "array", "minItems": 1, "maxItems": 2000, "items": {"$ref": "#/$defs/rule"}},
        "tests": {"type": "array", "items": {"$ref": "#/$defs/test"}},
    }
    required = ["$schema", "id", "version", "status", "description", "facts", "hit_policy", "maintainer", "rules"]
    ranked = {"if": {"properties": {"hit_policy": {"const": "worst"}}}, "then": {"required": ["ranking"]}}
    closing = [{"if": {"required": ["derive"]}, "else": {"$ref": "#/$defs/known_facts"}}] if facts else []
    return closed(properties, required=required, allOf=[ranked, *closing])


_OVERRIDABLE = "lists and numbers that a tenant's layer may put values of its own into"
_COVERS = 'what no value may be left without: {"status": "owner"} wants an owner by some rule for every status'


def _only_facts(facts: Mapping[str, Fact]) -> Schema:
    """In a file that derives nothing, conditions name facts of the vocabulary and nothing else."""
    if not facts:
        return {}
    when: Schema = {"$ref": "#/$defs/only_facts"}
    rule = {"properties": {"when": when, "clock": {"properties": {"pause_when": when}}}}
    known = {"properties": {"rules": {"items": rule}}}
    return {"known_facts": known, "only_facts": only(facts, "only_facts")}


def _named(value: Schema, text: str, name: Schema) -> Schema:
    return {"type": "object", "propertyNames": name, "additionalProperties": value, "description": text}


def _numbers(text: str, vocabulary: Vocabulary | None) -> Schema:
    """Numbers by name; those that the connector's steps read with what they mean and how far they go."""
    read = vocabulary.read_by_steps if vocabulary else {}
    properties = {
        name: {
            "type": "integer",
            "minimum": known.least,
            "maximum": known.most,
            "default": known.usual,
            "description": f"{known.description} ({known.unit})",
        }
        for name, known in read.items()
    }
    return _named(INTEGER, text, NAME) | ({"properties": properties} if properties else {})


def _layer(vocabulary: Vocabulary | None) -> Schema:
    """What a tenant changes in a base file; see the module `layers` for what is allowed."""
    ids: Schema = {"type": "array", "uniqueItems": True, "items": TEXT}
    base: Schema = {
        "type": "string",
        "pattern": "^[a-z][a-z0-9-]*@(0|[1-9]\\d*)(\\.(0|[1-9]\\d*)){0,2}$",
        "maxLength": 100,
    }
    replaced: Schema = {"type": "object", "additionalProperties": {"$ref": "#/$defs/replacing"}}
    tests: Schema = {"type": "object", "additionalProperties": {"$ref": "#/$defs/replacing_test"}}
    added: Schema = {"type": "array", "items": {"$ref": "#/$defs/added"}}
    own = {"type": "array", "items": {"$ref": "#/$defs/test"}}
    tenant = {**TEXT, "pattern": "[A-Za-z0-9]"}
    return closed(
        {
            "$schema": _SCHEMA,
            "extends": described(base, "a base file and its version: ownership@1.4 fits 1.4.0, 1.4.1 and so on"),
            "tenant": described(tenant, "whose layer this is"),
            "version": described(_VERSION, "three numbers, such as 1.0.0"),
            "status": _STATUS,
            "description": described(TEXT, "why this tenant differs"),
            "replace": described(replaced, "rules of the base by id, and what stands in their place"),
            "disable": described(ids, "ids of rules of the base that do not hold for this tenant"),
            "add": described(
                added, "rules of the tenant's own; their ids begin with X- and the tenant, as in X-ACME-010"
            ),
            "lists": _named(VALUES, "values instead of the base's, or lists of the tenant's own (x_acme_...)", NAME),
            "numbers": _numbers("numbers instead of the base's, or of the tenant's own (x_acme_...)", vocabulary),
            "tests": described(own, "tests of what the layer changes"),
            "replace_tests": described(tests, "tests of the base by name, and what stands in their place"),
            "disable_tests": described(ids, "names of tests of the base that are not right for this tenant"),
        },
        required=["extends", "tenant", "version"],
    )
