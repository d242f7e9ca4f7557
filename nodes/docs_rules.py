"""The reference page of the shipped rule files and of the facts that they speak of, made from `rules/`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from connector_service.rules_engine.folder import rule_paths

RULES = Path(__file__).parents[1] / "rules"
Table = Callable[[tuple[str, ...], Sequence[tuple[str, ...]]], str]


def rules_page(table: Table, rules: Path = RULES) -> str:
    """The page: one table of all rule files, and one of facts per vocabulary."""
    files = [_read(path) for path in rule_paths(rules)]
    vocabularies = [_read(path) for path in sorted((rules / "vocabularies").glob("*.json"))]
    head = (
        "file",
        "what it decides",
        "asked about",
        "hit policy",
        "answers with",
        "rules",
        "of them a tenant may change",
    )
    facts = "\n".join(_vocabulary(table, vocabulary) for vocabulary in vocabularies)
    return f"""# Rule files and facts

What is shipped under `rules/`. Every file can be asked with the node `rule.evaluate`.

{table(head, [_file_row(file) for file in files])}

## Facts

A rule may name only facts of its file's vocabulary. A fact that nobody gave is missing. Times are what clocks run
from; they are not compared.

{facts}"""


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def _file_row(file: dict[str, Any]) -> tuple[str, ...]:
    changeable = sum(rule.get("overridable", False) for rule in file["rules"])
    keys = ", ".join(f"`{key}`" for key in _outcome_keys(file))
    counts = (str(len(file["rules"])), str(changeable))
    return f"`{file['id']}`", file["description"], f"`{file['facts']}`", file["hit_policy"], keys, *counts


def _outcome_keys(file: dict[str, Any]) -> list[str]:
    """Every key that an answer of the file may have, in the order of their first use."""
    steps = [step for rule in file["rules"] for step in rule.get("cascade", (rule,))]
    return list(dict.fromkeys(key for step in steps for key in step["then"]))


def _vocabulary(table: Table, vocabulary: dict[str, Any]) -> str:
    rows = [row for name, fact in vocabulary["facts"].items() for row in _fact_rows(name, fact)]
    facts = table(("fact", "kind", "meaning", "example"), rows)
    return f"### `{vocabulary['id']}`\n\n{vocabulary['description']}\n\n{facts}\n{_step_numbers(table, vocabulary)}"


def _step_numbers(table: Table, vocabulary: dict[str, Any]) -> str:
    """The numbers of a file that the connector reads itself."""
    read = vocabulary.get("read_by_steps")
    if not read:
        return ""
    rows = [
        (f"`{name}`", known["unit"], known["description"], f"{known['least']} to {known['most']}", str(known["usual"]))
        for name, known in read.items()
    ]
    numbers = table(("number", "unit", "meaning", "goes from", "when a file does not say"), rows)
    return f"""
Under `numbers`, the connector reads these itself. A tenant's layer may set those that the file's `overridable` names.

{numbers}
"""


def _fact_rows(name: str, fact: dict[str, Any]) -> list[tuple[str, ...]]:
    """A fact, and below a list of lines the fields of a line."""
    example = "" if "fields" in fact else f"`{json.dumps(fact['example'])}`"
    row = (f"`{name}`", _kind(fact), fact["description"], example)
    fields = [row for field, node in fact.get("fields", {}).items() for row in _fact_rows(f"{name}[].{field}", node)]
    return [row, *fields]


def _kind(fact: dict[str, Any]) -> str:
    if "enum" in fact:
        return "one of " + ", ".join(f"`{value}`" for value in fact["enum"])
    kinds = {"integer": "whole number", "boolean": "true or false", "string": "text", "lines": "list of lines"}
    unit = f" ({fact['unit']})" if "unit" in fact else ""
    return kinds.get(str(fact["type"]), str(fact["type"])) + unit
