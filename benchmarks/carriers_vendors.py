"""Sandboxes as processes of their own, and a tenant's accounts with their carriers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import httpx

from benchmarks.bench_stack import process_cpu_s
from connector_service.adapters import registry
from connector_service.adapters.http import Transport
from connector_service.carriers.shopping import CarrierAccount

KEY = "sandbox-id:sandbox-secret"
SITES = {"*": {"line1": "1 Dock Rd", "phone": "+1 555 0100"}}
ACCOUNT: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "swiftparcel": {},
        "terrapost": {},
        "ups": {"account_number": "A1B2C3", "sites": SITES},
        "fedex": {"account_number": "740561073", "sites": SITES},
    }
)
LIVE = ("ups", "fedex", "swiftparcel", "terrapost")
HANGS = {"latency_ms": 600_000}
DRIPS = {"slow_drip": True}


@dataclass(frozen=True, slots=True)
class Vendors:
    """A sandbox: its address and its process."""

    url: str
    pid: int

    def cpu_s(self) -> float:
        """Processor seconds that it has used."""
        return process_cpu_s(self.pid)


@contextmanager
def sandbox(faults: Mapping[str, Any] | None = None) -> Iterator[Vendors]:
    """A sandbox whose carriers all have these faults."""
    command = [sys.executable, "-m", "connector_service.sandbox", "--port", "0", "--seed", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None:
                raise RuntimeError("the sandbox has no output to read its address from")
            url = process.stdout.readline().split()[-1]
            tell(url, {slug: dict(faults or {}) for slug in ACCOUNT})
            yield Vendors(url, process.pid)
        finally:
            # Calls that hang would keep it from ending in peace.
            process.kill()
            process.wait(20)


def tell(url: str, faults: Mapping[str, Any]) -> None:
    """How each of a sandbox's carriers misbehaves from now on."""
    httpx.put(f"{url}/control/faults", json=dict(faults), timeout=20).raise_for_status()


def account(transport: Transport, url: str, slug: str, tenant_id: str, named: str = "") -> CarrierAccount:
    """An account with a sandbox's carrier, under another name when one carrier stands for several."""
    settings = registry.CARRIERS[slug].settings.model_validate(
        {"base_url": f"{url}/{slug}", "api_key": KEY, "webhook_secret": "bench", **ACCOUNT[slug]}
    )
    return CarrierAccount(named or slug, registry.carrier(slug, settings, transport.tenant(tenant_id)), "bench")


def live(transport: Transport, url: str, tenant_id: str, slugs: Sequence[str] = LIVE) -> list[CarrierAccount]:
    """Four carriers that answer."""
    return [account(transport, url, slug, tenant_id) for slug in slugs]
