"""The rule book: loading, asking, exchanging versions, and many threads at once."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector_service.clock import FakeClock
from connector_service.errors import Conflict, NotFound, RulesInvalid
from connector_service.rules_engine import RuleBook, run_file_tests
from tests.rules_engine.rules_workbench import rule, rule_file, write_folder


def answering(queue: str, version: str = "1.0.0") -> dict[str, object]:
    return rule_file(rule(when={"paid": True}, then={"queue": queue}), version=version)


def test_files_are_listed_with_version_and_hash(tmp_path: Path) -> None:
    info = RuleBook.load(write_folder(tmp_path, rule_file(rule("TST-1"), rule("TST-2")))).files()[0]
    assert (info.id, info.version, info.status, info.rule_count) == ("file", "1.0.0", "live", 2)
    assert len(info.content_hash) == 64


def test_the_hash_changes_with_the_content_and_not_with_its_layout(tmp_path: Path) -> None:
    book = RuleBook.load(write_folder(tmp_path, rule_file()))
    first = book.files()[0].content_hash
    (tmp_path / "file.json").write_text(json.dumps(rule_file(), indent=4, sort_keys=True))
    assert book.reload() == []
    assert book.files()[0].content_hash == first
    write_folder(tmp_path, rule_file(version="1.0.1"))
    assert book.reload() == []
    assert book.files()[0].content_hash != first


def test_a_folder_with_mistakes_is_refused_with_every_finding(tmp_path: Path) -> None:
    wrong = rule_file(rule("TST-1", {"statu": "received"}), rule("TST-2", then={"owner": "oprations"}))
    with pytest.raises(RulesInvalid) as refused:
        RuleBook.load(write_folder(tmp_path, wrong))
    assert refused.value.detail.splitlines() == [
        'file.json, rule TST-1, at /rules/0/when/statu: There is no fact "statu" to compare. Did you mean "status"?',
        'file.json, rule TST-2, at /rules/1/then/owner: "oprations" is no owner that exists. '
        'Did you mean "operations"?',
    ]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesInvalid, match=r"organisation\.json"):
        RuleBook.load(tmp_path)


def test_a_file_whose_own_test_fails_is_refused(tmp_path: Path) -> None:
    tests = [{"name": "paid goes to intake", "given": {"paid": True}, "expect": {"then": {"queue": "intake"}}}]
    with pytest.raises(RulesInvalid, match=r"/tests/0.*paid goes to intake.*expected 'intake', got 'review'"):
        RuleBook.load(write_folder(tmp_path, {**answering("review"), "tests": tests}))


@pytest.mark.parametrize(
    ("test", "detail"),
    [
        ({"given": {}, "expect": {"rule": "TST-010"}}, "rule: expected 'TST-010', got nothing"),
        ({"given": {"paid": True}, "expect": {"rules": []}}, "rules: expected [], got ['TST-010']"),
        ({"given": {"pad": True}, "expect": {"rule": None}}, 'Did you mean "paid"?'),
        ({"given": {"since": "yesterday"}, "expect": {"rule": None}}, "'yesterday' is not a time"),
        ({"given": {"since": 5}, "expect": {"rule": None}}, "5 is not a time"),
        ({"given": {"since": "2026-01-01T00:00:00"}, "expect": {"rule": None}}, "has no zone"),
        ({"given": {"paid": True}, "now": "2026-13-01T00:00:00Z", "expect": {"rule": "X"}}, "is not a time"),
    ],
)
def test_a_test_that_fails_says_what_came_instead(tmp_path: Path, test: dict[str, object], detail: str) -> None:
    document = {**answering("review"), "tests": [{"name": "it", **test}]}
    outcomes = run_file_tests(write_folder(tmp_path, document) / "file.json")
    assert [(outcome.file, outcome.name, outcome.passed) for outcome in outcomes] == [("file", "it", False)]
    assert detail in outcomes[0].detail


def test_tests_of_a_file_with_mistakes_are_not_run(tmp_path: Path) -> None:
    with pytest.raises(RulesInvalid, match="statu"):
        run_file_tests(write_folder(tmp_path, rule_file(rule(when={"statu": 1}))) / "file.json")


def test_an_unknown_file_is_not_found_and_the_likely_one_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match='Did you mean "file"'):
        RuleBook.load(write_folder(tmp_path, rule_file())).evaluate("fil", {})


@pytest.mark.parametrize("status", ["draft", "shadow"])
def test_a_file_that_is_not_live_does_not_answer(tmp_path: Path, status: str) -> None:
    with pytest.raises(Conflict, match=status):
        RuleBook.load(write_folder(tmp_path, rule_file(status=status))).evaluate("file", {})


def test_the_day_of_the_clock_decides_which_rules_have_ended(tmp_path: Path) -> None:
    document = rule_file(rule("TST-1", until="2026-11-09"), rule("TST-2"))
    clock = FakeClock(datetime(2026, 11, 9, 23, 59, tzinfo=UTC))
    assert RuleBook.load(write_folder(tmp_path, document), clock).evaluate("file", {}).rule == "TST-1"
    later = FakeClock(datetime(2026, 11, 10, 0, 0, tzinfo=UTC))
    assert RuleBook.load(tmp_path, later).evaluate("file", {}).rule == "TST-2"


def test_a_reload_exchanges_the_rules(tmp_path: Path) -> None:
    book = RuleBook.load(write_folder(tmp_path, answering("intake")))
    write_folder(tmp_path, answering("review", "1.1.0"))
    assert book.reload() == []
    evaluation = book.evaluate("file", {"paid": True})
    assert (evaluation.outcome, evaluation.version) == ({"queue": "review"}, "1.1.0")


def test_a_reload_takes_over_what_did_not_change(tmp_path: Path) -> None:
    book = RuleBook.load(write_folder(tmp_path, answering("intake"), rule_file(id="other")))
    before = dict(book.base.files)
    write_folder(tmp_path, answering("review"))
    assert book.reload() == []
    assert book.base.files["other"] is before["other"]
    assert book.base.files["file"] is not before["file"]


def test_a_reload_compiles_everything_anew_when_the_organisation_changed(tmp_path: Path) -> None:
    deputy = rule_file(rule(then={"reassign_to": "deputy"}))
    book = RuleBook.load(write_folder(tmp_path, deputy))
    path = tmp_path / "organisation.json"
    path.write_text(path.read_text().replace('"deputy": "risk"', '"deputy": "finance"').replace('"risk"', '"finance"'))
    write = json.loads(path.read_text())
    assert book.reload() == []
    assert book.evaluate("file", {"owner": "operations"}).outcome == {"reassign_to": write["owners"][1]["id"]}


def test_a_reload_with_findings_keeps_the_running_version(tmp_path: Path) -> None:
    book = RuleBook.load(write_folder(tmp_path, answering("intake")))
    write_folder(tmp_path, answering("reveiw"))
    findings = book.reload()
    assert [finding.pointer for finding in findings] == ["/rules/0/then/queue"]
    assert book.evaluate("file", {"paid": True}).outcome == {"queue": "intake"}


def test_threads_that_evaluate_while_rules_are_exchanged_lose_and_mix_nothing(tmp_path: Path) -> None:
    versions = [answering("intake", "1.0.0"), answering("review", "2.0.0")]
    expected = {"1.0.0": {"queue": "intake"}, "2.0.0": {"queue": "review"}}
    book = RuleBook.load(write_folder(tmp_path, versions[0]))
    done = threading.Event()

    def ask() -> int:
        asked = 0
        while not done.is_set() or not asked:
            paid = asked % 2 == 0
            evaluation = book.evaluate("file", {"paid": paid, "total_minor": asked})
            assert not evaluation.failed
            assert evaluation.outcome == (expected[evaluation.version] if paid else {})
            asked += 1
        return asked

    with ThreadPoolExecutor(4) as pool:
        askers = [pool.submit(ask) for _ in range(4)]
        for turn in range(20):
            write_folder(tmp_path, versions[(turn + 1) % 2])
            assert book.reload() == []
        done.set()
        assert all(asker.result() > 0 for asker in askers)
