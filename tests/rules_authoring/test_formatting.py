"""One layout, found again however a file was laid out before, and never another value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_service.local.home import CHECKOUT
from connector_service.rules_authoring.formatting import formatted
from connector_service.rules_engine.folder import canonical_hash, rule_paths

_KEYS = (
    "id",
    "title",
    "when",
    "then",
    "because",
    "overridable",
    "rules",
    "tests",
    "derive",
    "cascade",
    "any",
    "x",
    "é",
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5),
    max_leaves=30,
)


@given(_JSON)
def test_no_value_changes_and_a_second_time_changes_nothing(document: Any) -> None:
    text = formatted(document)
    assert json.loads(text) == document
    assert formatted(json.loads(text)) == text


@pytest.mark.parametrize("path", rule_paths(CHECKOUT / "rules"), ids=lambda path: path.stem)
def test_shipped_files_keep_their_hash_in_any_layout(path: Path) -> None:
    document = json.loads(path.read_text())
    text = formatted(document)
    assert canonical_hash(json.loads(text)) == canonical_hash(document)
    shuffled = {key: document[key] for key in sorted(document, reverse=True)}
    assert formatted(shuffled) == text


def test_the_parts_of_a_rule_and_each_test_have_lines_of_their_own() -> None:
    rule = {
        "because": "B.",
        "then": {"owner": "risk"},
        "overridable": True,
        "when": {"a": 1},
        "title": "T",
        "id": "A-1",
    }
    test = {"expect": {"rule": "A-1"}, "given": {"a": 1}, "name": "n"}
    assert formatted({"tests": [test], "rules": [rule], "version": "1.0.0", "id": "f"}) == (
        "{\n"
        '  "id": "f", "version": "1.0.0",\n'
        '  "rules": [\n'
        '    {"id": "A-1", "title": "T",\n'
        '     "when": {"a": 1},\n'
        '     "then": {"owner": "risk"},\n'
        '     "overridable": true, "because": "B."}\n'
        "  ],\n"
        '  "tests": [\n'
        '    {"name": "n", "given": {"a": 1}, "expect": {"rule": "A-1"}}\n'
        "  ]\n"
        "}\n"
    )


def test_the_facts_of_a_condition_stay_in_their_order() -> None:
    when = {"zebra": 1, "any": [{"b": 2}, {"a": 1}], "apple": 3}
    text = formatted({"rules": [{"id": "A-1", "when": when}]})
    assert '"when": {"zebra": 1, "any": [{"b": 2}, {"a": 1}], "apple": 3}' in text


def test_a_long_condition_breaks_before_any() -> None:
    when = {"status": {"in": ["received"] * 12}, "any": [{"paid": True}, {"paid": False}]}
    assert '},\n              "any": [' in formatted({"rules": [{"id": "A-1", "when": when}]})


def test_a_tenants_layer_keeps_its_rules_on_lines_too() -> None:
    rule = {"id": "A-1", "when": {"a": 1}, "then": {}}
    text = formatted({"replace": {"A-1": rule}, "add": [rule], "extends": "ownership@1.0", "tenant": "acme"})
    assert text.startswith(
        '{\n  "extends": "ownership@1.0", "tenant": "acme",\n  "replace": {\n    "A-1": {"id": "A-1",'
    )
