"""Whatever is asked in GraphQL, nothing of another tenant is ever in the answer, kept answers included."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest
from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, get_named_type

from connector_service.app.graphql import schema
from connector_service.app.graphql.paging import cursor_of
from tests.app.conftest import Api, Json
from tests.app.graphql_house import allocated_orders, ask, by_hash
from tests.house import new_order

pytestmark = pytest.mark.anyio
SCHEMA = schema.made()
MARK = "SECRETOFACME"


async def secrets(api: Api) -> Json:
    """Ids of one object of each kind of tenant `acme`; every text of its own holds the mark."""
    location = {"id": f"{MARK}-loc", "name": MARK, "country": "US", "wms": "northdock"}
    await api.mine.put("/v1/locations", json={"locations": [location]})
    await api.mine.put("/v1/products", json={"products": [{"sku": f"{MARK}-sku", "title": MARK, "weight_g": 1}]})
    count = {"sku": f"{MARK}-sku", "location_id": f"{MARK}-loc", "on_hand": 1_000}
    await api.mine.put("/v1/inventory", json={"positions": [count]})
    await allocated_orders(api, 2, MARK)
    (held,) = await api.node("order.receive", {"order": new_order(f"{MARK}-P", payment_state="pending")})
    (held,) = await api.node("order.validate", {"order_id": held["output"]["order_id"]})
    reader = api.services.store.reader
    ids = {
        kind: [row[0] for row in reader.execute(f"SELECT id FROM {kind}s WHERE tenant_id = 'acme'")]  # noqa: S608
        for kind in ("order", "shipment", "exception", "position")
    }
    return {**ids, "location": [f"{MARK}-loc"], "sku": [f"{MARK}-sku", "TEE"]}


def told(answer: Json, owned: Json) -> list[str]:
    """What of tenant `acme` an answer's data holds, but for the SKUs that `availability` repeats as they were asked."""
    data = answer.get("data") or {}
    shown = {
        name: [{key: each[key] for key in each if key != "sku"} for each in value] if isinstance(value, list) else value
        for name, value in data.items()
    }
    text = orjson.dumps(shown).decode()
    ids = [each for kind in ("order", "shipment", "exception") for each in owned[kind]]
    return [each for each in [MARK, *ids] if each in text]


def _selection(kind: GraphQLObjectType, chance: random.Random, depth: int) -> str:
    parts = []
    for name, field in kind.fields.items():
        below = get_named_type(field.type)
        if isinstance(below, GraphQLObjectType):
            if depth and chance.random() < 0.7:
                parts.append(f"{name}{_first(field)} {{ {_selection(below, chance, depth - 1)} }}")
        elif chance.random() < 0.8:
            parts.append(name)
    return " ".join(parts or ["__typename"])


def _first(field: Any) -> str:
    return "(first: 2)" if "first" in field.args else ""


def _argument(name: str, field: str, kind: Any, owned: Json, chance: random.Random) -> str | None:
    bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if name == "id":
        return orjson.dumps(chance.choice(owned[field])).decode()
    if name in ("sku", "skus"):
        sku = orjson.dumps(chance.choice(owned["sku"])).decode()
        return f"[{sku}]" if isinstance(bare, GraphQLList) else sku
    if name == "first":
        return "3"
    if name == "after":
        cursors = [cursor_of(each) for each in owned.get(field.removesuffix("s"), owned["order"])]
        return f'"{chance.choice(cursors)}"'
    if name == "locationId":
        return f'"{owned["location"][0]}"'
    return f'"{MARK}"' if name == "number" else None


def random_query(owned: Json, chance: random.Random) -> str:
    """A root field or two with random arguments, most of them another tenant's, and random fields below."""
    assert SCHEMA.query_type is not None
    parts = []
    for at in range(chance.randint(1, 2)):
        name, field = chance.choice(list(SCHEMA.query_type.fields.items()))
        given = []
        for argument, definition in field.args.items():
            said = _argument(argument, name, definition.type, owned, chance)
            if said is not None and (isinstance(definition.type, GraphQLNonNull) or chance.random() < 0.5):
                given.append(f"{argument}: {said}")
        below = get_named_type(field.type)
        assert isinstance(below, GraphQLObjectType)
        arguments = f"({', '.join(given)})" if given else ""
        parts.append(f"r{at}: {name}{arguments} {{ {_selection(below, chance, 4)} }}")
    return "{ " + " ".join(parts) + " }"


@pytest.mark.slow
async def test_no_random_query_ever_tells_another_tenants_secrets(api: Api) -> None:
    owned = await secrets(api)
    chance = random.Random(4)
    seen = answered = 0
    for _ in range(150):
        query = random_query(owned, chance)
        request = {"extensions": by_hash(query)}
        mine = await ask(api.mine, query, **request)
        theirs = await ask(api.other, query, **request)
        again = await ask(api.other, None, **request)
        assert told(theirs, owned) == [], query
        assert again == theirs or "PERSISTED_QUERY_NOT_FOUND" in str(again)
        seen += bool(told(mine, owned))
        answered += "data" in theirs
    assert seen > 50, "the owner must see secrets, or the test shows nothing"
    assert answered > 75


@pytest.mark.parametrize("kind", ["order", "shipment", "exception", "position", "location"])
async def test_another_tenants_id_is_answered_like_a_missing_one(api: Api, kind: str) -> None:
    owned = await secrets(api)
    secret = next(each for each in owned[kind] if kind != "position" or MARK in each)
    query = f"query ($id: String!) {{ {kind}(id: $id) {{ id }} }}"
    assert (await ask(api.mine, query, variables={"id": secret}))["data"] == {kind: {"id": secret}}
    theirs = await ask(api.other, query, variables={"id": secret})
    assert theirs == await ask(api.other, query, variables={"id": secret[:-4] + "zzzz"}) == {"data": {kind: None}}
