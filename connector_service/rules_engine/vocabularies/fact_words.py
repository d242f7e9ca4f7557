"""How a vocabulary is declared: each fact from a field of a canonical model, or in words of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

FactDocument = dict[str, Any]
"""One fact as it stands in a vocabulary file."""

MINOR_UNITS = "minor units of its currency"
UNITS = {"_g": "grams", "_mm": "millimetres", "_minor": MINOR_UNITS, "_pct": "percent", "_per_mille": "per mille"}
"""What the end of a name says of its unit."""
MOMENT = "2026-11-09T15:00:00Z"


def of(model: type[BaseModel], field: str, example: Any, description: str = "", unit: str = "") -> FactDocument:
    """The fact that a field of a canonical model is: its type and enum values are the model's, and so are its words
    where the model has some.

    Raises TypeError for a field that is no single value, such as a list or an address.
    """
    info = model.model_fields[field]
    kind, values = _kind(info.annotation, f"{model.__name__}.{field}")
    words = description or info.description
    if not words:
        raise TypeError(f"{model.__name__}.{field} has no description; give one")
    return _fact(kind, words, example, unit or _unit(field), values)


def choice(values: Iterable[str], description: str, example: str) -> FactDocument:
    """One of some words."""
    return _fact("enum", description, example, values=[str(value) for value in values])


def text(description: str, example: str) -> FactDocument:
    """A word that nobody can list in advance."""
    return _fact("string", description, example)


def number(unit: str, description: str, example: int) -> FactDocument:
    """A whole number of some unit."""
    return _fact("integer", description, example, unit)


def money(description: str, example: int) -> FactDocument:
    """An amount in minor units (cents, pence, yen)."""
    return number(MINOR_UNITS, description, example)


def flag(description: str, example: bool = True) -> FactDocument:
    """True or false."""
    return _fact("boolean", description, example)


def step_number(unit: str, description: str, least: int, most: int, usual: int) -> FactDocument:
    """A number of a rule file that the connector's steps read; `usual` holds in a file that does not give it."""
    return {"unit": unit, "description": description, "least": least, "most": most, "usual": usual}


def moment(description: str, example: str = MOMENT) -> FactDocument:
    """A time that a clock may run from; given among the times, never among the facts."""
    return _fact("time", description, example)


def lines(description: str, fields: Mapping[str, FactDocument]) -> FactDocument:
    """A list of objects, from which a file derives numbers."""
    example = [{name: fact["example"] for name, fact in fields.items()}]
    return {"type": "lines", "description": description, "example": example, "fields": dict(fields)}


def _fact(kind: str, description: str, example: Any, unit: str = "", values: list[str] | None = None) -> FactDocument:
    document: FactDocument = {"type": kind}
    if unit and kind == "integer":
        document["unit"] = unit
    if values:
        document["enum"] = values
    return {**document, "description": description, "example": example}


def _unit(name: str) -> str:
    return next((unit for end, unit in UNITS.items() if name.endswith(end)), "")


def _kind(annotation: Any, where: str) -> tuple[str, list[str]]:
    """The fact's type, and its values when it is an enum; None beside the type means that it may be missing."""
    if get_origin(annotation) in (Union, UnionType):
        kinds = [each for each in get_args(annotation) if each is not NoneType]
        return _kind(kinds[0], where) if len(kinds) == 1 else _no_fact(where)
    if get_origin(annotation) is Literal:
        return "enum", [str(value) for value in get_args(annotation)]
    if isinstance(annotation, type):
        if issubclass(annotation, StrEnum):
            return "enum", [member.value for member in annotation]
        for python, kind in ((bool, "boolean"), (int, "integer"), (str, "string"), (AwareDatetime, "time")):
            if issubclass(annotation, python):
                return kind, []
    if hasattr(annotation, "__metadata__"):
        return _kind(annotation.__origin__, where)
    return _no_fact(where)


def _no_fact(where: str) -> tuple[str, list[str]]:
    raise TypeError(f"{where} is no single value, so no fact; count or sum it under a name of its own")
