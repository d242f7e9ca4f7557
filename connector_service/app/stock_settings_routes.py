"""How a tenant deals with stock: how long orders hold it, substitutes, and how often warehouses are asked."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter
from pydantic import StrictBool, StrictInt

from canonical_models import CanonicalModel
from connector_service.app.problems import StrictRoute
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.store import tenants

router = APIRouter(tags=["tenant"], route_class=StrictRoute)


class StockSettingsBody(CanonicalModel):
    """What to change; what is left out stays."""

    claim_minutes: StrictInt | None = None
    substitution: StrictBool | None = None
    recount_hours: StrictInt | None = None


class StockSettingsAnswer(CanonicalModel):
    """How a tenant deals with stock."""

    claim_minutes: int
    substitution: bool
    recount_hours: int


@router.get("/v1/tenant/stock", summary="Read how stock is dealt with")
async def get_settings(caller: KnownCaller, services: UsedServices) -> StockSettingsAnswer:
    """Minutes for which an order that does not move holds stock, whether substitutes may be sent, and after how many
    hours warehouses are asked for their figures (0: never)."""
    return StockSettingsAnswer(**asdict(tenants.stock_settings(services.store.reader, caller.tenant_id)))


@router.put("/v1/tenant/stock", summary="Change how stock is dealt with")
async def put_settings(new: StockSettingsBody, caller: KnownCaller, services: UsedServices) -> StockSettingsAnswer:
    """Change what is given; claims that are held already keep their time until their order moves."""
    said = new.model_dump(exclude_none=True)
    changed = await services.store.administer(lambda c: tenants.change_stock_settings(c, caller.tenant_id, **said))
    return StockSettingsAnswer(**asdict(changed))
