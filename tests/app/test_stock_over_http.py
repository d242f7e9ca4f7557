"""Movements, positions with their reasons, drifts and a tenant's stock settings over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.app.conftest import Api
from tests.app.test_inventory_feeds_webhook import send

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


def told(api: Api, kind: str, quantity: int, **said: Any) -> Json:
    now = api.services.store.clock.now().isoformat()
    here = {} if kind in ("transfer_arrived", "transfer_lost") else {"sku": "MUG", "location_id": "west"}
    return {"kind": kind, "source": "wms", "as_of": now, "quantity": quantity, **here, **said}


async def tell(api: Api, kind: str, quantity: int, **said: Any) -> httpx.Response:
    return await api.mine.post("/v1/inventory/update", json=told(api, kind, quantity, **said))


async def shown(api: Api, location_id: str = "west") -> Json:
    answer = await api.mine.get("/v1/inventory/position", params={"sku": "MUG", "location_id": location_id})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def test_one_update_of_any_kind_answers_with_its_position(api: Api) -> None:
    before = (await shown(api))["position"]["on_hand"]
    answers = [
        await tell(api, "receipt", 5, reference="http-1"),
        await tell(api, "receipt", 5, reference="http-1"),
        await tell(api, "transfer_sent", 2, transfer_id="http-T", to_location_id="east"),
        await tell(api, "transfer_arrived", 2, transfer_id="http-T", reference="http-2"),
    ]
    said = [answer.json() for answer in answers]
    assert [each["outcome"] for each in said] == ["changed", "replayed", "changed", "changed"]
    assert [each["position"]["location_id"] for each in said] == ["west", "west", "west", "east"]
    assert said[2]["position"]["on_hand"] == before + 3


async def test_a_bad_update_is_a_problem_that_points_at_the_field(api: Api) -> None:
    for answer, pointer in (
        (await tell(api, "receipt", -5, reference="x"), "/quantity"),
        (await tell(api, "adjustment", 1, reference="x"), "/reason"),
        (await tell(api, "transfer_lost", 1, reference="x", transfer_id="nowhere"), "/transfer_id"),
        (await tell(api, "gift", 1), "/kind"),
        (await api.mine.put("/v1/inventory/position", json=told(api, "receipt", 1, reference="x")), "/kind"),
    ):
        assert (answer.status_code, answer.json()["pointer"]) == (422, pointer), answer.text


async def test_movements_come_in_bulk_and_by_webhook(api: Api) -> None:
    receipts = [{"sku": "MUG", "quantity": 1, "reference": f"bulk-{at}"} for at in range(3)]
    message = {**told(api, "receipt", 0), "updates": [*receipts, {"sku": "MUG", "quantity": 0, "reference": "no"}]}
    del message["quantity"], message["sku"]
    said = (await api.mine.post("/v1/inventory/updates", json=message)).json()
    assert (said["changed"], said["refusals"][0]["pointer"]) == (3, "/updates/3/quantity")
    again = (await send(api, httpx.Request("POST", "http://x", json=message).content)).json()
    assert (again["replayed"], again["refused"]) == (3, 1)


async def test_a_file_has_a_kind_for_all_lines_or_a_column_for_it(api: Api) -> None:
    now = api.services.store.clock.now().isoformat()
    before = (await shown(api))["position"]["on_hand"]
    text = "sku,location,qty,reference\nMUG,west,4,csv-1\nMUG,west,-4,csv-2\n"
    params = {"as_of": now, "source": "csv", "kind": "receipt"}
    said = (await api.mine.post("/v1/inventory/csv", content=text, params=params)).json()
    assert (said["changed"], said["refusals"][0]["line"], said["refusals"][0]["column"]["name"]) == (1, 3, "qty")
    text = (
        "kind;sku;location;qty;reference;reason;transfer id;to location;colour\n"
        "receipt;MUG;west;4;csv-1;;;;red\n"
        "adjustment;MUG;west;-1;csv-3;damaged;;;\n"
        "transfer_sent;MUG;west;2;;;csv-T;east;\n"
        "transfer_arrived;;;2;csv-4;;csv-T;;\n"
        "gift;MUG;west;2;;;;;\n"
        "adjustment;MUG;west;-1;csv-5;bored;;;\n"
    )
    said = (await api.mine.post("/v1/inventory/csv", content=text, params={"as_of": now, "source": "csv"})).json()
    assert (said["changed"], said["replayed"], said["ignored_columns"]) == (3, 1, ["colour"])
    assert [(each["line"], each["column"]["name"]) for each in said["refusals"]] == [(6, "kind"), (7, "reason")]
    assert (await shown(api))["position"]["on_hand"] == before + 1


async def test_a_column_that_a_count_does_not_have_is_no_trouble(api: Api) -> None:
    now = api.services.store.clock.now().isoformat()
    text = "sku,location,qty,reference,reason\nTEE,west,20,abc,whatever\n"
    said = (await api.mine.post("/v1/inventory/csv", content=text, params={"as_of": now, "source": "plain"})).json()
    assert said["refused"] == 0


async def test_a_position_says_how_it_came_to_be_so(api: Api) -> None:
    await tell(api, "adjustment", -1, reference="why-1", reason="sample")
    found = await shown(api)
    assert found["events"][0] | {"time": ""} == {
        "time": "",
        "event": "adjusted",
        "actor": "flows via POST /v1/inventory/update",
        "because": "1 fewer: sample.",
        "on_hand": found["position"]["on_hand"],
        "source": "wms",
        "reference": "why-1",
        "told_at": found["events"][0]["told_at"],
    }
    answer = await api.mine.get("/v1/inventory/position", params={"sku": "MUG", "location_id": "mars"})
    assert (answer.status_code, "Nobody has told" in answer.json()["detail"]) == (404, True)


async def test_drifts_have_both_figures_and_the_events_between(api: Api) -> None:
    before = (await shown(api, "east"))["position"]["on_hand"]
    await tell(api, "receipt", 4, reference="drift-1", location_id="east")
    api.services.store.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]
    now = api.services.store.clock.now().isoformat()
    count = {"source": "wms", "sku": "MUG", "location_id": "east", "as_of": now, "on_hand": before + 1}
    assert (await api.mine.put("/v1/inventory/position", json=count)).json()["outcome"] == "changed"
    answer = await api.mine.get("/v1/inventory/drifts", params={"location_id": "east"})
    drift = answer.json()["drifts"][0]
    assert (drift["expected"], drift["counted"], drift["difference"], drift["source"]) == (
        before + 4,
        before + 1,
        -3,
        "wms",
    )
    assert [each["event"] for each in drift["events_between"]][-1] == "received"
    assert (await api.other.get("/v1/inventory/drifts")).json()["drifts"] == []


async def test_a_reconciliation_of_an_unknown_location_is_refused(api: Api) -> None:
    answer = await api.mine.post("/v1/inventory/reconciliation", json={"location_id": "mars"})
    assert (answer.status_code, "there are east, west" in answer.json()["detail"]) == (404, True)


async def test_stock_settings_are_read_changed_and_checked(api: Api) -> None:
    path = "/v1/tenant/stock"
    assert (await api.mine.get(path)).json() == {"claim_minutes": 20, "substitution": False, "recount_hours": 24}
    changed = await api.mine.put(path, json={"claim_minutes": 25, "recount_hours": 0})
    assert changed.json() == {"claim_minutes": 25, "substitution": False, "recount_hours": 0}
    assert (await api.other.get(path)).json()["claim_minutes"] == 20
    for body, pointer in (
        ({"claim_minutes": 14}, "/claim_minutes"),
        ({"claim_minutes": 31}, "/claim_minutes"),
        ({"recount_hours": -1}, "/recount_hours"),
        ({"claim_minutes": "20"}, "/claim_minutes"),
        ({"patience": 1}, "/patience"),
    ):
        answer = await api.mine.put(path, json=body)
        assert (answer.status_code, answer.json()["pointer"]) == (422, pointer), answer.text
    assert (await api.mine.get(path)).json()["claim_minutes"] == 25


async def test_a_claim_expires_by_the_tenants_own_time(api: Api) -> None:
    from tests.house import new_order

    await api.mine.put("/v1/tenant/stock", json={"claim_minutes": 15})
    (answer,) = await api.node("order.receive", {"order": new_order("claims-1", ("MUG", 1))})
    order_id = answer["output"]["order_id"]
    for node in ("order.validate", "order.allocate"):
        await api.node(node, {"order_id": order_id})
    clock: Any = api.services.store.clock
    for minutes, wanted in ((14, "allocated"), (1, "validated")):
        clock.advance(timedelta(minutes=minutes))
        await api.services.scheduler.move_stock()
        assert (await api.mine.get(f"/v1/orders/{order_id}")).json()["order"]["status"] == wanted
