"""What connected carriers need is loaded before the first rate, once, and nothing for carriers that nobody has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connector_service.adapters import registry
from connector_service.carriers.warming import Warming
from connector_service.clock import FakeClock
from connector_service.store import Store, tenants

pytestmark = pytest.mark.anyio

SETTINGS = {"base_url": "http://carrier.example", "api_key": "a:b", "webhook_secret": "s"}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store(tmp_path / "warm.sqlite", FakeClock())
    for tenant_id in ("acme", "globex"):
        tenants.add_tenant(opened.reader, tenant_id, tenant_id, opened.clock.now())
    yield opened
    opened.close()


async def test_carriers_are_warmed_once_whoever_has_them_and_those_that_come_later_too(store: Store) -> None:
    warming = Warming(store)
    assert await warming.tick() == []
    for tenant_id in ("acme", "globex"):
        tenants.put_connection(store.reader, tenant_id, "ups", SETTINGS)
    assert await warming.tick() == ["ups"]
    tenants.put_connection(store.reader, "globex", "fedex", SETTINGS)
    assert await warming.tick() == ["fedex"]
    assert await warming.tick() == []


async def test_carriers_and_warehouses_that_need_nothing_of_karrio_are_left_alone(store: Store) -> None:
    plain = [slug for slug, entry in registry.CARRIERS.items() if not entry.karrio]
    assert "regional" in plain
    for slug in (*plain, "northdock"):
        tenants.put_connection(store.reader, "acme", slug, SETTINGS)
    assert await Warming(store).tick() == []
