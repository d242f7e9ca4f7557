"""The detached processes of one checkout: start, find, stop, and the ports and logs they were given.

Each process is described by `<folder>/run/<name>.json` (pid, start mark, ports) and writes to
`<folder>/logs/<name>.log`. A record is believed only while a process with that pid *and* that start mark lives,
so a stale file, a reused pid or a reboot never makes us signal a stranger.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from connector_service.errors import Conflict, InstallationProblem
from connector_service.local.identity import start_mark

LOOPBACK = "127.0.0.1"
PREFERRED_PORTS: Mapping[str, Mapping[str, int]] = {
    "connector": {"http": 8642},
    "sandbox": {"http": 8643},
    "n8n": {"http": 5678, "broker": 5679},
}
POLL_SECONDS = 0.05

# This program's own children, kept so that they are reaped; a later program has only the records.
_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}


class ProcessRecord(BaseModel):
    """One started process. `mark` is the system's own word for when it started; `ports` are named port numbers."""

    model_config = ConfigDict(frozen=True)

    name: str
    pid: int
    mark: str
    command: list[str]
    ports: dict[str, int]


class Processes:
    """The processes of one checkout; `folder` is its `.dockline` folder."""

    def __init__(self, folder: Path) -> None:
        self._run = folder.absolute() / "run"
        self._logs = folder.absolute() / "logs"

    def log_file(self, name: str) -> Path:
        """Where the process of that name writes; the log of the run before is kept as `<name>.previous.log`."""
        return self._logs / f"{name}.log"

    def last_ports(self, name: str) -> dict[str, int]:
        """The ports it has, or had when it last ran; empty when it never ran. Reuse keeps addresses stable."""
        record = self._read(name)
        return dict(record.ports) if record else {}

    def choose_ports(self, name: str, preferred: Mapping[str, int]) -> dict[str, int]:
        """A free port for each of the named `preferred` ones: the last used, else the preferred, else any."""
        last = self.last_ports(name)
        chosen: dict[str, int] = {}
        for kind, port in preferred.items():
            chosen[kind] = pick_port(last.get(kind, port), port, taken=chosen.values())
        return chosen

    def find(self, name: str) -> ProcessRecord | None:
        """The record of the process if it lives now, else None."""
        record = self._read(name)
        return record if record and self._lives(record) else None

    def is_running(self, name: str) -> bool:
        """Whether the process of that name lives."""
        return self.find(name) is not None

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        ports: Mapping[str, int],
        environment: Mapping[str, str] = os.environ,
        cwd: Path | None = None,
    ) -> ProcessRecord:
        """Start `command` detached, in a process group of its own, with both outputs in its log file.

        Raises:
            Conflict: it already runs, or one of its ports is taken.
            InstallationProblem: the program cannot be started.
        """
        if running := self.find(name):
            raise Conflict(f"{name} already runs as process {running.pid} on ports {running.ports}; stop it first")
        # Else a stranger on that port would answer our readiness check.
        if busy := [port for port in ports.values() if not is_free(port)]:
            raise Conflict(f"{name} cannot start: another program listens on {LOOPBACK}, port {busy[0]}")
        self._run.mkdir(parents=True, exist_ok=True)
        self._logs.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            self.log_file(name).replace(self._logs / f"{name}.previous.log")
        with self.log_file(name).open("wb") as log:
            child = self._spawn(name, command, environment, cwd, log.fileno())
        _CHILDREN[child.pid] = child
        mark = start_mark(child.pid) or "ended at once"
        record = ProcessRecord(name=name, pid=child.pid, mark=mark, command=list(command), ports=dict(ports))
        self._write(record)
        return record

    def stop(self, name: str, *, grace: float = 10.0) -> bool:
        """End it: SIGTERM, `grace` seconds to finish, then SIGKILL to its whole group. False when it did not run."""
        record = self.find(name)
        if record is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(record.pid, signal.SIGTERM)
        wait_until(lambda: not self._lives(record), grace)
        self._kill_group(record)
        return True

    def kill(self, name: str) -> bool:
        """End it and its whole group at once with SIGKILL, as a crash would. False when it did not run."""
        record = self.find(name)
        if record is None:
            return False
        self._kill_group(record)
        return True

    def _spawn(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], cwd: Path | None, log: int
    ) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as problem:
            raise InstallationProblem(f"{name} cannot be started with {command[0]}: {problem}") from problem

    def _kill_group(self, record: ProcessRecord) -> None:
        # The group outlives its leader while any child lives, and its number is not given away until then.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(record.pid, signal.SIGKILL)
        # A process is listed as ended a moment before the system closes its sockets.
        wait_until(lambda: not self._lives(record) and all(map(is_free, record.ports.values())), 5.0)

    def _lives(self, record: ProcessRecord) -> bool:
        if child := _CHILDREN.get(record.pid):
            child.poll()
        return start_mark(record.pid) == record.mark

    def _read(self, name: str) -> ProcessRecord | None:
        try:
            return ProcessRecord.model_validate_json((self._run / f"{name}.json").read_bytes())
        except (FileNotFoundError, ValueError):
            return None  # never started, or a file cut short by a full disk: nothing we could verify

    def _write(self, record: ProcessRecord) -> None:
        path = self._run / f"{record.name}.json"
        fresh = path.with_suffix(".tmp")
        fresh.write_text(record.model_dump_json())
        fresh.replace(path)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll until `condition` holds; whether it did within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(POLL_SECONDS)
    return True


def pick_port(*preferred: int, taken: Collection[int] = ()) -> int:
    """The first of `preferred` that is free on loopback and not in `taken`, else any free port."""
    for port in preferred:
        if port not in taken and is_free(port):
            return port
    while True:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            found: int = probe.getsockname()[1]
        if found not in taken:
            return found


def is_free(port: int) -> bool:
    """Whether nothing listens on that loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
