"""The guide for rule authors, followed word by word: every command is run, and prints what the guide says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from connector_service.app import create_app
from connector_service.cli import app as command_line
from connector_service.cli.connector import Connector
from connector_service.clock import SystemClock
from connector_service.local.home import Home
from connector_service.rules_authoring.checking import check_paths
from connector_service.settings import Settings
from nodes.registry import NODES_BY_NAME
from tests.cli.commands import dockline_in
from tests.cli.conftest import Running
from tests.docs.guide import Step, edit, inline, not_printed, rows, steps
from tests.house import RULES

PAGE = (Path(__file__).parents[2] / "docs" / "rule-authors.md").read_text(encoding="utf-8")
PATIENCE = 20
KEPT = re.compile(r"\b(pub|dec)_[0-9a-z]{20,}")


class Reader:
    """A person with a checkout of their own who does what the guide says; `dockline` is the installed command."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, Home(folder / ".dockline")
        self.running = Running(self.home, dockline_in(self.home.folder))
        shutil.copytree(RULES, folder / "rules")
        command = folder / ".venv" / "bin" / "dockline"
        command.parent.mkdir(parents=True)
        installed = Path(sys.executable).parent / "dockline"
        command.write_text(f'#!/bin/sh\nexec "{installed}" --home "{self.home.folder}" "$@"\n')
        command.chmod(0o755)
        self.environment = {**os.environ, "COLUMNS": "200"}
        self.seen: dict[str, str] = {}
        self.orders = 0

    def type(self, line: str) -> tuple[int, str]:
        """One command: its exit code, and what it printed."""
        for kind, known in self.seen.items():
            line = line.replace(f"{kind}_...", known)
        ran = subprocess.run(
            ["bash", "-c", line],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        self.seen |= {found[1]: found[0] for found in KEPT.finditer(ran.stdout)}
        if ran.returncode == 0:
            self._heed(line, ran.stdout)
        return ran.returncode, ran.stdout + ran.stderr

    def _heed(self, line: str, printed: str) -> None:
        """What happens around the reader: orders come in, and a connector takes over what is published."""
        if line.startswith("export "):
            self.environment["PATH"] = f"{self.folder}/.venv/bin:{self.environment['PATH']}"
        elif line.startswith("dockline up"):
            address = re.search(r"connector\s+(http://\S+)", printed)
            assert address is not None, printed
            self.environment["CONNECTOR"] = address[1]
            self._a_day_passes()
        elif line.startswith("dockline key add"):
            self.environment["KEY"] = printed.split()[-1]
        elif re.match("dockline rules (publish|approve|rollback)", line):
            self._until_taken_over()
            if "--shadow" in line:
                self._a_day_passes()

    def _a_day_passes(self) -> None:
        for order in ({"risk_score": 10}, {"risk_score": 72}, {"customer_tier": "platinum"}):
            self.orders += 1
            total = 600_000 if "customer_tier" in order else 3_200
            self.running.send_order(str(10_000 + self.orders), totals={"total_minor": total}, **order)

    def _until_taken_over(self) -> None:
        published = self.running.dockline("rules", "list", "--tenant", "demo", "--json").json["files"]
        end = time.monotonic() + PATIENCE
        with Connector(self.home) as connector:
            while connector.get("/v1/rules")["files"] != published:
                assert time.monotonic() < end, "the connector has not taken over what was published"
                time.sleep(0.05)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    made = Reader(tmp_path)
    try:
        yield made
    finally:
        made.running.dockline("down")


@pytest.mark.slow
def test_every_command_of_the_guide_does_what_the_guide_says(reader: Reader) -> None:
    printed = ""
    for step in steps(PAGE):
        if step.kind == "sh":
            printed = type_all(reader, step)
        elif step.kind == "text":
            missing = not_printed(step.text, printed)
            assert not missing, f"line {step.line} of the guide: nothing prints\n{missing}\nbut there was\n{printed}"
        else:
            edit(reader.folder, step)


def type_all(reader: Reader, step: Step) -> str:
    printed = ""
    for line in step.commands:
        code, said = reader.type(line)
        wanted = 1 if step.fails and line == step.commands[-1] else 0
        assert code == wanted, f"line {step.line} of the guide: {line}\nended with {code}\n{said}"
        printed += said
    return printed


@pytest.mark.parametrize(("old", "new", "said"), list(rows(PAGE, "| in `ownership.json`")))
def test_each_way_to_break_a_file_is_told_as_the_guide_says(tmp_path: Path, old: str, new: str, said: str) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    path = folder / "ownership.json"
    text = path.read_text()
    assert old.strip("`") in text
    path.write_text(text.replace(old.strip("`"), new.strip("`"), 1))
    [found] = check_paths([path], folder, SystemClock().now().date(), False)
    assert any(said in f"{finding.what} {finding.fix}" for _, finding in found.findings), found.findings


def test_there_are_ten_ways_to_break_a_file() -> None:
    assert len(list(rows(PAGE, "| in `ownership.json`"))) == 10


def commands_in_the_text() -> list[str]:
    return [each for each in inline(PAGE) if each.startswith("dockline ")]


@pytest.mark.parametrize("typed", sorted(set(commands_in_the_text())))
def test_commands_in_the_text_exist_with_their_options(typed: str) -> None:
    command: Any = typer.main.get_command(command_line)
    words = typed.split()[1:]
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    assert not hasattr(command, "commands"), f"{typed} is no whole command"
    options = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_every_request_in_the_table_is_answered_and_every_command_has_one(tmp_path: Path) -> None:
    api = create_app(Settings(database=tmp_path / "x.sqlite", rules=RULES), SystemClock()).openapi()["paths"]
    table = list(rows(PAGE, "| command | request |"))
    for _, requests in table:
        for request in requests.replace("`", "").split(", "):
            method, path = request.split(" ")
            assert method.lower() in api[path]
    rules: Any = typer.main.get_command(command_line)
    here = {row[0].strip("`").removeprefix("dockline rules ") for row in table}
    assert here == set(rules.commands["rules"].commands)


def test_the_node_operations_that_the_guide_names_exist() -> None:
    titles = {f"*Rule: {NODES_BY_NAME[name].title}*" for name in ("rule.evaluate", "rule.explain")}
    assert all(title in PAGE for title in titles)


def test_a_line_that_is_not_printed_is_noticed() -> None:
    assert not_printed("a ... c\n", "a b  c\n") == ""
    assert not_printed("two\none\n", "one\ntwo\n") == "one"
    assert not_printed("x\n", "") == "x"
