"""Deadlines on a fake clock: escalation over three weeks, absences, and what goes on after trouble."""

from datetime import timedelta

import pytest

from connector_service.scheduler import Scheduler
from connector_service.store import deadlines, tenants
from tests.house import House, check_house

pytestmark = pytest.mark.anyio


def scheduler(house: House) -> Scheduler:
    return Scheduler(house.store, house.rules)


async def run(house: House, days: int, step: timedelta = timedelta(minutes=30)) -> int:
    fired = 0
    for _ in range(int(timedelta(days=days) / step)):
        house.clock.advance(step)
        fired += await scheduler(house).tick()
        due = deadlines.due(house.store.reader, house.clock.now())
        assert due == []
    return fired


async def test_an_order_nobody_moves_escalates_level_by_level_for_three_weeks(house: House) -> None:
    order_id = await house.receive()
    assert await run(house, 21) > 3
    order = house.order(order_id)
    levels = [e.data for e in house.store.read("acme").timeline(order_id) if e.type.endswith("order.escalated.v1")]
    assert [said["level"] for said in levels] == list(range(1, len(levels) + 1))
    assert order.escalation_level == len(levels)
    assert all(said["rule"].startswith("escalation SLA-") and "step_notify" in said for said in levels)
    assert order.deadline_at is not None
    assert order.deadline_at > house.clock.now()
    check_house(house.store)


async def test_nothing_is_due_at_night_or_on_a_weekend(house: House) -> None:
    order_id = await house.receive()
    await run(house, 14)
    moments = [e.time for e in house.store.read("acme").timeline(order_id) if e.type.endswith("order.escalated.v1")]
    assert {moment.weekday() for moment in moments} <= {0, 1, 2, 3, 4, 5}
    assert len(moments) < 14 * 48


async def test_moving_on_ends_the_escalation_and_its_reassignment(house: House) -> None:
    order_id = await house.receive()
    await run(house, 7)
    escalated = house.order(order_id)
    assert escalated.escalation_level > 0
    await house.one("order.validate", order_id=order_id)
    order = house.order(order_id)
    assert (order.escalation_level, order.reassigned_to) == (0, None)
    check_house(house.store)


async def test_an_exception_escalates_with_its_order(house: House) -> None:
    order_id = await house.receive("N1", payment_state="pending")
    await house.one("order.validate", order_id=order_id)
    await house.one("exception.claim", exception_id=house.case(order_id).id, person="ada")
    await run(house, 21)
    case = house.case(order_id)
    assert case.escalation_level > 1
    assert (house.order(order_id).owner, house.order(order_id).deadline_at) == (case.owner, case.deadline_at)
    check_house(house.store)


async def test_a_deadline_that_moved_while_it_was_being_fired_is_not_lost(house: House) -> None:
    order_id = await house.receive()
    (row,) = deadlines.due(house.store.reader, house.clock.now() + timedelta(days=9))
    house.clock.advance(row.due_at - house.clock.now())
    await house.one("order.validate", order_id=order_id)
    assert await scheduler(house)._fire(row) is False
    check_house(house.store)


async def test_the_deadline_of_an_order_that_is_over_fires_nothing(house: House) -> None:
    order_id = await house.receive()
    await house.one("order.cancel", order_id=order_id, because="x")
    assert await run(house, 21) == 0


async def out(house: House, owner: str, days: int | None = None) -> None:
    until = house.clock.now() + timedelta(days=days) if days else None
    absence = tenants.Absence(owner, house.clock.now(), until)
    await house.store.administer(lambda c: tenants.put_absence(c, "acme", absence))


async def test_the_work_of_an_owner_who_is_out_for_long_goes_to_another(house: House) -> None:
    order_id = await house.receive()
    other = await house.receive("N2", payment_state="pending")
    await house.one("order.validate", order_id=other)
    for owner in ("client-success", "finance"):
        await out(house, owner)
    assert await scheduler(house).reassign() == 0
    house.clock.advance(timedelta(days=3))
    assert await scheduler(house).reassign() == 2
    order = house.order(order_id)
    assert order.owner not in ("client-success",)
    assert house.order(other).owner == house.case(other).owner != "finance"
    assert "order.reassigned" in house.events(order_id)
    assert await scheduler(house).reassign() == 0
    check_house(house.store)


async def test_an_owner_who_is_back_keeps_the_work(house: House) -> None:
    order_id = await house.receive()
    await out(house, "client-success", days=1)
    house.clock.advance(timedelta(days=3))
    assert await scheduler(house).reassign() == 0
    assert house.order(order_id).owner == "client-success"


async def test_an_absent_owner_whom_nobody_knows_any_more_stops_nothing(house: House) -> None:
    await out(house, "left-the-company")
    house.clock.advance(timedelta(days=3))
    assert await scheduler(house).reassign() == 0
