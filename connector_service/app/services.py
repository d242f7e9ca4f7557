"""What a running connector consists of, and who is calling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from connector_service.app.graphql.lazy import LazyEngine
from connector_service.app.inventory.availability_cache import AvailabilityCache
from connector_service.delivery import Dispatcher
from connector_service.errors import Unauthorized
from connector_service.orders.systems import AllSystems
from connector_service.resolutions import Resolutions
from connector_service.rules_engine import RuleBook
from connector_service.rules_publishing.following import Follower
from connector_service.scheduler import Scheduler
from connector_service.settings import Settings
from connector_service.store import Store, tenants
from nodes.runner import Caller, Runner


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a route may need."""

    settings: Settings
    store: Store
    rules: RuleBook
    published: Follower
    systems: AllSystems
    runner: Runner
    dispatcher: Dispatcher
    resolutions: Resolutions
    scheduler: Scheduler
    availability: AvailabilityCache
    graphql: LazyEngine


async def services_of(request: Request) -> Services:
    """The connector's services."""
    return cast(Services, request.app.state.services)


UsedServices = Annotated[Services, Depends(services_of)]


async def caller_of(request: Request, services: UsedServices) -> Caller:
    """The tenant that the request's API key belongs to.

    Raises:
        Unauthorized: no key, or one that is unknown or revoked.
    """
    scheme, _, api_key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not api_key:
        raise Unauthorized("Send the API key as 'Authorization: Bearer <key>'. `dockline key add` makes one.")
    found = tenants.tenant_of_key(services.store.reader, api_key)
    if found is None:
        raise Unauthorized("This API key is unknown or revoked. `dockline key add` makes a new one.")
    return Caller(*found)


KnownCaller = Annotated[Caller, Depends(caller_of)]
