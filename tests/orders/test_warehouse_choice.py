"""Which location ships what, and that the order's trail says why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from canonical_models import Location, Order
from connector_service.inventory.positions import take_count
from connector_service.orders.choice_numbers import objective
from connector_service.orders.choice_rules import RULE_FILE
from connector_service.orders.warehouse_choice import MOST_CANDIDATES, WarehouseChoice, choose_warehouse
from connector_service.orders.work import Work
from connector_service.rules_engine.model import RuleFile
from tests.house import TENANT, House

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


def kept(house: House, order_id: str) -> Json:
    """The newest choice in the order's trail."""
    found = [event.data for event in house.store.read(TENANT).timeline(order_id) if event.data.get("choice")]
    choice: Json = found[-1]["choice"]
    return choice


def chosen(house: House, order_id: str, *avoid: str) -> WarehouseChoice:
    """The choice as it would be made now."""
    tx = house.store.read(TENANT)
    return choose_warehouse(Work(tx, house.rules.of(TENANT), "tests"), tx.get(Order, order_id), frozenset(avoid))


def rule_file(house: House) -> RuleFile:
    return house.rules.of(TENANT).compiled(RULE_FILE).file


async def validated(house: House, *lines: tuple[str, int], **changes: Any) -> str:
    order_id = await house.receive("N1", *lines, **changes)
    await house.one("order.validate", order_id=order_id)
    return order_id


async def test_the_nearest_location_ships_and_the_trail_says_what_the_other_would_have_cost(house: House) -> None:
    order_id = await house.allocated("N1", ("TEE", 2))
    assert [shipment.location_id for shipment in house.shipments(order_id)] == ["east"]
    choice = kept(house, order_id)
    assert choice["because"].startswith("east costs ")
    assert "at west: " in choice["because"]
    first, second = choice["candidates"]
    assert (first["location_id"], first["chosen"], second["location_id"]) == ("east", True, "west")
    assert sum(first["alone"]["terms"].values()) == first["alone"]["score"] < second["alone"]["score"]
    assert first["rules"] == ["WHW-110", "WHW-120"]
    assert first["transit_days"] < second["transit_days"]
    assert choice["proven"]


async def test_a_location_that_does_not_serve_the_country_is_vetoed_in_words(house: House) -> None:
    abroad = Location(id="north", name="North", country="CA", region="ON", wms="northdock", serves=["CA"])
    await house.change(lambda work: work.tx.put_locations([abroad]))
    order_id = await house.allocated("N1", ("TEE", 2))
    (north,) = [each for each in kept(house, order_id)["candidates"] if each["location_id"] == "north"]
    assert north["vetoes"][0].startswith("Does not serve the country (WHV-010): ")
    assert north["alone"] is None


async def test_an_avoided_location_is_vetoed_and_the_other_one_ships(house: House) -> None:
    order_id = await validated(house, ("TEE", 2))
    again = chosen(house, order_id, "east")
    assert list(again.plan) == ["west"]
    assert again.asked.problem.vetoes["east"][0].startswith("Could not pick it before (WHV-040): ")


async def test_the_same_order_always_gets_the_same_answer(house: House) -> None:
    order_id = await validated(house, ("TEE", 30), ("MUG", 3))
    assert chosen(house, order_id).details() == chosen(house, order_id).details()


async def test_what_expires_first_is_taken_first(house: House) -> None:
    for lot, day in (("L1", "2030-05-01"), ("L2", "2030-01-01")):
        count = {"sku": "SERUM", "location_id": "east", "lot": lot, "expires_on": day, "on_hand": 5}
        await house.change(lambda work, count=count: take_count(work, **count))
    order_id = await validated(house, ("SERUM", 7))
    takes = chosen(house, order_id).plan["east"]
    assert [(take.position.lot, take.quantity) for take in takes] == [("L2", 5), ("L1", 2)]


async def test_a_promise_makes_days_late_cost(house: House) -> None:
    asap = house.clock.now().isoformat()
    order_id = await validated(house, ("TEE", 2), requested_delivery_at=asap)
    east, west = chosen(house, order_id).details()["candidates"]
    for each in (east, west):
        late = (date.fromisoformat(each["arrives_on"]) - house.clock.now().date()).days
        assert each["alone"]["terms"]["lateness"] == late * 300_000
    assert west["arrives_on"] > east["arrives_on"]


async def test_what_no_location_has_is_said_with_the_vetoes(house: House) -> None:
    order_id = await validated(house, ("TEE", 1))
    none = chosen(house, order_id, "east", "west")
    assert none.plan == {}
    because = none.details()["because"]
    assert because.startswith("No location that may ship has any of the 1 open unit.")
    assert "east may not ship: Could not pick it before" in because


async def test_many_locations_keep_an_event_small(house: House) -> None:
    more = [Location(id=f"w{at}", name="W", country="US", region="NY", wms="northdock") for at in range(40)]
    await house.change(lambda work: work.tx.put_locations(more))
    order_id = await house.allocated("N1", ("TEE", 2))
    choice = kept(house, order_id)
    assert (len(choice["candidates"]), choice["left_out"]) == (MOST_CANDIDATES, 42 - MOST_CANDIDATES)
    assert len(str(choice)) < 8_000


async def test_the_weights_of_the_rules_are_the_merit_that_a_plan_pays_for(house: House) -> None:
    order_id = await validated(house, ("TEE", 2))
    east = chosen(house, order_id).details()["candidates"][0]
    weights = {rule.id: rule.outcome.get("weight", 0) for rule in rule_file(house).rules}
    assert east["merit"] == sum(weights[rule] for rule in east["rules"]) > 0
    work = Work(house.store.read(TENANT), house.rules.of(TENANT), "tests")
    assert (
        east["alone"]["terms"]["merit"]
        == (1_000 - east["merit"]) * objective(work, house.order(order_id)).prices.merit_minor
    )


async def test_the_nodes_output_says_why(house: House) -> None:
    order_id = await validated(house, ("TEE", 2))
    output = (await house.one("order.allocate", order_id=order_id))["output"]
    assert output["choice"] == kept(house, order_id) | {"batch": None}
    assert output["status"] == "allocated"


async def test_the_nodes_output_says_why_nothing_could_be_reserved(house: House) -> None:
    abroad = [each.model_copy(update={"serves": ["CA"]}) for each in house.store.read(TENANT).locations()]
    await house.change(lambda work: work.tx.put_locations(abroad))
    answer = await house.one("order.allocate", order_id=await validated(house, ("TEE", 2)))
    assert answer["status"] == "exception"
    choice = answer["output"]["choice"]
    assert choice["chosen"]["filled"] == 0
    assert all("WHV-010" in each["vetoes"][0] for each in choice["candidates"])


async def test_without_anything_to_choose_there_is_no_choice(house: House) -> None:
    order_id = await house.allocated("N1", ("TEE", 2))
    again = await house.one("order.allocate", order_id=order_id)
    assert again["output"]["choice"] is None
