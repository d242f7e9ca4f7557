from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.commands import Dockline

COMMANDS = (
    ["up"],
    ["down"],
    ["status"],
    ["install"],
    ["pictures"],
    ["demo"],
    ["doctor"],
    ["order", "show"],
    ["order", "list"],
    ["exception", "list"],
    ["replay"],
    ["rebuild"],
    ["tenant", "add"],
    ["key", "add"],
    ["key", "revoke"],
    ["rules", "check"],
)
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
