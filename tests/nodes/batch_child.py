"""A process of its own that runs one batch, for a test to kill: `python -m tests.nodes.batch_child <store> <id>...`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from connector_service.adapters.http import Transport, open_client
from connector_service.clock import FakeClock, SystemClock
from connector_service.orders.systems import AllSystems
from connector_service.rules_engine import RuleBook
from connector_service.store import Store
from nodes.registry import NODES_BY_NAME
from nodes.runner import Runner
from tests.house import CALLER, RULES


async def main(path: str, *order_ids: str) -> None:
    """Run the batch with one worker, so that a kill finds it halfway."""
    store = Store(Path(path), FakeClock())
    client = open_client()
    runner = Runner(store, RuleBook.load(RULES), AllSystems(store, Transport(client, SystemClock())))
    await runner.run(NODES_BY_NAME["batch.run"], CALLER, [{"order_ids": list(order_ids), "workers": 1}])
    await client.aclose()
    store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
