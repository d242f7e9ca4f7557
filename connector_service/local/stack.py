"""The whole stack of one checkout: connector, sandbox and n8n, started and stopped together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from connector_service.clock import Clock, SystemClock
from connector_service.errors import InstallationProblem
from connector_service.local import programs, tenant_setup
from connector_service.local.cache import cache_folder, locked
from connector_service.local.home import Access, Home
from connector_service.local.n8n_http import loopback_client
from connector_service.local.n8n_install import N8nInstallation, ensure_n8n
from connector_service.local.n8n_server import N8nServer
from connector_service.local.n8n_stack import deploy, ensure_started, n8n_server
from connector_service.local.progress import Progress

ORDER_OF_STOPPING = ("n8n", "connector", "sandbox")


@dataclass(frozen=True)
class Wanted:
    """What to start. `start_over` begins with an empty database and an empty sandbox; `lease_seconds` is how long a
    flow may take to move an order on before its event is delivered again."""

    n8n: bool = True
    sandbox: bool = True
    lease_seconds: float = 30.0
    start_over: bool = False


@dataclass(frozen=True)
class Addresses:
    """Where everything listens, and the login of n8n's editor; None for what was not wanted."""

    connector: str
    sandbox: str | None
    n8n: str | None
    n8n_email: str | None
    n8n_password: str | None
    flows: int


class Stack:
    """The processes of one checkout; `up` and `down` may be called at any time, in any state."""

    def __init__(self, home: Home, progress: Progress, clock: Clock | None = None) -> None:
        self.home = home
        self._say = progress
        self._clock = clock or SystemClock()

    def up(self, wanted: Wanted) -> Addresses:
        """Start what does not run yet, set up the tenant, and deploy the flows; returns when all of it answers.

        Raises:
            InstallationProblem: something cannot be installed or does not start; says what to do.
        """
        installation = ensure_n8n(self._say) if wanted.n8n else None
        # Another checkout that starts now would find the same ports free, and each would take the other for itself.
        with loopback_client() as http, locked(cache_folder() / "starting.lock", self._say):
            # n8n takes longest to start, so it goes first; its flows need the connector, so they go last.
            server = self._start_n8n(installation) if installation else None
            access, connector_url, sandbox_url = self._start_own(wanted, http)
            if server:
                server.wait_until_ready(http)
        flows = self._deploy(server, access, connector_url) if server else 0
        return Addresses(
            connector=connector_url,
            sandbox=sandbox_url,
            n8n=server.base_url if server else None,
            n8n_email=server.settings.owner_email if server else None,
            n8n_password=server.secrets.password if server else None,
            flows=flows,
        )

    def down(self) -> list[str]:
        """Stop everything of this checkout; returns the names of what was running."""
        return [name for name in ORDER_OF_STOPPING if self.home.processes.stop(name)]

    def _start_n8n(self, installation: N8nInstallation) -> N8nServer:
        server = n8n_server(self.home, installation)
        ensure_started(server, self._say)
        return server

    def _deploy(self, server: N8nServer, access: Access, connector_url: str) -> int:
        with loopback_client() as http:
            return deploy(self.home, server, access, connector_url, http, self._say)

    def _start_own(self, wanted: Wanted, http: httpx.Client) -> tuple[Access, str, str | None]:
        if wanted.start_over:
            self._start_over()
        access = tenant_setup.set_up_tenant(self.home, self._clock.now())
        connector = programs.connector(self.home, wanted.lease_seconds)
        sandbox_url = self._start_sandbox(wanted.start_over, http) if wanted.sandbox else None
        hooks = {}
        if sandbox_url:
            hooks = tenant_setup.connect_vendors(self.home, access, sandbox_url, connector.url)
        if programs.ensure_running(self.home, connector, http):
            self._say(f"the connector listens on {connector.url}")
        if sandbox_url:
            put(http, f"{sandbox_url}/control/webhooks", hooks)
        return access, connector.url, sandbox_url

    def _start_over(self) -> None:
        self.home.processes.stop("connector")
        kept = tenant_setup.start_over(self.home, self._clock.now())
        if kept:
            self._say(f"starting with an empty database; the orders there were are kept in {kept}")

    def _start_sandbox(self, start_over: bool, http: httpx.Client) -> str:
        sandbox = programs.sandbox(self.home)
        if programs.ensure_running(self.home, sandbox, http):
            self._say(f"the sandbox listens on {sandbox.url}")
        if start_over:
            send(http, "POST", f"{sandbox.url}/control/reset")
        return sandbox.url


def put(http: httpx.Client, url: str, body: Mapping[str, Any]) -> None:
    """PUT a JSON body to one of our own processes; raises as `send`."""
    send(http, "PUT", url, json=body)


def send(http: httpx.Client, method: str, url: str, **request: Any) -> Any:
    """One request to one of our own processes; its JSON.

    Raises:
        InstallationProblem: it does not answer, or refuses, with its own words.
    """
    try:
        answer = http.request(method, url, **request)
    except httpx.TransportError as problem:
        raise InstallationProblem(f"{method} {url} got no answer ({problem!r}). Look: dockline doctor") from problem
    if not answer.is_success:
        raise InstallationProblem(f"{method} {url} was answered with {answer.status_code}: {answer.text[:500]}")
    return answer.json() if answer.content else None
