"""One process that orders what others wait for, again and again: `python -m tests.inventory.overtakers DATABASE NAME`.

Each answered order is a line on the output; it ends when its input does.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from itertools import count
from pathlib import Path

from canonical_models import NewOrder
from connector_service.clock import SystemClock
from connector_service.orders import allocation, intake, validation
from connector_service.orders.work import Work
from connector_service.store import Store, Transaction
from tests.house import TENANT, new_order
from tests.inventory.desk import shipped_rules


def order(tx: Transaction, number: str) -> None:
    work = Work(tx, shipped_rules().of(TENANT), "overtakers")
    order = intake.receive_order(work, NewOrder.model_validate(new_order(number, ("TEE", 1))))[0]
    validation.validate_order(work, order)
    allocation.allocate_order(work, order)


async def _main(path: Path, name: str) -> None:
    store = Store(path, SystemClock())
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    for number in count():
        if over.is_set():
            break
        await store.write(TENANT, lambda tx, number=number: order(tx, f"{name}-{number}"))  # type: ignore[misc]
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
    store.close()


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), sys.argv[2]))
