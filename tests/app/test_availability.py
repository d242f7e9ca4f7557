"""Is it available, where, when: over HTTP, never older than what was acknowledged, and only ever the caller's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connector_service.store import Store
from tests.app.conftest import Api, Json
from tests.house import new_order

pytestmark = pytest.mark.anyio


async def ask(client: Any, **params: Any) -> Json:
    answer = await client.get("/v1/availability", params=params)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def one(client: Any, **params: Any) -> Json:
    (item,) = (await ask(client, **params))["items"]
    found: Json = item
    return found


async def put(client: Any, *positions: Json) -> None:
    assert (await client.put("/v1/inventory", json={"positions": list(positions)})).status_code == 200


def at(item: Json) -> dict[str, int]:
    return {place["location_id"]: place["available"] for place in item["locations"]}


async def test_every_location_that_has_it_is_listed_with_the_day_it_ships(api: Api) -> None:
    item = await one(api.mine, sku="TEE", quantity=3)
    assert item["answer"] == "one_location"
    assert {place["location_id"] for place in item["locations"]} == {"east", "west"}
    today = api.services.store.clock.now().date().isoformat()
    assert all(place["ships_on"] == today for place in item["locations"])


async def test_where_it_goes_decides_how_far_it_is_and_when_it_arrives(api: Api) -> None:
    near = {
        p["location_id"]: p for p in (await one(api.mine, sku="TEE", country="US", postal_code="10118"))["locations"]
    }
    assert near["east"]["distance_km"] < 100 < 3_000 < near["west"]["distance_km"]
    assert near["east"]["ships_on"] < near["east"]["arrives_on"] < near["west"]["arrives_on"]
    anywhere = await one(api.mine, sku="TEE")
    assert {place["arrives_on"] for place in anywhere["locations"]} == {None}


async def test_an_unknown_postal_code_is_answered_for_its_surroundings_and_said(api: Api) -> None:
    assert (await ask(api.mine, sku="TEE", country="US", postal_code="10118"))["place_note"] == ""
    found = await ask(api.mine, sku="TEE", country="US", postal_code="nonsense")
    assert found["place_note"]
    assert found["items"][0]["locations"][0]["arrives_on"]


async def test_a_quantity_that_only_several_locations_have_together_says_so(api: Api) -> None:
    await put(
        api.mine,
        {"sku": "SPLIT", "location_id": "east", "on_hand": 4},
        {"sku": "SPLIT", "location_id": "west", "on_hand": 3},
    )
    assert (await one(api.mine, sku="SPLIT", quantity=4))["answer"] == "one_location"
    assert (await one(api.mine, sku="SPLIT", quantity=7))["answer"] == "several_locations"
    assert (await one(api.mine, sku="SPLIT", quantity=8))["answer"] == "short"


async def test_a_sku_that_nobody_knows_is_told_apart_from_one_that_is_out(api: Api) -> None:
    await put(api.mine, {"sku": "MUG", "location_id": "east", "on_hand": 0})
    await put(api.mine, {"sku": "MUG", "location_id": "west", "on_hand": 0})
    assert (await one(api.mine, sku="MUG"))["answer"] == "short"
    assert (await one(api.mine, sku="NO-SUCH"))["answer"] == "unknown_sku"


async def test_lots_add_up_and_an_expired_one_does_not_count(api: Api) -> None:
    day = api.services.store.clock.now().date()
    lots = [("A", day.isoformat(), 2), ("B", "2001-01-01", 5), ("C", None, 3)]
    await put(
        api.mine,
        *(
            {"sku": "LOTS", "location_id": "east", "lot": lot, "expires_on": expires, "on_hand": units}
            for lot, expires, units in lots
        ),
    )
    item = await one(api.mine, sku="LOTS")
    assert at(item) == {"east": 5}
    assert item["locations"][0]["on_hand"] == 10


async def test_only_locations_that_serve_the_country_count(api: Api) -> None:
    await _locations(api, serves_of_west=["CA"])
    await put(
        api.mine,
        {"sku": "FAR", "location_id": "east", "on_hand": 1},
        {"sku": "FAR", "location_id": "west", "on_hand": 9},
    )
    assert at(await one(api.mine, sku="FAR", country="US")) == {"east": 1}
    assert at(await one(api.mine, sku="FAR")) == {"east": 1, "west": 9}
    await _locations(api, serves_of_west=[])
    assert at(await one(api.mine, sku="FAR", country="US")) == {"east": 1, "west": 9}


async def _locations(api: Api, serves_of_west: list[str]) -> None:
    west = {"id": "west", "name": "West", "country": "US", "wms": "northdock", "serves": serves_of_west}
    assert (await api.mine.put("/v1/locations", json={"locations": [west]})).status_code == 200


async def test_a_reservation_is_seen_by_the_next_question_after_it_was_answered(api: Api) -> None:
    await put(api.mine, {"sku": "TEE", "location_id": "east", "on_hand": 50})
    before = await one(api.mine, sku="TEE")
    (order,) = await api.node("order.receive", {"order": new_order("AVAIL-1", ("TEE", 6))})
    for node in ("order.validate", "order.allocate"):
        (moved,) = await api.node(node, {"order_id": order["output"]["order_id"]})
        assert moved["status"] == "done", moved
    after = await one(api.mine, sku="TEE")
    assert after["available"] == before["available"] - 6
    assert sum(place["reserved"] for place in after["locations"]) == 6 + sum(
        place["reserved"] for place in before["locations"]
    )


async def test_what_another_process_writes_is_seen_by_the_next_question(api: Api) -> None:
    await put(api.mine, {"sku": "BESIDE", "location_id": "east", "on_hand": 5})
    assert (await one(api.mine, sku="BESIDE"))["available"] == 5
    beside = Store(api.services.store.path, api.services.store.clock)
    beside.writer.connection.execute(
        "UPDATE positions SET body = json_set(body, '$.on_hand', 8) WHERE tenant_id = 'acme' AND sku = 'BESIDE'"
    )
    beside.close()
    assert (await one(api.mine, sku="BESIDE"))["available"] == 8


async def test_a_warm_answer_asks_the_database_nothing_about_positions(api: Api) -> None:
    cache = api.services.availability
    await ask(api.mine, sku=["TEE", "MUG"])
    asked: list[str] = []
    api.services.store.reader.set_trace_callback(asked.append)
    hits = cache.hits
    await ask(api.mine, sku=["TEE", "MUG"])
    api.services.store.reader.set_trace_callback(None)
    assert cache.hits == hits + 2
    assert not [statement for statement in asked if "positions" in statement]


async def test_a_kit_is_as_many_as_its_scarcest_part_makes_at_one_location(api: Api) -> None:
    kit = [{"sku": "CUP", "quantity": 2}, {"sku": "LID", "quantity": 1}]
    body = {"products": [{"sku": "SET", "weight_g": 1, "kit": kit}]}
    assert (await api.mine.put("/v1/products", json=body)).status_code == 200
    await put(
        api.mine,
        {"sku": "CUP", "location_id": "east", "on_hand": 7},
        {"sku": "LID", "location_id": "east", "on_hand": 9},
        {"sku": "CUP", "location_id": "west", "on_hand": 100},
    )
    item = await one(api.mine, sku="SET", quantity=3)
    assert (item["answer"], at(item)) == ("one_location", {"east": 3})
    await put(api.mine, {"sku": "CUP", "location_id": "east", "on_hand": 1})
    assert (await one(api.mine, sku="SET"))["answer"] == "short"


async def test_many_skus_are_answered_in_the_order_asked_each_for_its_quantity(api: Api) -> None:
    await put(api.mine, {"sku": "TEE", "location_id": "east", "on_hand": 50})
    items = [{"sku": "NO-SUCH"}, {"sku": "TEE", "quantity": 10}, {"sku": "TEE", "quantity": 10_000}]
    answer = await api.mine.post("/v1/availability", json={"items": items, "country": "US"})
    found = answer.json()["items"]
    assert [(each["sku"], each["answer"]) for each in found] == [
        ("NO-SUCH", "unknown_sku"),
        ("TEE", "one_location"),
        ("TEE", "short"),
    ]


async def test_another_tenants_stock_is_not_seen_even_from_a_warm_cache(api: Api) -> None:
    await put(api.mine, {"sku": "SECRET", "location_id": "east", "on_hand": 5})
    assert (await one(api.mine, sku="SECRET"))["available"] == 5
    assert await one(api.other, sku="SECRET") == {
        "sku": "SECRET",
        "quantity": 1,
        "answer": "unknown_sku",
        "available": 0,
        "backordered": 0,
        "locations": [],
    }


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({}, "/sku"),
        ({"sku": "A", "quantity": -1}, "/quantity"),
        ({"sku": "A", "country": "usa"}, "/country"),
        ({"sku": ["A"] * 51}, "/sku"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused_with_its_place(
    api: Api, params: dict[str, Any], pointer: str
) -> None:
    answer = await api.mine.get("/v1/availability", params=params)
    assert (answer.status_code, answer.json()["pointer"]) == (422, pointer)


async def test_nobody_without_a_credential_is_answered(api: Api) -> None:
    assert (await api.nobody.get("/v1/availability", params={"sku": "TEE"})).status_code == 401


async def test_what_orders_wait_for_is_told_beside_what_is_there(api: Api) -> None:
    await put(api.mine, {"sku": "MUG", "location_id": "east", "on_hand": 0})
    await put(api.mine, {"sku": "MUG", "location_id": "west", "on_hand": 0})
    (order,) = await api.node("order.receive", {"order": new_order("AVAIL-2", ("MUG", 3))})
    for node in ("order.validate", "order.allocate"):
        await api.node(node, {"order_id": order["output"]["order_id"]})
    assert (await one(api.mine, sku="MUG"))["backordered"] == 3


def test_nothing_that_reserves_can_reach_the_read_cache() -> None:
    """The import contract holds it for whatever comes; this says which layers it is about."""
    reserving = [*Path("connector_service/orders").rglob("*.py"), *Path("connector_service/inventory").rglob("*.py")]
    reserving += [*Path("nodes").glob("*.py"), *Path("connector_service/store").glob("*.py")]
    assert len(reserving) > 50
    assert not [path for path in reserving if "connector_service.app" in path.read_text()]
