"""Check the values of facts: what is not exactly of its kind never reaches a rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from connector_service.rules_engine.findings import did_you_mean

MAX_STRING_BYTES = 60_000
MAX_INTEGER = 2**53 - 1
MAX_LINES = 10_000
_SHOWN = 10**20

Check = Callable[[Any], Any]
"""Gives the value back in plain JSON types, or raises WrongFact."""


class WrongFact(ValueError):
    """A value that is not what its fact may be; `path` leads to it inside a list of lines."""

    def __init__(self, what: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(what)
        self.path = path


def checker(kind: str, enum: Sequence[str], fields: Mapping[str, Check]) -> Check:
    """The check for one fact; `enum` matters for kind enum, `fields` for kind lines."""
    if kind == "enum":
        return _enum_check(enum)
    if kind == "lines":
        return _lines_check(fields)
    return {"integer": _integer, "boolean": _boolean, "string": _string, "time": _time}[kind]


def _integer(value: Any) -> int:
    if type(value) is int and -MAX_INTEGER <= value <= MAX_INTEGER:
        return value
    _refuse(value, "a whole number under 2^53 (minor units, grams, minutes; no decimals)")


def _boolean(value: Any) -> bool:
    if type(value) is bool:
        return value
    _refuse(value, "true or false")


def _time(value: Any) -> Any:
    _refuse(value, "passed among the times, not among the facts")


def _string(value: Any) -> str:
    if not isinstance(value, str):
        _refuse(value, "a string")
    text = value if type(value) is str else str.__str__(value)
    try:
        size = len(text) if text.isascii() else len(text.encode())
    except UnicodeEncodeError as error:
        raise WrongFact("the string holds half a surrogate pair; send valid Unicode") from error
    if size > MAX_STRING_BYTES:
        raise WrongFact(f"the string has {size} bytes; at most {MAX_STRING_BYTES} are accepted")
    return text


def _enum_check(enum: Sequence[str]) -> Check:
    plain = {word: word for word in enum}  # looks a StrEnum member up and gives back the plain string

    def check(value: Any) -> str:
        if not isinstance(value, str):
            _refuse(value, "one of " + ", ".join(plain))
        word = plain.get(value)
        if word is None:
            raise WrongFact(f"{value[:80]!r} is not one of its values. {did_you_mean(value[:80], plain)}")
        return word

    return check


def _lines_check(fields: Mapping[str, Check]) -> Check:
    def check(value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list | tuple):
            _refuse(value, "a list of objects")
        if len(value) > MAX_LINES:
            raise WrongFact(f"the list has {len(value)} lines; at most {MAX_LINES} are accepted")
        return [_line(line, fields, index) for index, line in enumerate(value)]

    return check


def _line(line: Any, fields: Mapping[str, Check], index: int) -> dict[str, Any]:
    known: dict[str, Any] = {}
    name: Any = ""
    try:
        if not isinstance(line, Mapping):
            _refuse(line, "an object")
        for name, value in line.items():
            check = fields[name]
            if value is not None:
                known[name] = check(value)
    except KeyError as error:
        shown = str(name)[:80]
        raise WrongFact(f"a line has no {shown!r}. {did_you_mean(shown, fields)}", (index, shown)) from error
    except WrongFact as error:
        raise WrongFact(str(error), (index, name) if name else (index,)) from error
    return known


def _refuse(value: Any, right: str) -> NoReturn:
    raise WrongFact(f"{_named(value)} is not right here; it must be {right}")


def _named(value: Any) -> str:
    """A value of a wrong kind, in words; text is not repeated, for it may be long or secret."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {str(value)[:40]}" if abs(value) < _SHOWN else "so big a number"
    kinds = {str: "text", list: "a list", tuple: "a list", dict: "an object"}
    return next((word for kind, word in kinds.items() if isinstance(value, kind)), f"a {type(value).__name__}")
