"""Publish from the command line, and a connector that runs takes it over by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from connector_service.cli.connector import Connector
from connector_service.local.home import Home
from connector_service.local.tenant_setup import open_database
from connector_service.store import tenants
from tests.cli.commands import Dockline
from tests.cli.conftest import Running
from tests.contracts.sandbox_process import until
from tests.rules_engine.rules_workbench import write_folder
from tests.rules_publishing.press import answering, layer

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """A rules folder of one file, for commands that need no connector."""
    if "running" not in request.fixturenames:
        rules = write_folder(tmp_path / "rules", answering("intake", "1.0.0"))
        monkeypatch.setenv("DOCKLINE_RULES", str(rules))


def written(tmp_path: Path, document: dict[str, Any]) -> str:
    path = tmp_path / "new.json"
    path.write_text(json.dumps(document))
    return str(path)


def test_publish_shadow_then_live_then_roll_back(dockline: Dockline, tmp_path: Path) -> None:
    file = written(tmp_path, answering("review"))
    why = ("--because", "Risk asked for it", "--by", "ada")
    assert "runs in shadow" in dockline("rules", "publish", file, "--shadow", *why).out
    assert "1.1.0 in shadow" in dockline("rules", "list").out
    assert "0 of its last 0 answers" in dockline("rules", "shadow", "file").out
    assert "file 1.1.0 is in force for all tenants" in dockline("rules", "publish", file, *why).out
    assert "already" in dockline("rules", "publish", file, *why).out
    assert "file 1.0.0 is in force again" in dockline("rules", "rollback", "file", "--because", "Too many wait").out
    history = dockline("rules", "history", "file", "--json").json["history"]
    assert [(each["action"], each["mode"], each["person"]) for each in history[:2]] == [
        ("publish", "shadow", "ada"),
        ("publish", "live", "ada"),
    ]
    assert history[2]["because"] == "Too many wait"
    assert "Risk asked for it" in dockline("rules", "history", "file").out


def test_findings_are_shown_and_nothing_is_published(dockline: Dockline, tmp_path: Path) -> None:
    ran = dockline("rules", "publish", written(tmp_path, answering("reveiw")), "--because", "x")
    assert ran.code == 1
    assert "new.json, rule TST-010" in ran.err
    assert dockline("rules", "history", "file", "--json").json["history"] == []


def test_a_canary_is_withdrawn(dockline: Dockline, tmp_path: Path) -> None:
    file = written(tmp_path, answering("review"))
    assert "answers for 10%" in dockline("rules", "publish", file, "--canary", "10", "--because", "x").out
    assert "1.1.0 for 10%" in dockline("rules", "list").out
    assert "no longer tried" in dockline("rules", "withdraw", "file", "--because", "y").out
    assert dockline("rules", "withdraw", "file", "--because", "y").code == 1


@pytest.mark.parametrize(
    "words",
    [
        ["--shadow", "--canary", "10", "--because", "x"],
        ["--canary", "100", "--because", "x"],
        ["--because", " "],
        [],
    ],
)
def test_misuse_is_told_before_anything_is_written(dockline: Dockline, tmp_path: Path, words: list[str]) -> None:
    assert dockline("rules", "publish", written(tmp_path, answering("review")), *words).code == 2
    assert dockline("rules", "history", "file", "--json").json["history"] == []


def test_two_persons_where_a_tenant_demands_them(dockline: Dockline, home: Home, tmp_path: Path) -> None:
    assert "second person must approve" in dockline("tenant", "set", "demo", "--rules-need-approval").out
    with open_database(home.database) as database:
        assert tenants.rules_need_approval(database, "demo")
    file = written(tmp_path, layer("demo", "review"))
    made = dockline("rules", "publish", file, "--tenant", "demo", "--because", "x", "--by", "ada", "--json").json
    proposal = made["publication"]["id"]
    assert made["state"] == "proposed"
    assert proposal in dockline("rules", "list", "--proposals").out
    own = dockline("rules", "approve", proposal, "--as", "Ada", "--because", "me again")
    assert own.code == 1
    assert "another person" in own.err
    assert "is in force for demo" in dockline("rules", "approve", proposal, "--as", "bob", "--because", "fine").out
    assert "Nothing waits" in dockline("rules", "list", "--proposals").out
    versions = {
        each["id"]: each["version"] for each in dockline("rules", "list", "--tenant", "demo", "--json").json["files"]
    }
    assert versions == {"file": "1.0.0+demo.1.0.0"}


def test_a_proposal_is_rejected(dockline: Dockline, tmp_path: Path) -> None:
    dockline("tenant", "set", "demo", "--rules-need-approval")
    made = dockline(
        "rules", "publish", written(tmp_path, answering("review")), "--because", "x", "--by", "ada", "--json"
    )
    proposal = made.json["publication"]["id"]
    assert "is rejected" in dockline("rules", "reject", proposal, "--as", "bob", "--because", "no").out
    assert dockline("rules", "approve", proposal, "--as", "bob", "--because", "yes").code == 1
    assert "One person may publish" in dockline("tenant", "set", "demo", "--rules-need-no-approval").out


async def test_a_connector_that_runs_takes_over_what_the_command_line_published(
    running: Running, tmp_path: Path
) -> None:
    with Connector(running.home) as connector:

        def version() -> str:
            files = connector.get("/v1/rules")["files"]
            return str(next(each["version"] for each in files if each["id"] == "reassignment"))

        async def is_(wanted: str) -> bool | None:
            return version() == wanted or None

        before = version()
        document = json.loads((Path(__file__).parents[3] / "rules" / "reassignment.json").read_text())
        file = written(tmp_path, {**document, "version": "9.9.9"})
        ran = running.dockline("rules", "publish", file, "--because", "To see it taken over")
        assert ran.code == 0, ran.err
        assert await until(lambda: is_("9.9.9"))
        assert running.dockline("rules", "rollback", "reassignment", "--because", "Seen").code == 0
        assert await until(lambda: is_(before))
