"""The guide to stock, followed word by word: everything is typed into one shell, and prints what the guide says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector_service.local.home import Home
from tests.cli.commands import dockline_in
from tests.docs.guide import not_printed, steps
from tests.feeds.senders import free_port

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "inventory.md").read_text(encoding="utf-8")
MARK = "@@ line"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A checkout whose `dockline` and `python` are the installed ones."""
    commands = tmp_path / ".venv" / "bin"
    commands.mkdir(parents=True)
    installed = Path(sys.executable).parent / "dockline"
    home = tmp_path / ".dockline"
    for name, line in (("dockline", f'"{installed}" --home "{home}"'), ("python", f'"{sys.executable}"')):
        (commands / name).write_text(f'#!/bin/sh\nexec {line} "$@"\n')
        (commands / name).chmod(0o755)
    try:
        yield tmp_path
    finally:
        dockline_in(Home(home).folder)("down")


@pytest.mark.slow
def test_every_command_of_the_guide_does_what_the_guide_says(folder: Path) -> None:
    found = steps(PAGE.replace("DOCKLINE_GRPC_PORT=50051", f"DOCKLINE_GRPC_PORT={free_port()}"))
    script = "".join(f"echo '{MARK} {step.line}'\n{step.text}" for step in found if step.kind == "sh")
    ran = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200", "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    printed = dict(part.split("\n", 1) for part in ran.stdout.split(f"{MARK} ")[1:])
    said = ""
    for step in found:
        if step.kind == "sh":
            said = printed[str(step.line)]
        else:
            missing = not_printed(step.text, said)
            assert not missing, f"line {step.line} of the guide: nothing prints\n{missing}\nbut there was\n{said}"
