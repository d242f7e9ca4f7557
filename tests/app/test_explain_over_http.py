"""Asking why over HTTP: for facts tried now, and for decisions of the past."""

from __future__ import annotations

from typing import Any

import pytest

from connector_service.orders.ownership import decide
from connector_service.orders.work import Work
from connector_service.store import Transaction
from tests.app.conftest import Api
from tests.house import new_order

pytestmark = pytest.mark.anyio

FACTS = {"status": "validated", "risk_score": 10, "country": "BR", "total_minor": 50000}


async def decided(api: Api, number: str) -> tuple[str, list[dict[str, Any]]]:
    """An order and the decisions about it."""
    (order,) = await api.node("order.receive", {"order": new_order(number)})
    order_id = order["output"]["order_id"]
    return order_id, (await api.mine.get(f"/v1/orders/{order_id}/decisions")).json()["decisions"]


async def test_facts_are_explained_as_data_and_as_text(api: Api) -> None:
    answer = await api.mine.post("/v1/rules/ownership/explain", json={"facts": FACTS})
    assert answer.status_code == 200
    told = answer.json()
    assert told["explanation"]["rule"] == "OWN-080"
    assert told["explanation"]["rules"][0]["state"] == "won"
    assert "total_minor gt 50000 (was 50000) NO" in told["text"]


async def test_explaining_decides_nothing(api: Api) -> None:
    order_id, before = await decided(api, "WHY-NOTHING")
    await api.mine.post("/v1/rules/ownership/explain", json={"facts": FACTS})
    assert (await api.mine.get(f"/v1/orders/{order_id}/decisions")).json()["decisions"] == before


async def test_a_deadline_is_explained_for_a_moment_with_its_pauses(api: Api) -> None:
    body = {
        "facts": {"status": "quarantined", "exception": "address_invalid", "exception_since": "2026-11-25T22:00:00Z"},
        "now": "2026-11-27T16:00:00Z",
        "pauses": [["2026-11-25T22:00:00Z", "2026-11-25T22:30:00Z"]],
    }
    told = (await api.mine.post("/v1/rules/escalation/explain", json=body)).json()
    clock = told["explanation"]["clock"]
    assert clock["since"] == "2026-11-25T22:00:00Z"
    assert clock["pauses"][0]["open_minutes"] == 30
    assert "Thanksgiving Day" in told["text"]


@pytest.mark.parametrize(
    ("path", "body", "status", "pointer"),
    [
        ("/v1/rules/ownership/explain", {"facts": {"stattus": "received"}}, 422, "/stattus"),
        ("/v1/rules/ownership/explain", {"facts": {}, "clock": 1}, 422, "/clock"),
        ("/v1/rules/escalation/explain", {"facts": {"exception_since": "soon"}}, 422, "/exception_since"),
        ("/v1/rules/escalation/explain", {"facts": {}, "now": "2026-11-27T16:00:00"}, 422, "/now"),
        ("/v1/rules/owner/explain", {"facts": {}}, 404, None),
    ],
)
async def test_what_cannot_be_explained_is_refused_with_its_place(
    api: Api, path: str, body: Any, status: int, pointer: str | None
) -> None:
    answer = await api.mine.post(path, json=body)
    assert (answer.status_code, answer.json().get("pointer")) == (status, pointer)


async def test_a_decision_is_explained_by_the_version_that_decided(api: Api) -> None:
    order_id, decisions = await decided(api, "WHY-1")
    assert [each["file_id"] for each in decisions] == ["ownership"]
    told = (await api.mine.get(f"/v1/decisions/{decisions[0]['id']}/explain")).json()
    assert (told["by"], told["note"]) == ("version_in_force", "")
    assert told["explanation"]["rule"] == decisions[0]["rule"]
    assert told["decision"]["subject_id"] == order_id
    assert told["text"].startswith(decisions[0]["id"])


async def test_decisions_about_shipments_are_listed_with_their_order(api: Api) -> None:
    (order,) = await api.node("order.receive", {"order": new_order("WHY-2")})
    order_id = order["output"]["order_id"]
    for node in ("order.validate", "order.allocate"):
        (done,) = await api.node(node, {"order_id": order_id})
    shipment_id = done["output"]["shipment_ids"][0]

    def check(tx: Transaction) -> None:
        decide(Work(tx, api.services.rules.of("acme"), "test"), "qa-packing", shipment_id, {"weight_g": 1})

    await api.services.store.write("acme", check)
    found = (await api.mine.get(f"/v1/orders/{order_id}/decisions")).json()["decisions"]
    assert (found[-1]["file_id"], found[-1]["subject_id"]) == ("qa-packing", shipment_id)
    assert found[0]["subject_id"] == order_id


@pytest.mark.parametrize("path", ["/v1/decisions/{decision}/explain", "/v1/orders/{order}/decisions"])
async def test_another_tenants_id_is_answered_as_a_missing_one(api: Api, path: str) -> None:
    order_id, decisions = await decided(api, f"WHY-APART-{len(path)}")
    ids = {"decision": decisions[0]["id"], "order": order_id}
    missing = {name: found[:-4] + "zzzz" for name, found in ids.items()}
    theirs = await api.other.get(path.format(**ids))
    nobodys = await api.other.get(path.format(**missing))
    assert theirs.status_code == nobodys.status_code == 404
    text = theirs.text
    for name, found in ids.items():
        text = text.replace(found, missing[name])
    assert text == nobodys.text


async def test_a_node_explains_nothing_of_another_tenant(api: Api) -> None:
    _, decisions = await decided(api, "WHY-NODE")
    items = {"items": [{"decision_id": decisions[0]["id"]}]}
    (mine,) = (await api.mine.post("/v1/nodes/rule.explain", json=items)).json()["results"]
    (theirs,) = (await api.other.post("/v1/nodes/rule.explain", json=items)).json()["results"]
    assert mine["output"]["rule"] == decisions[0]["rule"]
    assert theirs["error"]["status"] == 404


async def test_without_a_key_nothing_is_explained(api: Api) -> None:
    assert (await api.nobody.post("/v1/rules/ownership/explain", json={"facts": {}})).status_code == 401
    assert (await api.nobody.get("/v1/decisions/dec_1/explain")).status_code == 401
