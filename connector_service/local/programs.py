"""Start the connector and the sandbox as detached processes, and wait until they answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from connector_service.errors import InstallationProblem
from connector_service.local.home import CHECKOUT, Home
from connector_service.local.processes import LOOPBACK, PREFERRED_PORTS, wait_until

SECONDS_TO_START = 60.0
SHOWN_LINES = 12


@dataclass(frozen=True)
class Program:
    """One of our own processes: what to run, and the path that answers 200 once it is ready."""

    name: str
    arguments: tuple[str, ...]
    ready_path: str
    environment: Mapping[str, str]
    port: int

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{LOOPBACK}:{self.port}"


def connector(home: Home, lease_seconds: float, base: Mapping[str, str] = os.environ) -> Program:
    """The connector of a checkout; a DOCKLINE_* variable of `base` goes before what is set here."""
    port = _port(home, "connector")
    settings = {
        "DOCKLINE_RULES": str(CHECKOUT / "rules"),
        "DOCKLINE_LEASE_SECONDS": str(lease_seconds),
        **base,
        "DOCKLINE_DATABASE": str(home.database.absolute()),
        "DOCKLINE_HOST": LOOPBACK,
        "DOCKLINE_PORT": str(port),
    }
    return Program("connector", ("-m", "connector_service"), "/health", settings, port)


def sandbox(home: Home, base: Mapping[str, str] = os.environ) -> Program:
    """The sandbox of a checkout."""
    port = _port(home, "sandbox")
    state = str(home.sandbox_state.absolute())
    arguments = ("-m", "connector_service.sandbox", "--port", str(port), "--state", state)
    return Program("sandbox", arguments, "/control/health", base, port)


def _port(home: Home, name: str) -> int:
    """The port it has when it runs, else a free one."""
    running = home.processes.find(name)
    return running.ports["http"] if running else home.processes.choose_ports(name, PREFERRED_PORTS[name])["http"]


def ensure_running(home: Home, program: Program, http: httpx.Client) -> bool:
    """Start it unless it runs, and wait until it answers; whether it was started now.

    Raises:
        InstallationProblem: it ended at once or did not answer in time; with the end of its log.
    """
    processes = home.processes
    started = not processes.is_running(program.name)
    if started:
        command = [sys.executable, *program.arguments]
        processes.start(
            program.name, command, ports={"http": program.port}, environment=program.environment, cwd=CHECKOUT
        )
    wait_until(
        lambda: not processes.is_running(program.name) or answers(http, program.url + program.ready_path),
        SECONDS_TO_START,
    )
    if not processes.is_running(program.name):
        raise InstallationProblem(f"The {program.name} ended while starting.\n{log_end(home, program.name)}")
    if not answers(http, program.url + program.ready_path):
        raise InstallationProblem(
            f"The {program.name} did not answer at {program.url} within {SECONDS_TO_START:.0f} seconds.\n"
            f"{log_end(home, program.name)}"
        )
    return started


def answers(http: httpx.Client, url: str) -> bool:
    """Whether something answers there with success."""
    try:
        return http.get(url, timeout=2.0).is_success
    except httpx.TransportError:
        return False


def log_end(home: Home, name: str) -> str:
    """The last lines that a process wrote, and where the rest is; nothing when it never ran."""
    path = home.processes.log_file(name)
    if not path.exists():
        return ""
    lines = path.read_text(errors="replace").splitlines()[-SHOWN_LINES:]
    return "\n".join([*(f"  | {line}" for line in lines), f"The whole log: {path}"])
