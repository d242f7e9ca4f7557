"""Why is it so? One position with its last events; drifts; asking the warehouses now."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from canonical_models import CanonicalModel, InventoryPosition
from canonical_models.base import Identifier, UtcDatetime
from connector_service.app.problems import StrictRoute
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.errors import NotFound
from connector_service.feeds.recounting import Recounting
from connector_service.inventory.positions import position_id
from connector_service.store import feed_marks, stock_history
from connector_service.store.stock_history import StockEvent

LOOK_BACK = timedelta(days=30)
router = APIRouter(tags=["inventory"], route_class=StrictRoute)


@router.get("/v1/inventory/position", summary="Say what lies at one position, and why")
async def get_position(
    caller: KnownCaller,
    services: UsedServices,
    sku: Annotated[str, Query()],
    location_id: Annotated[str, Query()],
    lot: Annotated[str, Query(description="empty when the SKU is not kept by lot")] = "",
    events: Annotated[int, Query(ge=1, le=1_000, description="how many of the last events")] = 20,
) -> dict[str, Any]:
    """The position, what each source has counted last, and its last events, the newest first."""
    key, reader = position_id(sku, location_id, lot), services.store.reader
    position = services.store.read(caller.tenant_id).find(InventoryPosition, key)
    if position is None:
        where = f"{location_id}, lot {lot}" if lot else location_id
        raise NotFound(f"Nobody has told of {sku} at {where}. GET /v1/inventory lists what is known.")
    marks = feed_marks.newest(reader, caller.tenant_id, [key]).get(key, {})
    return {
        "position": {**position.model_dump(mode="json"), "available": position.available},
        "counted": [
            {"source": mark.source, "on_hand": mark.on_hand, "as_of": mark.as_of.isoformat(), "sequence": mark.sequence}
            for mark in sorted(marks.values(), key=lambda mark: mark.moment, reverse=True)
        ],
        "events": [event.shown for event in stock_history.recent(reader, caller.tenant_id, key, events)],
    }


@router.get("/v1/inventory/drifts", summary="List counts that were not what was expected")
async def get_drifts(
    caller: KnownCaller,
    services: UsedServices,
    since: Annotated[UtcDatetime | None, Query(description="from when on; default: 30 days ago")] = None,
    location_id: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> dict[str, Any]:
    """Each with both figures and what happened since the count before, the newest first."""
    reader, begin = services.store.reader, since or services.store.clock.now() - LOOK_BACK
    found = stock_history.drifts(reader, caller.tenant_id, begin, location_id, limit)
    tx = services.store.read(caller.tenant_id)
    return {
        "drifts": [
            {
                **_place(tx.get(InventoryPosition, drift.position_id)),
                **_figures(drift),
                "events_between": [event.shown for event in stock_history.between(reader, caller.tenant_id, drift)],
            }
            for drift in found
        ]
    }


def _place(position: InventoryPosition) -> dict[str, str]:
    return {"sku": position.sku, "location_id": position.location_id, "lot": position.lot}


def _figures(drift: StockEvent) -> dict[str, Any]:
    expected, counted = drift.data["expected"], drift.data["counted"]
    return {
        "expected": expected,
        "counted": counted,
        "difference": counted - expected,
        "counted_at": drift.data.get("told_at", drift.time.isoformat()),
        "source": drift.data.get("source", drift.data["actor"]),
    }


class Reconciliation(CanonicalModel):
    """Whose figures to ask for; all locations when none is named."""

    location_id: Identifier | None = None


@router.post("/v1/inventory/reconciliation", summary="Ask the warehouses what they have, now")
async def reconcile(asked: Reconciliation, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """By location: how many positions agreed, drifted (and were taken over), or could not be compared."""
    recounting = Recounting(services.store, services.rules, services.systems)
    actor = f"{caller.label} via POST /v1/inventory/reconciliation"
    found = await recounting.reconcile(caller.tenant_id, actor, asked.location_id)
    return {"locations": [each.shown for each in found]}
