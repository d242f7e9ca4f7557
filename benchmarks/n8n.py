"""The same orders through real n8n: the shipped batch flows, beside one order per execution on stock nodes.

All of it, n8n, connector, sandbox and this driver, runs on the same cores. Figures are from the first order sent to the
last one labelled.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import httpx

from benchmarks.bench_stack import Stack, free_port, order, running_stack
from benchmarks.results import write_results
from benchmarks.stock_flow import stock_workflows
from connector_service.local.flows import Credential, deploy_flows
from connector_service.local.n8n_api import N8nApi, connect
from connector_service.local.n8n_http import loopback_client
from connector_service.local.n8n_install import ensure_n8n
from connector_service.local.n8n_package import install_package
from connector_service.local.n8n_server import N8nServer, N8nSettings
from connector_service.local.processes import Processes
from nodes.n8n_package import PACKAGE

ROOT = Path(__file__).parents[1]
BATCH_ORDERS = 1_500
STOCK_ORDERS = 150
WARM_UP = 40


@contextmanager
def running_n8n(folder: Path, stack: Stack) -> Iterator[tuple[N8nServer, N8nApi, Credential]]:
    """A real n8n with the node package, keeping no data of successful executions."""
    settings = N8nSettings(folder / "n8n", free_port(), free_port(), save_successful="none")
    server = N8nServer(ensure_n8n(print), settings, Processes(folder))
    install_package(PACKAGE, settings.user_folder)
    credential = Credential(
        "benchmark", "Dockline", "docklineApi", {"baseUrl": stack.url, "apiKey": stack.api_key}, "n8n-nodes-dockline."
    )
    http = loopback_client()
    server.start()
    try:
        server.wait_until_ready(http)
        yield server, connect(server, http), credential
    finally:
        server.stop()
        http.close()


async def _send(stack: Stack, first: int, count: int) -> None:
    gate = asyncio.Semaphore(16)
    async with aiohttp.ClientSession(headers=stack.headers) as session:

        async def one(number: int) -> None:
            async with gate, session.post(f"{stack.url}/v1/orders", json=order(number)) as answer:
                answer.raise_for_status()

        await asyncio.gather(*(one(number) for number in range(first, first + count)))


def _labelled(stack: Stack) -> int:
    with sqlite3.connect(f"file:{stack.database}?mode=ro", uri=True) as connection:
        row = connection.execute("SELECT COUNT(*) FROM shipments WHERE tracking_number IS NOT NULL").fetchone()
    return int(row[0])


def orders_per_hour(stack: Stack, first: int, count: int, seconds: float = 300) -> float:
    """Send `count` orders at once and wait for their labels."""
    before = _labelled(stack)
    began = time.perf_counter()
    asyncio.run(_send(stack, first, count))
    while (done := _labelled(stack) - before) < count:
        if time.perf_counter() - began > seconds:
            raise TimeoutError(f"only {done} of {count} orders have a label after {seconds:.0f} s")
        time.sleep(0.1)
    return count / (time.perf_counter() - began) * 3_600


def _batch(folder: Path) -> dict[str, float]:
    with running_stack(folder) as stack, running_n8n(folder, stack) as (_, api, credential):
        deploy_flows(ROOT / "workflows_export", [credential], api, folder / "deployed.json", print)
        orders_per_hour(stack, 0, WARM_UP)
        return {"n8n_orders_per_h": orders_per_hour(stack, 1_000, BATCH_ORDERS)}


def _stock(folder: Path) -> dict[str, float]:
    with running_stack(folder) as stack, running_n8n(folder, stack) as (server, api, _):
        for workflow in stock_workflows(stack):
            api.put_workflow(workflow)
            api.publish(workflow["id"])
            _subscribe(stack, f"{server.base_url}/webhook/{workflow['id']}", workflow["meta"]["event"])
        orders_per_hour(stack, 0, WARM_UP)
        return {"n8n_stock_nodes_orders_per_h": orders_per_hour(stack, 1_000, STOCK_ORDERS)}


def _subscribe(stack: Stack, url: str, event_type: str) -> None:
    body = {"url": url, "event_types": [event_type], "batch_size": 1, "name": "stock"}
    httpx.post(f"{stack.url}/v1/subscriptions", json=body, headers=stack.headers).raise_for_status()


def main() -> None:
    """Run both and write `build/bench/n8n.json`."""
    results: dict[str, float] = {}
    for measure in (_batch, _stock):
        with tempfile.TemporaryDirectory() as folder:
            results |= measure(Path(folder))
    results["n8n_batch_over_stock"] = results["n8n_orders_per_h"] / results["n8n_stock_nodes_orders_per_h"]
    write_results("n8n", results)


if __name__ == "__main__":
    main()
