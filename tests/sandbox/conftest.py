"""A sandbox process for these tests, and adapters to speak to it with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import CarrierAdapter
from connector_service.adapters.contracts import Connection, WarehouseAdapter, WarehouseReport
from connector_service.adapters.http import Transport, open_client
from connector_service.clock import SystemClock
from tests.contracts.sandbox_process import Receiver, Sandbox, sandbox_process, until

KEYS = {"northdock": "sandbox-key", "swiftparcel": "sandbox-key", "terrapost": "sandbox-id:sandbox-secret"}
SECRET = "a webhook secret"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[Sandbox]:
    with sandbox_process() as running:
        yield running


@pytest.fixture
def sandbox(shared_sandbox: Sandbox) -> Sandbox:
    shared_sandbox.fresh()
    return shared_sandbox


@dataclass
class Partner:
    """Adapters of one tenant, for whichever sandbox runs."""

    transport: Transport

    def connection(self, sandbox: Sandbox, slug: str, key: str | None = None) -> Connection:
        settings = {"base_url": f"{sandbox.url}/{slug}", "api_key": key or KEYS[slug], "webhook_secret": SECRET}
        return Connection.model_validate(settings)

    def warehouse(self, sandbox: Sandbox, key: str | None = None) -> WarehouseAdapter:
        connection = self.connection(sandbox, "northdock", key)
        return registry.warehouse("northdock", connection, self.transport.tenant("tenant"))

    def carrier(self, sandbox: Sandbox, slug: str, key: str | None = None) -> CarrierAdapter:
        return registry.carrier(slug, self.connection(sandbox, slug, key), self.transport.tenant("tenant"))


@pytest.fixture
async def partner() -> AsyncIterator[Partner]:
    transport = Transport(open_client(), SystemClock())
    yield Partner(transport)
    await transport.aclose()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    runner = await receiver.serve()
    yield receiver
    await runner.cleanup()


async def ended(warehouse: WarehouseAdapter, reference: str) -> WarehouseReport:
    """The report once the warehouse is done with the order."""

    async def look() -> WarehouseReport | None:
        report = await warehouse.status(reference)
        return report if report.status in ("packed", "short", "cancelled") else None

    return await until(look)
