"""The boxes that a tenant packs into."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from canonical_models import CanonicalModel
from connector_service.app.problems import StrictRoute
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.packing import Box, read_boxes
from connector_service.store import boxes

router = APIRouter(tags=["tenant"], route_class=StrictRoute)


class Boxes(CanonicalModel):
    """All boxes of a tenant; an empty list stands for the standard ones."""

    boxes: list[Box] = Field(max_length=200)


@router.put("/v1/boxes", summary="Name the boxes to pack into")
async def put_boxes(new: Boxes, caller: KnownCaller, services: UsedServices) -> dict[str, int]:
    """Replace all boxes; an empty list gives the standard ones back."""
    known = read_boxes([box.model_dump() for box in new.boxes]) if new.boxes else []
    await services.store.write(caller.tenant_id, lambda tx: boxes.put_boxes(tx.connection, tx.tenant_id, known))
    return {"boxes": len(known)}


@router.get("/v1/boxes", summary="List the boxes to pack into")
async def get_boxes(caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """The boxes in use: the tenant's own, or the standard ones."""
    found = boxes.boxes_of(services.store.reader, caller.tenant_id)
    return {"boxes": [box.model_dump(mode="json") for box in found]}
