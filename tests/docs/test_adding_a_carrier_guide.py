"""The guide to adding a carrier, followed word by word in a copy of the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from connector_service.adapters import registry
from tests.docs.guide import Step, edit, not_printed, steps

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "adding-a-carrier.md").read_text(encoding="utf-8")
FILE = re.compile(r"`((?:connector_service|tests)/[\w/]+\.(?:py|json))`")
STEPS = steps(PAGE, FILE)
COPIED = ("canonical_models", "connector_service", "nodes", "rules", "tests", "pyproject.toml", "README.md", "LICENSE")
COMMANDS = {
    "pytest": "-m pytest -p no:cacheprovider",
    "ruff": "-m ruff",
    "mypy": "-m mypy",
    "python": "",
    "dockline": "-c 'from connector_service.cli import app; app()'",
    "lint-imports": "-c 'from importlinter.cli import lint_imports_command; lint_imports_command()'",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy that may be changed; its commands run what is in it."""
    unwanted = shutil.ignore_patterns("__pycache__", "node_modules", "dist", ".*")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=unwanted)
        else:
            shutil.copy(source, tmp_path / name)
    commands = tmp_path / ".commands"
    commands.mkdir()
    for name, options in COMMANDS.items():
        (commands / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {options} "$@"\n')
        (commands / name).chmod(0o755)
    return tmp_path


def typed(checkout: Path, step: Step) -> str:
    """What the commands of a block print."""
    environment = {**os.environ, "COLUMNS": "200", "PYTHONPATH": str(checkout)}
    environment["PATH"] = f"{checkout / '.commands'}:{environment['PATH']}"
    ran = subprocess.run(
        ["bash", "-e", "-c", step.text],
        cwd=checkout,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, f"line {step.line} of the guide ended with {ran.returncode}\n{ran.stdout}{ran.stderr}"
    return ran.stdout


@pytest.mark.slow
def test_a_carrier_added_as_the_guide_says_keeps_the_carrier_contract(checkout: Path) -> None:
    printed = ""
    for step in STEPS:
        if step.kind == "sh":
            printed = typed(checkout, step)
        elif step.kind == "text":
            missing = not_printed(step.text, printed)
            assert not missing, f"line {step.line} of the guide: nothing prints\n{missing}\nbut there was\n{printed}"
        else:
            edit(checkout, step)


def test_the_connector_needs_one_folder_and_one_line_for_it() -> None:
    adapter = [each for each in STEPS if each.file.startswith("connector_service/adapters/")]
    made = {Path(each.file).parent.name for each in adapter if each.kind == "python"}
    (line,) = [each for each in adapter if each.kind == "diff"]
    assert made == {"gullpost"}
    assert line.file == "connector_service/adapters/registry.py"
    assert line.text.count("\n+") == line.text.count("-") + 1
    assert "gullpost" not in registry.CARRIERS


def test_what_the_guide_changes_is_there_to_be_changed() -> None:
    for step in STEPS:
        if step.kind == "diff":
            text = (ROOT / step.file).read_text(encoding="utf-8")
            anchors = [line[1:] for line in step.text.splitlines() if line.startswith("-")]
            assert all(text.count(f"{anchor}\n") == 1 for anchor in anchors), step
