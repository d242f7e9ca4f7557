"""What a tenant has settled about its carriers, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from connector_service.adapters import registry
from connector_service.app.problems import StrictRoute
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.carriers.settings import NOTHING_SETTLED, CarrierSettings
from connector_service.errors import InvalidInput
from connector_service.store import carrier_settings

router = APIRouter(tags=["tenant"], route_class=StrictRoute)
PATH = "/v1/tenant/carriers"


@router.get(PATH, summary="Read what is settled about carriers")
async def get_settings(caller: KnownCaller, services: UsedServices) -> CarrierSettings:
    """Shares of the month, promises by service level, rates of exchange, what carriers take by agreement, and how
    labels come."""
    body = carrier_settings.read(services.store.reader, caller.tenant_id)
    return CarrierSettings.model_validate_json(body) if body else NOTHING_SETTLED


@router.put(PATH, summary="Settle carriers' shares, service levels, exchange rates, limits and the format of labels")
async def put_settings(new: CarrierSettings, caller: KnownCaller, services: UsedServices) -> CarrierSettings:
    """Put all of it in place of what there is; the next choice of a carrier goes by it."""
    for part in ("mix", "limits"):
        for slug in getattr(new, part):
            if slug not in registry.CARRIERS:
                known = ", ".join(sorted(registry.CARRIERS))
                raise InvalidInput(f"There is no carrier {slug!r}; known are {known}.", pointer=f"/{part}/{slug}")
    body = new.model_dump_json()
    await services.store.write(caller.tenant_id, lambda tx: carrier_settings.put(tx.connection, tx.tenant_id, body))
    return new
