"""Many more orders than units, all at once, at a real connector process: as many win as there are units, no more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from benchmarks.bench_stack import free_port
from canonical_models import ExceptionCase, InventoryPosition, Order, Reservation
from connector_service.clock import SystemClock
from connector_service.orders.work import Work
from connector_service.store import Store, tenants
from tests.contracts.sandbox_process import PATIENCE, until
from tests.house import RULES, TENANT, check_house, furnish, new_order
from tests.inventory.desk import shipped_rules

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
ORDERS, UNITS, BUYERS = 200, 20, 15
KILLED_AFTER = 60
"""Outcomes that buyers know of when the process is killed: the units are gone, and most orders have none yet."""


@dataclass
class Shop:
    """A connector process that can be killed and started again in the same place, and what it answered."""

    path: Path
    port: int
    key: str
    process: subprocess.Popen[bytes]
    client: httpx.AsyncClient
    outcomes: dict[str, str] = field(default_factory=dict)
    refused: int = 0
    """Requests that met no process, or lost theirs."""

    async def kill(self) -> None:
        """End it without a word, and start another on the same file."""
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait(PATIENCE) == -signal.SIGKILL
        self.process = _start(self.path, self.port)

    async def healthy(self) -> bool | None:
        """Whether it answers."""
        try:
            return (await self.client.get("/health")).is_success
        except httpx.TransportError:
            return None

    async def ask(self, path: str, body: Any) -> Any:
        """Ask until it answers: what a buyer does whose connection broke."""

        async def answered() -> dict[str, Any] | None:
            try:
                answer = await self.client.post(path, json=body)
            except httpx.TransportError:
                self.refused += 1
                await anyio.sleep(0.2)
                return None
            answer.raise_for_status()
            said: dict[str, Any] = answer.json()
            return said

        return await until(answered)

    async def buy(self, numbers: list[str]) -> None:
        """Send orders of one unit each, and have them validated and allocated in one call."""
        ids = [(await self.ask("/v1/orders", new_order(number, ("TEE", 1))))["order_id"] for number in numbers]
        for node in ("order.validate", "order.allocate"):
            items = [{"order_id": order_id} for order_id in ids]
            results = (await self.ask(f"/v1/nodes/{node}", {"items": items}))["results"]
        self.outcomes |= {each["output"]["number"]: each["output"]["status"] for each in results}


def _start(path: Path, port: int) -> subprocess.Popen[bytes]:
    given = {"DOCKLINE_DATABASE": str(path), "DOCKLINE_PORT": str(port), "DOCKLINE_RULES": str(RULES)}
    return subprocess.Popen([sys.executable, "-m", "connector_service"], env={**os.environ, **given})


async def _furnish(path: Path) -> str:
    store, half = Store(path, SystemClock()), UNITS // 2
    tenants.add_tenant(store.reader, TENANT, "Acme", store.clock.now())
    stock = [{"sku": "TEE", "location_id": place, "lot": "", "on_hand": half} for place in ("east", "west")]
    await store.write(TENANT, lambda tx: furnish(Work(tx, shipped_rules().of(TENANT), "tests"), stock))
    key = tenants.add_api_key(store.reader, TENANT, "buyers", store.clock.now())
    store.close()
    return key


@asynccontextmanager
async def _opened(path: Path) -> AsyncIterator[Shop]:
    port, key = free_port(), await _furnish(path)
    headers, limits = {"authorization": f"Bearer {key}"}, httpx.Limits(max_connections=BUYERS)
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=url, headers=headers, limits=limits, timeout=PATIENCE) as client:
        shop = Shop(path, port, key, _start(path, port), client)
        try:
            await until(shop.healthy)
            yield shop
        finally:
            shop.process.terminate()
            shop.process.wait(PATIENCE)


async def _sell(shop: Shop, together: int, after_each: Callable[[], Any] | None = None) -> None:
    """All buyers at once take the next orders, so many in a call, until none is left."""
    waiting = iter([f"F{at}-{more}" for more in range(together)] for at in range(ORDERS // together))

    async def buyer() -> None:
        for numbers in waiting:
            await shop.buy(numbers)
            if after_each is not None:
                await after_each()

    async with anyio.create_task_group() as group:
        for _ in range(BUYERS):
            group.start_soon(buyer)


def _check_exact(shop: Shop) -> None:
    store = Store(shop.path, SystemClock())
    tx = store.read(TENANT)
    orders, cases = tx.find_by(Order), tx.find_by(ExceptionCase, code="inventory_short")
    won = {order.id for order in orders if order.status == "allocated"}
    lost = {order.id for order in orders if order.status == "backordered"}
    assert (len(won), len(lost)) == (UNITS, ORDERS - UNITS)
    assert {order.number: order.status.value for order in orders} == shop.outcomes
    claims = [claim for claim in tx.find_by(Reservation) if claim.state == "held"]
    assert {claim.order_id for claim in claims} == won
    assert sum(claim.quantity for claim in claims) == UNITS
    positions = tx.find_by(InventoryPosition, sku="TEE")
    assert [position.reserved for position in positions] == [position.on_hand for position in positions]
    assert {case.order_id for case in cases if case.state == "open" and case.owner and case.deadline_at} == lost
    assert len(cases) == len(lost)
    check_house(store)
    store.close()


async def test_of_a_flash_sale_exactly_as_many_orders_win_as_there_are_units(tmp_path: Path) -> None:
    async with _opened(tmp_path / "sale.sqlite") as shop:
        await _sell(shop, together=10)
    _check_exact(shop)


async def test_a_flash_sale_is_exact_though_the_process_is_killed_in_the_middle(tmp_path: Path) -> None:
    async with _opened(tmp_path / "sale.sqlite") as shop:
        killed: list[int] = []

        async def kill_once() -> None:
            if not killed and len(shop.outcomes) >= KILLED_AFTER:
                killed.append(len(shop.outcomes))
                await shop.kill()

        await _sell(shop, together=1, after_each=kill_once)
    assert KILLED_AFTER <= killed[0] < ORDERS - BUYERS
    assert shop.refused > 0
    _check_exact(shop)
