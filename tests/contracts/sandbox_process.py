"""The sandbox as its own process, its control API, and a receiver for its webhooks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import anyio
import httpx
from aiohttp import web

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0
"""Seconds a poll waits before the test fails; nothing takes that long."""
T = TypeVar("T")

CATALOG = {
    "products": [
        {"sku": "TEE-M", "weight_g": 180, "barcode": "4006381333931", "height_mm": 10},
        {"sku": "MUG/1+2 é", "weight_g": 350, "barcode": "5901234123457"},
    ],
    "stock": [
        {"location_id": "LOC-A", "sku": "TEE-M", "lot": "L1", "on_hand": 100},
        {"location_id": "LOC-A", "sku": "TEE-M", "lot": "L2", "on_hand": 7, "lot_status": "recalled"},
        {"location_id": "LOC-A", "sku": "MUG/1+2 é", "on_hand": 50},
        {"location_id": "LOC-B", "sku": "TEE-M", "lot": "L3", "on_hand": 100},
    ],
}


@dataclass
class Sandbox:
    """A running sandbox; `put` and `ledger` speak to its control API."""

    url: str
    process: subprocess.Popen[str]
    control: httpx.Client

    def put(self, what: str, value: Any, **params: str) -> None:
        self.control.put(what, json=value, params=params).raise_for_status()

    def post(self, what: str) -> None:
        self.control.post(what).raise_for_status()

    def ledger(self) -> Any:
        return self.control.get("ledger").raise_for_status().json()

    def fresh(self) -> None:
        """Forget the test before, load the catalog, and work fast."""
        self.post("reset")
        self.put("catalog", CATALOG)
        self.put("timing", {"speed": 50, "webhook_ms": 1})


@contextmanager
def sandbox_process(*options: str) -> Iterator[Sandbox]:
    """Start a sandbox on a free port, and stop it."""
    command = [sys.executable, "-m", "connector_service.sandbox", "--port", "0", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[-1]
            # The port is open before that line is written, so a first request waits for the server and never fails.
            with httpx.Client(base_url=f"{url}/control/", timeout=PATIENCE) as control:
                control.get("health").raise_for_status()
                yield Sandbox(url, process, control)
        finally:
            process.terminate()
            process.wait(PATIENCE)


@dataclass
class Received:
    """One webhook request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Takes webhooks; answers with the statuses in `answers` first, then with 200, but 422 to what holds `refuses`."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    refuses: bytes | None = None
    held: anyio.Event | None = None
    """Keeps every answer back until it is set."""

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.received.append(Received(request.path, dict(request.headers), body))
        if self.held is not None:
            await self.held.wait()
        if self.refuses is not None and self.refuses in body:
            return web.Response(status=422)
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    async def serve(self) -> web.AppRunner:
        application = web.Application()
        application.router.add_post("/{name:.*}", self.take)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return runner


async def until(look: Callable[[], Awaitable[T | None]]) -> T:
    """Poll until `look` finds something."""
    with anyio.fail_after(PATIENCE):
        while True:
            found = await look()
            if found:
                return found
            await anyio.sleep(0.005)
