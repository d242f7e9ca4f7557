"""What the transport records of each vendor, and whom it tells when a circuit opens and closes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from connector_service.adapters.breaker import ENOUGH, REST
from connector_service.adapters.carrier_contract import CarrierConnection
from connector_service.adapters.health import BUCKETS_MS, Health
from connector_service.adapters.http import CircuitOpen, Request, Transport, VendorHttp, open_client
from connector_service.adapters.shapes import Unreadable
from connector_service.clock import FakeClock
from connector_service.errors import VendorError, VendorUnreachable
from tests.adapters.vendor_server import VendorServer, drip, hang, saying, vendor_server

pytestmark = pytest.mark.anyio

RATE = Request("POST", "/rate", body={}, kind="rate")


class Seconds:
    """Time that only the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def read(body: bytes) -> bytes:
    if not body:
        raise Unreadable("nothing there", "")
    return body


@pytest.fixture
async def vendor() -> AsyncIterator[VendorServer]:
    async with vendor_server() as vendor:
        yield vendor


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = Transport(open_client(), FakeClock(), monotonic=Seconds())
    yield transport
    await transport.aclose()


def http(transport: Transport, vendor: VendorServer, tenant: str = "tenant", **changes: Any) -> VendorHttp:
    fields = {"base_url": vendor.url, "api_key": "k", "webhook_secret": "s", "rate_timeout": 5, **changes}
    return transport.tenant(tenant).vendor("acme", CarrierConnection.model_validate(fields), lambda body: "")


async def empty(_: web.Request) -> web.Response:
    return web.Response()


async def test_every_way_a_call_can_end_is_counted_by_tenant_and_kind(
    transport: Transport, vendor: VendorServer
) -> None:
    for answer, limit in (
        (saying({}), 5),
        (saying({}, 422), 5),
        (saying({}, 500), 5),
        (saying({}, 429), 5),
        (empty, 5),
        (hang, 0.05),
    ):
        vendor.answers["/rate"] = answer
        try:
            await http(transport, vendor, rate_timeout=limit).call(RATE, read)
        except VendorError:
            continue
    health = transport.health.of("tenant", "acme")
    assert health.kinds["rate"].outcomes == dict.fromkeys(
        ("answered", "refused", "error", "busy", "unreadable", "timeout"), 1
    )
    assert (health.calls, health.share("timeout", "error")) == (6, 2 / 6)
    assert transport.health.of("neighbour", "acme").calls == 0


async def test_a_call_that_was_not_made_has_no_latency(transport: Transport, vendor: VendorServer) -> None:
    vendor.answers["/rate"] = saying({}, 500)
    for _ in range(ENOUGH):
        with pytest.raises(VendorUnreachable):
            await http(transport, vendor).call(RATE, read)
    with pytest.raises(CircuitOpen):
        await http(transport, vendor).call(RATE, read)
    reading = transport.health.of("tenant", "acme")
    assert (reading.count("not_called"), reading.calls) == (1, ENOUGH)


def test_the_histogram_has_fixed_buckets_and_answers_percentiles() -> None:
    health = Health()
    for milliseconds in (*[4] * 90, *[180] * 9, 99_000):
        health.record("tenant", "acme", "rate", "answered", milliseconds / 1_000)
    kind = health.of("tenant", "acme").kinds["rate"]
    assert len(kind.latency) == len(BUCKETS_MS) + 1
    assert (kind.latency[0], kind.latency[BUCKETS_MS.index(200)], kind.latency[-1]) == (90, 9, 1)
    assert (kind.percentile_ms(0.5), kind.percentile_ms(0.99), kind.percentile_ms(1)) == (5, 200, float("inf"))
    assert kind.milliseconds == pytest.approx(90 * 4 + 9 * 180 + 99_000)


async def test_whoever_listens_is_told_when_a_circuit_opens_and_when_it_closes_again(
    transport: Transport, vendor: VendorServer
) -> None:
    told: list[tuple[str, str, str]] = []
    transport.on_breaker(lambda tenant, slug, state: told.append((tenant, slug, state)))
    vendor.answers["/rate"] = saying({}, 500)
    for _ in range(ENOUGH):
        with pytest.raises(VendorUnreachable):
            await http(transport, vendor).call(RATE, read)
    breaker = transport.breaker("tenant", "acme")
    assert breaker.state == "open"
    assert isinstance(transport.monotonic, Seconds)
    transport.monotonic.now += REST
    assert breaker.state == "half_open"
    vendor.answers["/rate"] = saying({})
    await http(transport, vendor).call(RATE, read)
    assert breaker.state == "closed"
    assert told == [("tenant", "acme", "open"), ("tenant", "acme", "closed")]


async def test_of_fifty_calls_after_the_rest_one_goes_through_and_the_others_are_spared(
    transport: Transport, vendor: VendorServer
) -> None:
    vendor.answers["/rate"] = saying({}, 500)
    for _ in range(ENOUGH):
        with pytest.raises(VendorUnreachable):
            await http(transport, vendor).call(RATE, read)
    vendor.asked.clear()
    assert isinstance(transport.monotonic, Seconds)
    transport.monotonic.now += REST
    release = asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        await release.wait()
        return web.json_response({})

    vendor.answers["/rate"] = slow
    calls = [asyncio.create_task(http(transport, vendor).call(RATE, read)) for _ in range(50)]
    done, pending = await asyncio.wait(calls, timeout=1, return_when=asyncio.ALL_COMPLETED)
    assert (len(done), len(pending)) == (49, 1)
    assert all(isinstance(call.exception(), CircuitOpen) for call in done)
    release.set()
    await asyncio.gather(*pending)
    assert vendor.asked == ["/rate"]


async def test_a_dripping_vendor_cannot_stretch_the_call_even_when_it_may_be_repeated(
    transport: Transport, vendor: VendorServer
) -> None:
    vendor.answers["/rate"] = drip
    request = Request("POST", "/rate", body={}, kind="rate", repeatable=True)
    began = asyncio.get_running_loop().time()
    with pytest.raises(VendorUnreachable, match="in time"):
        await http(transport, vendor, rate_timeout=0.2).call(request, read)
    assert asyncio.get_running_loop().time() - began < 3
    assert transport.health.of("tenant", "acme").count("timeout") == 1


async def test_a_rate_and_a_label_have_time_limits_of_their_own(transport: Transport, vendor: VendorServer) -> None:
    async def slow(_: web.Request) -> web.Response:
        await asyncio.sleep(0.3)
        return web.json_response({})

    vendor.answers = {"/rate": slow, "/label": slow}
    carrier = http(transport, vendor, rate_timeout=0.05)
    with pytest.raises(VendorUnreachable):
        await carrier.call(RATE, read)
    assert await carrier.call(Request("POST", "/label", body={}, kind="label"), read) == b"{}"


async def test_our_own_rate_limit_is_said_when_it_leaves_no_time(transport: Transport, vendor: VendorServer) -> None:
    vendor.answers["/rate"] = saying({})
    carrier = http(transport, vendor, calls_per_second=1, rate_timeout=0.5)
    await carrier.call(RATE, read)
    assert transport.rate_limit_used("tenant", "acme") == 1
    with pytest.raises(VendorUnreachable, match="calls_per_second"):
        await carrier.call(RATE, read)
    assert transport.rate_limit_used("tenant", "acme") == 1
    assert len(vendor.asked) == 1
