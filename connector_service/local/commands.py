"""Run one long command of an installation: log to a file, heartbeat to a person, and a failure that says what to do."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from connector_service.errors import InstallationProblem
from connector_service.local.progress import Progress

SHOWN_LINES = 8


@dataclass(frozen=True)
class Workplace:
    """Where commands of one installation run: folder, environment, log file, and what to advise when one fails.

    `keeps_open` are file descriptors (a lock) that every command inherits.
    """

    folder: Path
    environment: Mapping[str, str]
    log: Path
    advice: str
    progress: Progress
    keeps_open: tuple[int, ...] = ()
    heartbeat_seconds: float = 10.0

    def run(self, doing: str, command: Sequence[str], measure: Callable[[], str] | None = None) -> None:
        """Run `command` to its end; `doing` names it for a person, `measure` says how far it is.

        Raises:
            InstallationProblem: it could not be started or ended with another code than 0.
        """
        self.progress(doing)
        with self.log.open("ab") as log:
            log.write(f"\n$ {' '.join(command)}\n".encode())
            log.flush()
            code = self._wait(doing, self._start(doing, command, log.fileno()), measure)
        if code != 0:
            raise InstallationProblem(self._failure(doing, f"`{' '.join(command)}` ended with code {code}"))

    def _start(self, doing: str, command: Sequence[str], output: int) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=self.keeps_open,
            )
        except OSError as problem:
            raise InstallationProblem(self._failure(doing, f"`{command[0]}` cannot be started: {problem}")) from problem

    def _wait(self, doing: str, child: subprocess.Popen[bytes], measure: Callable[[], str] | None) -> int:
        """Wait with heartbeats; when interrupted (Ctrl-C), nothing of the command is left running."""
        try:
            while True:
                try:
                    return child.wait(self.heartbeat_seconds)
                except subprocess.TimeoutExpired:
                    self.progress(f"{doing}: {measure() if measure else 'still running'}")
        finally:
            if child.returncode is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()

    def _failure(self, doing: str, what: str) -> str:
        shown = "\n".join(f"  | {line}" for line in useful_lines(self.log.read_text(errors="replace")))
        return f"{doing} failed: {what}.\n{shown}\nThe whole log: {self.log}\n{self.advice}"


def useful_lines(log: str, count: int = SHOWN_LINES) -> list[str]:
    """The last `count` lines a person can use: errors if the log names any, else its end; blanks and warnings out."""
    last_command = log.rpartition("\n$ ")[2]
    lines = [line.rstrip() for line in last_command.splitlines()[1:] if line.strip()]
    spoken = [line for line in lines if not line.startswith(("npm warn", "npm notice"))]
    errors = [line for line in spoken if "err" in line.lower()]
    return (errors or spoken or lines)[-count:]
