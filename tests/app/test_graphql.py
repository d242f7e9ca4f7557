"""Questions in GraphQL over orders, shipments, stock, locations and exceptions."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.app.conftest import Api
from tests.app.graphql_house import allocated_orders, ask, code, data, statements
from tests.house import new_order

pytestmark = pytest.mark.anyio

WIDE = """
query Wide($first: Int!) {
  orders(first: $first) {
    nodes {
      id number status totalMinor currency createdAt
      lines { sku quantityOrdered quantityAllocated product { title } positions { id available location { name } } }
      shipments { id status location { name } lines { sku quantity } }
      exceptions { code owner }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""


async def test_an_order_is_shown_with_its_lines_shipments_and_their_locations(api: Api) -> None:
    (order_id,) = await allocated_orders(api, 1, "GQL-ONE")
    found = await data(
        api.mine,
        """query ($id: String!) { order(id: $id) { number status
             lines { sku quantityAllocated positions(first: 2) { locationId available } }
             shipments { order { id } location { id } lines { sku quantity } } } }""",
        id=order_id,
    )
    order = found["order"]
    assert (order["number"], order["status"]) == ("GQL-ONE-0", "allocated")
    assert [(line["sku"], line["quantityAllocated"]) for line in order["lines"]] == [("TEE", 1), ("MUG", 1)]
    assert {position["locationId"] for position in order["lines"][0]["positions"]} == {"east", "west"}
    assert [shipment["order"]["id"] for shipment in order["shipments"]] == [order_id]
    assert order["shipments"][0]["location"]["id"] in {"east", "west"}


@pytest.mark.parametrize("count", [2, 12])
async def test_the_number_of_statements_does_not_grow_with_the_number_of_orders(api: Api, count: int) -> None:
    await allocated_orders(api, 12, f"GQL-SQL{count}")
    await data(api.mine, WIDE, first=1)
    with statements(api) as seen:
        found = await data(api.mine, WIDE, first=count)
    assert len(found["orders"]["nodes"]) == count
    assert len(seen) == 4, seen  # orders, positions, shipments, exceptions


async def test_pages_follow_each_other_without_a_gap_or_a_repeat_newest_first(api: Api) -> None:
    ids = await allocated_orders(api, 7, "GQL-PAGE")
    query = (
        "query ($after: String) { orders(first: 3, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }"
    )
    seen: list[str] = []
    after = None
    while True:
        page = (await data(api.mine, query, after=after))["orders"]
        seen += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(set(seen)) == len((await api.mine.get("/v1/orders?limit=1000")).json()["orders"])
    assert set(ids) <= set(seen)
    assert seen == sorted(seen, reverse=True)


async def test_orders_are_narrowed_by_number_and_by_status(api: Api) -> None:
    await allocated_orders(api, 2, "GQL-NARROW")
    found = await data(
        api.mine,
        """{ one: orders(number: "GQL-NARROW-1") { nodes { number } }
             none: orders(number: "GQL-NARROW-1", status: "cancelled") { edges { cursor node { number } } } }""",
    )
    assert found == {"one": {"nodes": [{"number": "GQL-NARROW-1"}]}, "none": {"edges": []}}


async def test_positions_are_narrowed_by_location_and_say_what_is_available(api: Api) -> None:
    found = await data(
        api.mine,
        """{ positions(locationId: "east", sku: "SERUM") { nodes { lot onHand available location { name country }
             product { lotTracked } } } }""",
    )
    assert found["positions"]["nodes"] == [
        {
            "lot": lot,
            "onHand": 5,
            "available": 5,
            "location": {"name": "East", "country": "US"},
            "product": {"lotTracked": True},
        }
        for lot in ("L1", "L2")
    ]


async def test_an_exception_leads_to_its_order_and_a_missing_shipment_is_null(api: Api) -> None:
    (order,) = await api.node("order.receive", {"order": new_order("GQL-EXC", payment_state="pending")})
    await api.node("order.validate", {"order_id": order["output"]["order_id"]})
    found = await data(api.mine, '{ exceptions(state: "open") { nodes { code order { number } shipment { id } } } }')
    assert {"code": "payment_not_captured", "order": {"number": "GQL-EXC"}, "shipment": None} in found["exceptions"][
        "nodes"
    ]


async def test_availability_is_the_same_as_over_rest(api: Api) -> None:
    found = await data(
        api.mine,
        '{ availability(skus: ["TEE"], quantity: 3, country: "US") { answer available locations { locationId } } }',
    )
    rest = (await api.mine.get("/v1/availability?sku=TEE&quantity=3&country=US")).json()["items"][0]
    (item,) = found["availability"]
    assert (item["answer"], item["available"]) == (rest["answer"], rest["available"])
    assert [p["locationId"] for p in item["locations"]] == [p["location_id"] for p in rest["locations"]]


async def test_the_schema_can_be_asked_for(api: Api) -> None:
    found = await data(api.mine, '{ __schema { queryType { fields { name } } } __type(name: "Order") { kind } }')
    assert {"orders", "availability"} <= {each["name"] for each in found["__schema"]["queryType"]["fields"]}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("{ orders {", "GRAPHQL_PARSE_FAILED"),
        ("{ nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ orders(first: 101) { nodes { id } } }", "INVALID_INPUT"),
        ("{ orders(first: 0) { nodes { id } } }", "INVALID_INPUT"),
        ('{ orders(after: "rubbish") { nodes { id } } }', "INVALID_INPUT"),
        ('{ orders(after: "YWZ0ZXI6") { nodes { id } } }', "INVALID_INPUT"),
        ("{ availability(skus: []) { sku } }", "INVALID_INPUT"),
        ("query ($first: Int!) { orders(first: $first) { nodes { id } } }", "INVALID_INPUT"),
        ("{ orders(first: 5) { nodes { shipments(first: 51) { id } } } }", "INVALID_INPUT"),
        ("query A { __typename } query B { __typename }", "OPERATION_NOT_FOUND"),
        ("{ orders { nodes { id } } } # " + "x" * 20_000, "QUERY_TOO_LONG"),
        ("{ " + "a: __typename " * 1_000 + "}", "GRAPHQL_PARSE_FAILED"),
        (None, "PERSISTED_QUERY_NOT_FOUND"),
        ("mutation { x }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ],
)
async def test_what_cannot_be_answered_is_an_error_with_a_code(api: Api, query: str | None, wanted: str) -> None:
    assert await code(api.mine, query) == wanted


async def test_a_field_that_fails_unexpectedly_says_no_more_than_that(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret path /etc/x")

    monkeypatch.setattr("connector_service.store.stock_queries.page", broken)
    found = await ask(api.mine, "{ orders { nodes { id } } }")
    (error,) = found["errors"]
    assert error["extensions"] == {"code": "INTERNAL", "retryable": False}
    assert "secret" not in str(found)
    assert "secret path" in caplog.text


async def test_nobody_without_a_credential_is_answered(api: Api) -> None:
    answer = await api.nobody.post("/v1/graphql", json={"query": "{ __typename }"})
    assert answer.status_code == 401


async def test_there_is_no_page_for_a_browser(api: Api) -> None:
    assert (await api.mine.get("/v1/graphql")).status_code == 405


def test_a_connector_that_is_asked_no_query_loads_no_graphql() -> None:
    program = "import sys, connector_service.app; print([m for m in sys.modules if m in ('strawberry', 'graphql')])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert loaded.stdout.strip() == "[]"
