from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from connector_service.local.home import CHECKOUT

FIND = f". {CHECKOUT}/.ci/find-python && echo $PYTHON"


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def find_python(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/bash", "-c", FIND], env={"PATH": str(path)}, capture_output=True, text=True, check=False
    )


def test_help_lists_every_target() -> None:
    text = (CHECKOUT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony
    shown = subprocess.run(["make", "help"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make (\S+)", shown, re.MULTILINE) == phony[1].split()


def test_a_placeholder_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path, "python3.12", "echo 'no such version is installed' >&2; exit 127")
    program(tmp_path, "python3.11", f'exec {sys.executable} "$@"')
    assert find_python(tmp_path).stdout.strip() == str(tmp_path / "python3.11")


@pytest.mark.parametrize("other", ["quick", "slow"])
def test_a_python_with_its_interpreter_in_a_shared_library_is_the_second_choice(tmp_path: Path, other: str) -> None:
    slow = f'case "$2" in *libpython*) exit 1;; esac; exec {sys.executable} "$@"'
    quick = f'case "$2" in *libpython*) exit 0;; esac; exec {sys.executable} "$@"'
    program(tmp_path, "python3.12", slow)
    program(tmp_path, "python3.11", quick if other == "quick" else slow)
    assert find_python(tmp_path).stdout.strip() == str(tmp_path / f"python3.1{1 if other == 'quick' else 2}")


@pytest.mark.parametrize("names", [(), ("python3.12",)], ids=["nothing", "placeholder"])
def test_without_a_fitting_python_it_says_what_to_install(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        program(tmp_path, name, "exit 127")
    found = find_python(tmp_path)
    assert found.returncode == 1
    assert "Python 3.11 or 3.12" in found.stderr
    assert "apt-get install" in found.stderr


def pins(*names: str) -> dict[str, str]:
    """What the lock files pin, by canonical name."""
    lines = [line for name in names for line in (CHECKOUT / name).read_text().splitlines()]
    found = [line.split("==") for line in lines if not line.startswith("#")]
    assert all(len(pin) == 2 and pin[0] == canonicalize_name(pin[0]) for pin in found)
    assert len(dict(found)) == len(found)
    return dict(found)


def test_the_locks_pin_what_the_project_asks_for() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    runtime, everything = pins("requirements.lock"), pins("requirements.lock", "requirements-dev.lock")
    measured = pins("requirements.lock", "requirements-bench.lock")
    wanted = [(text, runtime) for text in project["dependencies"]]
    wanted += [(text, everything) for text in project["optional-dependencies"]["dev"]]
    wanted += [(text, measured) for text in project["optional-dependencies"]["bench"]]
    for text, locked in wanted:
        requirement = Requirement(text)
        assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), text
