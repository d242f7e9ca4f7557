from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import Dockline
from tests.cli.conftest import Running
from tests.house import RULES


def changed_ownership(folder: Path) -> str:
    """The path of an ownership file in which intake belongs to operations."""
    document: dict[str, Any] = json.loads((RULES / "ownership.json").read_text())
    intake = next(each for each in document["rules"] if each["id"] == "OWN-080")
    intake["then"]["owner"] = "operations"
    path = folder / "ownership.json"
    path.write_text(json.dumps({**document, "version": "9.0.0"}))
    return str(path)


def test_a_changed_file_is_compared_with_the_shipped_one_and_ends_with_one(dockline: Dockline, tmp_path: Path) -> None:
    ran = dockline("rules", "diff", "ownership", changed_ownership(tmp_path))
    assert ran.code == 1
    assert "kinds of order change owner from client-success to operations" in ran.out
    assert "OWN-080: then owner was client-success and is now operations" in ran.out


def test_a_file_compared_with_itself_ends_with_zero(dockline: Dockline) -> None:
    ran = dockline("rules", "diff", "ownership", "rules/ownership.json", "--json")
    assert ran.code == 0
    assert ran.json["answers_change"] is False


def test_a_revision_of_git_is_compared(dockline: Dockline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(changed_ownership(tmp_path))
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *words], cwd=tmp_path, check=True)
    path.write_text(path.read_text().replace('"9.0.0"', '"9.0.1"'))
    monkeypatch.chdir(tmp_path)
    ran = dockline("rules", "diff", "HEAD:ownership.json", str(path))
    assert ran.code == 0
    assert "version was 9.0.0 and is now 9.0.1" in ran.out


@pytest.mark.parametrize(
    ("old", "said"),
    [
        ("owner", "There is no rule file"),
        ("HEAD:rules/nothing.json", "git has no HEAD:rules/nothing.json"),
        ("ownership@7.7.7", "There is no published version 7.7.7 of ownership"),
    ],
)
def test_what_cannot_be_compared_ends_with_two(dockline: Dockline, old: str, said: str) -> None:
    ran = dockline("rules", "diff", old, "ownership")
    assert ran.code == 2
    assert said in ran.err


def test_a_broken_file_is_refused_with_its_place(dockline: Dockline, tmp_path: Path) -> None:
    path = Path(changed_ownership(tmp_path))
    path.write_text(path.read_text().replace('"risk_score"', '"risk_scor"'))
    ran = dockline("rules", "diff", "ownership", str(path))
    assert ran.code == 2
    assert 'Did you mean "risk_score"?' in ran.err


def test_facts_in_a_folder_are_asked_about(dockline: Dockline, tmp_path: Path) -> None:
    new = changed_ownership(tmp_path)
    facts = tmp_path / "facts"
    facts.mkdir()
    (facts / "one.json").write_text('{"status": "received"}')
    (facts / "more.jsonl").write_text('{"id": "A7", "facts": {"status": "validated"}}\n\n{"status": "shipped"}\n')
    (facts / "wrong.json").write_text('{"stattus": "received"}')
    found = dockline("rules", "replay", new, "--facts", str(facts), "--json").json
    assert (found["asked"], found["changed"], len(found["failed"])) == (4, 2, 1)
    assert {case["subject"] for case in found["changes"][0]["cases"]} == {"one", "A7"}
    assert "2 of 4 answers change" in dockline("rules", "replay", new, "--facts", str(facts)).out


@pytest.mark.parametrize("content", ["[1]", "{", ""])
def test_facts_that_are_none_are_refused(dockline: Dockline, tmp_path: Path, content: str) -> None:
    (tmp_path / "facts.json").write_text(content)
    ran = dockline("rules", "replay", "ownership", "--facts", str(tmp_path / "facts.json"))
    assert ran.code == 2
    assert "facts.json" in ran.err


def test_without_decisions_there_is_nothing_to_ask_about(dockline: Dockline) -> None:
    ran = dockline("rules", "replay", "ownership")
    assert ran.code == 0
    assert "there was nothing to ask about" in ran.out
    assert dockline("rules", "replay", "ownership", "--tenant", "nobody").code == 1


def test_recorded_decisions_and_exported_orders_are_asked_about(running: Running, tmp_path: Path) -> None:
    new = changed_ownership(tmp_path)
    sent = running.send_order("REPLAY-CLI-1")
    found = running.dockline("rules", "replay", new, "--last", "1", "--json").json
    assert (found["asked"], found["changed"]) == (1, 1)
    assert found["changes"][0]["cases"][0]["subject"] == sent["order_id"]
    shown = running.dockline("order", "show", "REPLAY-CLI-1", "--json").out
    (tmp_path / "order.json").write_text(shown)
    again = running.dockline("rules", "replay", new, "--facts", str(tmp_path / "order.json"), "--json").json
    assert (again["asked"], again["changed"]) == (1, 1)
    assert again["changes"][0]["cases"][0]["subject"] == sent["order_id"]
