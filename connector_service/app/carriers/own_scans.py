"""Scans of a carrier that has no system of its own, told by operators."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from canonical_models import CanonicalModel, TrackingEvent, TrackingType
from canonical_models.base import Identifier, UtcDatetime
from connector_service.adapters import registry
from connector_service.app.problems import StrictRoute
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.errors import InvalidInput
from connector_service.orders.tracking import apply_tracking
from connector_service.orders.work import Work
from connector_service.store import Transaction, own_labels

router = APIRouter(tags=["carriers"], route_class=StrictRoute)


class Scan(CanonicalModel):
    """What somebody saw of a parcel; the same `event_id` again is the same news."""

    event_id: Identifier
    tracking_number: Identifier
    type: TrackingType
    occurred_at: UtcDatetime
    place: str = Field(default="", max_length=200)


class Scans(CanonicalModel):
    """Scans to take over."""

    scans: list[Scan] = Field(min_length=1, max_length=1_000)


@router.post("/v1/carriers/{slug}/scans", summary="Tell where parcels of a carrier without an API are")
async def post_scans(slug: str, new: Scans, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Keep scans, and move the shipments on; the answer says how many were news. With a number that is no parcel's
    nothing is kept."""
    if slug not in registry.WITHOUT_API:
        known = ", ".join(sorted(registry.WITHOUT_API))
        raise InvalidInput(f"Scans are told by hand of {known} only; {slug!r} tells its own.", pointer="/slug")
    carrier = services.systems.of(caller.tenant_id).carrier(slug)
    for scan in new.scans:
        await carrier.track(scan.tracking_number)
    events = [TrackingEvent(carrier=slug, raw_code=scan.type.value, **scan.model_dump()) for scan in new.scans]

    def job(tx: Transaction) -> int:
        work = Work(tx, services.rules.of(tx.tenant_id), f"{caller.label} via POST /v1/carriers/{slug}/scans")
        news = [event for event in events if own_labels.add_scan(tx.connection, tx.tenant_id, event)]
        for event in news:
            apply_tracking(work, event, "people")
        return len(news)

    return {"news": await services.store.write(caller.tenant_id, job), "scans": len(events)}
