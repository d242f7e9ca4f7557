"""The transport, with a vendor that is a Python function: what is asked, how often, and what becomes of each error."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import anyio
import httpx
import pytest
from aiohttp import web
from pydantic import BaseModel

from connector_service.adapters.breaker import ENOUGH
from connector_service.adapters.contracts import Connection
from connector_service.adapters.http import (
    MAX_ANSWER,
    TRACEPARENT,
    CircuitOpen,
    Refused,
    Request,
    Transport,
    VendorHttp,
    open_client,
)
from connector_service.adapters.http_errors import HTTP_ERRORS, client_error
from connector_service.clock import FakeClock
from connector_service.errors import VendorError, VendorRejected, VendorUnreachable
from tests.adapters.mocked import Mocked
from tests.adapters.vendor_server import hang as hang_for_ever
from tests.adapters.vendor_server import saying, vendor_server

pytestmark = pytest.mark.anyio

KEY = "the-key:with-a-secret"


class Answer(BaseModel):
    value: int


def read(body: bytes) -> int:
    return Answer.model_validate_json(body).value


def fine(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"value": 1})


class Vendor:
    """Answers the calls one after the other, the last answer for ever; keeps the requests and the pauses between."""

    def __init__(self, *answers: Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])(request)
        return await answer if inspect.isawaitable(answer) else answer

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def transport(self) -> Transport:
        return Transport(Mocked(self), FakeClock(), monotonic=lambda: 0.0, jitter=lambda: 0.0, sleep=self.sleep)

    def http(self, transport: Transport | None = None, tenant: str = "tenant", **changes: Any) -> VendorHttp:
        settings = {"base_url": "http://vendor.example/root/", "api_key": KEY, "webhook_secret": "hush", **changes}
        connection = Connection.model_validate(settings)
        return (transport or self.transport()).tenant(tenant).vendor("acme", connection, lambda body: body.decode())


def status(code: int, text: str = "", **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(code, text=text, headers=headers)


def raising(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    return answer


async def hang(_: httpx.Request) -> httpx.Response:
    await anyio.sleep_forever()
    raise AssertionError("unreachable")


GET = Request("GET", "/thing")
POST = Request("POST", "/thing", body={"a": 1})


def httpx_errors() -> list[type[Exception]]:
    public = (getattr(httpx, name) for name in httpx.__all__)
    return [each for each in public if inspect.isclass(each) and issubclass(each, Exception)]


def an_error(kind: type[Exception]) -> Exception:
    if kind is httpx.HTTPStatusError:
        request = httpx.Request("GET", "http://vendor.example")
        return httpx.HTTPStatusError("x", request=request, response=httpx.Response(500, request=request))
    return (
        kind()
        if kind in (httpx.StreamConsumed, httpx.ResponseNotRead, httpx.RequestNotRead, httpx.StreamClosed)
        else kind("secret")
    )  # type: ignore[call-arg]


@pytest.mark.parametrize("kind", httpx_errors(), ids=lambda kind: kind.__name__)
async def test_every_error_of_httpx_becomes_ours(kind: type[Exception]) -> None:
    vendor = Vendor(raising(an_error(kind)))
    with pytest.raises(VendorError) as caught:
        await vendor.http().call(POST, read)
    expected = VendorRejected if kind in (httpx.InvalidURL, httpx.UnsupportedProtocol) else VendorUnreachable
    assert isinstance(caught.value, expected)
    assert caught.value.vendor == "acme"
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "error", [aiohttp.ClientPayloadError(), aiohttp.InvalidURL("x"), ConnectionResetError(), TimeoutError()]
)
async def test_errors_that_httpx_has_no_name_for_become_ours(error: Exception) -> None:
    assert isinstance(error, HTTP_ERRORS)
    assert isinstance(client_error(error, "acme"), VendorError)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (301, VendorRejected),
        (400, VendorRejected),
        (401, VendorRejected),
        (404, VendorRejected),
        (408, VendorUnreachable),
        (422, VendorRejected),
        (429, VendorUnreachable),
        (500, VendorUnreachable),
        (503, VendorUnreachable),
    ],
)
async def test_a_status_means_a_final_no_or_try_again(code: int, kind: type[VendorError]) -> None:
    with pytest.raises(kind, match=str(code)):
        await Vendor(status(code)).http().call(POST, read)


async def test_a_refusal_carries_its_status_and_the_vendors_words_without_our_secrets() -> None:
    vendor = Vendor(status(422, f"no such sku; key {KEY}, with-a-secret, hush, token bearer-token"))
    request = Request("POST", "/thing", headers={"authorization": "Bearer bearer-token"})
    with pytest.raises(Refused) as caught:
        await vendor.http().call(request, read)
    assert caught.value.http_status == 422
    assert caught.value.detail == (
        "acme refused (HTTP 422): no such sku; key [secret], [secret], [secret], token [secret]"
    )


async def test_a_redirect_is_not_followed() -> None:
    vendor = Vendor(status(302, location="http://169.254.169.254/"))
    with pytest.raises(VendorRejected, match="redirect"):
        await vendor.http().call(GET, read)
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("request_", [GET, Request("POST", "/thing", repeatable=True)])
async def test_what_may_be_repeated_is_tried_three_times(request_: Request) -> None:
    vendor = Vendor(status(503), status(500), fine)
    assert await vendor.http().call(request_, read) == 1
    assert vendor.pauses == [0.05, 0.1]


async def test_three_failures_are_enough() -> None:
    vendor = Vendor(status(503))
    with pytest.raises(VendorUnreachable):
        await vendor.http().call(GET, read)
    assert len(vendor.requests) == 3


async def test_what_may_not_be_repeated_is_tried_once() -> None:
    vendor = Vendor(raising(httpx.ReadTimeout("x")), fine)
    with pytest.raises(VendorUnreachable):
        await vendor.http().call(POST, read)
    assert len(vendor.requests) == 1


async def test_a_final_no_is_not_tried_again() -> None:
    vendor = Vendor(status(404), fine)
    with pytest.raises(VendorRejected):
        await vendor.http().call(GET, read)
    assert len(vendor.requests) == 1


async def test_a_vendor_that_asks_for_patience_gets_it() -> None:
    vendor = Vendor(status(429, **{"retry-after": "2"}), fine)
    assert await vendor.http().call(GET, read) == 1
    assert vendor.pauses == [2.0]


async def test_an_answer_that_cannot_be_read_names_the_place_and_not_the_value() -> None:
    with pytest.raises(VendorUnreachable, match="/value") as caught:
        await Vendor(lambda _: httpx.Response(200, json={"value": "personal"})).http().call(POST, read)
    assert caught.value.pointer == "/value"
    assert "personal" not in str(caught.value)


async def test_an_answer_too_large_is_not_read_to_its_end() -> None:
    async def pour(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 100_000)

    transport = Transport(open_client(), FakeClock())
    async with vendor_server() as server:
        server.answers = {"/thing": pour}
        with pytest.raises(VendorUnreachable, match=f"more than {MAX_ANSWER} bytes"):
            await Vendor(fine).http(transport, base_url=server.url).call(POST, read)
        server.answers = {"/thing": saying({"value": 2})}
        assert await Vendor(fine).http(transport, base_url=server.url).call(POST, read) == 2
    await transport.aclose()


async def test_a_vendor_that_hangs_leaves_connections_for_the_others() -> None:
    transport = Transport(open_client(max_connections=4, per_vendor=2), FakeClock())
    async with vendor_server() as hanging, vendor_server() as prompt:
        hanging.answers, prompt.answers = {"/thing": hang_for_ever}, {"/thing": saying({"value": 5})}
        stuck = Vendor(fine).http(transport, base_url=hanging.url)
        calls = [asyncio.create_task(stuck.call(POST, read)) for _ in range(20)]
        while not hanging.asked:  # noqa: ASYNC110 - nobody tells when a call arrives
            await asyncio.sleep(0.01)
        assert await Vendor(fine).http(transport, base_url=prompt.url).call(POST, read) == 5
        for call in calls:
            call.cancel()
        await asyncio.wait(calls)
        assert len(hanging.asked) <= 2
    await transport.aclose()


async def test_an_answer_in_pieces_and_compressed_is_read_whole() -> None:
    async def pieces(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_compression()
        await response.prepare(request)
        for piece in (b'{"val', b'ue"', b": 3}"):
            await response.write(piece)
            await asyncio.sleep(0.01)
        return response

    transport = Transport(open_client(), FakeClock())
    async with vendor_server() as server:
        server.answers = {"/thing": pieces}
        assert await Vendor(fine).http(transport, base_url=server.url).call(GET, read) == 3
    await transport.aclose()


async def test_a_base_url_that_is_no_address_is_our_mistake() -> None:
    transport = Transport(open_client(), FakeClock())
    with pytest.raises(VendorRejected, match="check base_url"):
        await Vendor(fine).http(transport, base_url="http://[1:2").call(GET, read)
    await transport.aclose()


async def test_an_attempt_that_hangs_ends_at_its_timeout_and_another_one_is_made() -> None:
    vendor = Vendor(hang, fine)
    assert await vendor.http(timeout=0.05).call(GET, read) == 1


async def test_all_attempts_together_end_at_the_deadline() -> None:
    vendor = Vendor(hang)
    began = asyncio.get_running_loop().time()
    with pytest.raises(VendorUnreachable, match="did not answer in time"):
        await vendor.http(timeout=0.1, deadline=0.18).call(GET, read)
    assert len(vendor.requests) == 2
    assert asyncio.get_running_loop().time() - began < 5


async def test_a_vendor_that_keeps_failing_is_left_alone_for_this_tenant_only() -> None:
    vendor = Vendor(status(500))
    transport = vendor.transport()
    for _ in range(ENOUGH):
        with pytest.raises(VendorUnreachable):
            await vendor.http(transport).call(POST, read)
    with pytest.raises(CircuitOpen):
        await vendor.http(transport).call(GET, read)
    assert len(vendor.requests) == ENOUGH
    vendor.answers = [fine]
    assert await vendor.http(transport, tenant="neighbour").call(GET, read) == 1


async def test_refusals_and_pleas_for_patience_do_not_open_the_circuit() -> None:
    vendor = Vendor(status(422))
    transport = vendor.transport()
    for code in (422, 429):
        vendor.answers = [status(code)]
        for _ in range(2 * ENOUGH):
            with pytest.raises(VendorError):
                await vendor.http(transport).call(POST, read)
    vendor.answers = [fine]
    assert await vendor.http(transport).call(POST, read) == 1


async def test_a_caller_who_gives_up_leaves_the_circuit_as_it_is() -> None:
    vendor = Vendor(hang)
    transport = vendor.transport()
    for _ in range(2 * ENOUGH):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await vendor.http(transport).call(POST, read)
    vendor.answers = [fine]
    assert await vendor.http(transport).call(POST, read) == 1


async def test_calls_wait_for_the_rate_limit() -> None:
    vendor = Vendor(fine)
    http = vendor.http(calls_per_second=2)
    for _ in range(4):
        await http.call(POST, read)
    assert vendor.pauses == [0.5, 1.0]


async def test_the_trace_context_is_passed_on() -> None:
    vendor = Vendor(fine)
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    token = TRACEPARENT.set(trace)
    try:
        await vendor.http().call(GET, read)
    finally:
        TRACEPARENT.reset(token)
    await vendor.http().call(GET, read)
    assert [request.headers.get("traceparent") for request in vendor.requests] == [trace, None]


async def test_the_path_is_put_behind_the_whole_base_url() -> None:
    vendor = Vendor(fine)
    await vendor.http().call(Request("GET", "/thing", params=(("a", "1&2 +é"), ("a", "3"))), read)
    assert str(vendor.requests[0].url) == "http://vendor.example/root/thing?a=1%262+%2B%C3%A9&a=3"


async def test_cookies_do_not_pass_from_one_call_to_the_next() -> None:
    cookies: list[str | None] = []

    async def give_one(request: web.Request) -> web.Response:
        cookies.append(request.headers.get("cookie"))
        return web.json_response({"value": 1}, headers={"set-cookie": "session=abc"})

    application = web.Application()
    application.router.add_get("/thing", give_one)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "localhost", 0).start()
    port = runner.addresses[0][1]
    transport = Transport(open_client(), FakeClock())
    for tenant in ("one", "one", "two"):
        await Vendor(fine).http(transport, tenant, base_url=f"http://localhost:{port}").call(GET, read)
    assert cookies == [None, None, None]
    await transport.aclose()
    await runner.cleanup()


async def test_a_port_where_nobody_listens_is_unreachable() -> None:
    transport = Transport(open_client(), FakeClock())
    vendor = Vendor(fine)
    with pytest.raises(VendorUnreachable, match=r"reached|in time"):
        await vendor.http(transport, base_url="http://127.0.0.1:1").call(POST, read)
    await transport.aclose()


async def test_a_server_that_does_not_speak_http_is_unreachable() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 smtp.example ESMTP\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    transport = Transport(open_client(), FakeClock())
    with pytest.raises(VendorUnreachable):
        await Vendor(fine).http(transport, base_url=f"http://{host}:{port}").call(POST, read)
    await transport.aclose()
    server.close()
    await server.wait_closed()
