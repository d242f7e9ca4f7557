"""Orders of one call that want the same last units: express first, together when that is better, each told why."""

import asyncio
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from canonical_models import Location
from connector_service.errors import StoreUnavailable
from connector_service.inventory.positions import take_count
from connector_service.orders import batch_choice
from connector_service.store import Store
from nodes import runner
from tests.house import TENANT, House, check_house

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def stock(house: House, **units: int) -> None:
    """Units of TEE by location; nothing elsewhere."""
    for name in ("east", "west"):
        count = {"sku": "TEE", "location_id": name, "lot": "", "expires_on": None, "on_hand": units.get(name, 0)}
        await house.change(lambda work, count=count: take_count(work, **count))


async def validated(house: House, number: str, *lines: tuple[str, int], **changes: Any) -> str:
    """An order placed a second after the one before."""
    house.clock.advance(timedelta(seconds=1))
    if "ship_to" in changes:
        changes["ship_to"] = changes["ship_to"] | {"email": f"{number}@example.org"}
    order_id = await house.receive(number, *(lines or (("TEE", 1),)), **changes)
    assert (await house.one("order.validate", order_id=order_id))["status"] == "done"
    return order_id


async def allocate(house: House, *order_ids: str) -> dict[str, Json]:
    """The answers by order, of one call."""
    answers = await house.call("order.allocate", [{"order_id": order_id} for order_id in order_ids])
    return dict(zip(order_ids, answers, strict=True))


def kept(house: House, order_id: str) -> Json:
    """What the newest event with a choice keeps of it."""
    events = house.store.read(TENANT).timeline(order_id)
    choice: Json = next(event.data["choice"] for event in reversed(events) if event.data.get("choice"))
    return choice


def reserved(house: House, sku: str = "TEE") -> int:
    return sum(position.reserved for (_, of, _), position in house.positions().items() if of == sku)


def where(house: House, order_id: str) -> list[str]:
    return [shipment.location_id for shipment in house.shipments(order_id)]


CALIFORNIA = {
    "name": "Cal",
    "line1": "1 Main St",
    "city": "Los Angeles",
    "region": "CA",
    "postal_code": "90001",
    "country": "US",
    "email": "cal@example.org",
}


async def test_express_gets_the_last_unit_wherever_it_stands_in_the_list(house: House) -> None:
    await stock(house, east=1)
    early = await validated(house, "N1")
    express = await validated(house, "X1", priority="express")
    answers = await allocate(house, early, express)
    assert (answers[early]["status"], answers[express]["status"]) == ("exception", "done")
    assert "TEE went to X1." in answers[early]["exception"]["message"]
    because = kept(house, early)["because"]
    assert because.startswith("Decided with 1 other order, express first, turn 2: they all want 2 x TEE (1 there).")
    check_house(house.store)


async def test_orders_that_do_not_compete_are_not_decided_together(house: House) -> None:
    orders = [await validated(house, f"N{number}") for number in range(3)]
    answers = await allocate(house, *orders)
    assert {answer["status"] for answer in answers.values()} == {"done"}
    assert all("batch" not in kept(house, order_id) for order_id in orders)


async def test_a_sold_out_sku_is_not_competed_for(house: House) -> None:
    await stock(house)
    orders = [await validated(house, f"N{number}") for number in range(3)]
    await allocate(house, *orders)
    assert all("batch" not in kept(house, order_id) for order_id in orders)


async def test_together_fills_what_one_by_one_would_leave_open(house: House) -> None:
    """N1 is nearer to west and could go from east; N2 may only be served from west: one by one N2 gets nothing."""
    east, west = house.store.read(TENANT).locations()
    east = Location.model_validate(east.model_dump() | {"serves": ["US"]})
    await house.change(lambda work: work.tx.put_locations([east, west]))
    await stock(house, east=1, west=1)
    first = await validated(house, "N1", ship_to=CALIFORNIA)
    canada = CALIFORNIA | {"city": "Vancouver", "region": "BC", "postal_code": "V5K 0A1", "country": "CA"}
    second = await validated(house, "N2", ("TEE", 1), ship_to=canada)
    third = await validated(house, "N3", ("TEE", 1), ship_to=canada)
    answers = await allocate(house, first, second, third)
    assert [answers[order_id]["status"] for order_id in (first, second, third)] == ["done", "done", "exception"]
    assert (where(house, first), where(house, second)) == (["east"], ["west"])
    choice = kept(house, first)
    assert choice["batch"]["way"] == "together"
    assert "Together 2 of 3 units are filled, one by one 1." in choice["because"]
    assert "It leaves TEE (1 at west) to N2." in choice["because"]
    assert "TEE went to N1 and N2." in kept(house, third)["because"]
    check_house(house.store)


async def test_an_order_that_may_not_move_fails_alone_and_leaves_its_part_to_the_others(house: House) -> None:
    await stock(house, east=1)
    held = await validated(house, "N1")
    await house.one("order.hold", order_id=held, reason="legal", because="a letter")
    orders = [await validated(house, f"N{number}") for number in (2, 3)]
    answers = await allocate(house, held, *orders, "nobody")
    assert [answer["status"] for answer in answers.values()] == ["failed", "done", "exception", "failed"]
    check_house(house.store)


async def test_the_same_call_again_changes_nothing(house: House) -> None:
    await stock(house, east=2)
    orders = [await validated(house, f"N{number}") for number in range(4)]
    items = [{"order_id": order_id, "version": house.order(order_id).version} for order_id in orders]
    first = await house.call("order.allocate", items)
    before = {order_id: house.events(order_id) for order_id in orders}
    again = await house.call("order.allocate", items)
    assert [answer["replayed"] for answer in again] == [True] * 4
    assert [answer["output"] for answer in again] == [answer["output"] for answer in first]
    assert {order_id: house.events(order_id) for order_id in orders} == before
    assert reserved(house) == 2


async def test_an_order_named_twice_in_a_call_is_allocated_once(house: House) -> None:
    await stock(house, east=1)
    orders = [await validated(house, f"N{number}") for number in (1, 2)]
    answers = await house.call("order.allocate", [{"order_id": order_id} for order_id in (*orders, orders[0])])
    assert [answer["status"] for answer in answers] == ["done", "exception", "done"]
    assert reserved(house) == 1
    check_house(house.store)


async def test_without_time_to_compare_express_still_goes_first(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_choice, "BUDGET_S", -1.0)
    await stock(house, east=1)
    early = await validated(house, "N1")
    express = await validated(house, "X1", priority="express")
    answers = await allocate(house, early, express)
    assert (answers[early]["status"], answers[express]["status"]) == ("exception", "done")
    assert kept(house, express)["batch"]["way"] == "not_compared"
    assert "There was no time to compare plans" in kept(house, express)["because"]


async def test_a_call_that_broke_off_half_way_is_ended_by_its_repeat(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first transaction of the call is on disk, the others never were: as when the process is killed between."""
    monkeypatch.setattr(runner, "ITEMS_PER_TRANSACTION", 2)
    await stock(house, east=3, west=2)
    orders = [await validated(house, f"N{number}") for number in range(8)]
    items = [{"order_id": order_id, "version": house.order(order_id).version} for order_id in orders]
    write, jobs, kept_first = house.store.write, list[int](), asyncio.Event()

    async def first_only(tenant_id: str, job: Any) -> Any:
        jobs.append(1)
        if len(jobs) > 1:
            await kept_first.wait()
            raise StoreUnavailable("killed")
        done = await write(tenant_id, job)
        kept_first.set()
        return done

    with monkeypatch.context() as broken:
        broken.setattr(Store, "write", lambda store, tenant_id, job: first_only(tenant_id, job))
        with pytest.raises(StoreUnavailable):
            await house.call("order.allocate", items)
    assert reserved(house) == 2
    check_house(house.store)
    again = await house.call("order.allocate", items)
    assert [answer["replayed"] for answer in again].count(True) == 2
    assert reserved(house) == 5
    assert [house.order(order_id).status for order_id in orders].count("backordered") == 3
    check_house(house.store)


async def test_two_calls_at_once_for_the_same_units_sell_each_of_them_once(house: House) -> None:
    await stock(house, east=4, west=3)
    orders = [await validated(house, f"N{number}") for number in range(12)]
    await asyncio.gather(allocate(house, *orders[:6]), allocate(house, *orders[6:]))
    assert reserved(house) == 7
    check_house(house.store)


@pytest.mark.parametrize("seed", range(10))
async def test_a_batch_fills_all_that_is_there_and_nothing_twice(house: House, seed: int) -> None:
    draw = Random(seed)
    there = {name: draw.randint(0, 6) for name in ("east", "west")}
    await stock(house, **there)
    orders = [
        await validated(
            house,
            f"N{number}",
            ("TEE", draw.randint(1, 3)),
            priority=draw.choice(("express", "standard")),
            **({"ship_to": CALIFORNIA} if draw.random() < 0.5 else {}),
        )
        for number in range(draw.randint(2, 8))
    ]
    await allocate(house, *orders)
    wanted = sum(house.order(order_id).lines[0].quantity_ordered for order_id in orders)
    assert reserved(house) == min(wanted, sum(there.values()))
    express = [house.order(order_id) for order_id in orders if house.order(order_id).priority == "express"]
    got = sum(order.lines[0].quantity_allocated for order in express)
    assert got == min(sum(there.values()), sum(order.lines[0].quantity_ordered for order in express))
    check_house(house.store)
