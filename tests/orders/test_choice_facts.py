"""What a location says of itself decides whether and when it ships: permits, cut-off, capacity, carriers, demand."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from canonical_models import Decision, Location, Order, Product
from connector_service.inventory.positions import take_count
from connector_service.orders.warehouse_choice import WarehouseChoice, choose_warehouse
from connector_service.orders.work import Work
from connector_service.rules_engine import RuleBook
from tests.house import LOCATIONS, RULES, TENANT, House

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def change(house: House, name: str, **said: Any) -> None:
    """Have a location say more of itself."""
    (found,) = [each for each in LOCATIONS if each.id == name]
    location = Location.model_validate(found.model_dump() | said)
    await house.change(lambda work: work.tx.put_locations([location]))


async def product(house: House, sku: str, **said: Any) -> None:
    await house.change(lambda work: work.tx.put_products([Product(sku=sku, weight_g=180, **said)]))


async def validated(house: House, *lines: tuple[str, int], **changes: Any) -> str:
    order_id = await house.receive("N1", *lines, **changes)
    await house.one("order.validate", order_id=order_id)
    return order_id


def chosen(house: House, order_id: str, **answers: bool) -> WarehouseChoice:
    """The choice as it would be made now; `answers` says which systems answer."""
    tx = house.store.read(TENANT)
    work = Work(tx, house.rules.of(TENANT), "tests", answers=lambda tenant, slug: answers.get(slug))
    return choose_warehouse(work, tx.get(Order, order_id))


def candidate(found: WarehouseChoice, name: str) -> Json:
    (one,) = [each for each in found.details()["candidates"] if each["location_id"] == name]
    return dict(one)


@pytest.mark.parametrize(("hazard", "rule"), [("hazmat", "WHV-020"), ("lithium", "WHV-025"), ("cold_chain", "WHV-030")])
async def test_goods_that_need_a_permit_ship_only_from_where_there_is_one(house: House, hazard: str, rule: str) -> None:
    await product(house, "TEE", **{hazard: True})
    await change(house, "west", **{f"handles_{hazard}": True})
    found = chosen(house, await validated(house, ("TEE", 2), ("MUG", 1)))
    assert list(found.plan) == ["west"]
    assert rule in candidate(found, "east")["vetoes"][0]


async def test_a_permit_is_not_asked_for_by_goods_that_need_none(house: House) -> None:
    assert list(chosen(house, await validated(house, ("TEE", 2))).plan) == ["east"]


async def test_a_full_day_leaves_the_order_to_another_location(house: House) -> None:
    await change(house, "east", capacity_per_day=2)
    places = [house.shipments(await house.allocated(number, ("TEE", 1)))[0].location_id for number in ("A", "B", "C")]
    assert places == ["east", "east", "west"]


async def test_stock_that_may_not_ship_is_named_with_the_reason_when_an_order_is_short(house: House) -> None:
    for name in ("east", "west"):
        await change(house, name, capacity_per_day=0)
    order_id = await house.allocated("A", ("TEE", 1))
    message = house.case(order_id).message
    assert message.startswith("No location that may ship has 1 x TEE. east has some and may not ship it: No capacity")
    assert "(WHV-070)" in message


async def test_what_nobody_has_is_not_in_stock_anywhere(house: House) -> None:
    await product(house, "RARE")
    order_id = await house.allocated("A", ("RARE", 1))
    assert house.case(order_id).message == "Not in stock anywhere: 1 x RARE."


async def test_a_cancelled_shipment_gives_its_capacity_back(house: House) -> None:
    await change(house, "east", capacity_per_day=1)
    first = await house.allocated("A", ("TEE", 1))
    await house.one("order.cancel", order_id=first, because="Not wanted any more.")
    assert house.shipments(await house.allocated("B", ("TEE", 1)))[0].location_id == "east"


async def test_after_the_cut_off_the_capacity_is_that_of_the_next_day(house: House) -> None:
    await change(house, "east", capacity_per_day=1, cut_off="16:00", timezone="UTC")
    assert house.shipments(await house.allocated("A", ("TEE", 1)))[0].location_id == "east"
    house.clock.advance(timedelta(hours=2))
    assert house.shipments(await house.allocated("B", ("TEE", 1)))[0].location_id == "east"


async def test_a_fuller_day_costs_more(house: House) -> None:
    await change(house, "east", capacity_per_day=4)
    await house.allocated("A", ("TEE", 1))
    found = chosen(house, await validated(house, ("TEE", 1)))
    assert candidate(found, "east")["alone"]["terms"]["utilisation"] == 25_000


async def test_express_after_the_cut_off_ships_from_where_it_still_leaves_today(house: House) -> None:
    await change(house, "east", cut_off="14:00", timezone="UTC")
    await change(house, "west", cut_off="14:00", timezone="America/Los_Angeles")
    found = chosen(house, await validated(house, ("TEE", 2), priority="express"))
    assert list(found.plan) == ["west"]
    assert "WHV-080" in candidate(found, "east")["vetoes"][0]


async def test_after_the_cut_off_it_leaves_and_arrives_a_working_day_later(house: House) -> None:
    order_id = await validated(house, ("TEE", 2))
    before = candidate(chosen(house, order_id), "east")
    await change(house, "east", cut_off="14:00", timezone="UTC")
    after = candidate(chosen(house, order_id), "east")
    assert (before["ships_on"], after["ships_on"]) == ("2026-11-09", "2026-11-10")
    assert after["arrives_on"] > before["arrives_on"]
    assert date.fromisoformat(after["arrives_on"]).weekday() < 5


async def test_a_location_where_none_of_the_sellers_carriers_collects_is_out(house: House) -> None:
    await change(house, "east", carriers=["swiftparcel"])
    found = chosen(house, await validated(house, ("TEE", 2)))
    assert "WHV-090" in candidate(found, "east")["vetoes"][0]
    assert list(found.plan) == ["west"]


async def test_a_location_whose_system_is_silent_is_left_alone_while_another_has_it(house: House) -> None:
    await change(house, "west", wms="other")
    order_id = await validated(house, ("TEE", 2))
    assert list(chosen(house, order_id).plan) == ["east"]
    found = chosen(house, order_id, northdock=False)
    assert list(found.plan) == ["west"]
    assert "WHV-050" in candidate(found, "east")["vetoes"][0]


async def test_an_order_waits_for_a_silent_system_when_nothing_else_has_it(house: House) -> None:
    await change(house, "west", wms="other")
    order_id = await validated(house, ("SERUM", 2))
    found = chosen(house, order_id, northdock=False)
    assert list(found.plan) == ["east"]
    assert "The system of east does not answer now; nothing else has it." in found.details()["because"]


async def test_a_line_that_ships_alone_has_a_shipment_of_its_own(house: House) -> None:
    await product(house, "MUG", ships_alone=True)
    order_id = await house.allocated("N1", ("TEE", 2), ("MUG", 1))
    shipments = [(each.location_id, [line.sku for line in each.lines]) for each in house.shipments(order_id)]
    assert shipments == [("east", ["TEE"]), ("east", ["MUG"])]


async def test_no_more_locations_ship_than_the_rules_allow(house: House, splits: RuleBook) -> None:
    assert len(chosen(house, await validated(house, ("TEE", 30))).plan) == 2
    tx = house.store.read(TENANT)
    order = tx.find_by(Order, number="N1")[0]
    strict = choose_warehouse(Work(tx, splits.of(TENANT), "tests"), order)
    assert (len(strict.plan), strict.choice.unfilled) == (1, 10)


async def test_what_sells_at_a_location_is_kept_there_and_its_stock_lasts_so_long(house: House) -> None:
    await house.allocated("first", ("TEE", 1))
    house.clock.advance(timedelta(weeks=1))
    await house.allocated("sold", ("TEE", 14))
    house.clock.advance(timedelta(weeks=1))
    await house.change(
        lambda work: take_count(work, sku="TEE", location_id="east", lot="", expires_on=None, on_hand=20)
    )
    order_id = await validated(house, ("TEE", 2))
    found = chosen(house, order_id)
    (east,) = [each for each in found.asked.problem.locations if each.id == "east"]
    assert east.keep == {"TEE": 6}
    assert found.asked.judgements["east"].facts["cover_days"] == 1
    assert "WHW-165" in candidate(found, "east")["rules"]
    assert found.asked.judgements["west"].facts["cover_days"] is None


async def test_the_answer_of_the_rules_for_each_candidate_is_kept_as_a_decision(house: House) -> None:
    order_id = await house.allocated("N1", ("TEE", 2))
    tx = house.store.read(TENANT)
    (choice,) = [event.data["choice"] for event in tx.timeline(order_id) if event.data.get("choice")]
    kept: dict[str, Decision] = {each.id: each for each in tx.decisions(order_id)}
    for each in choice["candidates"]:
        decision = kept[each["decision"]]
        assert decision.file_id == "warehouse-choice"
        assert decision.facts["location_id"] == each["location_id"]
        assert decision.fired == each["rules"]


@pytest.fixture
def splits(tmp_path_factory: pytest.TempPathFactory) -> RuleBook:
    """The shipped rules, by which one location must have it all."""
    folder: Path = shutil.copytree(RULES, tmp_path_factory.mktemp("strict") / "rules")
    path = folder / "warehouse-choice.json"
    document = json.loads(path.read_text())
    document["numbers"]["max_splits"] = 0
    path.write_text(json.dumps(document))
    return RuleBook.load(folder)
