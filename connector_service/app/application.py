"""Put a connector together: store, rules, systems, routes, and the two tasks that run beside the requests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from connector_service.adapters.http import Transport, open_client
from connector_service.adapters.wire import Client
from connector_service.app import (
    carriers,
    credential_routes,
    document_routes,
    location_routes,
    node_routes,
    order_routes,
    packing_routes,
    rules,
    schema_routes,
    stock_settings_routes,
    subscription_routes,
    tenant_routes,
    webhook_routes,
)
from connector_service.app.background import Background
from connector_service.app.graphql import route as graphql_route
from connector_service.app.graphql.lazy import LazyEngine
from connector_service.app.inventory import availability, feed_grpc, feed_routes, feed_webhook, stock_routes
from connector_service.app.inventory.availability_cache import AvailabilityCache
from connector_service.app.problems import BodyLimit, add_handlers
from connector_service.app.services import Services
from connector_service.app.trace import Trace
from connector_service.carriers.stored import StoredLabels, StoredTables
from connector_service.carriers.warming import Warming
from connector_service.clock import Clock, SystemClock
from connector_service.delivery import Dispatcher
from connector_service.feeds.recounting import Recounting
from connector_service.orders.carrier_retries import CarrierRetries
from connector_service.orders.pickup_retries import PickupRetries
from connector_service.orders.systems import AllSystems
from connector_service.parcel_watch import ParcelWatch
from connector_service.resolutions import Resolutions
from connector_service.rules_engine import RuleBook
from connector_service.rules_publishing.following import Follower
from connector_service.scheduler import Scheduler
from connector_service.settings import Settings
from connector_service.store import Store
from nodes.runner import Runner

VERSION = "0.1.0"


def create_app(settings: Settings, clock: Clock | None = None) -> FastAPI:
    """The connector as an ASGI application. Rules are read at once, so that a mistake in them stops the start.

    Raises:
        RulesInvalid: a rule file has a mistake; lists file, rule and reason.
        StoreUnavailable: the database belongs to a newer version.
        InstallationProblem: the key that secrets are sealed with is missing or wrong.
    """
    clock = clock or SystemClock()
    rule_book = RuleBook.load(settings.rules, clock)
    store = Store(settings.database, clock, settings.secret_key.get_secret_value() if settings.secret_key else None)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        client = open_client()
        services = _services(settings, clock, rule_book, store, client)
        app.state.services = services
        app.state.background = [
            Background("delivery", services.dispatcher.run),
            Background("resolutions", services.resolutions.run),
            Background("scheduler", services.scheduler.run),
            Background("rules", services.published.run),
            Background("carrier retries", CarrierRetries(store, rule_book, services.systems).run),
            Background("pickups", PickupRetries(store, rule_book, services.systems).run),
            Background("recounts", Recounting(store, rule_book, services.systems).run),
            Background("parcels", ParcelWatch(store, rule_book, services.systems).run),
            Background("warming", Warming(store).run),
        ]
        for each in app.state.background:
            each.start()
        grpc_feed = await feed_grpc.start(services)
        yield
        await feed_grpc.stop(grpc_feed)
        for each in app.state.background:
            await each.stop()
        await client.aclose()
        store.close()

    app = FastAPI(title="Dockline connector", version=VERSION, lifespan=lifespan)
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes, streamed=frozenset({feed_routes.CSV_PATH}))
    app.add_middleware(Trace)
    add_handlers(app)
    _add_routes(app)
    return app


def _services(settings: Settings, clock: Clock, rule_book: RuleBook, store: Store, client: Client) -> Services:
    published = Follower(rule_book, lambda: store.reader, store.administer)
    published.begin()
    systems = AllSystems(store, Transport(client, clock, desk=StoredLabels(store, StoredTables(store))))
    lease = timedelta(seconds=settings.lease_seconds)
    return Services(
        settings=settings,
        store=store,
        rules=rule_book,
        published=published,
        systems=systems,
        runner=Runner(store, rule_book, systems),
        dispatcher=Dispatcher(store, rule_book, client, lease),
        resolutions=Resolutions(store, client),
        scheduler=Scheduler(store, rule_book),
        availability=AvailabilityCache(store),
        graphql=LazyEngine(store),
    )


def _add_routes(app: FastAPI) -> None:
    # Routes are tried one after the other: those that are asked most come first.
    for router in (
        node_routes.router,
        order_routes.router,
        feed_webhook.router,
        webhook_routes.router,
        document_routes.router,
        feed_routes.router,
        feed_routes.csv_router,
        subscription_routes.router,
        tenant_routes.router,
        credential_routes.router,
        stock_settings_routes.router,
        location_routes.router,
        packing_routes.router,
        schema_routes.router,
        availability.router,
        stock_routes.router,
        graphql_route.router,
        *rules.ROUTERS,
        *carriers.ROUTERS,
    ):
        app.include_router(router)

    @app.get("/health", tags=["service"], summary="Is it up?")
    async def health() -> dict[str, str]:
        """Answers when the store is open and the rules are loaded; says when work beside the requests has failed."""
        trouble = [f"{each.name}: {each.trouble}" for each in app.state.background if each.trouble]
        trouble += [f"rules: {alarm}" for alarm in app.state.services.published.alarms]
        return {"status": "; ".join(trouble) or "ok", "version": VERSION}

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, routes=app.routes)
            document["paths"] = node_routes.node_paths() | document["paths"]
            document["components"]["schemas"] |= node_routes.node_definitions()
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
