"""What locations have to do is counted as it comes, and a rebuild counts the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from connector_service.store import rebuild
from connector_service.store.workload import Demand, planned_since, recent_demand
from tests.house import TENANT, House

pytestmark = pytest.mark.anyio
EVER = datetime(2026, 1, 1, tzinfo=UTC)


def planned(house: House, since: datetime = EVER) -> dict[str, int]:
    reader = house.store.reader
    return {name: planned_since(reader, TENANT, name, since) for name in ("east", "west")}


def demand(house: House, *skus: str) -> dict[tuple[str, str], Demand]:
    return recent_demand(house.store.reader, TENANT, skus or ("TEE", "MUG"), house.clock.now().date())


def counted(house: House) -> list[Any]:
    tables = ("planned_shipments WHERE shipments <> 0", "weekly_demand WHERE units <> 0")
    return [house.store.reader.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4").fetchall() for table in tables]  # noqa: S608


async def test_planned_shipments_are_counted_by_location(house: House) -> None:
    await house.allocated("N1", ("TEE", 2))
    await house.allocated("N2", ("TEE", 2))
    assert planned(house) == {"east": 2, "west": 0}
    assert planned_since(house.store.reader, "other", "east", EVER) == 0


async def test_what_was_planned_before_a_cut_off_belongs_to_the_day_before(house: House) -> None:
    await house.allocated("N1", ("TEE", 2))
    cut_off = house.clock.now().replace(minute=45, second=0, microsecond=0)
    house.clock.advance(cut_off + timedelta(minutes=1) - house.clock.now())
    await house.allocated("N2", ("TEE", 2))
    assert planned(house, cut_off)["east"] == 1


async def test_a_cancelled_order_takes_no_capacity_and_is_no_demand(house: House) -> None:
    order_id = await house.allocated("N1", ("TEE", 2))
    await house.one("order.cancel", order_id=order_id, because="Not wanted any more.")
    assert planned(house) == {"east": 0, "west": 0}
    house.clock.advance(timedelta(weeks=2))
    assert demand(house) == {}


async def test_a_rebuild_comes_to_the_same_counts(house: House) -> None:
    await house.allocated("N1", ("TEE", 2), ("MUG", 1))
    gone = await house.allocated("N2", ("TEE", 1))
    await house.one("order.cancel", order_id=gone, because="Not wanted any more.")
    before = counted(house)
    await house.store.administer(rebuild.rebuild)
    assert counted(house) == before
    assert before[0]


async def test_demand_is_what_the_last_whole_weeks_took_and_the_first_week_does_not_count(house: House) -> None:
    monday = house.clock.now() + timedelta(days=7 - house.clock.now().weekday())
    await house.allocated("N1", ("TEE", 3))
    for week, units in enumerate((4, 10), start=0):
        house.clock.advance(monday + timedelta(weeks=week) - house.clock.now())
        await house.allocated(f"W{week}", ("TEE", units))
    assert demand(house) == {("TEE", "east"): Demand(4, 7)}
    house.clock.advance(monday + timedelta(weeks=2) - house.clock.now())
    assert demand(house) == {("TEE", "east"): Demand(14, 14)}
    house.clock.advance(monday + timedelta(weeks=5) - house.clock.now())
    assert demand(house) == {("TEE", "east"): Demand(10, 28)}
    house.clock.advance(monday + timedelta(weeks=6) - house.clock.now())
    assert demand(house) == {}


def test_demand_says_what_days_take_and_how_long_stock_lasts() -> None:
    week = Demand(14, 7)
    assert (week.for_days(3), week.lasts(9), week.lasts(-1)) == (6, 4, 0)
    assert Demand(1, 28).for_days(3) == 1


async def test_the_questions_read_a_few_rows_by_their_key(house: House) -> None:
    asked: list[str] = []

    class Explaining:
        def execute(self, statement: str, values: Any) -> Any:
            rows = house.store.reader.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            asked.extend(row[3] for row in rows)
            return house.store.reader.execute(statement, values)

    planned_since(Explaining(), TENANT, "east", EVER)  # type: ignore[arg-type]
    recent_demand(Explaining(), TENANT, ["TEE"], date(2026, 11, 21))  # type: ignore[arg-type]
    assert asked
    assert not [step for step in asked if step.startswith("SCAN")]


async def test_the_writer_remembers_demand_for_the_week(house: House) -> None:
    await house.allocated("N1", ("TEE", 3))
    house.clock.advance(timedelta(weeks=1))
    await house.allocated("N2", ("TEE", 4))
    house.clock.advance(timedelta(weeks=1))
    asked = [await house.change(lambda work: work.tx.recent_demand(["TEE", "MUG", "TEE"])) for _ in range(2)]
    assert asked == [{("TEE", "east"): Demand(4, 7)}] * 2
    assert house.store.read(TENANT).recent_demand(["TEE"]) == asked[0]
    house.clock.advance(timedelta(weeks=1))
    assert await house.change(lambda work: work.tx.recent_demand(["TEE"])) == {("TEE", "east"): Demand(4, 14)}
