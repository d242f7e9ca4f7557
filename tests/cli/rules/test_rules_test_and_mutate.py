"""`dockline rules test` and `mutate` as a person or a pipeline uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from connector_service.cli.rules.watching import watch
from tests.cli.commands import Dockline
from tests.rules_engine.rules_workbench import rule, rule_file, write_folder

SHOWN: list[dict[str, Any]] = [
    {
        "name": "over the limit",
        "given": {"total_minor": 50001},
        "expect": {"rule": "TST-010", "then": {"owner": "risk"}},
    },
    {
        "name": "at the limit",
        "given": {"total_minor": 50000},
        "expect": {"rule": None, "then": {"owner": "operations"}},
    },
]


def _folder(tmp_path: Path, *tests: dict[str, Any]) -> Path:
    limit = rule("TST-010", {"total_minor": {"gt": 50000}})
    otherwise = {"owner": "operations", "because": "No risk."}
    return write_folder(tmp_path / "rules", rule_file(limit, tests=list(tests), default=otherwise))


def test_tests_that_pass_and_cover_all_end_well(dockline: Dockline, tmp_path: Path) -> None:
    ran = dockline("rules", "test", str(_folder(tmp_path, *SHOWN)), "--coverage", "--threshold", "100")
    assert ran.code == 0
    assert "100%" in ran.out


def test_what_no_test_shows_is_listed_with_a_test_to_paste(dockline: Dockline, tmp_path: Path) -> None:
    folder = _folder(tmp_path, SHOWN[0])
    ran = dockline("rules", "test", str(folder), "--threshold", "100")
    assert ran.code == 1
    line = next(line for line in ran.out.splitlines() if "add to tests:" in line)
    proposed = json.loads(line.split("add to tests:")[1])
    again = dockline("rules", "test", str(_folder(tmp_path, SHOWN[0], proposed)), "--threshold", "100")
    assert again.code == 0


def test_a_failed_test_shows_expected_and_actual_and_why(dockline: Dockline, tmp_path: Path) -> None:
    wrong = {"name": "wrong", "given": {"total_minor": 60000}, "expect": {"rule": None}}
    ran = dockline("rules", "test", str(_folder(tmp_path, wrong)))
    assert ran.code == 1
    assert 'rule: expected null, got "TST-010"' in ran.out
    assert "total_minor gt 50000 (was 60000)" in ran.out


def test_json_holds_every_outcome_and_the_coverage(dockline: Dockline, tmp_path: Path) -> None:
    ran = dockline("rules", "test", str(_folder(tmp_path, *SHOWN)), "--coverage", "--json")
    file = ran.json["files"][0]
    assert ran.json["passed"] is True
    assert [test["passed"] for test in file["tests"]] == [True, True]
    assert file["coverage"]["percent"] == 100


def test_a_file_with_findings_fails_and_says_so(dockline: Dockline, tmp_path: Path) -> None:
    folder = _folder(tmp_path, *SHOWN)
    (folder / "file.json").write_text("{")
    ran = dockline("rules", "test", str(folder))
    assert ran.code == 1
    assert "file.json" in ran.out


@pytest.mark.parametrize("command", ["test", "mutate", "fmt"])
def test_a_name_that_is_nothing_is_misuse(dockline: Dockline, command: str) -> None:
    ran = dockline("rules", command, "ownershp")
    assert ran.code == 2
    assert 'Did you mean "ownership"?' in ran.err


def test_changes_nobody_would_notice_are_said_in_words(dockline: Dockline, tmp_path: Path) -> None:
    ran = dockline("rules", "mutate", str(_folder(tmp_path, SHOWN[0])))
    assert ran.code == 1
    assert "TST-010: nobody would notice if total_minor gt 50000 became total_minor gte 50000" in ran.out


def test_enough_noticed_changes_end_well(dockline: Dockline, tmp_path: Path) -> None:
    ran = dockline("rules", "mutate", str(_folder(tmp_path, *SHOWN)), "--json")
    assert ran.code == 0
    assert ran.json["files"][0]["survivors"] == []


def test_mutants_of_a_file_whose_tests_fail_are_not_tried(dockline: Dockline, tmp_path: Path) -> None:
    wrong = {"name": "wrong", "given": {}, "expect": {"rule": "TST-010"}}
    ran = dockline("rules", "mutate", str(_folder(tmp_path, wrong)))
    assert ran.code == 1
    assert "Mend that first" in ran.err


def test_watching_runs_again_only_after_a_change(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    path = folder / "file.json"
    runs: list[int] = []

    def run() -> None:
        runs.append(1)
        if len(runs) == 1:
            path.write_text(path.read_text() + "\n")

    watch(lambda: [path], run, rounds=4)
    assert len(runs) == 2
