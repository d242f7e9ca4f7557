"""What a query may come to is known before it is carried out, and is never less than what it comes to."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from graphql import parse, validate

from connector_service.app.graphql import limits, schema
from connector_service.app.graphql.limits import Size, size
from tests.app.conftest import Api
from tests.app.graphql_house import allocated_orders, ask, code, data

SCHEMA = schema.made()


def measured(text: str, **variables: Any) -> Size:
    document = parse(text)
    assert not validate(SCHEMA, document)
    return size(SCHEMA, document, document.definitions[0], variables)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "variables", "wanted"),
    [
        ("{ __typename }", {}, Size(1, 1)),
        ('{ order(id: "x") { id number } }', {}, Size(2, 3)),
        ("{ orders(first: 10) { nodes { id number } } }", {}, Size(3, 1 + 10 * 3)),
        ("query ($n: Int!) { orders(first: $n) { nodes { id } } }", {"n": 7}, Size(3, 1 + 7 * 2)),
        ("query ($n: Int = 9) { orders(first: $n) { nodes { id } } }", {}, Size(3, 1 + 9 * 2)),
        ("{ orders { nodes { id } } }", {}, Size(3, 1 + 20 * 2)),
        ("{ orders(first: 2) { nodes { lines(first: 3) { sku } } } }", {}, Size(4, 1 + 2 * (1 + (1 + 3 * 1)))),
        ('{ availability(skus: ["A", "B"]) { sku } }', {}, Size(2, 1 + 2)),
        ("query ($s: [String!]!) { availability(skus: $s) { sku } }", {"s": ["A"] * 9}, Size(2, 1 + 9)),
        ("{ ...F } fragment F on Query { locations { id } }", {}, Size(2, 1 + limits.OTHER_LISTS)),
        ("{ ... on Query { a: __typename b: __typename } }", {}, Size(1, 2)),
    ],
)
def test_the_size_of_a_query_counts_every_field_as_often_as_it_may_be_answered(
    text: str, variables: dict[str, Any], wanted: Size
) -> None:
    assert measured(text, **variables) == wanted


def test_fragments_that_double_each_other_are_measured_at_once() -> None:
    doubling = "".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }} " for n in range(60))
    assert measured("{ ...F0 } " + doubling + "fragment F60 on Query { __typename }").cost == 2**60


@pytest.mark.anyio
async def test_a_query_that_is_too_deep_or_too_costly_is_refused_with_its_size(api: Api) -> None:
    deep = 'query { order(id: "x") { ' + "shipments(first: 1) { order { " * 6 + "id" + " } }" * 6 + " } }"
    assert await code(api.mine, deep) == "QUERY_TOO_DEEP"
    wide = "{ orders(first: 100) { nodes { lines(first: 100) { positions(first: 50) { id } } } } }"
    found = await ask(api.mine, wide)
    assert found["errors"][0]["extensions"]["code"] == "QUERY_TOO_COSTLY"
    assert "510201" in found["errors"][0]["message"]


def answered(value: Any) -> int:
    """Fields in an answer."""
    if isinstance(value, dict):
        return len(value) + sum(answered(each) for each in value.values())
    return sum(answered(each) for each in value) if isinstance(value, list) else 0


PARTS = {
    "lines": "lines(first: %d) { sku product { title } positions(first: %d) { id location { id } } }",
    "shipments": "shipments(first: %d) { id lines(first: %d) { sku } }",
    "exceptions": "exceptions(first: %d) { code a: code } shipTo { city }",
}


@pytest.mark.anyio
@pytest.mark.parametrize("first", [1, 2, 9])
async def test_no_answer_holds_more_fields_than_were_measured(api: Api, first: int) -> None:
    await allocated_orders(api, 5, f"GQL-COST{first}")
    for parts in itertools.chain.from_iterable(itertools.combinations(PARTS.values(), n) for n in (1, 2, 3)):
        below = " ".join(part % ((first,) * part.count("%d")) for part in parts)
        text = f"{{ orders(first: {first}) {{ nodes {{ id {below} }} edges {{ cursor }} }} locations {{ id name }} }}"
        assert 0 < answered(await data(api.mine, text)) <= measured(text).cost
