"""How carriers did on a lane in a month, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from connector_service.app.services import KnownCaller, UsedServices
from connector_service.carriers.performance import Narrow, Performance, performance
from connector_service.store import carrier_counts

router = APIRouter(tags=["carriers"])


@router.get("/v1/carriers/performance", summary="Read how carriers did by lane and month")
async def get_performance(
    caller: KnownCaller,
    services: UsedServices,
    lane: str = "",
    month: str = "",
    carrier: str = "",
    service: str = "",
) -> Performance:
    """Parcels in time, days late, damage, loss and failed labels of each service, on each lane, in each month in which
    its labels were bought. `lane` reads `US-NJ:US-NY`, or `US:CA` for all regions; `month` reads `2026-11`."""
    narrow = Narrow(lane, month, carrier, service)
    since, until = narrow.months()
    found = carrier_counts.months(services.store.reader, caller.tenant_id, since=since, until=until, **narrow.named())
    return performance(found)
