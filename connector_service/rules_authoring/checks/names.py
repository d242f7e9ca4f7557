"""What a file defines and never uses, and rules whose last day has passed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connector_service.rules_authoring.checks.subject import Subject

_SECTIONS = ("rules", "derive", "default", "on_error")


def check_names(subject: Subject) -> None:
    """Warnings for lists, numbers, calendars and derived facts that nothing uses, and for rules that are over. The
    connector's steps use the numbers that the vocabulary names as read by them."""
    document = subject.file.document
    used = {text for section in _SECTIONS for text in _texts(document.get(section))}
    used |= {f"@{name}" for name in subject.file.vocabulary.read_by_steps}
    for section, word in (("lists", "list"), ("numbers", "number")):
        for name in document.get(section, {}):
            if f"@{name}" not in used:
                what = f'Nothing uses the {word} "@{name}".'
                subject.found.warnings.add((section, name), what, "Use it in a rule, or remove it.")
    clocks = {rule["clock"]["calendar"] for rule in document["rules"] if "clock" in rule}
    for name in document.get("calendars", {}):
        if name not in clocks:
            what = f'No clock uses the calendar "{name}".'
            subject.found.warnings.add(("calendars", name), what, "Use it in a clock, or remove it.")
    _derived(subject)
    _over(subject)


def _derived(subject: Subject) -> None:
    """A derived fact is used by a condition, or by a derived fact after it."""
    document = subject.file.document
    definitions = document.get("derive", {})
    compared = set(_keys([(rule["when"], rule.get("clock", {}).get("pause_when")) for rule in document["rules"]]))
    for name in definitions:
        others = {text for other, definition in definitions.items() if other != name for text in _texts(definition)}
        if name not in compared | others:
            what = f'No rule compares the derived fact "{name}".'
            subject.found.warnings.add(("derive", name), what, "Use it in a rule, or remove it.")


def _over(subject: Subject) -> None:
    for number, rule in enumerate(subject.file.rules):
        if subject.is_over(number):
            what = f"The rule's last day was {rule.until}; it never wins any more."
            subject.found.warnings.add(("rules", number, "until"), what, "Remove the rule, or give it a later day.")


def _texts(node: Any) -> Iterator[str]:
    """Every text in a part of the document."""
    if isinstance(node, dict):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _texts(value)
    elif isinstance(node, str):
        yield node


def _keys(node: Any) -> Iterator[str]:
    """Every key in a part of the document."""
    if isinstance(node, dict):
        yield from node
        for value in node.values():
            yield from _keys(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _keys(value)
