"""The exact checks say what trying every order there is would say."""

from __future__ import annotations

import json
from datetime import date
from itertools import product
from typing import Any

from hypothesis import given, settings

from connector_service.rules_authoring.cells import Cells
from connector_service.rules_authoring.checks import check_file
from connector_service.rules_engine.findings import Report
from connector_service.rules_engine.model import RuleFile
from connector_service.rules_engine.oracle import holds_any
from tests.rules_authoring.small_files import documents, parsed

TODAY = date(2026, 11, 21)
VALUES: dict[str, list[Any]] = {
    "status": ["received", "validated", "closed", None],
    "country": ["BR", "RU", "US", "DE", None],
    "total_minor": [*range(-3, 8), None],
    "risk_score": [*range(-3, 8), None],
    "paid": [True, False, None],
}
EVERY = [
    {name: value for name, value in zip(VALUES, values, strict=True) if value is not None}
    for values in product(*VALUES.values())
]


def fired_sets(file: RuleFile) -> set[frozenset[int]]:
    """Which rules can hold together."""
    used = {clause.field for rule in file.rules for alternative in rule.alternatives for clause in alternative}
    facts = {tuple(each.get(name) for name in used): each for each in EVERY}.values()
    predicates = [holds_any(rule.alternatives) for rule in file.rules]
    return {frozenset(n for n, holds in enumerate(predicates) if holds(each)) for each in facts}


@settings(max_examples=150, deadline=None)
@given(documents())
def test_never_wins_overlap_and_gap(document: dict[str, Any]) -> None:
    file = parsed(document)
    found = check_file(file, Report("file.json", document), TODAY)
    sets = fired_sets(file)
    ranks = [0 if "verdict" not in r.outcome else file.ranking.index(r.outcome["verdict"]) for r in file.rules]
    winners = {min(fired, key=lambda n: (ranks[n], n)) for fired in sets if fired}
    matching = {n for fired in sets for n in fired}

    def about(words: str, findings: list[Any]) -> set[int]:
        return {int(finding.pointer.split("/")[2]) for finding in findings if words in finding.what}

    errors, warnings = found.errors.findings, found.warnings.findings
    assert about("can never match", errors) == set(range(len(file.rules))) - matching
    if file.hit_policy in ("first", "worst"):
        never = about("can never win", errors) | about("can never decide", warnings)
        assert never == matching - winners
    if file.hit_policy == "unique":
        assert about("matches together", errors) == {n for fired in sets for n in fired if n != min(fired)}
    assert any("answered by no rule" in finding.what for finding in errors) == (frozenset() in sets)


@settings(max_examples=100, deadline=None)
@given(documents())
def test_a_gap_comes_with_an_order_that_no_rule_answers(document: dict[str, Any]) -> None:
    file = parsed(document)
    found = check_file(file, Report("file.json", document), TODAY)
    for finding in found.errors.findings:
        if "answered by no rule" in finding.what:
            example = json.loads(finding.what.split("For example ")[1].removesuffix("."))
            assert not any(holds_any(rule.alternatives)(example) for rule in file.rules)


@settings(max_examples=60, deadline=None)
@given(documents())
def test_what_is_said_to_change_nothing_changes_nothing(document: dict[str, Any]) -> None:
    """Taking the clause away that a warning or note points at leaves every order with the rule it had."""
    file = parsed(document)
    found = check_file(file, Report("file.json", document), TODAY, notes=True)
    for finding in [*found.warnings.findings, *found.notes.findings]:
        if "says so already" in finding.what or "without it the same" in finding.what:
            changed = json.loads(json.dumps(document))
            place = finding.pointer.split("/")[1:]
            node: Any = changed
            for part in place[:-1]:
                node = node[int(part) if isinstance(node, list) else part]
            del node[place[-1]]
            if isinstance(node, dict) and not node and len(place) > 4:
                continue  # an empty test is no condition, and was the whole of it
            other = parsed(changed)
            cells = Cells.of(file, other)
            leaves = cells.decide(*cells.rows(file), *cells.rows(other)).counts()
            assert all(leaf[: len(leaf) // 2] == leaf[len(leaf) // 2 :] for leaf in leaves), finding
