"""A gateway before the sandbox: one location of the warehouse can hang or fail while the others answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

import httpx
from aiohttp import web

from connector_service.store import tenants
from tests.house import CONNECTIONS, TENANT, House


@dataclass
class Gateway:
    """Passes calls on; those about a location in `troubles` hang or get a 503. `asked` holds the locations counted, and
    `numbers` the orders in whose name."""

    target: str
    troubles: dict[str, Literal["hangs", "fails"]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        location = request.query.get("facility", "")
        if location:
            self.asked.append(location)
            self.numbers.append(request.query.get("orderNumber", ""))
        if self.troubles.get(location) == "hangs":
            await asyncio.sleep(3_600)
        if self.troubles.get(location) == "fails":
            return web.Response(status=503)
        headers = {
            key: value for key, value in request.headers.items() if key.lower() not in ("host", "content-length")
        }
        async with httpx.AsyncClient() as client:
            url = f"{self.target}{request.rel_url}"
            answer = await client.request(request.method, url, headers=headers, content=await request.read())
        return web.Response(status=answer.status_code, body=answer.content, content_type="application/json")


@asynccontextmanager
async def before_the_warehouse(house: House) -> AsyncIterator[Gateway]:
    """The tenant's warehouse is spoken to through a gateway."""
    assert house.sandbox is not None
    gateway = Gateway(house.sandbox.url)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", gateway.take)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    settings = {
        "base_url": f"http://{host}:{port}/northdock",
        "api_key": CONNECTIONS["northdock"],
        "webhook_secret": "hush",
    }
    await house.store.administer(lambda c: tenants.put_connection(c, TENANT, "northdock", settings))
    try:
        yield gateway
    finally:
        await runner.cleanup()
