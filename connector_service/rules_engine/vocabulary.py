"""Vocabularies: the typed facts that a rule file may speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from connector_service.errors import InvalidInput
from connector_service.rules_engine.fact_checks import Check, WrongFact, checker
from connector_service.rules_engine.findings import did_you_mean, pointer

Scalar = str | int | bool
"""A constant that a rule may compare with."""

FactKind = Literal["enum", "string", "integer", "boolean", "lines", "time"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its kind, unit and meaning; `enum` for kind enum, `fields` for kind lines (facts of one line)."""

    name: str
    kind: FactKind
    description: str
    unit: str | None = None
    enum: tuple[str, ...] = ()
    fields: Mapping[str, Fact] = field(default_factory=dict)
    example: Any = None


@dataclass(frozen=True, slots=True)
class StepNumber:
    """A named number of a rule file that a step of the connector reads itself: from `least` to `most`, and `usual` when
    the file does not give it."""

    unit: str
    description: str
    least: int
    most: int
    usual: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A named, versioned set of facts, such as `order@1`, and the numbers of its files that steps read."""

    name: str
    facts: Mapping[str, Fact]
    checks: Mapping[str, Check]
    read_by_steps: Mapping[str, StepNumber] = field(default_factory=dict)

    @classmethod
    def from_document(cls, name: str, document: Mapping[str, Any]) -> Vocabulary:
        """A vocabulary from its file, which has passed its JSON Schema."""
        facts = {key: _fact(key, entry) for key, entry in document["facts"].items()}
        read = {key: StepNumber(**entry) for key, entry in document.get("read_by_steps", {}).items()}
        return cls(name, facts, {key: _check_of(fact) for key, fact in facts.items()}, read)

    def check(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The facts, copied, without those that are None.

        Raises InvalidInput, whose pointer names the fact, for an unknown fact, a wrong type, a value outside its enum,
        a string over 60,000 bytes, an integer of 2^53 or more, or a time (times are passed apart).
        """
        if not isinstance(facts, Mapping):
            raise InvalidInput(f"Facts must be an object, not {type(facts).__name__}.")
        known: dict[str, Any] = {}
        checks = self.checks
        name: Any = ""
        try:
            for name, value in facts.items():
                check = checks[name]
                if value is not None:
                    known[name] = check(value)
        except KeyError as error:
            shown = str(name)[:80]
            message = f"The facts {self.name} hold no {shown!r}. {did_you_mean(shown, self.facts)}"
            raise InvalidInput(message, pointer=pointer([shown])) from error
        except WrongFact as error:
            path = (name, *error.path)
            raise InvalidInput(f"{pointer(path)}: {error}", pointer=pointer(path)) from error
        return known


def _fact(name: str, entry: Mapping[str, Any]) -> Fact:
    fields = {key: _fact(key, value) for key, value in entry.get("fields", {}).items()}
    enum = tuple(entry.get("enum", ()))
    return Fact(name, entry["type"], entry["description"], entry.get("unit"), enum, fields, entry.get("example"))


def _check_of(fact: Fact) -> Check:
    return checker(fact.kind, fact.enum, {key: _check_of(part) for key, part in fact.fields.items()})
