"""Another tenant's object is answered exactly like one that does not exist."""

from typing import Any

import pytest

from connector_service.store import outbox
from nodes.registry import ALL_NODES
from tests.app.conftest import Api
from tests.house import new_order

pytestmark = pytest.mark.anyio


async def owned(api: Api) -> dict[str, str]:
    """Ids of one object of each kind, all of tenant `acme`."""
    count = {"sku": "TEE", "location_id": "east", "on_hand": 1_000}
    await api.mine.put("/v1/inventory", json={"positions": [count]})
    number = f"APART-{len((await api.mine.get('/v1/orders')).json()['orders'])}"
    (order,) = await api.node("order.receive", {"order": new_order(number, payment_state="pending")})
    (held,) = await api.node("order.validate", {"order_id": order["output"]["order_id"]})
    (paid,) = await api.node("order.receive", {"order": new_order(number + "P")})
    for node in ("order.validate", "order.allocate"):
        (moved,) = await api.node(node, {"order_id": paid["output"]["order_id"]})
    hook = {"url": "http://127.0.0.1:1/", "event_types": ["dockline.order.closed.v1"]}
    subscription = (await api.mine.post("/v1/subscriptions", json=hook)).json()
    problem = (await api.mine.post("/v1/orders", json={})).json()
    return {
        "order_id": order["output"]["order_id"],
        "exception_id": held["exception"]["exception_id"],
        "shipment_id": moved["output"]["shipment_ids"][0],
        "subscription_id": subscription["id"],
        "message_id": problem["rejected_id"],
    }


ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/v1/orders/{order_id}", None),
    ("GET", "/v1/orders/{order_id}/timeline", None),
    ("GET", "/v1/subscriptions/{subscription_id}", None),
    ("DELETE", "/v1/subscriptions/{subscription_id}", None),
    ("POST", "/v1/rejected/{message_id}/replay", {"body": {}}),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_a_route_answers_for_another_tenants_id_as_for_a_missing_one(
    api: Api, method: str, path: str, body: Any
) -> None:
    ids = await owned(api)
    missing = {name: found[:-4] + "zzzz" for name, found in ids.items()}
    theirs = await api.other.request(method, path.format(**ids), json=body)
    nobodys = await api.other.request(method, path.format(**missing), json=body)
    assert theirs.status_code == nobodys.status_code == 404
    text = theirs.text
    for name, found in ids.items():
        text = text.replace(found, missing[name])
    assert text == nobodys.text
    mine = await api.mine.request(method if method == "GET" else "GET", "/v1/orders/" + ids["order_id"])
    assert mine.status_code == 200


EXTRA: dict[str, dict[str, Any]] = {
    "order.hold": {"reason": "legal", "because": "x"},
    "order.resume": {"because": "x"},
    "order.cancel": {"because": "x"},
    "exception.raise": {"code": "flow_stalled", "message": "x"},
    "exception.await_resolution": {"resume_url": "http://x"},
    "exception.claim": {"person": "eve"},
    "exception.resolve": {"person": "eve"},
    "notification.compose": {"event_type": "dockline.order.shipped.v1"},
}
BY_ID = [node for node in ALL_NODES if set(node.fields_from_item) & {"order_id", "shipment_id", "exception_id"}]


@pytest.mark.parametrize("node", BY_ID, ids=lambda node: node.name)
async def test_a_node_answers_for_another_tenants_id_as_for_a_missing_one(api: Api, node: Any) -> None:
    ids = await owned(api)
    name = node.fields_from_item[0]
    missing = ids[name][:-4] + "zzzz"
    items = [{name: found, **EXTRA.get(node.name, {})} for found in (ids[name], missing)]
    answer = await api.other.post(f"/v1/nodes/{node.name}", json={"items": items})
    theirs, nobodys = answer.json()["results"]
    assert theirs["error"]["status"] == 404
    assert theirs["error"]["detail"].replace(ids[name], missing) == nobodys["error"]["detail"]


async def test_lists_hold_ones_own_only(api: Api) -> None:
    await owned(api)
    for path, key in (
        ("orders", "orders"),
        ("exceptions", "exceptions"),
        ("rejected", "rejected"),
        ("subscriptions", "subscriptions"),
    ):
        assert (await api.mine.get(f"/v1/{path}")).json()[key]
        assert (await api.other.get(f"/v1/{path}")).json()[key] == []


async def test_unsubscribing_with_another_tenants_id_drops_nothing_of_theirs(api: Api) -> None:
    hook = {"url": "http://127.0.0.1:1/", "event_types": ["dockline.order.received.v1"]}
    subscription = (await api.mine.post("/v1/subscriptions", json=hook)).json()["id"]
    await api.node("order.receive", {"order": new_order("KEPT")})
    before = outbox.counts(api.services.store.reader, "acme")
    assert sum(before.values()) > 0
    assert (await api.other.delete(f"/v1/subscriptions/{subscription}")).status_code == 404
    assert sum(outbox.counts(api.services.store.reader, "acme").values()) == sum(before.values())
    assert (await api.mine.delete(f"/v1/subscriptions/{subscription}")).status_code == 204
    assert (await api.mine.delete(f"/v1/subscriptions/{subscription}")).status_code == 404
