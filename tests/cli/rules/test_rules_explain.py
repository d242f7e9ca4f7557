from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.commands import Dockline
from tests.cli.conftest import Running

FACTS = json.dumps({"status": "validated", "risk_score": 10, "country": "BR", "total_minor": 50000})


def test_a_file_is_explained_for_facts_without_anything_running(dockline: Dockline) -> None:
    ran = dockline("rules", "explain", "ownership", "--facts", FACTS)
    assert ran.code == 0
    assert "OWN-080 won" in ran.out
    assert "total_minor gt 50000 (was 50000) NO" in ran.out


def test_an_explanation_as_json_holds_every_rule(dockline: Dockline, tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text(FACTS)
    path = str(tmp_path / "facts.json")
    told = dockline("rules", "explain", "rules/ownership.json", "--facts-file", path, "--json").json
    assert told["explanation"]["rule"] == "OWN-080"
    assert len(told["explanation"]["rules"]) > 10


def test_a_test_of_the_file_is_explained_with_its_own_moment(dockline: Dockline) -> None:
    document = json.loads(Path("rules/escalation.json").read_text())
    timed = next(test for test in document["tests"] if "now" in test and test["expect"].get("rule"))
    ran = dockline("rules", "explain", "escalation", "--test", timed["name"])
    assert ran.code == 0
    assert f"{timed['expect']['rule']} won" in ran.out
    assert "the clock has run" in ran.out


def test_the_moment_can_be_moved(dockline: Dockline) -> None:
    facts = json.dumps({"status": "received", "status_since": "2026-11-09T15:00:00Z", "priority": "standard"})
    ran = dockline("rules", "explain", "escalation", "--facts", facts, "--now", "2026-11-09T16:00:00Z")
    assert "by Mon 2026-11-09 11:00 the clock has run 1 h of open time" in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Name one thing to explain"),
        (["ownership", "--order", "1", "--facts", "{}"], "Name one thing to explain"),
        (["ownership"], "Give the facts once"),
        (["ownership", "--facts", "{status}"], "--facts is not JSON"),
        (["ownership", "--facts", "[]"], "Facts are an object"),
        (["ownership", "--facts", '{"stattus": "received"}'], 'Did you mean "status"?'),
        (["owner", "--facts", "{}"], "Did you mean"),
        (["ownership", "--test", "legal hold"], "The file has no test 'legal hold'"),
        (["escalation", "--facts", "{}", "--now", "today"], "'today' is not a time"),
    ],
)
def test_what_cannot_be_explained_is_said_in_words(dockline: Dockline, words: list[str], said: str) -> None:
    ran = dockline("rules", "explain", *words)
    assert ran.code != 0
    assert said in " ".join((ran.out + ran.err).split())


def test_decisions_of_a_running_connector_are_listed_and_explained(running: Running) -> None:
    sent = running.send_order("WHY-CLI-1")
    listed = running.dockline("rules", "explain", "--order", "WHY-CLI-1")
    assert "ownership" in listed.out
    (decision,) = running.dockline("rules", "explain", "--order", str(sent["order_id"]), "--json").json
    told = running.dockline("rules", "explain", "--decision", decision["id"])
    assert f"{decision['rule']} won" in told.out
    assert running.dockline("rules", "explain", "--order", "WHY-CLI-1", "--file", "ownership").out == told.out
    missing = running.dockline("rules", "explain", "--order", "WHY-CLI-1", "--file", "qa-packing")
    assert missing.code == 1
