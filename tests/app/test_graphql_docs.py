"""The examples of docs/queries.md are answered as it says."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest

from connector_service.app.graphql import engine, limits, paging
from tests.app.conftest import Api
from tests.app.graphql_house import allocated_orders, by_hash, data

pytestmark = pytest.mark.anyio
DOCS = (Path(__file__).parents[2] / "docs" / "queries.md").read_text(encoding="utf-8")


def examples(language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)
    assert found
    return found


async def test_the_http_examples_are_answered(api: Api) -> None:
    for example in examples("http"):
        line, _, body = example.strip().partition("\n")
        method, path = line.split(" ")
        answer = await api.mine.request(
            method, path, content=body or None, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 200, answer.text
        items = answer.json()["items"]
        assert [(item["sku"], item["answer"]) for item in items] == [("TEE", "one_location"), ("MUG", "one_location")]
        assert all(place["arrives_on"] for item in items for place in item["locations"])
        told = set(items[0]) | set(items[0]["locations"][0])
        assert {name for name in ("backordered", "safety_stock", "in_transit", "covers") if name not in told} == set()


async def test_the_graphql_examples_are_answered(api: Api) -> None:
    await allocated_orders(api, 2, "DOCS")
    for example in examples("graphql"):
        (found,) = (await data(api.mine, example)).values()
        assert found
        extension = orjson.loads(examples("json")[0].replace("<64 hex digits>", "0" * 64))
        extension["extensions"] = by_hash(example)
        with_query = await api.mine.post("/v1/graphql", json={"query": example, **extension})
        by_hash_alone = await api.mine.post("/v1/graphql", json=extension)
        assert by_hash_alone.json() == with_query.json()
        assert "errors" not in by_hash_alone.json()


@pytest.mark.parametrize(
    "figure",
    [engine.MAX_LENGTH, limits.MAX_TOKENS, limits.MAX_DEPTH, limits.MAX_COST, paging.MAX_PAGE, paging.MAX_BELOW],
)
def test_the_limits_are_those_in_force(figure: int) -> None:
    assert f"{figure:,}" in DOCS


def test_every_root_field_is_named() -> None:
    from connector_service.app.graphql import schema

    query = schema.made().query_type
    assert query is not None
    assert [name for name in query.fields if f"`{name}`" not in DOCS] == []
