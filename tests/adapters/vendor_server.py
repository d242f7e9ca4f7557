"""A vendor on a real port of this machine: answers what the test tells it to, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class VendorServer:
    """`answers` by path; `asked` has every path in order."""

    url: str = ""
    answers: dict[str, Handler] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        self.authorizations.append(request.headers.get("authorization", ""))
        return await self.answers[request.path](request)


@asynccontextmanager
async def vendor_server() -> AsyncIterator[VendorServer]:
    """Serve until the block ends."""
    vendor = VendorServer()
    application = web.Application()
    application.router.add_route("*", "/{name:.*}", vendor.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    vendor.url = f"http://{host}:{port}"
    try:
        yield vendor
    finally:
        await runner.cleanup()


def saying(value: object, status: int = 200) -> Handler:
    """Answer JSON."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.json_response(value, status=status)

    return answer


async def hang(_: web.Request) -> web.StreamResponse:
    """Never answer."""
    await asyncio.sleep(3_600)
    raise AssertionError("unreachable")


async def drip(request: web.Request) -> web.StreamResponse:
    """A byte every 20 ms, for ever."""
    response = web.StreamResponse(headers={"content-type": "application/json"})
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.02)
