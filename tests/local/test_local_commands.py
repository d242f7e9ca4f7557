"""Commands of an installation: what a person sees while they run and when they fail."""

import os
from pathlib import Path

import pytest

from connector_service.errors import InstallationProblem
from connector_service.local.commands import Workplace, useful_lines
from connector_service.local.identity import start_mark
from connector_service.local.processes import wait_until
from connector_service.local.progress import Progress, timed


def workplace(folder: Path, progress: Progress = lambda line: None) -> Workplace:
    return Workplace(folder, os.environ, folder / "install.log", "Do this instead.", progress, heartbeat_seconds=0.05)


def test_a_failure_says_what_failed_shows_the_error_lines_and_where_the_log_is(tmp_path: Path) -> None:
    script = "echo fetching; echo 'npm error code E404'; echo 'npm warn old'; exit 7"
    with pytest.raises(InstallationProblem) as failure:
        workplace(tmp_path).run("installing it", ["sh", "-c", script])
    said = failure.value.detail
    assert said.startswith("installing it failed:")
    assert "ended with code 7" in said
    assert "| npm error code E404" in said
    assert "npm warn" not in said.split("\n  |", 1)[1]
    assert str(tmp_path / "install.log") in said
    assert said.endswith("Do this instead.")


def test_a_program_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InstallationProblem, match="`no-such-program` cannot be started"):
        workplace(tmp_path).run("installing it", ["no-such-program"])


def test_a_long_command_reports_how_far_it_is(tmp_path: Path) -> None:
    done = tmp_path / "done"

    def finish_at_the_second_beat(line: str) -> None:
        heard.append(line)
        if len(heard) > 2:
            done.touch()

    heard: list[str] = []
    workplace(tmp_path, finish_at_the_second_beat).run(
        "building", ["sh", "-c", f"until [ -e {done} ]; do sleep 0.01; done"], lambda: "12 packages"
    )
    assert heard[:3] == ["building", "building: 12 packages", "building: 12 packages"]


def test_an_interrupt_leaves_nothing_running(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"

    def interrupt(line: str) -> None:
        if "still running" in line and pid_file.exists() and pid_file.read_text().strip():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        workplace(tmp_path, interrupt).run("building", ["sh", "-c", f"sleep 600 & echo $! > {pid_file}; wait"])
    grandchild = int(pid_file.read_text())
    assert wait_until(lambda: start_mark(grandchild) is None, 5.0)


def test_only_the_last_command_speaks_and_its_end_is_shown_when_it_names_no_error() -> None:
    log = "\n$ npm install\nnpm error old\n\n$ npm rebuild\none\n\ntwo\nthree\n"
    assert useful_lines(log, 2) == ["two", "three"]


def test_progress_lines_carry_the_seconds_since_the_beginning() -> None:
    moments = iter([100.0, 112.4])
    heard: list[str] = []
    timed(heard.append, lambda: next(moments))("compiling")
    assert heard == ["  12 s  compiling"]
