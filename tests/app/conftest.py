"""A connector behind its real HTTP interface, in this process and without a network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from connector_service.app import create_app
from connector_service.app.services import Services
from connector_service.clock import FakeClock
from connector_service.rules_engine import RuleBook
from connector_service.settings import Settings
from connector_service.store import tenants
from tests.house import LOCATIONS, PRODUCTS, RULES, STOCK

Json = dict[str, Any]


@dataclass
class Api:
    """Clients of two tenants and of nobody; `services` are the connector's own."""

    mine: httpx.AsyncClient
    other: httpx.AsyncClient
    nobody: httpx.AsyncClient
    services: Services

    async def node(self, name: str, *items: Any) -> list[Json]:
        answer = await self.mine.post(f"/v1/nodes/{name}", json={"items": list(items)})
        assert answer.status_code == 200, answer.text
        results: list[Json] = answer.json()["results"]
        return results


def _client(app: FastAPI, key: str | None) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://dockline", headers=headers)


@asynccontextmanager
async def serving(folder: Path, clock: FakeClock, rules: Path = RULES) -> AsyncIterator[Api]:
    app = create_app(Settings(database=folder / "app.sqlite", rules=rules), clock)
    async with app.router.lifespan_context(app):
        services: Services = app.state.services
        keys = {}
        for tenant_id in ("acme", "other"):
            tenants.add_tenant(services.store.reader, tenant_id, tenant_id.title(), clock.now())
            keys[tenant_id] = tenants.add_api_key(services.store.reader, tenant_id, "flows", clock.now())
        clients = [_client(app, key) for key in (keys["acme"], keys["other"], None)]
        try:
            yield Api(*clients, services)
        finally:
            for client in clients:
                await client.aclose()


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory, shipped_rules: RuleBook) -> AsyncIterator[Api]:
    """One connector for all tests of a module: putting it together takes longer than any of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RuleBook, "load", lambda *_: shipped_rules)
        async with serving(tmp_path_factory.mktemp("app"), FakeClock()) as running:
            for client in (running.mine, running.other):
                await furnish(client)
            yield running


async def furnish(client: httpx.AsyncClient) -> None:
    for path, body in (
        ("products", {"products": [each.model_dump() for each in PRODUCTS]}),
        ("locations", {"locations": [each.model_dump() for each in LOCATIONS]}),
        ("inventory", {"positions": STOCK}),
        ("connections/shopify", {"settings": {"shop": f"{id(client)}.example", "webhook_secret": "hush"}}),
    ):
        assert (await client.put(f"/v1/{path}", json=body)).status_code == 200
