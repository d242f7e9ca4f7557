"""A whole installation in a folder of its own: connector, sandbox and n8n with the shipped flows, by `dockline up`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from connector_service.demo.furnish import furnish
from connector_service.local.home import Home
from connector_service.local.n8n_api import N8nApi, connect
from connector_service.local.n8n_http import loopback_client
from connector_service.local.n8n_install import ensure_n8n
from connector_service.local.n8n_stack import n8n_server
from connector_service.local.processes import wait_until
from connector_service.local.stack import Addresses, Stack, Wanted, send

Json = dict[str, Any]
T = TypeVar("T")
PATIENCE = 60.0
"""Seconds a poll waits before the test fails; on an idle machine nothing takes a tenth of that."""
PACE = {"speed": 5, "webhook_ms": 5}


@dataclass
class Installation:
    """The running processes, and a client for each: `connector` bears the tenant's key, `http` is n8n's."""

    home: Home
    wanted: Wanted
    connector: httpx.Client
    sandbox: httpx.Client
    http: httpx.Client

    @property
    def n8n(self) -> N8nApi:
        return connect(n8n_server(self.home, ensure_n8n(print)), self.http)

    @property
    def n8n_url(self) -> str:
        return self.home.url("n8n") or ""

    def up(self) -> Addresses:
        """Start whatever does not run."""
        addresses = Stack(self.home, print).up(self.wanted)
        self.connector.base_url = httpx.URL(addresses.connector)
        self.connector.headers["authorization"] = f"Bearer {self.home.access().api_key}"
        self.sandbox.base_url = httpx.URL(f"{addresses.sandbox}/control/")
        return addresses

    def kill(self, name: str) -> None:
        """End a process as a crash would."""
        assert self.home.processes.kill(name)

    def stop(self, name: str) -> None:
        """End a process as an operator would."""
        assert self.home.processes.stop(name)

    def node(self, name: str, **item: Any) -> Json:
        """What a node answers to one item."""
        results: list[Json] = self.ask("POST", f"/v1/nodes/{name}", json={"items": [item]})["results"]
        return results[0]

    def ask(self, method: str, path: str, **request: Any) -> Any:
        """The connector's answer."""
        return send(self.connector, method, path, **request)

    def control(self, what: str, body: object) -> None:
        """Set something in the sandbox."""
        send(self.sandbox, "PUT", what, json=body)

    def labels(self, number: str) -> list[Json]:
        """What carriers sold for an order, the oldest first."""
        found: list[Json] = send(self.sandbox, "GET", "ledger", params={"order_number": number})["labels"]
        return found


@contextmanager
def installed(folder: Path, lease_seconds: float = 30.0) -> Iterator[Installation]:
    """Everything started and furnished; everything ended afterwards, whatever happened."""
    with loopback_client() as connector, loopback_client() as sandbox, loopback_client() as http:
        made = Installation(Home(folder), Wanted(lease_seconds=lease_seconds), connector, sandbox, http)
        try:
            addresses = made.up()
            furnish(connector, addresses.connector, addresses.sandbox or "")
            made.control("timing", PACE)
            yield made
        finally:
            for name in ("n8n", "connector", "sandbox"):
                made.home.processes.kill(name)


def until(what: str, look: Callable[[], T | None], seconds: float = PATIENCE) -> T:
    """What `look` finds, polled until it finds something; `what` names it when it never does."""
    found: list[T] = []

    def found_it() -> bool:
        if seen := look():
            found.append(seen)
        return bool(found)

    assert wait_until(found_it, seconds), f"after {seconds:.0f} seconds still not: {what}"
    return found[0]
