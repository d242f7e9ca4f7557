"""What a location's label printers take, over HTTP; the tenant's is among what is settled about carriers."""

from __future__ import annotations

from fastapi import APIRouter

from canonical_models import CanonicalModel
from canonical_models.inventory import LabelPaper
from connector_service.app.problems import StrictRoute
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.orders.label_formats import set_label_format
from connector_service.orders.work import Work
from connector_service.store import Transaction

router = APIRouter(tags=["tenant"], route_class=StrictRoute)


class LabelFormatBody(CanonicalModel):
    """What the printers take; null: what the tenant's do."""

    label_format: LabelPaper | None


class LabelFormatAnswer(CanonicalModel):
    """What labels for the location come as now."""

    location_id: str
    label_format: LabelPaper


@router.put("/v1/locations/{location_id}/label-format", summary="Set what a location's label printers take")
async def put_label_format(
    location_id: str, said: LabelFormatBody, caller: KnownCaller, services: UsedServices
) -> LabelFormatAnswer:
    """Labels that are bought for it from now on come in this format, unless the purchase says otherwise."""
    actor = f"{caller.label} via PUT /v1/locations/{location_id}/label-format"

    def job(tx: Transaction) -> LabelPaper:
        return set_label_format(Work(tx, services.rules.of(tx.tenant_id), actor), location_id, said.label_format)

    in_force = await services.store.write(caller.tenant_id, job)
    return LabelFormatAnswer(location_id=location_id, label_format=in_force)
