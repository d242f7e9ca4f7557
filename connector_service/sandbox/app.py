"""The sandbox as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.routing import Mount

from connector_service.sandbox.control import control
from connector_service.sandbox.gate import routes
from connector_service.sandbox.vendors import Vendors
from connector_service.sandbox.world import World


def create_app(world: World) -> FastAPI:
    """The vendors under their slugs, and the control API."""
    vendors = Vendors(world)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        vendors.start()
        yield
        await vendors.stop()

    app = FastAPI(title="Dockline sandbox", lifespan=lifespan)
    # Plain routes: the vendors check their own shapes, and FastAPI's own handling costs as much as all the rest.
    app.router.routes.extend(Mount(f"/{vendor.slug}", routes=routes(vendor, world)) for vendor in vendors.all)
    app.include_router(control(world, vendors))
    return app
