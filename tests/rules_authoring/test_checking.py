"""The whole check of a file: every step, layers with the right one to blame, and no crash whatever the file holds."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector_service.rules_authoring.checking import Checking, FileCheck, check_paths
from connector_service.rules_engine.folder import Words, layer_paths, read_words, rule_paths
from tests.house import RULES
from tests.rules_engine.rules_workbench import rule, rule_file, write_folder

TODAY = date(2026, 11, 21)
BASE = rule_file(
    rule("TST-1", {"total_minor": {"gt": "@limit"}}, overridable=True),
    rule("TST-2", {"total_minor": {"gt": 50}}, {"owner": "operations"}),
    numbers={"limit": 100},
    overridable={"numbers": ["limit"]},
    default={"owner": "operations", "because": "Nobody else."},
    tests=[{"name": "much", "given": {"total_minor": 101}, "expect": {"rule": "TST-1"}}],
)


def check(folder: Path, *paths: Path) -> list[FileCheck]:
    return check_paths(paths or rule_paths(folder), folder, TODAY)


def test_a_right_file_is_right_and_its_tests_ran(tmp_path: Path) -> None:
    (found,) = check(write_folder(tmp_path, BASE))
    assert (found.is_right, found.tests, found.findings) == (True, 1, [])


def test_a_test_that_fails_is_a_finding(tmp_path: Path) -> None:
    wrong = {"name": "little", "given": {"total_minor": 1}, "expect": {"rule": "TST-1"}}
    (found,) = check(write_folder(tmp_path, {**BASE, "tests": [wrong]}))
    assert [(severity, finding.pointer) for severity, finding in found.findings] == [("error", "/tests/0")]


def test_an_exact_finding_in_a_merged_file_blames_the_layer(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, BASE)
    layer = {
        "$schema": "../../ruleset.schema.json",
        "extends": "file@1.0",
        "tenant": "acme",
        "version": "1.0.0",
        "status": "live",
        "description": "Acme looks at everything.",
        "numbers": {"limit": 1},
    }
    place = folder / "tenants" / "acme" / "file.json"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(layer), encoding="utf-8")
    (found,) = check(folder, *layer_paths(folder))
    assert found.findings, "the limit of 1 takes every order that the second rule was for"
    assert {finding.file for _, finding in found.findings} == {found.name}
    assert any("can never win" in finding.what for _, finding in found.findings), found.findings


def test_the_words_are_checked_first(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, BASE)
    (folder / "vocabularies" / "order@1.json").write_text("{", encoding="utf-8")
    (found,) = check(folder)
    assert found.name == "vocabularies/order@1.json"
    assert not found.is_right


@pytest.fixture(scope="module")
def shipped_words() -> Words:
    words = read_words(RULES, [])
    assert words is not None
    return words


SHIPPED = [json.loads(path.read_bytes()) for path in rule_paths(RULES)]
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 2**60),
    st.sampled_from(["", "@x", "$s", "status", "first", "all", "any", "2026-01-01", "x" * 70_000]),
    st.sampled_from([[], {}, [[]], [{}], {"in": []}, {"any": []}, {"gt": 2**53}, {"missing": "x"}]),
)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(each for key, value in entries for each in places(value, (*path, key)))]


@st.composite
def broken(draw: st.DrawFn) -> Any:
    """A shipped file without its tests, with up to three things removed or replaced."""
    document = deepcopy(draw(st.sampled_from(SHIPPED)))
    document.pop("tests", None)
    document["rules"] = document["rules"][: draw(st.integers(1, 8))]
    for _ in range(draw(st.integers(1, 3))):
        *way, key = draw(st.sampled_from(places(document)[1:] or [("id",)]))
        node = document
        for part in way:
            node = node[part]
        if draw(st.booleans()):
            del node[key]
        else:
            node[key] = deepcopy(draw(JUNK))
    return document


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(broken())
def test_no_broken_file_makes_a_check_crash(shipped_words: Words, document: Any) -> None:
    found = Checking(shipped_words, TODAY, notes=True).text(json.dumps(document).encode(), "file.json")
    assert json.dumps(found.as_json())
