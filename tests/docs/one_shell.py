"""Type a whole guide into one shell, and compare what each block prints with what the guide says it prints."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connector_service.local.home import Home
from tests.cli.commands import dockline_in
from tests.docs.guide import Step, not_printed

ROOT = Path(__file__).parents[2]
MARK = "@@ line"


@contextmanager
def checkout(folder: Path) -> Iterator[Path]:
    """A folder whose `dockline` and `python` are the installed ones; what was started in it is stopped."""
    commands = folder / ".venv" / "bin"
    commands.mkdir(parents=True)
    installed = Path(sys.executable).parent / "dockline"
    home = folder / ".dockline"
    for name, line in (("dockline", f'"{installed}" --home "{home}"'), ("python", f'"{sys.executable}"')):
        (commands / name).write_text(f'#!/bin/sh\nexec {line} "$@"\n')
        (commands / name).chmod(0o755)
    try:
        yield folder
    finally:
        dockline_in(Home(home).folder)("down")


def follow(found: list[Step], folder: Path) -> None:
    """Type every `sh` block, and look for every line of a `text` block in what the block before it printed."""
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
        elif step.kind == "text":
            missing = not_printed(step.text, said)
            words = f"line {step.line} of the guide: nothing prints\n{missing}\nbut there was\n{said}"
            assert not missing, f"{words}\nand on standard error\n{ran.stderr}"
