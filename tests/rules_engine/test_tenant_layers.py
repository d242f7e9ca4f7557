"""What a tenant may change in a base file, what it may not, and whose place a finding names."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.findings import Finding, Report
from connector_service.rules_engine.findings import Path as FindingPath
from connector_service.rules_engine.folder import layer_paths, read_rule_file, read_words, rules_folder
from connector_service.rules_engine.layers import base_of, merge, name_prefix, origin_of, rule_prefix
from tests.rules_engine.rules_workbench import rule, rule_file, write_folder

BASE: dict[str, Any] = rule_file(
    rule("TST-010", {"status": "closed"}, {"owner": "operations"}),
    rule("TST-020", {"country": {"in": "@risky"}}, overridable=True),
    rule("TST-030", {"total_minor": {"gt": "@limit"}}, overridable=True),
    rule("TST-040", {"paid": False}, {"owner": "operations"}),
    version="1.4.2",
    lists={"risky": ["BR"], "fixed": ["XX"]},
    numbers={"limit": 100},
    overridable={"lists": ["risky"], "numbers": ["limit"]},
    tests=[{"name": "a closed order", "given": {"status": "closed"}, "expect": {"rule": "TST-010"}}],
)
OWN = rule("X-ACME-010", {"risk_score": {"gt": 5}})


def layer(**changes: Any) -> dict[str, Any]:
    head = {"$schema": "../../ruleset.schema.json", "extends": "file@1.4", "tenant": "acme", "version": "1.0.0"}
    return {**head, **changes}


def merged(**changes: Any) -> dict[str, Any]:
    report = Report("acme.json")
    found = merge(BASE, layer(**changes), report)
    assert found is not None, report.findings
    return found


def refused(**changes: Any) -> Finding:
    document = layer(**changes)
    report = Report("acme.json", document)
    assert merge(BASE, document, report) is None
    assert len(report.findings) == 1, report.findings
    assert report.findings[0].file == "acme.json"
    return report.findings[0]


def ids(document: dict[str, Any]) -> list[str]:
    return [each["id"] for each in document["rules"]]


def findings_in(folder: Path, document: dict[str, Any], base: dict[str, Any] = BASE) -> list[Finding]:
    """What is wrong with a layer that stands in its tenant's folder."""
    path = put(folder, document, base)
    findings: list[Finding] = []
    words = read_words(rules_folder(path), findings)
    assert words is not None, findings
    read_rule_file(path, words, findings)
    return findings


def put(folder: Path, document: dict[str, Any], base: dict[str, Any] = BASE) -> Path:
    write_folder(folder, base)
    path = folder / "tenants" / "acme" / "file.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
    return path


def test_a_layer_that_changes_nothing_gives_the_base_under_a_version_of_both() -> None:
    before = copy.deepcopy(BASE)
    assert merged() == {**BASE, "version": "1.4.2+acme.1.0.0"}
    assert before == BASE


def test_a_replaced_rule_stands_where_the_old_one_stood_and_keeps_its_id() -> None:
    mine = {"when": {"country": "RU"}, "then": {"owner": "risk"}, "because": "Ours."}
    found = merged(replace={"TST-020": mine})
    assert ids(found) == ids(BASE)
    assert found["rules"][1] == {"id": "TST-020", **mine}


def test_a_disabled_rule_is_gone() -> None:
    assert ids(merged(disable=["TST-020"])) == ["TST-010", "TST-030", "TST-040"]


def test_an_added_rule_stands_at_the_end_or_before_an_overridable_one() -> None:
    first = {**OWN, "id": "X-ACME-020", "before": "TST-030"}
    found = merged(add=[OWN, first])
    assert ids(found) == ["TST-010", "TST-020", "X-ACME-020", "TST-030", "TST-040", "X-ACME-010"]
    assert "before" not in found["rules"][2]


def test_lists_and_numbers_take_the_tenants_values() -> None:
    found = merged(lists={"risky": ["RU"], "x_acme_vip": ["DE"]}, numbers={"limit": 7})
    assert found["lists"] == {"risky": ["RU"], "fixed": ["XX"], "x_acme_vip": ["DE"]}
    assert found["numbers"] == {"limit": 7}


@pytest.mark.parametrize("status", ["draft", "shadow", "live"])
def test_a_merged_file_is_no_more_live_than_its_layer(status: str) -> None:
    assert merged(status=status)["status"] == status


def test_a_merged_file_is_no_more_live_than_its_base() -> None:
    found = merge({**BASE, "status": "draft"}, layer(status="live"), Report("acme.json"))
    assert found is not None
    assert found["status"] == "draft"


@pytest.mark.parametrize("version", ["file@1", "file@1.4", "file@1.4.2"])
def test_a_version_that_begins_so_fits(version: str) -> None:
    assert merged(extends=version)["id"] == "file"


@pytest.mark.parametrize("version", ["file@2", "file@1.5", "file@1.4.3", "file@1.40"])
def test_another_version_of_the_base_does_not_fit(version: str) -> None:
    finding = refused(extends=version)
    assert (finding.pointer, finding.fix) == ("/extends", 'Look at what changed, then write "file@1.4".')


def test_another_base_does_not_fit() -> None:
    assert refused(extends="fil@1.4").fix == 'Did you mean "file"?'


@pytest.mark.parametrize(
    ("changes", "pointer", "fix"),
    [
        ({"replace": {"TST-010": rule("TST-010")}}, "/replace/TST-010", "A layer may change: TST-020, TST-030."),
        ({"replace": {"TST-02": rule("TST-02")}}, "/replace/TST-02", 'Did you mean "TST-020"?'),
        ({"replace": {"TST-020": rule("TST-021")}}, "/replace/TST-020/id", 'Write "TST-020", or leave the id out.'),
        ({"disable": ["TST-040"]}, "/disable/0", "A layer may change: TST-020, TST-030."),
        ({"disable": ["TST-0200"]}, "/disable/0", 'Did you mean "TST-020"?'),
        ({"add": [rule("TST-099")]}, "/add/0/id", "Begin it with X-ACME-, such as X-ACME-010."),
        ({"add": [{**OWN, "before": "TST-010"}]}, "/add/0/before", "It may stand before: TST-020, TST-030."),
        ({"lists": {"fixed": ["YY"]}}, "/lists/fixed", "A layer may change: risky."),
        ({"lists": {"riskey": ["YY"]}}, "/lists/riskey", 'Did you mean "risky"?'),
        ({"numbers": {"limt": 5}}, "/numbers/limt", 'Did you mean "limit"?'),
        ({"tests": BASE["tests"]}, "/tests/0/name", 'Give it a name of its own, or put it under "replace_tests".'),
        ({"disable_tests": ["a closed ordr"]}, "/disable_tests/0", 'Did you mean "a closed order"?'),
    ],
)
def test_what_the_base_does_not_allow_is_refused_with_the_place_in_the_layer(
    changes: dict[str, Any], pointer: str, fix: str
) -> None:
    finding = refused(**changes)
    assert finding.pointer == pointer
    assert finding.fix == fix


def test_a_rule_is_replaced_or_disabled_not_both() -> None:
    assert refused(replace={"TST-020": rule("TST-020")}, disable=["TST-020"]).pointer == "/disable/0"


def test_where_order_does_not_decide_a_rule_may_stand_before_any() -> None:
    found = merge({**BASE, "hit_policy": "all"}, layer(add=[{**OWN, "before": "TST-010"}]), Report("acme.json"))
    assert found is not None
    assert ids(found)[0] == "X-ACME-010"


def test_a_layer_that_leaves_no_rule_is_refused() -> None:
    base = rule_file(rule("TST-010", overridable=True))
    report = Report("acme.json")
    assert merge(base, layer(extends="file@1", disable=["TST-010"]), report) is None
    assert report.findings[0].pointer == "/disable"


def test_a_layer_over_a_layer_is_refused() -> None:
    report = Report("acme.json")
    assert merge(layer(), layer(), report) is None
    assert "is a layer itself" in report.findings[0].what


@pytest.mark.parametrize("others", [{"file": "file@1"}, {"file": "other@1", "other": "file@1"}])
def test_layers_in_a_circle_are_named(others: dict[str, str]) -> None:
    report = Report("acme.json")
    assert base_of(layer(), {name: layer(extends=below) for name, below in others.items()}, report) is None
    assert report.findings[0].what.startswith("The layers extend each other in a circle: file over ")


def test_a_base_that_does_not_exist_is_named_with_the_likely_one() -> None:
    report = Report("acme.json")
    assert base_of(layer(extends="fil@1"), {"file": BASE}, report) is None
    assert report.findings[0].fix == 'Did you mean "file"?'


@pytest.mark.parametrize(("tenant", "prefix"), [("acme", "X-ACME-"), ("Acme GmbH & Co", "X-ACME-GMBH-CO-")])
def test_a_tenants_own_names_begin_with_the_tenant(tenant: str, prefix: str) -> None:
    assert rule_prefix(tenant) == prefix
    assert name_prefix(tenant) == prefix.lower().replace("-", "_")


def test_every_place_of_a_merged_file_leads_back_to_who_wrote_it() -> None:
    tests = [{"name": "mine", "given": {}, "expect": {"rule": None}}]
    document = layer(disable=["TST-020"], replace={"TST-030": OWN}, add=[OWN], lists={"risky": ["RU"]}, tests=tests)
    origin = origin_of(BASE, document, "base.json", "acme.json")
    expected: list[tuple[FindingPath, str, FindingPath]] = [
        (("rules", 0, "when"), "base", ("rules", 0, "when")),
        (("rules", 1, "when"), "layer", ("replace", "TST-030", "when")),
        (("rules", 2), "base", ("rules", 3)),
        (("rules", 3, "then", "owner"), "layer", ("add", 0, "then", "owner")),
        (("lists", "risky", 0), "layer", ("lists", "risky", 0)),
        (("lists", "fixed"), "base", ("lists", "fixed")),
        (("tests", 0), "base", ("tests", 0)),
        (("tests", 1, "given"), "layer", ("tests", 0, "given")),
        (("default",), "base", ("default",)),
    ]
    for path, by, place in expected:
        assert (origin.place(path).by, origin.place(path).path) == (by, place)


def test_a_mistake_in_a_layers_rule_is_named_at_its_place_in_the_layer(tmp_path: Path) -> None:
    mine = rule("X-ACME-010", {"statu": "closed"}, {"owner": "rsk"})
    findings = findings_in(tmp_path, layer(add=[mine]))
    assert [(f.file, f.rule, f.pointer, f.fix) for f in findings] == [
        ("tenants/acme/file.json", "X-ACME-010", "/add/0/when/statu", 'Did you mean "status"?'),
        ("tenants/acme/file.json", "X-ACME-010", "/add/0/then/owner", 'Did you mean "risk"?'),
    ]


def test_a_rule_of_the_base_that_a_tenants_list_breaks_is_blamed_on_the_list(tmp_path: Path) -> None:
    [finding] = findings_in(tmp_path, layer(lists={"risky": [7]}))
    assert (finding.rule, finding.pointer) == ("TST-020", "/lists/risky")
    assert finding.what.startswith(
        "With this layer, /rules/1/when/country/in of the base file file.json is no longer right: "
    )


def test_a_test_of_the_base_that_a_layer_breaks_says_how_to_replace_it() -> None:
    document = layer(disable=["TST-020"])
    report = Report(
        "acme.json", merged(disable=["TST-020"]), origin=origin_of(BASE, document, "base.json", "acme.json")
    )
    report.add(("tests", 0), "It fails.", "")
    assert report.findings[0].fix == 'If the layer means it, name the test under "replace_tests" or "disable_tests".'


def test_tests_of_the_base_are_replaced_and_disabled_by_name() -> None:
    other = {"given": {"status": "closed"}, "expect": {"rule": None}}
    assert merged(replace_tests={"a closed order": other})["tests"] == [{"name": "a closed order", **other}]
    assert merged(disable_tests=["a closed order"])["tests"] == []


def test_a_layer_in_its_tenants_folder_answers_with_the_tenants_numbers(tmp_path: Path) -> None:
    path = put(tmp_path, layer(numbers={"limit": 7}))
    assert layer_paths(tmp_path) == [path]
    findings: list[Finding] = []
    words = read_words(tmp_path, findings)
    assert words is not None
    file = read_rule_file(path, words, findings)
    assert file is not None, findings
    evaluation = CompiledFile.of(file, words.organisation).evaluate({"total_minor": 8}, date(2026, 1, 1))
    assert (evaluation.rule, evaluation.version) == ("TST-030", "1.4.2+acme.1.0.0")


def test_a_layer_whose_schema_is_of_another_vocabulary_is_told(tmp_path: Path) -> None:
    document = layer() | {"$schema": "../../schemas/shipment@1.ruleset.schema.json"}
    [finding] = findings_in(tmp_path, document)
    assert finding.fix == 'Write "../../schemas/order@1.ruleset.schema.json".'


def test_unknown_keys_of_a_layer_are_named_with_the_likely_one(tmp_path: Path) -> None:
    [finding] = findings_in(tmp_path, layer(disabled=[]))
    assert finding.fix == 'Did you mean "disable"?'


def test_a_rule_of_a_layer_cannot_be_overridable(tmp_path: Path) -> None:
    [finding] = findings_in(tmp_path, layer(add=[{**OWN, "overridable": True}]))
    assert (finding.rule, finding.pointer) == ("X-ACME-010", "/add/0/overridable")
