"""Two processes order without pause what one order waits for; it is told, and gets what comes in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from canonical_models import Order
from connector_service.clock import SystemClock
from connector_service.inventory.positions import Shelf, receive
from connector_service.orders.allocation import allocate_order
from connector_service.orders.work import Work
from connector_service.rules_engine import RuleBook
from connector_service.scheduler import Scheduler
from connector_service.store import Store, Transaction
from tests.house import RULES, TENANT, check_house, furnish
from tests.inventory import overtakers
from tests.inventory.desk import Desk, shipped_rules

pytestmark = pytest.mark.anyio


def _overtaker(path: Path, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.inventory.overtakers", str(path), name]
    root = Path(__file__).resolve().parents[2]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=root, env=dict(os.environ))


def _work(tx: Transaction) -> Work:
    return Work(tx, shipped_rules().of(TENANT), "tests")


def _let_order(others: list[subprocess.Popen[str]]) -> None:
    """Wait until each has been answered twice more."""
    for each in others * 2:
        assert each.stdout is not None
        assert each.stdout.readline()


async def test_orders_of_two_other_processes_do_not_overtake_one_that_waits(tmp_path: Path) -> None:
    path = tmp_path / "race.sqlite"
    desk = Desk(path)
    desk.do(lambda work: furnish(work, []))
    desk.close()
    store, rules = Store(path, SystemClock()), RuleBook.load(RULES)
    await store.write(TENANT, lambda tx: overtakers.order(tx, "first"))
    (first,) = store.read(TENANT).find_by(Order)
    others = [_overtaker(path, name) for name in ("ann", "ben")]
    _let_order(others)
    await store.write(TENANT, lambda tx: receive(_work(tx), Shelf("TEE", "east"), 1))
    _let_order(others)
    await Scheduler(store, rules).move_stock()
    _let_order(others)
    await store.write(TENANT, lambda tx: allocate_order(_work(tx), tx.get(Order, first.id)))
    for each in others:
        each.communicate(timeout=60)
        assert each.returncode == 0
    orders = store.read(TENANT).find_by(Order)
    assert [order.number for order in orders if order.lines[0].quantity_allocated] == ["first"]
    assert len(orders) > 8
    check_house(store)
    store.close()
