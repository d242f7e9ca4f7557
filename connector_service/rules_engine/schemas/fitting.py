"""Check a document against its JSON Schema, with findings a rule author can act on."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from connector_service.rules_engine.findings import Report, did_you_mean
from connector_service.rules_engine.schemas.rule_file import rule_file_schema
from connector_service.rules_engine.schemas.words import organisation_schema, vocabulary_schema

MAX_FINDINGS = 50
_SHORT = 10


def fits_rule_file(document: Any, report: Report) -> bool:
    """Whether a document is a rule file (or a tenant's layer) by shape; findings if not."""
    return _fits(_validator(rule_file_schema), document, report)


def fits_vocabulary(document: Any, report: Report) -> bool:
    """Whether a document is a vocabulary by shape; findings if not."""
    return _fits(_validator(vocabulary_schema), document, report)


def fits_organisation(document: Any, report: Report) -> bool:
    """Whether a document is the organisation by shape; findings if not."""
    return _fits(_validator(organisation_schema), document, report)


@cache
def _validator(schema: Callable[[], dict[str, Any]]) -> Draft202012Validator:
    return Draft202012Validator(schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def _fits(validator: Draft202012Validator, document: Any, report: Report) -> bool:
    fits = True
    for number, error in enumerate(validator.iter_errors(document)):
        if number == MAX_FINDINGS:
            report.add((), f"There are more than {MAX_FINDINGS} mistakes.", "Mend these first.")
            break
        fits = False
        report.add((*error.absolute_path, *_unknown_keys(error)[:1]), *_words(error))
    return fits


def _words(error: ValidationError) -> tuple[str, str]:
    """What is wrong, and the fix."""
    kind = str(error.validator)
    found: Any = error.instance
    wanted: Any = error.validator_value
    described = _described(error)
    if kind == "additionalProperties":
        return _unknown_key(error)
    if kind == "required":
        lacking = [name for name in wanted if name not in found]
        return f"{_listed(lacking)} {'is' if len(lacking) == 1 else 'are'} missing.", f"Add {_listed(lacking)}."
    if kind == "type":
        return f"{_shown(found)} is not right here.", _right_kind(
            found, [wanted] if isinstance(wanted, str) else wanted
        )
    if kind in ("enum", "const"):
        choices = wanted if kind == "enum" else [wanted]
        return f"{_shown(found)} is not one of the values.", did_you_mean(found, choices)
    if kind in ("pattern", "format"):
        return f"{_shown(found)} does not have the right form.", f"Write {described or f'text that matches {wanted}'}."
    if kind in _LIMITS:
        what, fix = _LIMITS[kind]
        return f"{_shown(found)} {what}.", (fix + (f" What belongs here: {described}." if described else "")).format(
            wanted
        )
    return f"{_shown(found)} is not right here.", described or error.message[:200]


_LIMITS = {
    "minLength": ("is empty", "Write something."),
    "maxLength": ("is too long", "Write at most {} characters."),
    "minItems": ("has too few entries", "Write at least {}."),
    "maxItems": ("has too many entries", "Write at most {}."),
    "uniqueItems": ("names something twice", "Keep one of them."),
    "minProperties": ("is empty", "Write at least {} entry."),
    "minimum": ("is too small", "Write {} or more."),
    "maximum": ("is too big", "Write {} or less."),
    "not": ("is a word of the language", 'Choose a name other than "any" and "all".'),
}


def _right_kind(found: Any, kinds: list[str]) -> str:
    if isinstance(found, list) and "integer" in kinds and "string" in kinds:
        return 'For one of several values, write {"in": [...]}.'
    return f"Write {_listed([_KINDS[name] for name in kinds], ' or ')}."


_KINDS = {
    "object": "an object {...}",
    "array": "a list [...]",
    "string": "a string",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}


def _unknown_keys(error: ValidationError) -> list[str]:
    """The keys that may not stand in the object of an error."""
    instance: Any = error.instance
    if error.validator != "additionalProperties":
        return []
    return [name for name in instance if name not in _known_keys(error) and not name.startswith("x_")]


def _known_keys(error: ValidationError) -> list[str]:
    return list(error.schema.get("properties", {})) if isinstance(error.schema, dict) else []


def _unknown_key(error: ValidationError) -> tuple[str, str]:
    unknown, known = _unknown_keys(error), _known_keys(error)
    verb = "is" if len(unknown) == 1 else "are"
    return f"{_listed(unknown)} {verb} not known here.", did_you_mean(unknown[0] if unknown else "", known)


def _described(error: ValidationError) -> str:
    return str(error.schema.get("description", "")) if isinstance(error.schema, dict) else ""


def _listed(names: list[str], joint: str = ", ") -> str:
    return joint.join(f'"{name}"' if joint == ", " else name for name in names)


def _shown(value: object) -> str:
    if isinstance(value, list | dict) and len(value) > _SHORT:
        return f"{'A list' if isinstance(value, list) else 'An object'} of {len(value)}"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
