"""One process of many that buy from the same stock: `python -m tests.inventory.buyers DATABASE NAME ORDERS`.

Many tasks at once order, let go, ship or leave what they got; each acknowledged order is a line on the output.
"""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from canonical_models import NewOrder, Order
from connector_service.clock import SystemClock
from connector_service.orders import allocation, cancellation, intake, validation
from connector_service.orders.work import Work
from connector_service.store import Store, Transaction
from tests.house import TENANT, new_order
from tests.inventory import warehouse
from tests.inventory.desk import shipped_rules


def _work(tx: Transaction) -> Work:
    return Work(tx, shipped_rules().of(TENANT), "buyers")


def _order(tx: Transaction, number: str, units: int) -> str:
    work = _work(tx)
    order = intake.receive_order(work, NewOrder.model_validate(new_order(number, ("TEE", units))))[0]
    validation.validate_order(work, order)
    allocation.allocate_order(work, order)
    return order.id


def _cancel(tx: Transaction, order_id: str) -> None:
    cancellation.cancel_order(_work(tx), tx.get(Order, order_id), "changed my mind")


def _ship(tx: Transaction, order_id: str) -> None:
    work = _work(tx)
    warehouse.take(work, order_id)
    warehouse.report(work, order_id, "packed", 0)
    warehouse.send(work, order_id)


async def _buy(store: Store, name: str, at: int, dice: random.Random) -> None:
    number, units, then = f"{name}-{at}", dice.randint(1, 3), dice.choice(["ship", "ship", "cancel", "leave"])
    order_id = await store.write(TENANT, lambda tx: _order(tx, number, units))
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()
    if then == "cancel":
        await store.write(TENANT, lambda tx: _cancel(tx, order_id))
    elif then == "ship":
        await store.write(TENANT, lambda tx: _ship(tx, order_id))


async def _main(path: Path, name: str, orders: int) -> None:
    store = Store(path, SystemClock())
    store.memory.verify = True
    dice = random.Random(name)
    for first in range(0, orders, 10):
        await asyncio.gather(*(_buy(store, name, first + at, dice) for at in range(10)))
    store.close()


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
