"""Persisted queries: the hash is enough, and answers are kept until a change touches what they were made of."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from connector_service.app.graphql.engine import Asked, Engine
from connector_service.app.graphql.field_cache import FieldCache
from connector_service.app.graphql.persisted import PersistedQueries, Prepared
from connector_service.app.graphql.reads import Sources
from connector_service.clock import FakeClock
from connector_service.store import Store
from tests.app.conftest import Api, Json
from tests.app.graphql_house import allocated_orders, ask, by_hash, code, statements

pytestmark = pytest.mark.anyio

STOCK = """query Stock($skus: [String!]!) {
  availability(skus: $skus) { sku available locations { shipsOn } }
  positions(sku: "TEE", first: 5) { nodes { id reserved } }
  locations { id name }
}"""


async def asked(api: Api, query: str = STOCK, client: Any = None, **variables: Any) -> Json:
    """A persisted query, sent with its text the first time and by its hash from then on."""
    request: Json = {"variables": variables, "extensions": by_hash(query)}
    found = await ask(client or api.mine, None, **request)
    if found.get("errors", [{}])[0].get("extensions", {}).get("code") == "PERSISTED_QUERY_NOT_FOUND":
        found = await ask(client or api.mine, query, **request)
    return found


async def engine_of(api: Api) -> Engine:
    return await api.services.graphql.get()


async def count(api: Api, sku: str, on_hand: int, location_id: str = "east") -> None:
    body = {"positions": [{"sku": sku, "location_id": location_id, "on_hand": on_hand}]}
    assert (await api.mine.put("/v1/inventory", json=body)).status_code == 200


async def test_a_hash_alone_is_answered_once_the_query_was_sent_with_it(api: Api) -> None:
    query = "{ locations { id } }"
    assert await code(api.mine, None, extensions=by_hash(query)) == "PERSISTED_QUERY_NOT_FOUND"
    first = await ask(api.mine, query, extensions=by_hash(query))
    assert await ask(api.mine, None, extensions=by_hash(query)) == first
    assert await code(api.other, None, extensions=by_hash(query)) == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_hash_that_is_not_the_querys_is_refused_and_keeps_nothing(api: Api) -> None:
    said = by_hash("{ locations { name } }")
    assert await code(api.mine, "{ __typename }", extensions=said) == "PERSISTED_QUERY_MISMATCH"
    assert await code(api.mine, None, extensions=said) == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_query_that_is_refused_is_not_kept(api: Api) -> None:
    query = "{ nonsense }"
    assert await code(api.mine, query, extensions=by_hash(query)) == "GRAPHQL_VALIDATION_FAILED"
    assert await code(api.mine, None, extensions=by_hash(query)) == "PERSISTED_QUERY_NOT_FOUND"


async def test_the_second_answer_asks_the_database_nothing_and_is_the_same(api: Api) -> None:
    first = await asked(api, skus=["TEE"])
    with statements(api) as seen:
        assert await asked(api, skus=["TEE"]) == first
    assert seen == []


async def test_a_stock_change_renews_the_fields_it_touches_and_no_others(api: Api) -> None:
    await count(api, "TEE", 30)
    before = (await asked(api, skus=["TEE"]))["data"]
    engine = await engine_of(api)
    hits = engine.fields.hits
    await count(api, "TEE", 31)
    after = (await asked(api, skus=["TEE"]))["data"]
    assert after["availability"][0]["available"] == before["availability"][0]["available"] + 1
    assert engine.fields.hits == hits + 1, "the locations alone were kept"


async def test_a_change_of_another_sku_renews_lists_and_leaves_the_availability(api: Api) -> None:
    await asked(api, skus=["TEE"])
    engine = await engine_of(api)
    hits = engine.fields.hits
    await count(api, "MUG", 77)
    await asked(api, skus=["TEE"])
    assert engine.fields.hits == hits + 2, "availability of the tee and the locations were kept"


async def test_other_variables_are_another_answer(api: Api) -> None:
    one = (await asked(api, skus=["TEE"]))["data"]["availability"]
    two = (await asked(api, skus=["MUG"]))["data"]["availability"]
    assert [each[0]["sku"] for each in (one, two)] == ["TEE", "MUG"]


async def test_an_orders_progress_renews_it_wherever_it_was_kept(api: Api) -> None:
    (order_id,) = await allocated_orders(api, 1, "GQC")
    query = """query ($id: String!) {
      order(id: $id) { status lines { positions { reserved } } } orders { nodes { status } } }"""
    before = (await asked(api, query, id=order_id))["data"]
    await api.node("order.cancel", {"order_id": order_id, "because": "asked for"})
    after = (await asked(api, query, id=order_id))["data"]
    assert (before["order"]["status"], after["order"]["status"]) == ("allocated", "cancelled")
    reserved = [
        sum(position["reserved"] for line in each["order"]["lines"] for position in line["positions"])
        for each in (before, after)
    ]
    assert reserved[1] == reserved[0] - 2
    assert "cancelled" in {node["status"] for node in after["orders"]["nodes"]}


async def test_a_change_by_another_process_renews_everything(api: Api) -> None:
    await count(api, "TEE", 30)
    before = (await asked(api, skus=["TEE"]))["data"]["availability"][0]["available"]
    beside = Store(api.services.store.path, api.services.store.clock)
    beside.writer.connection.execute(
        "UPDATE positions SET body = json_set(body, '$.on_hand', 40)"
        " WHERE tenant_id = 'acme' AND sku = 'TEE' AND location_id = 'east'"
    )
    beside.close()
    assert (await asked(api, skus=["TEE"]))["data"]["availability"][0]["available"] == before + 10
    await count(api, "TEE", 30)


async def test_an_answer_with_a_day_of_shipping_ends_with_that_day(api: Api) -> None:
    before = (await asked(api, skus=["TEE"]))["data"]["availability"][0]["locations"][0]["shipsOn"]
    clock = api.services.store.clock
    assert isinstance(clock, FakeClock)
    clock.advance(timedelta(days=1))
    after = (await asked(api, skus=["TEE"]))["data"]["availability"][0]["locations"][0]["shipsOn"]
    assert after > before


async def test_root_fields_that_share_a_fragment_or_a_directive_are_answered_together_and_right(api: Api) -> None:
    query = """query ($yes: Boolean!) { ...Places
      positions(sku: "MUG", first: 1) @include(if: $yes) { nodes { sku } } }
      fragment Places on Query { locations { id } }"""
    for yes in (True, False, True):
        found = (await asked(api, query, yes=yes))["data"]
        assert list(found) == ["locations", "positions"][: 1 + yes]


async def test_a_failed_field_is_asked_again_and_its_neighbour_is_kept(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = '{ location(id: "east") { name } position(id: "x") { id } }'

    def broken(*_: object) -> None:
        raise RuntimeError("no")

    with monkeypatch.context() as patch:
        patch.setattr("connector_service.store.stock_queries.by_id", broken)
        found = await asked(api, query)
    assert found["data"] == {"location": {"name": "East"}, "position": None}
    assert [error["path"] for error in found["errors"]] == [["position"]]
    assert await asked(api, query) == {"data": {"location": {"name": "East"}, "position": None}}


async def test_a_change_while_a_field_is_being_answered_is_in_the_next_answer(api: Api) -> None:
    """The field reads, then waits for its loaders; a count comes in between and must not be lost."""
    engine = await engine_of(api)
    await count(api, "TEE", 30)
    query = """{ orders(first: 20) { nodes { lines { positions { onHand } } } }
      one: positions(sku: "TEE") { nodes { onHand } } }"""
    await allocated_orders(api, 2, "GQC-RACE")
    sources = Sources(api.services.store, api.services.availability, "acme", api.services.store.clock.now())
    request = Asked(query, query_hash=by_hash(query)["persistedQuery"]["sha256Hash"])
    for on_hand in range(31, 41):
        await asyncio.gather(engine.answer(sources, request), count(api, "TEE", on_hand))
        found = (await asked(api, query))["data"]["one"]["nodes"]
        assert found[0]["onHand"] == on_hand


async def test_a_recording_that_a_change_has_spoiled_is_not_kept(api: Api) -> None:
    fields = FieldCache(api.services.store)
    key = ("acme", "hash", "/x", "{}")
    recording = fields.record("acme")
    recording.note("position", "sku", "TEE")
    await count(api, "TEE", 55)
    fields.keep(key, b"1", recording)
    assert fields.find(key, api.services.store.clock.now()) is None
    fresh = fields.record("acme")
    fresh.note("position", "sku", "TEE")
    await count(api, "MUG", 55)
    fields.keep(key, b"1", fresh)
    assert fields.find(key, api.services.store.clock.now()) == b"1"


async def test_kept_answers_and_queries_stay_within_their_bounds(api: Api) -> None:
    fields = FieldCache(api.services.store, max_bytes=1_000)
    now = api.services.store.clock.now()
    for at in range(50):
        recording = fields.record("acme")
        recording.note("position", "sku", f"S{at}")
        fields.keep(("acme", "hash", f"/{at}", "{}"), b"x" * 100, recording)
    kept = [at for at in range(50) if fields.find(("acme", "hash", f"/{at}", "{}"), now)]
    assert kept == list(range(40, 50))
    assert len(fields._by_tag) == 10
    queries = PersistedQueries(max_characters=100)
    document = (await engine_of(api))._checked("{ __typename }").document
    for at in range(20):
        queries.keep("acme", str(at), Prepared("x" * 30, document))
    assert [at for at in range(20) if queries.find("acme", str(at))] == [17, 18, 19]
