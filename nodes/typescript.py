"""Write plain values as TypeScript literals, laid out so that a change of one value is a change of one line."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH = 100
IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass(frozen=True)
class Code:
    """An expression that stands in the source as it is."""

    text: str


Value = str | int | float | bool | Code | Mapping[str, "Value"] | Sequence["Value"] | None


def literal(value: Value, depth: int = 0) -> str:
    """`value` in TypeScript: on one line when it fits into 100 columns, else one entry per line."""
    opening, closing, entries = _parts(value, depth + 1)
    one_line = f"{opening}{', '.join(entries)}{closing}" if opening != "{" else f"{{ {', '.join(entries)} }}"
    if not opening or not entries or (len(one_line) <= WIDTH - 2 * depth and "\n" not in one_line):
        return one_line if entries else opening + closing
    indent = "\t" * (depth + 1)
    lines = "".join(f"{indent}{entry},\n" for entry in entries)
    return f"{opening}\n{lines}{indent[1:]}{closing}"


def _parts(value: Value, depth: int) -> tuple[str, str, list[str]]:
    if isinstance(value, Mapping):
        return "{", "}", [f"{_key(key)}: {literal(inner, depth)}" for key, inner in value.items()]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[", "]", [literal(inner, depth) for inner in value]
    return "", "", [_scalar(value)]


def _scalar(value: str | float | bool | Code | None) -> str:
    if isinstance(value, Code):
        return value.text
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _key(name: str) -> str:
    return name if IDENTIFIER.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    inner = json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{inner}'"
