"""Received to allocated: orders sent to a connector, validated and allocated by a flow that subscribed to them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from benchmarks.bench_stack import Stack
from benchmarks.direct_flow import DirectFlow, running_flow
from benchmarks.results import percentile

SENDERS = 32


class AllocatingFlow(DirectFlow):
    """Works an order off up to its reservation, says that the event is dealt with, and keeps when and how it ended."""

    def __init__(self, stack: Stack, session: aiohttp.ClientSession) -> None:
        super().__init__(stack, session)
        self.ended: dict[str, tuple[float, str]] = {}

    async def _work(self, flow: str, events: list[Any]) -> None:
        sent = [{key: event["object"][key] for key in ("order_id", "version", "delivery_id")} for event in events]
        for node in ("order.validate", "order.allocate"):
            results = await self.call(node, sent)
            outputs = [result["output"] or {} for result in results]
            self.trouble += [result for result in results if not result["output"]]
            sent = [
                {"order_id": output["order_id"], "version": output["version"], "delivery_id": item["delivery_id"]}
                for item, output in zip(sent, outputs, strict=True)
                if output
            ]
        now = time.perf_counter()
        self.ended |= {output["order_id"]: (now, output["status"]) for output in outputs if output}
        await self.call("event.acknowledge", [{"delivery_id": item["delivery_id"]} for item in sent])


@dataclass(frozen=True, slots=True)
class Run:
    """What became of a run's orders (how many ended in which status), in how long, at what cost."""

    statuses: Counter[str]
    seconds: float
    cpu_s: float
    waits: list[float] = field(repr=False)

    def figures(self, name: str) -> dict[str, float]:
        """Orders a second, processor time per order, and how long an order took from sent to its end."""
        orders = self.statuses.total()
        found = {f"{name}_per_s": orders / self.seconds, f"{name}_cpu_ms": self.cpu_s / orders * 1_000}
        return found | {f"{name}_p{share}_ms": percentile(self.waits, share) * 1_000 for share in (50, 95, 99)}


async def _until_ended(flow: AllocatingFlow, ids: list[str], seconds: float) -> None:
    deadline = time.perf_counter() + seconds
    while not all(order_id in flow.ended for order_id in ids):
        if time.perf_counter() > deadline:
            missing = sum(order_id not in flow.ended for order_id in ids)
            raise TimeoutError(f"{missing} of {len(ids)} orders did not end; trouble: {flow.trouble[:2]}")
        await asyncio.sleep(0.02)


async def run(flow: AllocatingFlow, bodies: list[dict[str, Any]], patience_s: float = 300) -> Run:
    """Send orders as fast as they are acknowledged, and wait until every one has ended.

    Raises:
        TimeoutError: some did not.
    """
    gate, sent = asyncio.Semaphore(SENDERS), {}

    async def one(body: dict[str, Any]) -> None:
        async with gate:
            at = time.perf_counter()
            sent[await flow.send(body)] = at

    cpu, began = flow.stack.cpu_s(), time.perf_counter()
    await asyncio.gather(*(one(body) for body in bodies))
    await _until_ended(flow, list(sent), patience_s)
    seconds = max(flow.ended[order_id][0] for order_id in sent) - began
    waits = [flow.ended[order_id][0] - at for order_id, at in sent.items()]
    statuses = Counter(flow.ended[order_id][1] for order_id in sent)
    return Run(statuses, seconds, flow.stack.cpu_s() - cpu, waits)


async def run_alone(stack: Stack, warm_up: list[dict[str, Any]], bodies: list[dict[str, Any]]) -> Run:
    """One run with a flow of its own, after a warm-up.

    Raises:
        RuntimeError: a node call failed.
    """
    async with running_flow(stack, AllocatingFlow) as flow:
        if warm_up:
            await run(flow, warm_up)
        measured = await run(flow, bodies)
        await flow.finish()
        if flow.trouble:
            raise RuntimeError(f"{len(flow.trouble)} items failed, such as {flow.trouble[0]}")
    return measured
