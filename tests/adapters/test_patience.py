"""A limit counts the vendor's time: a loop that was stuck neither cuts off who answered, nor waits for ever."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from aiohttp import web
from pydantic import BaseModel

from connector_service.adapters.breaker import ENOUGH
from connector_service.adapters.carrier_contract import CarrierConnection
from connector_service.adapters.http import Request, Transport, VendorHttp, open_client
from connector_service.adapters.patience import MOST, SLIP, Patience, put_off
from connector_service.clock import FakeClock
from connector_service.errors import VendorUnreachable
from tests.adapters.vendor_server import VendorServer, drip, hang, vendor_server

pytestmark = pytest.mark.anyio

ASK = Request("POST", "/rates", body={}, kind="rate")
LIMIT = 0.2


class Answer(BaseModel):
    value: int


def read(body: bytes) -> int:
    return Answer.model_validate_json(body).value


def http(transport: Transport, vendor: VendorServer, **changes: Any) -> VendorHttp:
    fields = {"base_url": vendor.url, "api_key": "k", "webhook_secret": "s", "rate_timeout": LIMIT, **changes}
    return transport.tenant("tenant").vendor("acme", CarrierConnection.model_validate(fields), lambda body: "")


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_what_ends_in_time_is_left_alone() -> None:
    async with Patience(now() + 60):
        await asyncio.sleep(0)


async def test_what_hangs_ends_with_a_timeout() -> None:
    with pytest.raises(TimeoutError):
        async with Patience(now() + 0.01):
            await asyncio.sleep(3_600)


async def test_a_limit_that_has_passed_already_strikes() -> None:
    with pytest.raises(TimeoutError):
        async with Patience(now() - 5):
            await asyncio.sleep(3_600)


async def test_who_is_cancelled_is_cancelled_and_not_timed_out() -> None:
    async def wait() -> None:
        async with Patience(now() + 60):
            await asyncio.sleep(3_600)

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_limit_is_put_off_by_the_lag_and_never_beyond_the_last() -> None:
    assert put_off(100, 100, 200) == 100
    assert put_off(100, 100 + SLIP / 2, 200) == 100
    assert put_off(100, 110, 200) == 120
    assert put_off(100, 180, 200) == 200
    assert put_off(100, 250, 200) == 200


async def test_an_answer_that_came_while_our_loop_was_stuck_counts() -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        # The loop is the vendor's and ours: it is stuck from just before the vendor's answer until after the limit.
        asyncio.get_running_loop().call_later(0.01, time.sleep, LIMIT + 0.1)
        await asyncio.sleep(0.02)
        return web.json_response({"value": 7})

    transport = Transport(open_client(), FakeClock())
    async with vendor_server() as vendor:
        vendor.answers = {"/rates": answer}
        assert await http(transport, vendor).call(ASK, read) == 7
    assert transport.health.of("tenant", "acme").count("timeout") == 0
    await transport.aclose()


async def test_a_carrier_that_hangs_while_we_are_slow_keeps_its_breaker_closed_and_loses_it_when_we_are_not() -> None:
    transport = Transport(open_client(), FakeClock())
    async with vendor_server() as vendor:
        vendor.answers = {"/rates": hang}
        carrier = http(transport, vendor, rate_timeout=0.05)
        once = Request("POST", "/rates", body={}, kind="rate", repeatable=False)

        async def ask() -> None:
            with pytest.raises(VendorUnreachable, match="in time"):
                await carrier.call(once, read)

        async def ask_and_be_stuck() -> None:
            asyncio.get_running_loop().call_later(0.03, time.sleep, 0.1)
            await ask()

        for _ in range(ENOUGH):
            await ask_and_be_stuck()
        assert transport.breaker("tenant", "acme").state == "closed"
        # On a machine that is busy with other things we may be slow again: the next time, then.
        for _ in range(50):
            await asyncio.gather(*(ask() for _ in range(3 * ENOUGH)))
            if transport.breaker("tenant", "acme").state == "open":
                break
        assert transport.breaker("tenant", "acme").state == "open"
    await transport.aclose()


@pytest.mark.parametrize("answer", [hang, drip])
async def test_a_vendor_that_never_ends_is_cut_off_though_our_loop_is_stuck_again_and_again(answer: Any) -> None:
    transport, turns = Transport(open_client(), FakeClock()), 0

    async def keep_the_loop_busy() -> None:
        nonlocal turns
        while True:
            turns += 1
            time.sleep(0.05)  # noqa: ASYNC251 - a stuck loop is what this is about
            await asyncio.sleep(0)

    async with vendor_server() as vendor:
        vendor.answers = {"/rates": answer}
        busy = asyncio.create_task(keep_the_loop_busy())
        with pytest.raises(VendorUnreachable, match="in time"):
            await http(transport, vendor).call(ASK, read)
        busy.cancel()
    assert transport.breaker("tenant", "acme").state == "closed"
    # Turns take 50 ms or more: were the bound not kept, the limit would be put off in each of them without end.
    assert turns <= (LIMIT + MOST) / 0.05 + 4
    await transport.aclose()
