"""Rule files that are wrong by accident or on purpose: refused in plain words, never a crash, never a long wait."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from connector_service.rules_engine.findings import MAX_FINDINGS, Finding, Report, did_you_mean
from connector_service.rules_engine.folder import read_rule_file, read_words
from connector_service.rules_engine.strict_json import MAX_FILE_BYTES, parse_json
from tests.rules_engine.rules_workbench import findings_of, rule, rule_file, write_folder


def findings_of_bytes(folder: Path, data: bytes) -> list[Finding]:
    write_folder(folder)
    (folder / "file.json").write_bytes(data)
    findings: list[Finding] = []
    words = read_words(folder, findings)
    assert words is not None
    read_rule_file(folder / "file.json", words, findings)
    return findings


def one(folder: Path, document: Any) -> Finding:
    [finding] = findings_of(folder, document)
    return finding


@pytest.mark.parametrize("cut", [1, 100, 333, 500])
def test_a_file_that_was_cut_off_is_told_with_line_and_column(tmp_path: Path, cut: int) -> None:
    [finding] = findings_of_bytes(tmp_path, json.dumps(rule_file(), indent=1).encode()[:-cut])
    assert "This is not JSON" in finding.what
    assert "at line" in finding.what


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b" " * (MAX_FILE_BYTES + 1), "over 2 MB"),
        (b"[" + b"1," * 400_000 + b"1]", "values; at most 30000"),
        (json.dumps(rule_file()).encode("utf-16"), "not UTF-8: byte 0 is 0xff"),
        (b"\x00\x01\x02", "This is not JSON"),
        (b'{"id": -Infinity}', "-Infinity is not a value"),
    ],
)
def test_what_is_no_text_of_a_rule_file_is_one_finding(tmp_path: Path, data: bytes, what: str) -> None:
    [finding] = findings_of_bytes(tmp_path, data)
    assert what in finding.what
    assert finding.fix


def test_the_mark_that_some_editors_put_first_does_not_matter(tmp_path: Path) -> None:
    assert findings_of_bytes(tmp_path, b"\xef\xbb\xbf" + json.dumps(rule_file()).encode()) == []


def test_a_document_of_a_request_is_read_like_a_file() -> None:
    report = Report("request")
    assert parse_json(b'{"id": 1, "id": 2}', report) is None
    assert "stands twice" in report.findings[0].what
    assert parse_json(b'{"id": 1}', Report("request")) == {"id": 1}


@pytest.mark.parametrize(
    ("when", "pointer"),
    [
        ('{"hold": "legal", "hold": "fraud"}', "/rules/0/when/hold"),
        ('{"total_minor": 0.5}', "/rules/0/when/total_minor"),
    ],
)
def test_what_no_parser_would_tell_is_found_at_its_place_in_the_rule(when: str, pointer: str) -> None:
    report = Report("request")
    assert parse_json(b'{"rules": [{"id": "TST-010", "when": %s}]}' % when.encode(), report) is None
    [finding] = report.findings
    assert (finding.rule, finding.pointer) == ("TST-010", pointer)


def test_checks_stop_when_there_is_more_wrong_than_anybody_reads(tmp_path: Path) -> None:
    findings = findings_of(tmp_path, rule_file(*[rule(f"TST-{n}", {"totl": n}) for n in range(2_000)]))
    assert len(findings) == MAX_FINDINGS + 1
    assert findings[-1].fix == "Mend these first."


def test_a_misspelt_word_among_thousands_is_still_recognised() -> None:
    assert did_you_mean("number_x77", [f"number_{n}" for n in range(9_000)]).startswith('Did you mean "number_')


@pytest.mark.parametrize(
    ("changes", "pointer", "fix"),
    [
        (
            {"when": {"status": ["received", "closed"]}},
            "/when/status",
            'For one of several values, write {"in": [...]}.',
        ),
        ({"when": {"total_minor": {"gt": "5"}}}, "/when/total_minor/gt", "Write a whole number, or @ and the name"),
        ({"when": {"total_minor": 2**60}}, "/when/total_minor", "Write 9007199254740991 or less."),
        ({"when": []}, "/when", "Write an object {...}."),
        ({"because": ""}, "/because", "Write something. What belongs here: the business reason"),
        ({"until": "31.12.2026"}, "/until", "Write the last day (UTC) on which the rule may win, such as 2026-12-31."),
        ({"id": "tst-1"}, "/id", "Write capitals and numbers, such as OWN-020"),
        ({"owner": "rsk"}, "/owner", 'Did you mean "risk"?'),
        ({"then": {"remediate": "recont"}}, "/then/remediate", 'Did you mean "recount"?'),
        ({"id": "X-ACME-010"}, "/id", "Begin with other letters."),
    ],
)
def test_a_slip_in_a_rule_is_told_in_words_for_everybody(
    tmp_path: Path, changes: dict[str, Any], pointer: str, fix: str
) -> None:
    finding = one(tmp_path, rule_file(rule() | changes))
    assert finding.pointer == f"/rules/0{pointer}"
    assert finding.fix.startswith(fix)


@pytest.mark.parametrize(
    ("changes", "pointer", "fix"),
    [
        ({"version": "v1"}, "/version", "Write three numbers, such as 1.4.0"),
        ({"$schema": "./ruleset.v2.schema.json"}, "/$schema", "Write ./schemas/order@1.ruleset.schema.json"),
        (
            {"$schema": "./schemas/order@2.ruleset.schema.json"},
            "/$schema",
            'Write "./schemas/order@1.ruleset.schema.json".',
        ),
        ({"maintainer": "oprations"}, "/maintainer", 'Did you mean "operations"?'),
        ({"hit_policy": "firs"}, "/hit_policy", 'Did you mean "first"?'),
        ({"rules": []}, "/rules", "Write at least 1."),
        ({"lists": {"Risky": ["BR"]}}, "/lists", "Write small letters, digits and _"),
        ({"lists": {"x_acme": ["BR"]}}, "/lists/x_acme", "Leave the x_ out."),
        ({"overridable": {"lists": ["risky"]}}, "/overridable/lists/0", "There is nothing to choose from"),
        ({"numbers": {"a": 1}, "lists": {"a": ["BR"]}}, "/numbers/a", "Give one of them another name."),
    ],
)
def test_a_slip_in_the_head_is_told_in_words_for_everybody(
    tmp_path: Path, changes: dict[str, Any], pointer: str, fix: str
) -> None:
    finding = one(tmp_path, rule_file(**changes))
    assert finding.pointer == pointer
    assert finding.fix.startswith(fix)


def test_two_tests_of_one_name_are_told_apart(tmp_path: Path) -> None:
    test = {"name": "it", "given": {}, "expect": {"rule": "TST-010"}}
    assert one(tmp_path, rule_file(tests=[test, test])).pointer == "/tests/1/name"


@pytest.mark.parametrize(
    "schema",
    [
        "./ruleset.schema.json",
        "./schemas/order@1.ruleset.schema.json",
        "https://rules.example/v1/schemas/order@1.ruleset.schema.json",
    ],
)
def test_the_schema_of_all_rule_files_and_the_one_of_the_vocabulary_are_right(tmp_path: Path, schema: str) -> None:
    assert findings_of(tmp_path, {**rule_file(), "$schema": schema}) == []
