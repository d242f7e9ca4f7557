"""The pilot on real processes; without flows nothing moves on, which the pilot must notice and say."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from connector_service.cli import app
from connector_service.demo.run import Pilot, run_pilot
from connector_service.errors import InvalidInput
from connector_service.local.home import Home
from connector_service.local.stack import Addresses, Stack, Wanted


def silent(line: str) -> None:
    """Nobody listens."""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A folder for one installation; whatever a test starts in it is ended."""
    place = Home(tmp_path / ".dockline")
    yield place
    Stack(place, silent).down()


def written(pilot: Pilot) -> tuple[bool, str]:
    """Whether all went well, and what was written for a file or pipe."""
    screen = Console(file=io.StringIO(), width=200)
    well = run_pilot(pilot, screen)
    assert isinstance(screen.file, io.StringIO)
    return well, screen.file.getvalue()


def test_orders_that_no_flow_moves_on_are_violations_and_all_else_holds(home: Home, tmp_path: Path) -> None:
    addresses = Stack(home, silent).up(Wanted(n8n=False, start_over=True))
    report = tmp_path / "report.html"
    well, said = written(Pilot(home, addresses, count=100, seed=7, report=report, patience_s=1.5))
    assert not well
    checks = dict(
        line.strip().split("  ", 1)[::-1] for line in said.splitlines() if line.startswith(("  pass", "  FAIL"))
    )
    failed = {title for title, mark in checks.items() if mark == "FAIL"}
    assert failed == {"Every order reached the outcome planned for it"}
    assert len(checks) == 9
    assert "should be shipped; it is received" in said
    assert "webhooks answered as replays" in said
    assert "100 orders" in report.read_text()


def test_the_pilot_needs_the_sandbox(home: Home, tmp_path: Path) -> None:
    nowhere = Addresses("http://127.0.0.1:9", None, None, None, None, 0)
    with pytest.raises(InvalidInput, match="sandbox"):
        written(Pilot(home, nowhere, 10, 7, tmp_path / "report.html"))


@pytest.mark.end_to_end
@pytest.mark.slow
def test_the_demo_ends_well_twice_and_stops_what_it_started(home: Home, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    for ending in ("--keep-up", "--stop"):
        words = ["--home", str(home.folder), "demo", "--orders", "100", ending, "--report", str(report)]
        ran = CliRunner().invoke(app, words, catch_exceptions=False)
        assert ran.exit_code == 0, ran.stdout
        assert "FAIL" not in ran.stdout
        assert "Every check passed" in report.read_text()
        report.unlink()
    assert not any(home.processes.is_running(name) for name in ("connector", "sandbox", "n8n"))
