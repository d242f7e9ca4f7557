"""The shipped flows' sequence without n8n: a small HTTP subscriber that calls the same nodes on the same batches."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp
from aiohttp import web

from benchmarks.bench_stack import Stack, free_port

INTAKE = ("order.validate", "order.allocate", "order.check_pre_pick", "order.release")
PACKED = (
    "shipment.check_post_pick",
    "shipment.check_packing",
    "shipment.rate",
    "shipment.buy_label",
    "shipment.check_label",
    "shipment.confirm",
)


ACKNOWLEDGE = "event.acknowledge"


class DirectFlow:
    """Subscribes like n8n's trigger and works off what comes; `done_at` says when an order got its label."""

    packed: tuple[str, ...] = PACKED
    """The nodes that a packed shipment passes."""
    goal = "shipment.buy_label"
    """The node with which an order is done."""

    def __init__(self, stack: Stack, session: aiohttp.ClientSession) -> None:
        self.stack = stack
        self.session = session
        self.done_at: dict[str, float] = {}
        self.trouble: list[Any] = []
        self.node_seconds: dict[str, list[float]] = defaultdict(list)
        self._tasks: set[Any] = set()

    async def subscribe(self, port: int) -> None:
        """Have the connector deliver to this flow, which listens on a port."""
        for flow, event in (("intake", "dockline.order.received.v1"), ("packed", "dockline.shipment.packed.v1")):
            body = {"url": f"http://127.0.0.1:{port}/{flow}", "event_types": [event], "batch_size": 50, "name": flow}
            async with self.session.post(f"{self.stack.url}/v1/subscriptions", json=body) as answer:
                answer.raise_for_status()

    async def delivered(self, request: web.Request) -> web.Response:
        events = (await request.json())["events"]
        task = asyncio.create_task(self._work(request.match_info["flow"], events))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return web.Response()

    async def finish(self) -> None:
        """Let what was begun come to its end."""
        await asyncio.gather(*self._tasks)

    async def _work(self, flow: str, events: list[Any]) -> None:
        subject = "order_id" if flow == "intake" else "shipment_id"
        items = [event["object"] for event in events]
        for node in INTAKE if flow == "intake" else self.packed:
            fields = ("delivery_id",) if node == ACKNOWLEDGE else (subject, "version", "delivery_id")
            sent = [{key: item[key] for key in fields} for item in items]
            results = await self.call(node, sent)
            self.trouble += [result for result in results if result["status"] != "done"]
            items = [
                {**result["output"], "delivery_id": item["delivery_id"]}
                for item, result in zip(items, results, strict=True)
                if result["status"] == "done"
            ]
            if node == self.goal:
                now = time.perf_counter()
                self.done_at |= {item["order_id"]: now for item in items}
            if not items:
                return

    async def call(self, node: str, items: list[Any]) -> list[Any]:
        """One node call; its duration per call is kept."""
        began = time.perf_counter()
        async with self.session.post(f"{self.stack.url}/v1/nodes/{node}", json={"items": items}) as answer:
            answer.raise_for_status()
            results: list[Any] = (await answer.json())["results"]
        self.node_seconds[node].append(time.perf_counter() - began)
        return results

    async def send(self, body: dict[str, Any]) -> str:
        """Send an order and return its id once it is acknowledged."""
        async with self.session.post(f"{self.stack.url}/v1/orders", json=body) as answer:
            answer.raise_for_status()
            return str((await answer.json())["order_id"])


class AssigningFlow(DirectFlow):
    """Works an order off until it has its carrier, and says that its event is dealt with; no label is bought."""

    packed = (*PACKED[: PACKED.index("shipment.rate") + 1], ACKNOWLEDGE)
    goal = "shipment.rate"


Flow = TypeVar("Flow", bound=DirectFlow)


@asynccontextmanager
async def running_flow(stack: Stack, kind: type[Flow] = DirectFlow) -> AsyncIterator[Flow]:  # type: ignore[assignment]
    """A flow of a kind that listens and is subscribed."""
    async with aiohttp.ClientSession(headers=stack.headers) as session:
        flow = kind(stack, session)
        app = web.Application(client_max_size=50_000_000)
        app.router.add_post("/{flow}", flow.delivered)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await flow.subscribe(port)
        yield flow
        await flow.finish()
        await runner.cleanup()
