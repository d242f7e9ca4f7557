"""A connector and a sandbox as real processes, with a tenant set up over HTTP, for the benchmarks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from connector_service.clock import SystemClock
from connector_service.store import Store, tenants

ROOT = Path(__file__).parents[1]
SKUS = [f"SKU-{number}" for number in range(50)]
LOCATIONS = [("us-east", "NJ", "Avenel", "07001"), ("us-west", "CA", "Los Angeles", "90001")]


@dataclass(frozen=True)
class Stack:
    """Where to call, with which key, and the processes to look at."""

    url: str
    sandbox_url: str
    api_key: str
    connector: subprocess.Popen[bytes]
    database: Path
    started_in_s: float

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.api_key}"}

    def memory_mb(self) -> float:
        """Resident memory of the connector."""
        status = Path(f"/proc/{self.connector.pid}/status").read_text()
        kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
        return int(kilobytes) / 1024

    def cpu_s(self) -> float:
        """Processor seconds that the connector has used."""
        return process_cpu_s(self.connector.pid)


def process_cpu_s(pid: int) -> float:
    """Processor seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_stack(folder: Path, environment: dict[str, str] | None = None) -> Iterator[Stack]:
    """Start both, set the tenant up, and stop them at the end."""
    port, sandbox_port = free_port(), free_port()
    url, sandbox_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox_port}"
    database = folder / "connector.sqlite"
    api_key = _make_tenant(database)
    sandbox = subprocess.Popen(
        [sys.executable, "-m", "connector_service.sandbox", "--port", str(sandbox_port), "--seed", "1"],
        stdout=subprocess.DEVNULL,
    )
    settings = {"DOCKLINE_DATABASE": str(database), "DOCKLINE_PORT": str(port), "DOCKLINE_RULES": str(ROOT / "rules")}
    began = time.perf_counter()
    connector = subprocess.Popen(
        [sys.executable, "-m", "connector_service"], env={**os.environ, **settings, **(environment or {})}
    )
    try:
        wait_for(f"{url}/health")
        started_in_s = time.perf_counter() - began
        wait_for(f"{sandbox_url}/control/health")
        stack = Stack(url, sandbox_url, api_key, connector, database, started_in_s)
        set_up(stack)
        yield stack
    finally:
        for process in (connector, sandbox):
            process.terminate()
        for process in (connector, sandbox):
            process.wait(20)


def _make_tenant(database: Path) -> str:
    store = Store(database, SystemClock())
    now = datetime.now(UTC)
    tenants.add_tenant(store.reader, "bench", "Benchmark", now)
    api_key = tenants.add_api_key(store.reader, "bench", "flows", now)
    store.close()
    return api_key


def wait_for(url: str, seconds: float = 30) -> None:
    """Until something answers there."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if httpx.get(url).status_code < 500:
                return
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def set_up(stack: Stack) -> None:
    """Products, locations, plenty of stock, connections, and a warehouse that works at once."""
    products = [
        {"sku": sku, "weight_g": 100 + number, "barcode": f"40063813{number:05d}"} for number, sku in enumerate(SKUS)
    ]
    locations = [
        {
            "id": key,
            "name": key,
            "country": "US",
            "region": region,
            "city": city,
            "postal_code": code,
            "wms": "northdock",
        }
        for key, region, city, code in LOCATIONS
    ]
    stock = [{"sku": sku, "location_id": where[0], "on_hand": 10_000_000} for sku in SKUS for where in LOCATIONS]
    with httpx.Client(base_url=stack.url, headers=stack.headers, timeout=30) as api:
        _put(api, "/v1/products", {"products": products})
        _put(api, "/v1/locations", {"locations": locations})
        _put(api, "/v1/inventory", {"positions": stock})
        hooks = {}
        keys = {"northdock": "sandbox", "swiftparcel": "sandbox", "terrapost": "sandbox-id:sandbox-secret"}
        for slug, key in keys.items():
            settings = {"base_url": f"{stack.sandbox_url}/{slug}", "api_key": key, "webhook_secret": "hush"}
            path = _put(api, f"/v1/connections/{slug}", {"settings": settings})["webhook_path"]
            hooks[slug] = {"url": stack.url + path, "secret": "hush"}
    with httpx.Client(base_url=f"{stack.sandbox_url}/control", timeout=30) as control:
        _put(control, "/catalog", {"products": products, "stock": stock})
        _put(control, "/webhooks", hooks)
        _put(control, "/timing", {"speed": 100, "webhook_ms": 20})


def _put(client: httpx.Client, path: str, body: Any) -> Any:
    return client.put(path, json=body).raise_for_status().json()


def order(number: int) -> dict[str, Any]:
    """An ordinary order of three lines."""
    lines = [
        {"line_id": str(line), "sku": SKUS[(number + 7 * line) % len(SKUS)], "quantity_ordered": 1 + line}
        for line in range(3)
    ]
    address = {
        "name": f"Customer {number}",
        "line1": f"{number} Fifth Avenue",
        "city": "New York",
        "region": "NY",
        "postal_code": "10118",
        "country": "US",
        "email": f"customer{number}@example.com",
    }
    return {
        "number": f"B{number}",
        "currency": "USD",
        "payment_state": "captured",
        "priority": "express" if number % 4 == 0 else "standard",
        "ship_to": address,
        "lines": lines,
        "totals": {"total_minor": 5_000 + number},
    }
