"""Access tokens, against a vendor on a real port: how often they are fetched, and what a failing endpoint does."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from pydantic import BaseModel

from connector_service.adapters.authorized import AuthorizedHttp, basic
from connector_service.adapters.carrier_contract import CarrierConnection
from connector_service.adapters.http import Refused, Request, Transport, open_client
from connector_service.adapters.oauth import HANGING
from connector_service.clock import FakeClock
from connector_service.errors import VendorRejected, VendorUnreachable
from tests.adapters.vendor_server import VendorServer, hang, saying, vendor_server
from tests.contracts.sandbox_process import until

pytestmark = pytest.mark.anyio

LIFE = 3_600
SECRET = "very-secret"


class Answer(BaseModel):
    value: int


def read(body: bytes) -> int:
    return Answer.model_validate_json(body).value


class House:
    """A vendor that gives out tokens T1, T2, ... and takes only those in `good`, or all when it is None."""

    def __init__(self, vendor: VendorServer) -> None:
        self.vendor = vendor
        self.clock = FakeClock()
        self.transport = Transport(open_client(), self.clock)
        self.numbers = itertools.count(1)
        self.good: set[str] | None = None
        self.opened = asyncio.Event()
        self.opened.set()
        vendor.answers = {"/token": self.token, "/thing": self.thing}

    async def token(self, _: web.Request) -> web.Response:
        await self.opened.wait()
        return web.json_response({"access_token": f"T{next(self.numbers)}", "expires_in": str(LIFE)})

    async def thing(self, request: web.Request) -> web.Response:
        token = request.headers["authorization"].removeprefix("Bearer ")
        taken = self.good is None or token in self.good
        return web.json_response({"value": 1} if taken else {}, status=200 if taken else 401)

    def http(self, tenant: str = "tenant", key: str = f"id:{SECRET}", **changes: Any) -> AuthorizedHttp:
        fields = {"base_url": self.vendor.url, "api_key": key, "webhook_secret": "hush", "rate_timeout": 5, **changes}
        connection = CarrierConnection.model_validate(fields)
        http = self.transport.tenant(tenant).vendor("acme", connection, lambda body: body.decode())
        ask = Request(
            "POST", "/token", form={"grant_type": "client_credentials"}, headers={"authorization": basic(key)}
        )
        return AuthorizedHttp(http, http.account(key), ask)

    @property
    def fetched(self) -> int:
        return self.vendor.asked.count("/token")


THING = Request("POST", "/thing", body={}, kind="rate")


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with vendor_server() as vendor:
        house = House(vendor)
        yield house
        await house.transport.aclose()


async def test_sixteen_cold_calls_fetch_one_token_whichever_adapter_makes_them(house: House) -> None:
    assert await asyncio.gather(*(house.http().call(THING, read) for _ in range(16))) == [1] * 16
    assert house.fetched == 1


async def test_tenants_and_accounts_do_not_share_a_token(house: House) -> None:
    for http in (house.http(), house.http("neighbour"), house.http(key="other:account"), house.http()):
        await http.call(THING, read)
    assert house.fetched == 3
    used = [each for each in house.vendor.authorizations if each.startswith("Bearer")]
    assert used == ["Bearer T1", "Bearer T2", "Bearer T3", "Bearer T1"]


async def test_a_token_is_renewed_before_its_end_by_one_call_while_the_others_use_the_old_one(house: House) -> None:
    await house.http().call(THING, read)
    house.clock.advance(timedelta(seconds=LIFE * 0.9))
    house.opened.clear()
    assert await asyncio.gather(*(house.http().call(THING, read) for _ in range(16))) == [1] * 16
    house.opened.set()

    async def renewed() -> bool:
        await house.http().call(THING, read)
        return house.vendor.authorizations[-1] == "Bearer T2"

    await until(renewed)
    assert house.fetched == 2


async def test_a_token_that_ended_is_not_used(house: House) -> None:
    await house.http().call(THING, read)
    house.clock.advance(timedelta(seconds=LIFE))
    await house.http().call(THING, read)
    assert house.vendor.authorizations[-1] == "Bearer T2"


async def test_a_token_refused_before_its_end_is_replaced_once_for_all_calls(house: House) -> None:
    await house.http().call(THING, read)
    house.good = {"T2"}
    assert await asyncio.gather(*(house.http().call(THING, read) for _ in range(8))) == [1] * 8
    assert house.fetched == 2


async def test_a_vendor_that_refuses_every_token_is_asked_for_one_more_only(house: House) -> None:
    house.good = set()
    with pytest.raises(Refused, match="credential"):
        await house.http().call(THING, read)
    assert house.fetched == 2


async def test_a_call_that_gives_up_leaves_the_fetch_to_the_next_one(house: House) -> None:
    house.opened.clear()
    with pytest.raises(VendorUnreachable, match="no access token before"):
        await house.http(rate_timeout=0.05).call(THING, read)
    house.opened.set()
    assert await house.http().call(THING, read) == 1
    assert house.fetched == 1


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_a_token_endpoint_that_is_down_is_said_to_be(house: House, status: int) -> None:
    house.vendor.answers["/token"] = saying({}, status)
    with pytest.raises(VendorUnreachable, match=f"gave no access token: .*{status}"):
        await house.http().call(THING, read)
    assert "/thing" not in house.vendor.asked


@pytest.mark.parametrize("body", ["", "<html>", "{}", '{"access_token": "", "expires_in": 1}', '{"access_token": "T"}'])
async def test_an_answer_that_is_no_token_is_unreadable(house: House, body: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=body)

    house.vendor.answers["/token"] = answer
    with pytest.raises(VendorUnreachable, match="cannot be read"):
        await house.http().call(THING, read)


async def test_a_hanging_token_endpoint_costs_no_more_than_the_calls_own_time(house: House) -> None:
    house.vendor.answers["/token"] = hang
    began = asyncio.get_running_loop().time()
    with pytest.raises(VendorUnreachable):
        await house.http(rate_timeout=0.1).call(THING, read)
    assert asyncio.get_running_loop().time() - began < 4


async def test_a_token_that_hangs_for_longer_than_a_call_may_take_is_not_waited_for(house: House) -> None:
    house.opened.clear()
    hasty, patient = house.http(rate_timeout=0.1), house.http(rate_timeout=30)
    with pytest.raises(VendorUnreachable, match="no access token before"):
        await hasty.call(THING, read)
    house.clock.advance(HANGING + timedelta(seconds=1))
    began = asyncio.get_running_loop().time()
    for _ in range(10):
        with pytest.raises(VendorUnreachable, match="has not answered for a while"):
            await house.http(rate_timeout=1).call(THING, read)
    assert asyncio.get_running_loop().time() - began < 10  # all of them together less than their own time
    waits = asyncio.create_task(patient.call(THING, read))
    await asyncio.sleep(0)
    house.opened.set()
    assert await waits == 1
    assert await hasty.call(THING, read) == 1
    assert house.fetched == 1


async def test_wrong_credentials_are_a_final_no(house: House) -> None:
    house.vendor.answers["/token"] = saying({"error": f"no client {SECRET}"}, 401)
    with pytest.raises(VendorRejected, match="check the client id") as caught:
        await house.http().call(THING, read)
    assert SECRET not in repr(caught.value)


async def test_a_renewal_that_fails_leaves_the_token_in_use_and_is_not_repeated_at_once(house: House) -> None:
    await house.http().call(THING, read)
    house.vendor.answers["/token"] = saying({}, 503)
    house.clock.advance(timedelta(seconds=LIFE * 0.9))
    for _ in range(20):
        assert await house.http(deadline=0.2, timeout=0.1).call(THING, read) == 1
    assert house.fetched <= 1 + 3


async def test_no_token_and_no_secret_is_logged_or_printed(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await house.http().call(THING, read)
    token = house.http()._http.account(f"id:{SECRET}")
    logged = caplog.text + repr(token) + repr(token._held) + repr(vars(token)) + repr(house.transport.tokens._held)
    assert "T1" not in logged
    assert SECRET not in logged
