"""An overdue credential waits in the one queue of exceptions, wherever that is looked at, until it is replaced."""

from datetime import timedelta

import pytest

from connector_service.clock import FakeClock
from connector_service.scheduler import Scheduler
from tests.app.conftest import Api, Json
from tests.app.graphql_house import data
from tests.house import new_order

pytestmark = pytest.mark.anyio
SETTINGS = {
    "base_url": "http://ups.example",
    "api_key": "id:first",
    "webhook_secret": "hush",
    "account_number": "A1B2C3",
}
ABOUT = '{ exceptions(state: "open") { nodes { code owner orderId credentialId order { number } } } }'


async def overdue(api: Api) -> Json:
    """The exception of a credential at UPS that was entered two days ago, and may be no older."""
    await api.mine.put("/v1/connections/ups?test=false", json={"settings": SETTINGS, "rotation_days": 2})
    clock = api.services.store.clock
    assert isinstance(clock, FakeClock)
    clock.advance(timedelta(days=2))
    await Scheduler(api.services.store, api.services.rules).tick()
    (case,) = await listed(api)
    return case


async def listed(api: Api, state: str = "open") -> list[Json]:
    found: list[Json] = (await api.mine.get("/v1/exceptions", params={"state": state})).json()["exceptions"]
    return found


async def rotate(api: Api, key: str) -> None:
    answer = await api.mine.post(
        "/v1/credentials/ups/rotate?test=false", json={"settings": {"api_key": key}, "overlap_hours": 0}
    )
    assert answer.status_code == 200, answer.text


async def test_it_is_listed_with_owner_and_deadline_and_leaves_the_list_when_it_is_replaced(api: Api) -> None:
    case = await overdue(api)
    assert (case["code"], case["owner"], case["order_id"]) == ("credential_overdue", "carrier-desk", None)
    connected = (await api.mine.get("/v1/credentials")).json()["credentials"]
    known = next(each for each in connected if each["slug"] == "ups")
    assert (known["stage"], known["owner"], known["deadline_at"]) == ("overdue", "carrier-desk", case["deadline_at"])
    (found,) = (await api.node("exception.search", {"owner": "carrier-desk"}))[0]["output"]["exceptions"]
    assert (found["exception_id"], found["credential_id"]) == (case["id"], "crd_ups")
    assert (await data(api.mine, ABOUT))["exceptions"]["nodes"] == [
        {
            "code": "credential_overdue",
            "owner": "carrier-desk",
            "orderId": None,
            "credentialId": "crd_ups",
            "order": None,
        }
    ]
    assert (await api.other.get("/v1/exceptions")).json() == {"exceptions": []}
    await rotate(api, "id:second")
    assert await listed(api) == []
    (closed,) = await listed(api, "requeued")
    assert (closed["id"], closed["resolution"]) == (case["id"], "A new credential was entered.")


async def test_nobody_resolves_it_without_a_new_credential(api: Api) -> None:
    case = await overdue(api)
    (claimed,) = await api.node("exception.claim", {"exception_id": case["id"], "person": "ada"})
    assert claimed["output"]["state"] == "claimed"
    for node, said in (("exception.resolve", {"person": "ada"}), ("exception.requeue", {})):
        (refused,) = await api.node(node, {"exception_id": case["id"], **said})
        assert (refused["status"], refused["error"]["status"]) == ("failed", 409)
        assert "dockline credential rotate" in refused["error"]["detail"]
    await rotate(api, "id:third")


async def test_a_flow_that_waited_for_it_finds_it_closed(api: Api) -> None:
    case = await overdue(api)
    await api.node("exception.await_resolution", {"exception_id": case["id"], "resume_url": "http://127.0.0.1:9/w"})
    await rotate(api, "id:fourth")
    (gone_on,) = await api.node("exception.requeue", {"exception_id": case["id"]})
    assert (gone_on["status"], gone_on["output"]["state"]) == ("done", "requeued")


async def test_nobody_raises_it_on_an_order(api: Api) -> None:
    (received,) = await api.node("order.receive", {"order": new_order("OVERDUE-1", ("MUG", 1))})
    said = {"order_id": received["output"]["order_id"], "code": "credential_overdue", "message": "old"}
    (refused,) = await api.node("exception.raise", said)
    assert (refused["error"]["status"], refused["error"]["pointer"]) == (422, "/code")
