"""Received to label bought through the connector alone: how many orders a second, and how long each takes."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from benchmarks.bench_stack import Stack, order, running_stack
from benchmarks.direct_flow import DirectFlow
from benchmarks.results import percentile, write_results

CLOSED_ORDERS = 1_000
OPEN_RATE = 139
OPEN_SECONDS = 15


async def _all_labelled(flow: DirectFlow, ids: list[str], seconds: float = 60) -> None:
    deadline = time.perf_counter() + seconds
    while not all(order_id in flow.labelled_at for order_id in ids):
        if time.perf_counter() > deadline:
            missing = [order_id for order_id in ids if order_id not in flow.labelled_at]
            raise TimeoutError(f"{len(missing)} orders have no label; trouble: {flow.trouble[:2]}")
        await asyncio.sleep(0.02)


async def closed_loop(flow: DirectFlow, first: int, count: int) -> float:
    """As many orders at once as it takes: orders per second from the first sent to the last labelled."""
    gate = asyncio.Semaphore(32)

    async def one(number: int) -> str:
        async with gate:
            return await flow.send(order(number))

    began = time.perf_counter()
    ids = await asyncio.gather(*(one(number) for number in range(first, first + count)))
    await _all_labelled(flow, ids)
    return count / (max(flow.labelled_at[order_id] for order_id in ids) - began)


async def open_loop(flow: DirectFlow, first: int, rate: float, seconds: float) -> list[float]:
    """Orders at a fixed rate, whatever happens: seconds from sent to labelled, one per order."""
    began = time.perf_counter()
    sent: dict[str, float] = {}

    async def one(number: int, at: float) -> None:
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        sent[await flow.send(order(number))] = at

    count = int(rate * seconds)
    await asyncio.gather(*(one(first + index, began + index / rate) for index in range(count)))
    await _all_labelled(flow, list(sent))
    return [flow.labelled_at[order_id] - at for order_id, at in sent.items()]


async def _measure(stack: Stack) -> dict[str, float]:
    flow = DirectFlow(stack)
    runner = await flow.start()
    await closed_loop(flow, 0, 100)
    idle_mb = stack.memory_mb()
    cpu = stack.cpu_s()
    per_s = await closed_loop(flow, 1_000, CLOSED_ORDERS)
    cpu_ms = (stack.cpu_s() - cpu) / CLOSED_ORDERS * 1_000
    times = await open_loop(flow, 100_000, OPEN_RATE, OPEN_SECONDS)
    results = {
        "connector_orders_per_s": per_s,
        "connector_cpu_ms_per_order": cpu_ms,
        "connector_open_loop_orders_per_s": float(OPEN_RATE),
        "connector_p50_ms": percentile(times, 50) * 1_000,
        "connector_p95_ms": percentile(times, 95) * 1_000,
        "connector_p99_ms": percentile(times, 99) * 1_000,
        "connector_start_s": stack.started_in_s,
        "connector_loaded_mb": idle_mb,
        "trouble": float(len(flow.trouble)),
    }
    for node, seconds in flow.node_seconds.items():
        name = node.replace(".", "_")
        for share in (50, 95, 99):
            results[f"node_{name}_p{share}_ms"] = percentile(seconds, share) * 1_000
    assert flow.session is not None
    await flow.session.close()
    await runner.cleanup()
    return results


def main() -> None:
    """Run it and write `build/bench/connector.json`."""
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder)) as stack:
        time.sleep(2)
        idle_mb = stack.memory_mb()
        results = asyncio.run(_measure(stack))
    write_results("connector", {**results, "connector_idle_mb": idle_mb})


if __name__ == "__main__":
    main()


