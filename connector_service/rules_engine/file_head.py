"""Check what a rule file says about itself: its schema, who answers for it, and which names it leaves to tenants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector_service.rules_engine.findings import Report, did_you_mean
from connector_service.rules_engine.organisation import Organisation
from connector_service.rules_engine.vocabulary import Vocabulary

_TENANTS_RULE, _TENANTS_NAME = "X-", "x_"


def check_head(document: Mapping[str, Any], organisation: Organisation, report: Report) -> None:
    """Findings for everything in a rule file that no single rule is about."""
    check_schema(document, document["facts"], report)
    if document["maintainer"] not in organisation.owners:
        fix = did_you_mean(document["maintainer"], organisation.owners)
        report.add(("maintainer",), f'"{document["maintainer"]}" is no owner that exists.', fix)
    for index, rule in enumerate(document["rules"]):
        if report.is_full:
            return
        if "owner" in rule and rule["owner"] not in organisation.owners:
            fix = did_you_mean(rule["owner"], organisation.owners)
            report.add(("rules", index, "owner"), f'"{rule["owner"]}" is no owner that exists.', fix)
    _check_overridable(document, report)
    _check_tests(document, report)
    if "+" not in document["version"]:
        _check_reserved(document, report)


def check_step_numbers(document: Mapping[str, Any], vocabulary: Vocabulary, report: Report) -> None:
    """Findings for numbers that steps read and that they could not work with."""
    numbers = document.get("numbers", {})
    for name, known in vocabulary.read_by_steps.items():
        value = numbers.get(name, known.usual)
        if not known.least <= value <= known.most:
            what = f"{value} is no {name}: {known.description}"
            fix = f"Write {known.least} to {known.most} ({known.unit})."
            report.add(("numbers", name), what, fix)


def check_schema(document: Mapping[str, Any], facts: str, report: Report) -> None:
    """A finding when `$schema` completes the names of another vocabulary than the one the rules speak in."""
    folder, _, file = str(document.get("$schema", "")).rpartition("/")
    name = file.removesuffix("ruleset.schema.json").rstrip(".")
    if name and name != facts:
        what = f'This completes names of {name}, and the rules are about "{facts}".'
        report.add(("$schema",), what, f'Write "{folder}/{facts}.ruleset.schema.json".')


def _check_overridable(document: Mapping[str, Any], report: Report) -> None:
    for section, names in document.get("overridable", {}).items():
        for index, name in enumerate(names):
            there = document.get(section, {})
            if name not in there:
                what = f'There is no {section.removesuffix("s")} "{name}".'
                report.add(("overridable", section, index), what, did_you_mean(name, there))


def _check_tests(document: Mapping[str, Any], report: Report) -> None:
    """Tests are found by their names, so each has one of its own."""
    seen: dict[str, int] = {}
    for index, test in enumerate(document.get("tests", ())):
        if seen.setdefault(test["name"], index) != index:
            what = f'Test number {seen[test["name"]] + 1} is called "{test["name"]}", too.'
            report.add(("tests", index, "name"), what, "Say what this one shows that the other does not.")


def _check_reserved(document: Mapping[str, Any], report: Report) -> None:
    """What tenants' layers add has names that no base file uses."""
    for index, rule in enumerate(document["rules"]):
        if rule["id"].startswith(_TENANTS_RULE):
            report.add(
                ("rules", index, "id"), "Ids with X- are for the layers of tenants.", "Begin with other letters."
            )
    for section in ("lists", "numbers"):
        for name in document.get(section, {}):
            if name.startswith(_TENANTS_NAME):
                report.add((section, name), "Names with x_ are for the layers of tenants.", "Leave the x_ out.")
