"""Counts by a signed webhook."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
from standardwebhooks.webhooks import Webhook

from tests.app.conftest import Api

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


async def connect(api: Api, **settings: Any) -> httpx.Response:
    return await api.mine.put("/v1/connections/inventory", json={"settings": {"webhook_secret": SECRET, **settings}})


async def send(api: Api, body: bytes, *, late: timedelta = timedelta(0), **changed: str) -> httpx.Response:
    path = (await connect(api, source="wms-a")).json()["webhook_path"]
    now = api.services.store.clock.now() - late
    signature = Webhook(SECRET).sign("m1", now, body.decode())
    headers = {"webhook-id": "m1", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
    return await api.nobody.post(path, content=body, headers=headers | changed)


def message(*on_hand: int, **said: Any) -> bytes:
    at = {"location_id": "east", "as_of": "2026-11-09T15:00:00Z"}
    updates = [{"sku": "MUG", "on_hand": units, "sequence": number} for number, units in enumerate(on_hand, 1)]
    return orjson.dumps({**at, "updates": updates, **said})


async def test_a_signed_message_is_taken_and_again_is_a_replay(api: Api) -> None:
    body = message(5, 6)
    first, second = (await send(api, body)).json(), (await send(api, body)).json()
    assert (first["accepted"], first["changed"]) == (2, 2)
    assert (second["changed"], second["replayed"], second["stale"]) == (0, 1, 1)


async def test_a_message_with_another_signature_or_an_old_one_is_refused(api: Api) -> None:
    good = message(9, source="x")
    assert (await send(api, good, **{"webhook-signature": "v1,AAAA v1,BBBB"})).status_code == 401
    assert (await send(api, good, **{"webhook-id": "m2"})).status_code == 401
    assert (await send(api, good, **{"webhook-timestamp": "soon"})).status_code == 401
    assert (await send(api, good, late=timedelta(minutes=6))).status_code == 401
    assert (await api.nobody.post("/v1/webhooks/inventory/0000", content=good)).status_code == 404


async def test_one_of_several_signatures_is_enough(api: Api) -> None:
    now = api.services.store.clock.now()
    signature = Webhook(SECRET).sign("m1", now, message(8, source="y").decode())
    answer = await send(api, message(8, source="y"), **{"webhook-signature": f"v1,AAAA {signature}"})
    assert answer.status_code == 200


async def test_what_is_refused_is_kept_with_the_reason(api: Api) -> None:
    for body, pointer in ((b'{"updates": 5}', "/updates"), (message(-1, source="z"), "/updates/0/on_hand")):
        answer = (await send(api, body)).json()
        (kept,) = [
            m for m in (await api.mine.get("/v1/rejected")).json()["rejected"] if m["id"] == answer["rejected_id"]
        ]
        assert (kept["body"].encode(), kept["problem"]["pointer"]) == (body, pointer)


@pytest.mark.parametrize("secret", ["", "hush", "whsec_AAAA", "whsec_not base64", 7])
async def test_a_connection_needs_a_real_secret(api: Api, secret: Any) -> None:
    answer = await connect(api, webhook_secret=secret)
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/settings/webhook_secret")
