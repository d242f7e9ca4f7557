"""Callers at once who each have one order's warehouse chosen and its units reserved, over HTTP, one call after another.

What is measured is the node `order.allocate` of a connector process: request, choice among twenty locations, claims,
events, commit on disk, answer. The orders are received and validated beforehand.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

import aiohttp

from benchmarks.bench_stack import Stack
from benchmarks.inventory_house import order
from benchmarks.results import percentile

TOGETHER = 100
"""Orders of one call that only prepares."""
SHARES = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Load:
    """How many orders, of how many lines, from how many callers; `first` is the first order's number."""

    orders: int
    lines: int
    callers: int
    first: int
    skus: int


@dataclass(frozen=True, slots=True)
class Measured:
    """Wall seconds of every call, of all together, and processor seconds of the connector per order."""

    calls: list[float]
    seconds: float
    cpu_s: float

    def figures(self, name: str, end: str) -> dict[str, float]:
        """Rate, percentiles and processor time under a name, such as `reservations_per_s_c10`."""
        found = {f"{name}s_per_s{end}": len(self.calls) / self.seconds}
        found |= {f"{name}_p{share}_ms{end}": percentile(self.calls, share) * 1_000 for share in SHARES}
        return found | {f"{name}_cpu_ms{end}": self.cpu_s * 1_000}


async def _call(session: aiohttp.ClientSession, stack: Stack, node: str, items: list[dict[str, object]]) -> list[str]:
    async with session.post(f"{stack.url}/v1/nodes/{node}", json={"items": items}) as answer:
        answer.raise_for_status()
        results = (await answer.json())["results"]
    wrong = [result for result in results if result["status"] != "done"]
    if wrong:
        raise RuntimeError(f"{node}: {len(wrong)} of {len(results)} are not done, such as {wrong[0]}")
    return [result["output"]["order_id"] for result in results]


async def _prepare(session: aiohttp.ClientSession, stack: Stack, load: Load) -> list[str]:
    chance = random.Random(load.first)
    bodies = [order(load.first + at, chance.randrange(load.skus), load.lines, load.skus) for at in range(load.orders)]
    ids: list[str] = []
    for begin in range(0, len(bodies), TOGETHER):
        part = bodies[begin : begin + TOGETHER]
        received = await _call(session, stack, "order.receive", [{"order": body} for body in part])
        ids += await _call(session, stack, "order.validate", [{"order_id": each} for each in received])
    return ids


async def _caller(session: aiohttp.ClientSession, stack: Stack, ids: Iterator[str]) -> list[float]:
    taken = []
    for order_id in ids:
        began = time.perf_counter()
        await _call(session, stack, "order.allocate", [{"order_id": order_id}])
        taken.append(time.perf_counter() - began)
    return taken


async def reserve(stack: Stack, load: Load) -> Measured:
    """Prepare the orders, then let the callers take them from one queue until none is left.

    Raises:
        RuntimeError: an order was not allocated.
    """
    limit = aiohttp.TCPConnector(limit=load.callers)
    async with aiohttp.ClientSession(headers=stack.headers, connector=limit) as session:
        ids = iter(await _prepare(session, stack, load))
        cpu, began = stack.cpu_s(), time.perf_counter()
        calls = await asyncio.gather(*(_caller(session, stack, ids) for _ in range(load.callers)))
        seconds = time.perf_counter() - began
    return Measured([each for mine in calls for each in mine], seconds, (stack.cpu_s() - cpu) / load.orders)
