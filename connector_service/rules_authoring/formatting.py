"""One layout for rule files: keys in a fixed order, one line per head entry, per part of a rule and per test.

Only the order of keys and the space between values change, never a value, so the content hash stays. Keys inside
conditions, answers and facts stay as their author wrote them. Works on any JSON: what is not shaped as in a rule file
is written on one line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

WIDTH = 120
"""Conditions longer than this have `any` and `all` on lines of their own."""

_HEAD: tuple[tuple[str, ...], ...] = (
    ("$schema",),
    ("id", "version", "status"),
    ("extends", "tenant"),
    ("description",),
    ("facts", "hit_policy", "ranking", "maintainer", "effective"),
    ("default",),
    ("on_error",),
    ("lists",),
    ("numbers",),
    ("overridable",),
    ("covers",),
)
_BODY = ("calendars", "derive", "replace", "disable", "add", "rules", "tests")
_FIRST_LINE = ("id", "title", "before")
_PARTS = ("when", "then", "clock", "cascade")
_LAST_LINE = ("owner", "mode", "until", "overridable", "because")
_CLOCK = ("since", "calendar", "pause_when", "pause_limit")
_STEP = ("after", "then")
_TEST = ("name", "given", "now", "pauses", "after_level", "expect")


def formatted(document: Any) -> str:
    """A rule file (or a tenant's layer) in the one layout, with a newline at its end."""
    if not isinstance(document, dict) or not document:
        return _inline(document) + "\n"
    lines = [_pairs(document, keys) for keys in _HEAD]
    known = {key for keys in _HEAD for key in keys} | set(_BODY)
    lines += [_pairs(document, [key]) for key in document if key not in known]
    lines += [_body(key, document[key]) for key in _BODY if key in document]
    return "{\n  " + ",\n  ".join(line for line in lines if line) + "\n}\n"


def _body(key: str, value: Any) -> str:
    """One of the long entries, its members on lines of their own."""
    name = _inline(key)
    if key in ("rules", "add") and _filled(value, list):
        return f"{name}: {_list(value, _rule)}"
    if key == "tests" and _filled(value, list):
        return f"{name}: {_list(value, lambda test: _ordered(test, _TEST))}"
    if key == "replace" and _filled(value, dict):
        return f"{name}: {_object(value, _rule)}"
    if key in ("calendars", "derive") and _filled(value, dict):
        return f"{name}: {_object(value, _inline)}"
    return f"{name}: {_inline(value)}"


def _list(values: Sequence[Any], write: Callable[[Any], str]) -> str:
    return "[\n    " + ",\n    ".join(map(write, values)) + "\n  ]"


def _object(values: Mapping[str, Any], write: Callable[[Any], str]) -> str:
    members = [f"{_inline(key)}: {write(value)}" for key, value in values.items()]
    return "{\n    " + ",\n    ".join(members) + "\n  }"


def _rule(rule: Any) -> str:
    if not isinstance(rule, dict) or not rule:
        return _inline(rule)
    known = {*_FIRST_LINE, *_PARTS, *_LAST_LINE}
    lines = [_pairs(rule, _FIRST_LINE)]
    lines += [f"{_inline(key)}: {_part(key, rule[key])}" for key in _PARTS if key in rule]
    lines += [_pairs(rule, [key for key in rule if key not in known]), _pairs(rule, _LAST_LINE)]
    return "{" + ",\n     ".join(line for line in lines if line) + "}"


def _part(key: str, value: Any) -> str:
    if key == "when" and isinstance(value, dict):
        return _condition(value)
    if key == "clock":
        return _ordered(value, _CLOCK)
    if key == "cascade" and _filled(value, list):
        return "[\n       " + ",\n       ".join(_ordered(step, _STEP) for step in value) + "]"
    return _inline(value)


def _condition(when: Mapping[str, Any]) -> str:
    whole = _inline(when)
    if len(whole) <= WIDTH or len(when) == 1 or not {"any", "all"} & when.keys():
        return whole
    plain = _pairs(when, [key for key in when if key not in ("any", "all")])
    nested = [_pairs(when, [key]) for key in when if key in ("any", "all")]
    return "{" + ",\n              ".join(line for line in (plain, *nested) if line) + "}"


def _ordered(value: Any, keys: Sequence[str]) -> str:
    """An object on one line, these keys first."""
    if not isinstance(value, dict):
        return _inline(value)
    return "{" + _pairs(value, [*keys, *(key for key in value if key not in keys)]) + "}"


def _pairs(value: Mapping[str, Any], keys: Iterable[str]) -> str:
    return ", ".join(f"{_inline(key)}: {_inline(value[key])}" for key in keys if key in value)


def _filled(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and bool(value)


def _inline(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
