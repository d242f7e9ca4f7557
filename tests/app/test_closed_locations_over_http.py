"""Close and open a location over HTTP: what moves, what is refused, and nothing of another tenant's."""

import pytest

from tests.app.conftest import Api
from tests.house import new_order

pytestmark = pytest.mark.anyio
WHY = {"because": "the basement is flooded", "person": "ada"}


async def allocated(api: Api, number: str, **changes: object) -> str:
    (order,) = await api.node("order.receive", {"order": new_order(number, ("MUG", 1), **changes)})
    order_id: str = order["output"]["order_id"]
    for node in ("order.validate", "order.allocate"):
        await api.node(node, {"order_id": order_id})
    return order_id


async def test_closing_moves_orders_express_first_page_by_page_and_opening_ends_it(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector_service.app.location_routes.ORDERS_PER_CALL", 1)
    standard = await allocated(api, "CLOSE-1")
    express = await allocated(api, "CLOSE-2", priority="express")
    path = "/v1/locations/east/close"
    first = (await api.mine.post(path, json={**WHY, "nobody_there": True})).json()
    assert (first["closed_now"], first["moved"]) == (True, [express])
    second = (await api.mine.post(path, json={**WHY, "nobody_there": True, "after": first["next"]})).json()
    assert (second["closed_now"], second["moved"]) == (False, [standard])
    third = (await api.mine.post(path, json={**WHY, "after": second["next"]})).json()
    assert (third["moved"], third["next"]) == ([], None)
    closure = (await api.mine.get("/v1/locations/closures")).json()["closures"][0]
    assert (closure["closed_by"], closure["closed_because"], closure["opened_at"]) == (*reversed(WHY.values()), None)
    opened = (await api.mine.post("/v1/locations/east/open", json={"because": "pumped dry"})).json()
    assert opened == {"location_id": "east", "opened_now": True}


async def test_an_unknown_location_is_refused_with_those_there_are(api: Api) -> None:
    answer = await api.mine.post("/v1/locations/mars/close", json=WHY)
    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is no location 'mars'; there are east, west."


async def test_a_reason_is_demanded(api: Api) -> None:
    answer = await api.mine.post("/v1/locations/east/close", json={"because": ""})
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/because")


async def test_closing_is_one_tenant_s_own(api: Api) -> None:
    await api.mine.post("/v1/locations/west/close", json=WHY)
    assert (await api.other.get("/v1/locations/closures")).json() == {"closures": []}
    await api.mine.post("/v1/locations/west/open", json=WHY)
