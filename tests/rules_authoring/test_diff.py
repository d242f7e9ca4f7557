"""The difference between two versions: counted exactly, with examples that are true, and in words."""

from __future__ import annotations

import copy
import json
from collections import Counter
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector_service.rules_authoring.diff.diff import Diff, diff, lines_of
from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.findings import Report
from connector_service.rules_engine.folder import Words, canonical_hash, read_words, rule_paths
from connector_service.rules_engine.model import RuleFile
from connector_service.rules_engine.parse import parse_rule_file
from tests.house import RULES
from tests.rules_engine.rules_workbench import VOCABULARY, compiled, rule, rule_file
from tests.rules_engine.test_engine_equals_oracle import PLAIN, holds

TODAY = date(2026, 11, 9)
OWNERS = ("operations", "risk")
FOLDER = pytest.fixture(scope="module")(lambda tmp_path_factory: tmp_path_factory.mktemp("diff"))


def differ(folder: Path, old: dict[str, Any], new: dict[str, Any]) -> Diff:
    return diff(compiled(folder, old).file, compiled(folder, new).file, TODAY)


RISKY = {"status": "received", "any": [{"risk_score": {"gte": 80}}, {"total_minor": {"gt": 50000}}]}
OLD = rule_file(
    rule("TST-010", RISKY, {"owner": "risk", "queue": "review"}),
    rule("TST-020", {"status": "received"}, {"owner": "operations", "queue": "intake"}),
    rule("TST-030", {"paid": True}, {"owner": "risk"}),
    version="1.0.0",
)


def changed(**parts: Any) -> dict[str, Any]:
    return {**copy.deepcopy(OLD), "version": "1.1.0", **parts}


def test_a_lower_threshold_moves_exactly_the_kinds_between(tmp_path: Path) -> None:
    new = changed()
    new["rules"][0]["when"]["any"][1]["total_minor"]["gt"] = 40000
    found = differ(tmp_path, OLD, new)
    (change,) = found.changes
    assert change.what == "owner from operations to risk, queue from intake to review"
    assert change.example == {"status": "received", "risk_score": 79, "total_minor": 40001}
    # status received; risk_score under 80 or missing; total_minor from 40,001 to 50,000; paid true, false or missing
    assert change.count == 1 * 2 * 1 * 3
    assert [(part.before, part.after, part.count) for part in change.by_rule] == [("TST-020", "TST-010", 6)]
    assert "TST-010: any number 2 total_minor gt was 50000 and is now 40000" in found.structure
    assert "  6 kinds of order change owner from operations to risk, queue from intake to review" in lines_of(found)


def test_two_equal_versions_differ_in_nothing(tmp_path: Path) -> None:
    found = differ(tmp_path, OLD, OLD)
    assert (found.changed, found.changes, found.moved, found.structure) == (0, (), (), ())
    assert not found.answers_change
    text = "\n".join(lines_of(found))
    assert "No answer changes, for none of " in text
    assert "Nothing was written differently." in text


def test_another_rule_that_answers_alike_changes_no_answer(tmp_path: Path) -> None:
    new = changed()
    new["rules"].insert(
        0, rule("TST-005", {"status": "received", "paid": True}, {"owner": "operations", "queue": "intake"})
    )
    new["rules"][1]["when"] = {"status": "closed", "paid": True, "risk_score": {"gte": 80}}
    found = differ(tmp_path, changed(), new)
    assert {(part.before, part.after) for part in found.moved} == {("TST-020", "TST-005")}


def test_a_change_of_words_only_is_called_so(tmp_path: Path) -> None:
    new = changed(version="1.0.0")
    new["rules"][0]["because"] = "Another reason."
    new["rules"][1]["title"] = "Intake"
    found = differ(tmp_path, OLD, new)
    assert not found.answers_change
    assert found.structure == (
        "TST-010: only its text changed (because)",
        "TST-020: only its text changed (title)",
    )


def test_rules_added_removed_and_moved_are_named(tmp_path: Path) -> None:
    new = changed(version="1.0.0")
    first, second, third = new["rules"]
    new["rules"] = [third, first, rule("TST-040", {"paid": False}, title="Unpaid")]
    found = differ(tmp_path, OLD, new)
    assert found.structure == (
        "TST-040 is new: Unpaid",
        "TST-020 is gone: TST-020 has its reason.",
        "TST-030 moved to the top: of the rules that stay it was number 2 and is number 1",
    )
    del second


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("lists", {"risky": ["BR"]}, "list risky: with BR"),
        ("default", {"owner": "risk", "because": "x"}, "default (owner risk, because x) is new"),
        ("hit_policy", "all", "hit_policy was first and is now all"),
        ("tests", [{"name": "a", "given": {}, "expect": {"rule": None}}], "tests: 1 new"),
    ],
)
def test_what_else_was_written_differently_is_named(tmp_path: Path, key: str, value: Any, said: str) -> None:
    assert said in differ(tmp_path, OLD, changed(**{key: value})).structure


def test_a_default_that_changes_is_counted(tmp_path: Path) -> None:
    found = differ(
        tmp_path,
        changed(default={"owner": "risk", "because": "x"}),
        changed(default={"owner": "operations", "because": "x"}),
    )
    (change,) = found.changes
    assert change.what == "owner from risk to operations"
    assert {(part.before, part.after) for part in change.by_rule} == {("the default", "the default")}


def test_a_step_of_a_cascade_that_changes_is_an_answer_that_changes(tmp_path: Path) -> None:
    def timed(after: str) -> dict[str, Any]:
        cascade = [{"after": after, "then": {"notify": "risk-lead"}}]
        return rule_file(rule("TST-010", clock={"since": "since", "calendar": "desk"}, cascade=cascade))

    (change,) = differ(tmp_path, timed("1h"), timed("30m")).changes
    assert change.what == "step 1 from after 1h: notify risk-lead to after 30m: notify risk-lead"


def test_a_derived_fact_that_is_computed_otherwise_is_told_apart(tmp_path: Path) -> None:
    def derived(names: list[str]) -> dict[str, Any]:
        derive = {"apart": {"difference": names}, "twice": {"sum": ["apart", "apart"]}}
        return rule_file(rule("TST-010", {"twice": {"gt": 4}}), derive=derive)

    found = differ(tmp_path, derived(["total_minor", "risk_score"]), derived(["risk_score", "total_minor"]))
    assert found.answers_change
    assert found.note.startswith("apart, twice is computed otherwise now.")
    for change in found.changes:
        assert change.example is not None
        before = compiled(tmp_path, derived(["total_minor", "risk_score"])).evaluate(change.example, TODAY)
        after = compiled(tmp_path, derived(["risk_score", "total_minor"])).evaluate(change.example, TODAY)
        assert before.outcome != after.outcome


def test_many_rules_that_all_answer_are_counted_one_by_one() -> None:
    document = shipped(RULES / "carrier-choice.json")
    assert document["hit_policy"] == "all"
    fewer = {**document, "rules": document["rules"][1:]}
    gone = document["rules"][0]["id"]
    found = diff(parsed(document), parsed(fewer), TODAY)
    (change,) = found.changes
    assert [(part.before, part.after, part.count) for part in change.by_rule] == [(gone, "no rule", change.count)]
    assert 0 < change.count < found.total
    assert found.note.startswith("Counted rule by rule")


# Against a count by hand: every combination of kinds of values, read straight from the JSON.

FACTS: dict[str, Any] = VOCABULARY["facts"]
NAMES = ("status", "country", "paid", "total_minor", "risk_score")
DENSE = sorted({n + step for n in (-(2**53) + 1, -7, -1, 0, 1, 2, 79, 80, 81, 2**53 - 1) for step in (-1, 0, 1)})
NESTED = st.fixed_dictionaries({}, optional={"any": st.lists(PLAIN, min_size=1, max_size=2)})
WHEN = st.builds(lambda plain, nested: dict(list({**plain, **nested}.items())[:2]), PLAIN, NESTED)
VERSIONS = st.lists(st.tuples(WHEN, st.sampled_from(OWNERS)), min_size=1, max_size=3)


def named_in(node: Any, name: str) -> list[Any]:
    """Every test of a fact anywhere in a condition."""
    if isinstance(node, list):
        return [test for each in node for test in named_in(each, name)]
    found = [node[name]] if name in node else []
    return found + [test for each in node.get("any", []) for test in named_in(each, name)]


def single_tests(tests: list[Any]) -> list[Any]:
    """Each operator by itself, and each end of a range."""
    parts: list[Any] = []
    for test in tests:
        for op, value in (test if isinstance(test, dict) else {"is": test}).items():
            if op == "between":
                parts += [{"gte": value[0]}, {"lte": value[1]}]
            elif op in ("in", "not_in", "is", "is_not"):
                parts += list(value) if isinstance(value, list) else [value]
            else:
                parts.append({op: value})
    return parts


def kinds_of(name: str, tests: list[Any]) -> list[Any]:
    """One value of each kind; numbers begin a new kind wherever some single comparison changes its mind."""
    fact = FACTS[name]
    singles = single_tests(tests)
    if fact["type"] == "integer":
        dense = [n for n in DENSE if abs(n) < 2**53]
        signatures = [tuple(holds({name: each}, {name: value}) for each in singles) for value in dense]
        return [None, *(v for at, v in enumerate(dense) if at == 0 or signatures[at] != signatures[at - 1])]
    if fact["type"] == "boolean":
        return [None, True, False]
    named = [each for each in singles if not isinstance(each, dict)]
    values = fact.get("enum") or [*dict.fromkeys(named), "some other country"]
    return [None, *values]


def answer(rules: list[tuple[Any, str]], policy: str, facts: dict[str, Any]) -> tuple[Any, Any]:
    """Who answers, and what, read straight from the JSON."""
    held = [(f"TST-{n}", owner) for n, (when, owner) in enumerate(rules) if holds(when, facts)]
    if not held:
        return "the default", "default"
    if policy == "all":
        return ", ".join(name for name, _ in held), tuple(held)
    return held[0]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(VERSIONS, VERSIONS, st.sampled_from(["first", "all"]))
def test_the_count_is_that_of_every_combination_tried(FOLDER: Path, old: Any, new: Any, policy: str) -> None:
    def document(rules: list[tuple[Any, str]]) -> dict[str, Any]:
        default = {"owner": "operations", "x_default": True, "because": "x"}
        those = [rule(f"TST-{n}", when, {"owner": owner}) for n, (when, owner) in enumerate(rules)]
        return rule_file(*those, hit_policy=policy, default=default)

    whens = [when for when, _ in [*old, *new]]
    compared = [name for name in NAMES if named_in(whens, name)]
    kinds = [kinds_of(name, named_in(whens, name)) for name in compared]
    total = 1
    for each in kinds:
        total *= len(each)
    if total > 20_000:
        return
    expected: Counter[tuple[Any, Any]] = Counter()
    moved: Counter[tuple[Any, Any]] = Counter()
    for values in product(*kinds):
        facts = {name: value for name, value in zip(compared, values, strict=True) if value is not None}
        before, after = answer(old, policy, facts), answer(new, policy, facts)
        if before[1] != after[1]:
            expected[before[0], after[0]] += 1
        elif before[0] != after[0]:
            moved[before[0], after[0]] += 1
    found = differ(FOLDER, document(old), document(new))
    counted = Counter({(p.before, p.after): 0 for c in found.changes for p in c.by_rule})
    for part in (part for change in found.changes for part in change.by_rule):
        counted[part.before, part.after] += part.count
    assert found.total == total
    assert counted == expected
    assert Counter({(part.before, part.after): part.count for part in found.moved}) == moved
    versions = compiled(FOLDER, document(old)), compiled(FOLDER, document(new))
    for change in found.changes:
        assert change.example is not None
        check_example(versions, change.example)


@cache
def words() -> Words:
    read = read_words(RULES, [])
    assert read is not None
    return read


def shipped(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def parsed(document: dict[str, Any]) -> RuleFile:
    """A changed shipped file, with the vocabularies it ships with."""
    report = Report("changed.json", document)
    hashed = canonical_hash(document)
    file = parse_rule_file(document, words().vocabularies, words().organisation, hashed, report)
    assert file is not None, report.findings
    return file


def check_example(versions: tuple[CompiledFile, CompiledFile], example: dict[str, Any]) -> None:
    before, after = (version.evaluate(example, TODAY) for version in versions)
    assert before.outcome != after.outcome


@pytest.mark.parametrize("path", sorted(rule_paths(RULES)), ids=lambda path: path.stem)
def test_a_shipped_file_without_its_first_rule_differs_and_with_it_does_not(path: Path) -> None:
    document = shipped(path)
    whole, rest = parsed(document), parsed({**document, "rules": document["rules"][1:]})
    assert not diff(whole, whole, TODAY).answers_change
    found = diff(whole, rest, TODAY)
    assert found.counted
    assert found.changed or found.moved


def test_a_number_with_a_name_that_changes_is_counted_wherever_it_stands(tmp_path: Path) -> None:
    def named(limit: int) -> dict[str, Any]:
        derive = {"big": {"count": "lines", "where": {"ordered": {"gte": "@limit"}}}}
        return rule_file(rule("TST-010", {"big": {"gt": 0}}), derive=derive, numbers={"limit": limit})

    found = differ(tmp_path, named(3), named(4))
    assert found.answers_change
    assert found.note.startswith("big is computed otherwise now.")
    assert "numbers limit was 3 and is now 4" in found.structure
