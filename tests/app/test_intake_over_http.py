"""Orders over HTTP: once per key and number, refused ones kept and replayed, shops by their signature."""

import base64
import hashlib
import hmac
from typing import Any

import anyio
import httpx
import orjson
import pytest

from tests.adapters.shopify.payloads import order_payload
from tests.app.conftest import Api
from tests.house import new_order

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def together(api: Api, times: int, send: Any) -> list[httpx.Response]:
    answers: list[httpx.Response] = []

    async def one() -> None:
        answers.append(await send())

    async with anyio.create_task_group() as group:
        for _ in range(times):
            group.start_soon(one)
    return answers


async def test_an_order_sent_twenty_times_at_once_and_later_is_one_order(api: Api) -> None:
    headers = {"idempotency-key": "once-1"}

    async def send() -> httpx.Response:
        return await api.mine.post("/v1/orders", json=new_order("ONCE"), headers=headers)

    answers = await together(api, 20, send)
    answers.append(await send())
    assert sorted(answer.status_code for answer in answers) == [200] * 20 + [201]
    assert len({answer.json()["order_id"] for answer in answers}) == 1
    assert [answer.json()["replayed"] for answer in answers].count(False) == 1
    assert len((await api.mine.get("/v1/orders?number=ONCE")).json()["orders"]) == 1


async def test_the_same_key_with_other_content_is_refused(api: Api) -> None:
    headers = {"idempotency-key": "other-1"}
    await api.mine.post("/v1/orders", json=new_order("KEY-1"), headers=headers)
    answer = await api.mine.post("/v1/orders", json=new_order("KEY-2"), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/KeyReused")
    assert (await api.mine.get("/v1/orders?number=KEY-2")).json()["orders"] == []


async def test_the_same_number_without_a_key_is_a_replay_and_with_other_content_a_conflict(api: Api) -> None:
    first = await api.mine.post("/v1/orders", json=new_order("NUM"))
    second = await api.mine.post("/v1/orders", json=new_order("NUM"))
    third = await api.mine.post("/v1/orders", json=new_order("NUM", ("MUG", 9)))
    assert [answer.status_code for answer in (first, second, third)] == [201, 200, 409]
    assert first.json()["order_id"] == second.json()["order_id"]


async def test_a_key_of_one_tenant_means_nothing_to_another(api: Api) -> None:
    headers = {"idempotency-key": "shared"}
    mine = await api.mine.post("/v1/orders", json=new_order("T"), headers=headers)
    other = await api.other.post("/v1/orders", json=new_order("T", ("MUG", 2)), headers=headers)
    assert (mine.status_code, other.status_code) == (201, 201)


async def test_a_refused_order_is_kept_listed_corrected_and_replayed_once(api: Api) -> None:
    broken = new_order("FIX") | {"currency": "dollars"}
    problem = (await api.mine.post("/v1/orders", json=broken)).json()
    (kept,) = [m for m in (await rejected(api)) if m["id"] == problem["rejected_id"]]
    assert orjson.loads(kept["body"]) == broken
    assert kept["problem"]["pointer"] == "/currency"
    replay = f"/v1/rejected/{kept['id']}/replay"
    before = len(await rejected(api))
    assert (await api.mine.post(replay, json={"body": broken})).status_code == 422
    assert len(await rejected(api)) == before
    answer = await api.mine.post(replay, json={"body": new_order("FIX")})
    assert (answer.status_code, answer.json()["number"]) == (201, "FIX")
    assert kept["id"] not in {message["id"] for message in await rejected(api)}
    again = await api.mine.post(replay, json={"body": new_order("FIX")})
    assert (again.status_code, answer.json()["order_id"] in again.json()["detail"]) == (409, True)


async def rejected(api: Api) -> list[Json]:
    found: list[Json] = (await api.mine.get("/v1/rejected")).json()["rejected"]
    return found


async def test_what_is_no_text_at_all_is_kept_too(api: Api) -> None:
    problem = (await api.mine.post("/v1/orders", content=b"\xff\xfe\x00")).json()
    assert problem["rejected_id"] in {message["id"] for message in await rejected(api)}


async def test_a_shops_webhook_is_one_order_however_often_it_comes(api: Api) -> None:
    shop = await connect(api, "once.example")
    body = orjson.dumps(order_payload() | {"name": "#S1"})
    answers = [await post(api, shop, body, "hook-1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert [answer.json()["replayed"] for answer in answers] == [False, True, True]
    other = await post(api, shop, body.replace(b"#S1", b"#S2"), "hook-1")
    assert (other.status_code, other.json()["type"]) == (409, "/problems/KeyReused")


async def connect(api: Api, shop: str) -> str:
    settings = {"settings": {"shop": shop, "webhook_secret": "hush"}}
    assert (await api.mine.put("/v1/connections/shopify", json=settings)).status_code == 200
    return shop


async def post(api: Api, shop: str, body: bytes, hook: str, secret: bytes = b"hush") -> httpx.Response:
    signature = base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()
    headers = {"x-shopify-shop-domain": shop, "x-shopify-hmac-sha256": signature, "x-shopify-webhook-id": hook}
    return await api.nobody.post("/v1/webhooks/shopify", content=body, headers=headers)


async def test_a_wrong_signature_or_an_unknown_shop_is_refused_and_nothing_is_kept(api: Api) -> None:
    shop = await connect(api, "secret.example")
    before = await rejected(api)
    assert (await post(api, shop, b"{}", "h", b"guessed")).status_code == 401
    assert (await post(api, "nobody.example", b"{}", "h")).status_code == 401
    assert await rejected(api) == before


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"line_items": [NaN]}', b"[" * 100_000])
async def test_a_shops_message_that_is_no_order_is_kept_with_its_reason(api: Api, body: bytes) -> None:
    shop = await connect(api, "broken.example")
    answer = await post(api, shop, body, f"broken-{len(body)}")
    assert (answer.status_code, "pointer" in answer.json()) == (422, True)
    assert answer.json()["rejected_id"] in {message["id"] for message in await rejected(api)}


async def test_a_signed_warehouse_message_that_cannot_be_read_is_kept_and_not_replayed(api: Api) -> None:
    settings = {"base_url": "http://127.0.0.1:9/northdock", "api_key": "sandbox", "webhook_secret": "hush"}
    path = (await api.mine.put("/v1/connections/northdock", json={"settings": settings})).json()["webhook_path"]
    body, at = b'{"Events": "none"}', str(int(api.services.store.clock.now().timestamp()))
    digest = hmac.new(b"hush", f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    answer = await api.nobody.post(path, content=body, headers={"x-northdock-signature": f"t={at},v1={digest}"})
    assert answer.status_code == 422
    kept = next(each for each in await rejected(api) if each["id"] == answer.json()["rejected_id"])
    assert kept["channel"] == "webhooks/northdock"
    again = await api.mine.post(f"/v1/rejected/{kept['id']}/replay", json={"body": {}})
    assert again.status_code == 409
