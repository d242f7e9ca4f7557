"""Every mistake in a rule file is refused with rule, JSON pointer, reason and fix."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from connector_service.rules_engine.findings import Finding
from connector_service.rules_engine.folder import read_words
from tests.rules_engine.rules_workbench import findings_of, rule, rule_file, write_folder

CLOCK = {"since": "since", "calendar": "desk"}
STEP = {"after": "1h", "then": {"notify": "risk"}}


def one(tmp_path: Path, document: Any) -> Finding:
    findings = findings_of(tmp_path, document)
    assert len(findings) == 1, findings
    return findings[0]


def in_rule(tmp_path: Path, **changes: Any) -> Finding:
    finding = one(tmp_path, rule_file({**rule(), **changes}))
    assert finding.rule == "TST-010"
    return finding


def test_a_right_file_has_no_findings(tmp_path: Path) -> None:
    assert findings_of(tmp_path, rule_file()) == []


def test_an_unknown_fact_is_named_with_the_likely_one(tmp_path: Path) -> None:
    finding = in_rule(tmp_path, when={"statu": "received"})
    assert finding.pointer == "/rules/0/when/statu"
    assert finding.fix == 'Did you mean "status"?'


def test_an_unknown_operator_is_named_with_the_likely_one(tmp_path: Path) -> None:
    finding = in_rule(tmp_path, when={"total_minor": {"gtt": 5}})
    assert finding.pointer == "/rules/0/when/total_minor/gtt"
    assert '"gtt"' in finding.what
    assert finding.fix.startswith('Did you mean "gt')


def test_an_unknown_enum_value_is_named_with_the_likely_one(tmp_path: Path) -> None:
    finding = in_rule(tmp_path, when={"status": "recieved"})
    assert (finding.pointer, finding.fix) == ("/rules/0/when/status", 'Did you mean "received"?')


def test_an_unknown_list_is_named_with_the_likely_one(tmp_path: Path) -> None:
    document = rule_file(rule(when={"country": {"in": "@risky"}}), lists={"risk": ["BR"]})
    finding = one(tmp_path, document)
    assert (finding.pointer, finding.fix) == ("/rules/0/when/country/in", 'Did you mean "@risk"?')


def test_a_list_is_not_equal_to_a_fact(tmp_path: Path) -> None:
    document = rule_file(rule(when={"country": "@risk"}), lists={"risk": ["BR"]})
    assert one(tmp_path, document).fix == 'Write {"in": "@risk"}.'


def test_every_wrong_value_of_a_list_is_a_finding(tmp_path: Path) -> None:
    findings = findings_of(tmp_path, rule_file(rule(when={"status": {"in": ["recieved", "closed", "validatd"]}})))
    assert [f.fix for f in findings] == ['Did you mean "received"?', 'Did you mean "validated"?']


def test_text_cannot_be_compared_by_size(tmp_path: Path) -> None:
    finding = in_rule(tmp_path, when={"country": {"gt": 5}})
    assert finding.pointer == "/rules/0/when/country/gt"
    assert "not a number" in finding.what


@pytest.mark.parametrize(
    "when",
    [{"total_minor": "50000"}, {"total_minor": True}, {"paid": 1}, {"paid": "true"}, {"country": 1}, {"status": False}],
)
def test_a_value_of_another_type_is_refused(tmp_path: Path, when: dict[str, Any]) -> None:
    assert "can never equal it" in in_rule(tmp_path, when=when).what


@pytest.mark.parametrize("name", ["lines", "since"])
def test_lines_and_times_are_not_compared_directly(tmp_path: Path, name: str) -> None:
    assert "cannot be compared" in in_rule(tmp_path, when={name: {"exists": True}}).what


def test_two_fields_are_compared_only_inside_where(tmp_path: Path) -> None:
    assert "where" in in_rule(tmp_path, when={"total_minor": {"gt_field": "risk_score"}}).fix


def test_an_unknown_owner_is_named_with_the_likely_one(tmp_path: Path) -> None:
    finding = in_rule(tmp_path, then={"owner": "oprations"})
    assert (finding.pointer, finding.fix) == ("/rules/0/then/owner", 'Did you mean "operations"?')


@pytest.mark.parametrize(
    ("key", "value", "fix"),
    [
        ("queue", "intke", 'Did you mean "intake"?'),
        ("notify", "risk-led", 'Did you mean "risk-lead"?'),
        ("reassign", "rsk", 'Did you mean "risk"?'),
        ("reassign_to", "deputi", 'Did you mean "deputy"?'),
        ("exception", "adress_invalid", 'Did you mean "address_invalid"?'),
    ],
)
def test_outcomes_name_only_what_exists(tmp_path: Path, key: str, value: str, fix: str) -> None:
    finding = in_rule(tmp_path, then={key: value})
    assert (finding.pointer, finding.fix) == (f"/rules/0/then/{key}", fix)


def test_a_deputy_is_named_only_where_the_owner_is_known(tmp_path: Path) -> None:
    on_error = {**rule_file()["on_error"], "reassign_to": "deputy"}
    assert one(tmp_path, rule_file(on_error=on_error)).pointer == "/on_error/reassign_to"
    document = rule_file(rule(then={"reassign_to": "deputy"}), hit_policy="all")
    assert one(tmp_path, document).pointer == "/rules/0/then/reassign_to"


def test_an_unknown_key_of_an_outcome_is_named_with_the_likely_one(tmp_path: Path) -> None:
    assert in_rule(tmp_path, then={"ownr": "risk"}).fix == 'Did you mean "owner"?'


def test_ones_own_keys_of_an_outcome_start_with_x(tmp_path: Path) -> None:
    assert findings_of(tmp_path, rule_file(rule(then={"x_colour": "red"}))) == []


def test_an_unknown_key_of_a_rule_is_named_with_the_likely_one(tmp_path: Path) -> None:
    assert in_rule(tmp_path, wen={}).fix == 'Did you mean "when"?'


def test_a_rule_without_a_reason_is_refused(tmp_path: Path) -> None:
    document = rule_file(rule())
    del document["rules"][0]["because"]
    finding = one(tmp_path, document)
    assert (finding.rule, finding.pointer, finding.fix) == ("TST-010", "/rules/0", 'Add "because".')


def test_an_id_is_given_once(tmp_path: Path) -> None:
    finding = one(tmp_path, rule_file(rule(), rule()))
    assert (finding.pointer, finding.what) == ("/rules/1/id", "The id TST-010 is taken by rule number 1.")


def test_an_unknown_vocabulary_is_named_with_the_likely_one(tmp_path: Path) -> None:
    assert one(tmp_path, rule_file(facts="order@2")).fix == 'Did you mean "order@1"?'


def test_the_file_is_called_like_its_id(tmp_path: Path) -> None:
    assert one(tmp_path, rule_file(id="other")).pointer == "/id"


def test_a_schema_of_another_kind_is_refused(tmp_path: Path) -> None:
    assert one(tmp_path, {**rule_file(), "$schema": "./workflow.schema.json"}).pointer == "/$schema"


def test_a_cascade_must_rise(tmp_path: Path) -> None:
    steps = [STEP, {**STEP, "after": "60m"}]
    finding = one(tmp_path, rule_file(rule(clock=CLOCK, cascade=steps)))
    assert (finding.pointer, finding.rule) == ("/rules/0/cascade/1/after", "TST-010")


def test_a_level_is_its_place_in_the_cascade(tmp_path: Path) -> None:
    steps = [{**STEP, "then": {"level": 2}}]
    assert one(tmp_path, rule_file(rule(clock=CLOCK, cascade=steps))).pointer == "/rules/0/cascade/0/then/level"


@pytest.mark.parametrize(("key", "value"), [("since", "sins"), ("calendar", "dsk")])
def test_a_clock_names_a_time_and_a_calendar_that_exist(tmp_path: Path, key: str, value: str) -> None:
    finding = one(tmp_path, rule_file(rule(clock={**CLOCK, key: value}, cascade=[STEP])))
    assert finding.pointer == f"/rules/0/clock/{key}"
    assert finding.fix.startswith("Did you mean")


def test_a_file_with_clocks_says_by_when_somebody_acts_if_it_fails(tmp_path: Path) -> None:
    document = rule_file(rule(clock=CLOCK, cascade=[STEP]), on_error={"because": "It failed."})
    assert one(tmp_path, document).pointer == "/on_error"


def test_a_calendar_that_cannot_be_is_a_finding(tmp_path: Path) -> None:
    calendar = {"timezone": "Mars/Olympus", "open": "always"}
    assert one(tmp_path, rule_file(calendars={"mars": calendar})).pointer == "/calendars/mars/timezone"


def test_the_worst_verdict_needs_a_ranking_that_holds_it(tmp_path: Path) -> None:
    ranked = rule_file(rule(then={"verdict": "blok"}), hit_policy="worst", ranking=["block", "pass"], on_error=None)
    del ranked["on_error"]
    assert one(tmp_path, ranked).fix == 'Did you mean "block"?'
    del ranked["ranking"]
    assert "ranking" in one(tmp_path, ranked).what


def test_too_many_alternatives_are_refused(tmp_path: Path) -> None:
    six = [{"total_minor": number} for number in range(6)]
    finding = in_rule(tmp_path, when={"all": [{"any": six}, {"any": six}]})
    assert "36 alternatives" in finding.what


def test_a_condition_heavier_than_the_engine_carries_is_refused(tmp_path: Path) -> None:
    long = list(range(40))
    finding = in_rule(tmp_path, when={"total_minor": {"in": long}, "risk_score": {"in": long}})
    assert "81 comparisons" in finding.what


def test_a_list_longer_than_the_engine_carries_is_refused(tmp_path: Path) -> None:
    assert "51 values" in in_rule(tmp_path, when={"total_minor": {"in": list(range(51))}}).what


def test_field_names_that_the_engine_cannot_tell_apart_are_refused(tmp_path: Path) -> None:
    facts = {"rbsftzyc": {"sum": ["total_minor"]}, "etjyndwb": {"sum": ["risk_score"]}}
    finding = one(tmp_path, rule_file(rule(when={"rbsftzyc": 1, "etjyndwb": 1}), derive=facts))
    assert finding.what == 'The engine cannot tell "etjyndwb" from "rbsftzyc".'
    assert (finding.pointer, finding.fix) == ("/derive/etjyndwb", 'Give the derived fact "etjyndwb" another name.')


def test_a_tenants_layer_does_not_stand_among_the_base_files(tmp_path: Path) -> None:
    layer = {"$schema": "./ruleset.schema.json", "extends": "ownership@1.0", "tenant": "acme", "version": "1.0.0"}
    assert one(tmp_path, layer).pointer == "/extends"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "the file is empty"),
        ('{"id": "file"', "the file ends too early"),
        ('{"id": "fi', "no quotation mark closes the text"),
        ('{"id": 1,}', "a comma stands before a closing bracket"),
        ('{"id": 1 "x": 2}', "a comma is missing between two entries"),
        ('{"id" 1}', "a colon is missing after the name"),
        ("{'id': 1}", "a name in double quotes is missing"),
        ('{"id": file}', "a word needs quotation marks"),
        ('// rules\n{"id": 1}', "comments are not possible in JSON"),
        ("{} {}", "the document has ended"),
        ('{"id": "two\nlines"}', "a line break or tab stands inside quotation marks"),
        ('{"id": "a", "id": "b"}', '"id" stands twice'),
        ('{"x": {"y": 1, "y": 2}}', '"y" stands twice in this object'),
        ('{"x": NaN}', "NaN is not a value"),
        ('{"x": Infinity}', "Infinity is not a value"),
        ('{"x": 1.5}', "1.5 is not a whole number"),
        ('{"x": 1e400}', "not a whole number"),
        ('{"x": ' + "9" * 5000 + "}", "cannot be read"),
        ("[" * 100_000, "nested too deeply"),
        ('{"x": ' * 60 + "1" + "}" * 60, "nested deeper than 40"),
        ('{"x": "\\ud800"}', "half a surrogate pair"),
        ('{"\\ud800": 1}', "half a surrogate pair"),
        ("[]", "not right here"),
        ("null", "not right here"),
    ],
)
def test_text_that_a_lenient_parser_would_swallow_is_refused(tmp_path: Path, text: str, what: str) -> None:
    assert what in one(tmp_path, text).what


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    write_folder(tmp_path)
    (tmp_path / "organisation.json").write_bytes(b'{"id": "\xff"}')
    findings: list[Finding] = []
    assert read_words(tmp_path, findings) is None
    assert "byte 8 is 0xff" in findings[0].what


def test_a_file_of_50_megabytes_is_refused_unread(tmp_path: Path) -> None:
    write_folder(tmp_path)
    with (tmp_path / "organisation.json").open("wb") as big:
        big.truncate(50_000_000)
    findings: list[Finding] = []
    assert read_words(tmp_path, findings) is None
    assert "over 2 MB" in findings[0].what


def test_an_organisation_names_only_deputies_and_calendars_that_exist(tmp_path: Path) -> None:
    write_folder(tmp_path)
    organisation = json.loads((tmp_path / "organisation.json").read_text())
    organisation["owners"][0] |= {"deputy": "operations", "calendar": "dsk"}
    (tmp_path / "organisation.json").write_text(json.dumps(organisation))
    findings: list[Finding] = []
    assert read_words(tmp_path, findings) is None
    assert [f.pointer for f in findings] == ["/owners/0/deputy", "/owners/0/calendar"]


def test_a_file_with_a_thousand_mistakes_reports_the_first_fifty(tmp_path: Path) -> None:
    rules = [{"id": f"TST-{n}", "when": {}, "because": "x"} for n in range(1_000)]
    findings = findings_of(tmp_path, rule_file(*rules))
    assert len(findings) == 51
    assert "more than 50" in findings[-1].what


def test_a_file_of_ten_thousand_rules_is_refused_before_it_is_checked(tmp_path: Path) -> None:
    finding = one(tmp_path, rule_file(*[rule(f"TST-{n}", {"total_minor": {"gt": n}}) for n in range(10_000)]))
    assert "at most 30000" in finding.what


def test_alternatives_that_multiply_beyond_measure_are_refused(tmp_path: Path) -> None:
    finding = in_rule(tmp_path, when={"all": [{"any": [{"total_minor": 1}, {"risk_score": 2}]}] * 2_000})
    assert "over 10,000 alternatives" in finding.what


@pytest.mark.parametrize(
    ("fact", "pointer"),
    [
        ({"type": "enum", "description": "no values", "example": "a"}, "/facts/fact"),
        ({"type": "string", "enum": ["a"], "description": "values of no enum", "example": "a"}, "/facts/fact"),
        ({"type": "lines", "description": "no fields", "example": []}, "/facts/fact"),
        ({"type": "money", "description": "no such type", "example": 1}, "/facts/fact/type"),
        ({"type": "integer", "example": 1}, "/facts/fact"),
    ],
)
def test_a_vocabulary_describes_each_fact_wholly(tmp_path: Path, fact: dict[str, Any], pointer: str) -> None:
    write_folder(tmp_path)
    path = tmp_path / "vocabularies" / "order@1.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "facts": {"fact": fact}}))
    findings: list[Finding] = []
    assert read_words(tmp_path, findings) is None
    assert {finding.pointer for finding in findings} == {pointer}
    assert findings[0].file == "vocabularies/order@1.json"


def test_a_vocabulary_is_called_like_its_id(tmp_path: Path) -> None:
    write_folder(tmp_path)
    path = tmp_path / "vocabularies" / "order@1.json"
    path.rename(path.with_name("order@2.json"))
    findings: list[Finding] = []
    assert read_words(tmp_path, findings) is None
    assert findings[0].fix == 'Write "order@2", or rename the file.'
