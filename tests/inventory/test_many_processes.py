"""Several processes with many tasks each buy the same stock, and one of them is killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from canonical_models import InventoryPosition, Order, Reservation
from connector_service.clock import FakeClock
from connector_service.store import Store
from tests.house import TENANT, check_house, furnish
from tests.inventory.desk import Desk

pytestmark = pytest.mark.slow

UNITS, ORDERS = 120, 60


def _buyer(path: Path, name: str, orders: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.inventory.buyers", str(path), name, str(orders)]
    root = Path(__file__).resolve().parents[2]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env=dict(os.environ))


def test_of_processes_that_race_for_stock_none_oversells_when_one_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "race.sqlite"
    desk = Desk(path)
    tee = [{"sku": "TEE", "location_id": where, "lot": "", "on_hand": UNITS // 2} for where in ("east", "west")]
    desk.do(lambda work: furnish(work, tee))
    desk.close()
    victim = _buyer(path, "victim", 10_000)
    others = [_buyer(path, name, ORDERS) for name in ("ann", "ben")]
    assert victim.stdout is not None
    acknowledged = [victim.stdout.readline().strip() for _ in range(25)]
    os.kill(victim.pid, signal.SIGKILL)
    acknowledged += victim.communicate()[0].split()
    for each in others:
        acknowledged += each.communicate(timeout=120)[0].split()
        assert each.returncode == 0
    assert victim.returncode == -signal.SIGKILL
    store = Store(path, FakeClock())
    tx = store.read(TENANT)
    orders, positions, claims = tx.find_by(Order), tx.find_by(InventoryPosition), tx.find_by(Reservation)
    shipped = sum(claim.quantity for claim in claims if claim.state == "consumed")
    assert shipped > 0
    assert sum(position.on_hand for position in positions) == UNITS - shipped
    assert sum(claim.quantity for claim in claims if claim.state in ("held", "allocated", "consumed")) <= UNITS
    assert set(acknowledged) <= {order.number for order in orders}
    assert any(order.status == "backordered" for order in orders)
    check_house(store)
    store.close()
