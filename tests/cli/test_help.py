from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import cast

import pytest
import typer
from typer.core import TyperGroup

from connector_service.cli.app import app
from tests.cli.commands import Dockline


def _commands(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[list[str]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _commands(command, (*path, name))
        else:
            yield [*path, name]


COMMANDS = list(_commands(cast(TyperGroup, typer.main.get_command(app))))
SLOW_TO_LOAD = {"fastapi", "httpx", "durable", "sqlite_utils", "aiohttp", "uvicorn", "jsonschema", "holidays"}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(dockline: Dockline, command: list[str]) -> None:
    ran = dockline(*command, "--help")
    assert ran.code == 0
    assert "Usage" in ran.out


@pytest.mark.parametrize(
    "command", [["up"], ["demo"], ["order", "show"], ["replay"], ["rebuild"], ["key", "add"]], ids=" ".join
)
def test_help_teaches_by_example(dockline: Dockline, command: list[str]) -> None:
    assert f"dockline {' '.join(command)}" in " ".join(dockline(*command, "--help").out.split())


def test_help_loads_nothing_that_is_slow() -> None:
    program = "import sys, connector_service.cli; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert SLOW_TO_LOAD.isdisjoint(loaded)


def test_a_wrong_option_is_misuse(dockline: Dockline) -> None:
    ran = dockline("up", "--without-everything")
    assert ran.code == 2
    assert "--without-everything" in ran.err
