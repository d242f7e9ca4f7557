"""How a tenant's carriers are doing: for people and programs, and for Prometheus."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from canonical_models import Credential
from connector_service.adapters import registry
from connector_service.adapters.health import BUCKETS_MS
from connector_service.app.services import KnownCaller, Services, UsedServices
from connector_service.carriers.exposition import CONTENT_TYPE, exposition
from connector_service.carriers.standing import Standing, standings
from connector_service.store import tenants

router = APIRouter(tags=["carriers"])


@router.get("/v1/carriers", summary="How are my carriers doing?")
async def get_carriers(caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Every carrier that is connected: breaker, latency, failures, rate limit, what rate calls cost and saved, the age
    of its credential. Counts are since `since`; `buckets_ms` are the upper bounds of `latency`."""
    return {
        "since": services.systems.shop.uses.since,
        "buckets_ms": BUCKETS_MS,
        "carriers": _standings(services, caller.tenant_id),
    }


@router.get("/v1/carriers/capabilities", summary="What can each carrier do?")
async def get_capabilities(caller: KnownCaller) -> dict[str, Any]:
    """Every carrier there is an adapter for, connected or not."""
    found = [
        {"carrier": slug, "name": entry.name, "capabilities": sorted(each.value for each in entry.capabilities)}
        for slug, entry in sorted(registry.CARRIERS.items())
    ]
    return {"carriers": found}


@router.get("/metrics", summary="Metrics for Prometheus", response_class=PlainTextResponse)
async def get_metrics(caller: KnownCaller, services: UsedServices) -> Response:
    """What was counted for the tenant of the key since the connector started, in Prometheus' text format."""
    carriers = _standings(services, caller.tenant_id)
    text = exposition(caller.tenant_id, services.systems.transport, carriers)
    return Response(text, media_type=CONTENT_TYPE)


def _standings(services: Services, tenant_id: str) -> list[Standing]:
    connections = tenants.connections(services.store.reader, tenant_id)
    credentials = {each.slug: each for each in services.store.read(tenant_id).find_by(Credential)}
    systems = services.systems
    return standings(connections, systems.transport, systems.shop.uses, credentials, services.store.clock.now())
