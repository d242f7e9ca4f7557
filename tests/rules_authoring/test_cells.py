"""The cells are exact: whatever the facts, the diagram answers as the reference evaluator does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from connector_service.rules_authoring.cells import Cells, TooEntangled
from connector_service.rules_engine.derive import add_derived
from connector_service.rules_engine.model import RuleFile
from connector_service.rules_engine.oracle import holds_any
from tests.rules_authoring.small_files import DERIVE, GIVEN, documents, parsed
from tests.rules_engine.rules_workbench import rule, rule_file


def known(file: RuleFile, facts: dict[str, Any]) -> dict[str, Any]:
    checked = file.vocabulary.check(facts)
    add_derived(file.derived, checked)
    return checked


def by_oracle(file: RuleFile, facts: dict[str, Any]) -> tuple[int | None, ...]:
    """What the diagram of `cells.rows` should answer."""
    fired = [n for n, each in enumerate(file.rules) if each.alternatives and holds_any(each.alternatives)(facts)]
    if file.hit_policy == "first":
        return (fired[0] if fired else None,)
    if file.hit_policy == "worst":
        ranks = {n: file.ranking.index(file.rules[n].outcome["verdict"]) for n in fired}
        return (min(fired, key=ranks.__getitem__) if fired else None,)
    return tuple(n if n in fired else None for n in range(len(file.rules)))


@settings(max_examples=200, deadline=None)
@given(documents(), GIVEN)
def test_every_fact_is_in_a_cell_that_answers_as_the_oracle(document: dict[str, Any], facts: dict[str, Any]) -> None:
    file = parsed(document)
    cells = Cells.of(file)
    checked = known(file, facts)
    assert cells.decide(*cells.rows(file)).at(cells.path_of(checked)) == by_oracle(file, checked)


@settings(max_examples=200, deadline=None)
@given(documents(derived=True), GIVEN)
def test_derived_facts_are_fields_and_real_facts_are_never_called_impossible(
    document: dict[str, Any], facts: dict[str, Any]
) -> None:
    file = parsed(document)
    cells = Cells.of(file, derive=DERIVE)
    checked = known(file, facts)
    assert cells.decide(*cells.rows(file)).at(cells.path_of(checked)) == by_oracle(file, checked)


@settings(max_examples=100, deadline=None)
@given(documents(derived=True))
def test_examples_are_facts_of_the_vocabulary_that_get_the_answer_they_stand_for(document: dict[str, Any]) -> None:
    file = parsed(document)
    cells = Cells.of(file, derive=DERIVE)
    for leaf, path in cells.decide(*cells.rows(file)).paths().items():
        facts = cells.facts(path)
        if facts is not None:
            assert by_oracle(file, known(file, facts)) == leaf


@settings(max_examples=100, deadline=None)
@given(documents())
def test_without_derived_facts_there_is_always_an_example(document: dict[str, Any]) -> None:
    file = parsed(document)
    cells = Cells.of(file)
    diagram = cells.decide(*cells.rows(file))
    assert all(cells.facts(path) is not None for path in diagram.paths().values())
    assert diagram.paths().keys() == diagram.counts().keys()
    assert sum(diagram.counts().values()) == cells.count


def test_cells_are_counted_by_enum_value_threshold_and_missing() -> None:
    when = {"status": "received", "total_minor": {"gt": 50000}, "country": {"in": ["BR", "RU"]}}
    cells = Cells.of(parsed(rule_file(rule(when=when))))
    assert {field.name: len(field.kinds) for field in cells.fields} == {"status": 4, "total_minor": 3, "country": 4}
    assert cells.count == 4 * 3 * 4
    assert cells.decide(cells.row(parsed(rule_file(rule(when=when))))).counts() == {(0,): 2, (None,): 46}


def test_an_example_stands_next_to_the_limit() -> None:
    file = parsed(rule_file(rule(when={"total_minor": {"gt": 50000}})))
    cells = Cells.of(file)
    paths = cells.decide(cells.row(file)).paths()
    assert cells.facts(paths[(0,)]) == {"total_minor": 50001}
    assert cells.facts(paths[(None,)]) == {"total_minor": 50000}


def test_two_versions_are_compared_cell_by_cell() -> None:
    before = parsed(rule_file(rule("TST-1", {"status": "received"}), rule("TST-2", {"paid": True})))
    after = parsed(rule_file(rule("TST-1", {"status": "closed"}), rule("TST-2", {"paid": True})))
    cells = Cells.of(before, after)
    counts = cells.decide(cells.row(before), cells.row(after)).counts()
    assert counts == {(0, None): 2, (0, 1): 1, (None, 0): 2, (1, 0): 1, (1, 1): 2, (None, None): 4}


def test_rules_past_all_bounds_are_refused_rather_than_answered_wrongly() -> None:
    derive = {f"sum_{number}": {"sum": ["total_minor"]} for number in range(20)}
    rules = [rule(f"TST-{number}", {f"sum_{number}": {"gt": 0}}) for number in range(20)]
    file = parsed(rule_file(*rules, hit_policy="all", derive=derive))
    cells = Cells.of(file)
    with pytest.raises(TooEntangled):
        cells.decide(*cells.rows(file))
