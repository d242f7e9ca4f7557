"""The guide to carriers, followed word by word: everything is typed into one shell, and prints what the guide says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer

from connector_service.app import create_app
from connector_service.cli import app as command_line
from connector_service.clock import SystemClock
from connector_service.settings import Settings
from tests.docs.guide import inline, rows, steps
from tests.docs.one_shell import ROOT, checkout, follow
from tests.house import RULES

PAGE = (ROOT / "docs" / "carriers.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_command_of_the_guide_does_what_the_guide_says(tmp_path: Path) -> None:
    with checkout(tmp_path) as folder:
        follow(steps(PAGE), folder)


@pytest.mark.parametrize("typed", sorted({each for each in inline(PAGE) if each.startswith("dockline ")}))
def test_commands_in_the_text_exist(typed: str) -> None:
    command: Any = typer.main.get_command(command_line)
    words = typed.split()[1:]
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    assert getattr(command, "invoke_without_command", True), f"{typed} is no whole command"


def test_every_request_in_the_table_is_answered(tmp_path: Path) -> None:
    api = create_app(Settings(database=tmp_path / "x.sqlite", rules=RULES), SystemClock()).openapi()["paths"]
    requests = [each for row in rows(PAGE, "| command | request |") for each in row[1].replace("`", "").split(", ")]
    assert len(requests) == 9
    for request in requests:
        method, path = request.split(" ")
        assert method.lower() in api[path], request
