"""Every bad request is answered with a problem document that says what and where, and never with a 5xx."""

from typing import Any

import httpx
import pytest

from tests.app.conftest import Api
from tests.house import new_order

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
WRITES = [
    ("POST", "/v1/orders"),
    ("POST", "/v1/nodes/order.receive"),
    ("POST", "/v1/nodes/exception.resolve"),
    ("PUT", "/v1/products"),
    ("PUT", "/v1/locations"),
    ("PUT", "/v1/inventory"),
    ("PUT", "/v1/connections/northdock"),
    ("PUT", "/v1/absences/warehouse"),
    ("POST", "/v1/subscriptions"),
    ("POST", "/v1/rejected/rej_1/replay"),
]


def is_problem(answer: httpx.Response, status: int) -> Json:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: Json = answer.json()
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    assert document["type"]
    assert document["instance"] == answer.request.url.path
    return document


BROKEN = {
    "nothing": b"",
    "half": b'{"a": ',
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "a NaN": b'{"a": NaN}',
    "an infinity": b'{"products": [{"sku": "x", "weight_g": Infinity}]}',
    "half a character": b'{"products": [{"sku": "\\ud800", "weight_g": 1}]}',
    "endless nesting": b"[" * 100_000 + b"]" * 100_000,
    "two values": b"{} {}",
    "a control character": b'{"a": "\x01"}',
    "HTML": b"<html></html>",
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize(("method", "path"), WRITES)
async def test_a_body_that_is_no_json_is_refused_with_the_place(api: Api, method: str, path: str, kind: str) -> None:
    headers = {"content-type": "application/json"}
    answer = await api.mine.request(method, path, content=BROKEN[kind], headers=headers)
    document = is_problem(answer, 422)
    assert document["pointer"] == ""
    assert "JSON" in document["detail"]


WRONG_SHAPES: list[Any] = [
    None,
    5,
    "text",
    [],
    [1],
    {},
    {"items": 5},
    {"items": []},
    {"more": 1},
    {"items": [1], "x": 2},
]


@pytest.mark.parametrize("body", WRONG_SHAPES, ids=repr)
@pytest.mark.parametrize(("method", "path"), WRITES)
async def test_json_of_another_shape_is_refused_with_the_place(api: Api, method: str, path: str, body: Any) -> None:
    answer = await api.mine.request(method, path, json=body)
    if answer.status_code == 200:  # a node call whose item is refused
        (result,) = answer.json()["results"]
        assert result["error"]["pointer"] == "/items/0"
        return
    assert "pointer" in is_problem(answer, answer.status_code)
    assert answer.status_code in (404, 422)


WRONG_FIELDS: list[tuple[Json, str]] = [
    ({"number": ""}, "/number"),
    ({"number": "a\nb"}, "/number"),
    ({"number": 7}, "/number"),
    ({"currency": "usd"}, "/currency"),
    ({"payment_state": "paid"}, "/payment_state"),
    ({"ship_to": None}, "/ship_to"),
    ({"ship_to": {"country": "USA"}}, "/ship_to/country"),
    ({"ship_to": {"country": "US", "street": "x"}}, "/ship_to/street"),
    ({"lines": []}, "/lines"),
    ({"lines": [{"line_id": "1", "sku": "TEE", "quantity_ordered": 0}]}, "/lines/0/quantity_ordered"),
    ({"lines": [{"line_id": "1", "sku": "TEE", "quantity_ordered": 1.5}]}, "/lines/0/quantity_ordered"),
    ({"lines": [{"line_id": "1", "sku": "TEE", "quantity_ordered": 10**12}]}, "/lines/0/quantity_ordered"),
    ({"lines": [{"line_id": "1", "sku": "TEE", "quantity_ordered": "many"}]}, "/lines/0/quantity_ordered"),
    ({"lines": [{"line_id": "1", "sku": "TEE", "quantity_ordered": 1}] * 2}, "/lines"),
    ({"totals": {"total_minor": 12.5}}, "/totals/total_minor"),
    ({"requested_ship_at": "2026-11-09T10:00:00"}, "/requested_ship_at"),
    (
        {"lines": [{"line_id": "1", "sku": "TEE", "quantity_ordered": 1, "unit_weight_g": 10**30}]},
        "/lines/0/unit_weight_g",
    ),
    ({"risk_score": 101}, "/risk_score"),
    ({"a/b~c": 1}, "/a~1b~0c"),
    ({"tenant_id": "other"}, "/tenant_id"),
]


@pytest.mark.parametrize(("change", "pointer"), WRONG_FIELDS, ids=lambda value: repr(value)[:50])
async def test_an_order_with_a_wrong_field_is_refused_with_its_place(api: Api, change: Json, pointer: str) -> None:
    body = new_order() | change
    assert is_problem(await api.mine.post("/v1/orders", json=body), 422)["pointer"] == pointer
    (result,) = await api.node("order.receive", {"order": body})
    assert result["error"]["pointer"] == f"/items/0/order{pointer}"


COUNT = {"sku": "TEE", "location_id": "east", "on_hand": 1}
WRONG_SETUPS: list[tuple[str, Json, str]] = [
    ("inventory", {"positions": [COUNT | {"sku": ""}]}, "/positions/0/sku"),
    ("inventory", {"positions": [COUNT | {"on_hand": 10**10}]}, "/positions/0/on_hand"),
    ("inventory", {"positions": [COUNT | {"lot": "l" * 65}]}, "/positions/0/lot"),
    ("inventory", {"positions": [COUNT | {"expires_on": "tomorrow"}]}, "/positions/0/expires_on"),
    ("products", {"products": [{"sku": "x"}]}, "/products/0/weight_g"),
    ("products", {"products": [{"sku": "x", "weight_g": 10**30}]}, "/products/0/weight_g"),
    ("locations", {"locations": [{"id": "x"}]}, "/locations/0/name"),
    ("connections/nowhere", {"settings": {}}, "/slug"),
    ("connections/northdock", {"settings": {}}, "/settings/base_url"),
    ("connections/shopify", {"settings": {"shop": 5}}, "/settings/shop"),
    ("absences/nobody", {"out_from": "2026-11-09T10:00:00Z"}, "/owner"),
    ("absences/warehouse", {"out_from": "2026-11-09T10:00:00"}, "/out_from"),
]


@pytest.mark.parametrize(("path", "body", "pointer"), WRONG_SETUPS, ids=lambda value: repr(value)[:60])
async def test_a_wrong_setting_is_refused_with_its_place(api: Api, path: str, body: Json, pointer: str) -> None:
    assert is_problem(await api.mine.put(f"/v1/{path}", json=body), 422)["pointer"] == pointer


HUGE = b'{"items": ["' + b"x" * 20_000_000 + b'"]}'


@pytest.mark.parametrize("stream", [False, True], ids=["with its length", "in pieces"])
@pytest.mark.parametrize(("method", "path"), WRITES)
async def test_a_body_of_20_mb_is_refused_whether_it_says_its_length_or_not(
    api: Api, method: str, path: str, stream: bool
) -> None:
    async def pieces() -> Any:
        for at in range(0, len(HUGE), 1_000_000):
            yield HUGE[at : at + 1_000_000]

    answer = await api.mine.request(method, path, content=pieces() if stream else HUGE)
    assert "8000000" in is_problem(answer, 413)["detail"]


async def test_a_thousand_and_one_items_are_refused(api: Api) -> None:
    answer = await api.mine.post("/v1/nodes/order.get", json={"items": [{"order_id": "x"}] * 1_001})
    assert is_problem(answer, 422)["pointer"] == "/items"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer dk_wrong", "Bearer \xe9"])
@pytest.mark.parametrize(("method", "path"), [*WRITES, ("GET", "/v1/orders"), ("GET", "/v1/rules")])
async def test_without_a_valid_key_nothing_is_answered(api: Api, method: str, path: str, header: str) -> None:
    headers = {"authorization": header.encode("latin-1")} if header else {}
    answer = await api.nobody.request(method, path, headers=headers, json={"items": [{}]})
    document = is_problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "key" in document["detail"]


@pytest.mark.parametrize("path", ["/", "/v1/nowhere", "/v1/nodes/order.fly", "/v1/webhooks/x/y", "/v1/schemas/x.json"])
async def test_an_unknown_path_is_a_problem_document_too(api: Api, path: str) -> None:
    method = "GET" if "schemas" in path else "POST"
    is_problem(await api.mine.request(method, path, json={}), 404)


async def test_a_wrong_method_is_a_problem_document_too(api: Api) -> None:
    is_problem(await api.mine.delete("/v1/orders"), 405)


@pytest.mark.parametrize("query", ["limit=many", "limit=" + "9" * 30])
async def test_a_limit_that_is_no_number_is_refused_and_a_huge_one_is_cut(api: Api, query: str) -> None:
    answer = await api.mine.get(f"/v1/orders?{query}")
    if query == "limit=many":
        assert is_problem(answer, 422)["pointer"] == "/limit"
    else:
        assert answer.status_code in (200, 422)


DEEP: Any = "x"
for _ in range(400):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("node", "item"),
    [
        ("exception.resolve", {"exception_id": "x", "person": "a", "fields": {"a": DEEP}}),
        ("rule.evaluate", {"file": "ownership", "facts": {"status": DEEP}}),
        ("order.receive_shopify", {"payload": {"a": DEEP}}),
        ("order.receive", {"order": {"number": DEEP}}),
        ("rule.evaluate", {"file": "ownership", "facts": {"status": 2**200}}),
        ("rule.evaluate", {"file": "../etc", "facts": {}}),
        ("event.acknowledge", {"delivery_id": "x:99999999999999999999999"}),
        ("order.get", {"order_id": "\u0000"}),
        ("order.get", {"order_id": "x" * 100_000}),
        ("order.search", {"number": "'; DROP TABLE orders; --"}),
        ("order.search", {"limit": 10**30}),
    ],
)
async def test_a_strange_item_fails_alone(api: Api, node: str, item: Json) -> None:
    results = await api.node(node, item, item)
    assert len(results) == 2
    assert all(result["status"] in ("failed", "done") for result in results)


async def test_deep_answers_to_an_exception_are_refused_and_not_kept(api: Api) -> None:
    (order,) = await api.node("order.receive", {"order": new_order("DEEP", payment_state="pending")})
    (result,) = await api.node("order.validate", {"order_id": order["output"]["order_id"]})
    case = {"exception_id": result["exception"]["exception_id"], "person": "ada"}
    for fields in ({"payment_reference": DEEP}, {"payment_reference": 2**100}):
        results = await api.node("exception.resolve", {**case, "fields": fields})
        assert results[0]["status"] == "failed", fields
    assert (await api.mine.get("/v1/exceptions")).json()["exceptions"][0]["state"] == "open"


async def test_a_replayed_correction_with_a_number_too_large_is_refused(api: Api) -> None:
    rejected = is_problem(await api.mine.post("/v1/orders", json={"number": "N1"}), 422)["rejected_id"]
    body = b'{"body": {"number": 1' + b"0" * 40 + b"}}"
    answer = await api.mine.post(
        f"/v1/rejected/{rejected}/replay", content=body, headers={"content-type": "application/json"}
    )
    is_problem(answer, 422)


async def test_a_body_is_json_whatever_its_header_calls_it(api: Api) -> None:
    for kind in ("application/x-www-form-urlencoded", "text/plain"):
        body, headers = b'{"facts": {"status": "received"}}', {"content-type": kind}
        answer = await api.mine.post("/v1/rules/ownership/explain", content=body, headers=headers)
        assert answer.status_code == 200, answer.text


async def test_an_unknown_node_is_refused_with_the_one_that_was_meant(api: Api) -> None:
    answer = await api.mine.post("/v1/nodes/order.validte", json={"items": [{"order_id": "x"}]})
    assert answer.status_code == 404
    assert 'Did you mean "order.validate"?' in answer.json()["detail"]
