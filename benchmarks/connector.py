"""Through the connector alone, from received to carrier assigned and to label bought: how many orders a second, and how
long each takes when they come at a rate of their own.

The connector, the look-alikes of a warehouse and two carriers, and what sends and drives the orders share the machine.
"""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.bench_stack import Stack, order, running_stack
from benchmarks.direct_flow import AssigningFlow, DirectFlow, running_flow
from benchmarks.results import machine_ms, percentile, write_results

CLOSED_ORDERS = 1_000
BUDGET_PER_S = 139
"""Orders received to carrier assigned, half a million an hour."""
LIGHT_PER_S = 20
OPEN_SECONDS = 15
WARM_UP = 100
SHARES = (50, 95, 99)
Results = dict[str, float]


async def _all_done(flow: DirectFlow, ids: list[str], seconds: float = 60) -> None:
    deadline = time.perf_counter() + seconds
    while not all(order_id in flow.done_at for order_id in ids):
        if time.perf_counter() > deadline:
            missing = [order_id for order_id in ids if order_id not in flow.done_at]
            raise TimeoutError(f"{len(missing)} orders are not done; trouble: {flow.trouble[:2]}")
        await asyncio.sleep(0.02)


async def closed_loop(flow: DirectFlow, first: int, count: int) -> float:
    """As many orders at once as it takes: orders per second from the first sent to the last labelled."""
    gate = asyncio.Semaphore(32)

    async def one(number: int) -> str:
        async with gate:
            return await flow.send(order(number))

    began = time.perf_counter()
    ids = await asyncio.gather(*(one(number) for number in range(first, first + count)))
    await _all_done(flow, ids)
    return count / (max(flow.done_at[order_id] for order_id in ids) - began)


async def open_loop(flow: DirectFlow, first: int, rate: float, seconds: float) -> list[float]:
    """Orders at a fixed rate, whatever happens: seconds from sent to labelled, one per order."""
    began = time.perf_counter()
    sent: dict[str, float] = {}

    async def one(number: int, at: float) -> None:
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        sent[await flow.send(order(number))] = at

    count = int(rate * seconds)
    await asyncio.gather(*(one(first + index, began + index / rate) for index in range(count)))
    await _all_done(flow, list(sent))
    return [flow.done_at[order_id] - at for order_id, at in sent.items()]


def _latency(name: str, times: list[float]) -> Results:
    return {f"{name}_p{share}_ms": percentile(times, share) * 1_000 for share in SHARES}


async def _to_the_label(stack: Stack) -> Results:
    """Every step, one after the other as the shipped flows have them, up to the shipment's confirmation."""
    async with running_flow(stack) as flow:
        await closed_loop(flow, 0, WARM_UP)
        cpu = stack.cpu_s()
        results = {"connector_orders_per_s": await closed_loop(flow, 1_000, CLOSED_ORDERS)}
        results["connector_cpu_ms_per_order"] = (stack.cpu_s() - cpu) / CLOSED_ORDERS * 1_000
        times = await open_loop(flow, 100_000, LIGHT_PER_S, OPEN_SECONDS)
        results |= {"connector_open_loop_orders_per_s": LIGHT_PER_S} | _latency("connector", times)
        for node, seconds in flow.node_seconds.items():
            results |= _latency("node_" + node.partition(".")[2], seconds)
        results["connector_loaded_mb"] = stack.memory_mb()
        results["trouble"] = len(flow.trouble)
    return results


async def _to_the_carrier(stack: Stack) -> Results:
    """Up to the carrier's assignment: as fast as it goes, then at the budget's pace whatever happens."""
    async with running_flow(stack, AssigningFlow) as flow:
        await closed_loop(flow, 0, WARM_UP)
        before, cpu = machine_ms(), stack.cpu_s()
        results = {"connector_assigned_orders_per_s": await closed_loop(flow, 1_000, CLOSED_ORDERS)}
        results["connector_assigned_cpu_ms_per_order"] = (stack.cpu_s() - cpu) / CLOSED_ORDERS * 1_000
        results["machine_ms"] = (before + machine_ms()) / 2
        times = await open_loop(flow, 100_000, BUDGET_PER_S, OPEN_SECONDS)
        results |= _latency(f"connector_assigned_at_{BUDGET_PER_S}", times)
        results["trouble_assigned"] = len(flow.trouble)
    return results


async def _closed_only(stack: Stack, kind: type[DirectFlow]) -> float:
    async with running_flow(stack, kind) as flow:
        await closed_loop(flow, 0, WARM_UP)
        return await closed_loop(flow, 1_000, CLOSED_ORDERS)


def slow_disk(folder: Path) -> dict[str, str]:
    """The environment in which every disk sync takes 5 ms."""
    library = folder / "slow_sync.so"
    source = Path(__file__).with_name("slow_sync.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return {"LD_PRELOAD": str(library)}


def main() -> None:
    """Run it and write `build/bench/connector.json`."""
    with tempfile.TemporaryDirectory() as name, running_stack(Path(name)) as stack:
        time.sleep(2)
        results = {"connector_start_s": stack.started_in_s, "connector_idle_mb": stack.memory_mb()}
        results |= asyncio.run(_to_the_label(stack))
    with tempfile.TemporaryDirectory() as name, running_stack(Path(name)) as stack:
        results |= asyncio.run(_to_the_carrier(stack))
    for key, kind in (("connector_5ms_sync", DirectFlow), ("connector_assigned_5ms_sync", AssigningFlow)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with running_stack(folder, slow_disk(folder)) as stack:
                results[f"{key}_orders_per_s"] = asyncio.run(_closed_only(stack, kind))
    write_results("connector", results)


if __name__ == "__main__":
    main()
