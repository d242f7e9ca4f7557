"""Availability reads: in the connector's own process, where nothing but the answer is timed, and over HTTP."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from pathlib import Path

import aiohttp

from benchmarks import queries
from benchmarks.bench_stack import Stack, running_stack
from benchmarks.inventory_house import add_locations, fill, sku
from benchmarks.results import percentile

SKUS = 500
"""What is asked for again and again: the cache holds it."""


async def _asked(stack: Stack, reads: int) -> list[float]:
    chance = random.Random(7)
    taken = []
    async with aiohttp.ClientSession(headers=stack.headers) as session:
        for _ in range(reads):
            asked = {"sku": sku(chance.randrange(SKUS)), "quantity": "2", "country": "US", "postal_code": "10118"}
            began = time.perf_counter()
            async with session.get(f"{stack.url}/v1/availability", params=asked) as answer:
                answer.raise_for_status()
                await answer.read()
            taken.append((time.perf_counter() - began) * 1_000)
    return taken


def over_http(reads: int) -> dict[str, float]:
    """One SKU at twenty locations, asked by one caller over a connection that is kept."""
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder)) as stack:
        add_locations(stack)
        fill(stack.database, 0, SKUS)
        asyncio.run(_asked(stack, SKUS))
        cpu = stack.cpu_s()
        taken = asyncio.run(_asked(stack, reads))
        cpu_ms = (stack.cpu_s() - cpu) / reads * 1_000
    results = {f"availability_read_http_p{share}_ms": percentile(taken, share) for share in (50, 99)}
    return results | {"availability_read_http_cpu_ms": cpu_ms}


def in_process() -> dict[str, float]:
    """One SKU at twenty locations of 200,000 positions: read, reckoned and shaped, without HTTP."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(queries.measure_availability(Path(folder)))
