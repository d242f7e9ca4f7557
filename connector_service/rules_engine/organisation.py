"""The organisation: the owners, queues and calendars that rules may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector_service.business_time import Calendar
from connector_service.errors import InvalidInput
from connector_service.rules_engine.findings import Path, Report, did_you_mean


@dataclass(frozen=True, slots=True)
class Owner:
    """A team that answers for orders: `lead` is who is notified above it, `deputy` the owner who stands in for it."""

    id: str
    title: str
    lead: str
    deputy: str
    calendar: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """Everybody and everything that rules may name."""

    owners: Mapping[str, Owner]
    queues: Mapping[str, str]
    calendars: Mapping[str, Calendar]

    @classmethod
    def from_document(cls, document: Mapping[str, Any], report: Report) -> Organisation:
        """The organisation from its file, which has passed its JSON Schema; findings for names that do not exist."""
        owners = {entry["id"]: Owner(**entry) for entry in document["owners"]}
        calendars = parse_calendars(document["calendars"], report)
        for index, owner in enumerate(document["owners"]):
            if owner["deputy"] not in owners or owner["deputy"] == owner["id"]:
                others = [name for name in owners if name != owner["id"]]
                fix = did_you_mean(owner["deputy"], others)
                report.add(("owners", index, "deputy"), f'"{owner["deputy"]}" is not another owner.', fix)
            if owner["calendar"] not in document["calendars"]:
                fix = did_you_mean(owner["calendar"], calendars)
                report.add(("owners", index, "calendar"), f'There is no calendar "{owner["calendar"]}".', fix)
        return cls(owners, {entry["id"]: entry["title"] for entry in document["queues"]}, calendars)

    @property
    def people(self) -> list[str]:
        """Whom a rule may notify: owners and their leads."""
        return [*self.owners, *(owner.lead for owner in self.owners.values())]


def parse_calendars(node: Mapping[str, Any], report: Report) -> dict[str, Calendar]:
    """The calendars of a file; a finding for each that cannot be."""
    calendars = {}
    for name, definition in node.items():
        try:
            calendars[name] = Calendar.from_definition(definition)
        except InvalidInput as error:
            place: Path = ("calendars", name, *(error.pointer or "").split("/")[1:])
            report.add(place, error.detail, "")
    return calendars
