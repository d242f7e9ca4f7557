"""The sandbox as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from connector_service.sandbox.control import control
from connector_service.sandbox.gate import Gate
from connector_service.sandbox.vendors import Vendors
from connector_service.sandbox.world import World


def create_app(world: World) -> ASGIApp:
    """The vendors under their slugs, and the control API for everything else."""
    vendors = Vendors(world)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        vendors.start()
        yield
        await vendors.stop()

    app = FastAPI(title="Dockline sandbox", lifespan=lifespan)
    app.include_router(control(world, vendors))
    gates = {vendor.slug: Gate(vendor, world) for vendor in vendors.all}

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        gate = gates.get(scope["path"].split("/", 2)[1]) if scope["type"] == "http" else None
        await (gate or app)(scope, receive, send)

    return dispatch
