"""Counts of planned shipments that nobody asks for any more are forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector_service.scheduler import COUNTS_KEPT, Scheduler
from tests.house import House

pytestmark = pytest.mark.anyio


def counted(house: House) -> int:
    return int(house.store.reader.execute("SELECT COUNT(*) FROM planned_shipments").fetchone()[0])


async def test_old_counts_are_forgotten_and_young_ones_stay(house: House) -> None:
    scheduler = Scheduler(house.store, house.rules)
    old = await house.allocated("N1")
    house.clock.advance(COUNTS_KEPT)
    await house.allocated("N2")
    await scheduler.forget()
    assert counted(house) == 2
    house.clock.advance(timedelta(hours=1))
    await scheduler.forget()
    assert counted(house) == 1
    await house.one("order.cancel", order_id=old, because="late")
    assert house.store.read("acme").planned_since("east", house.clock.now() - timedelta(days=2)) == 1
    await scheduler.forget()
    assert counted(house) == 1
