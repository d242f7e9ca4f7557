"""Flows subscribe to events here; the n8n trigger does it by itself."""

from __future__ import annotations

import base64
import secrets
from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from canonical_models import CanonicalModel
from connector_service.app.problems import StrictRoute
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.errors import InvalidInput, NotFound
from connector_service.events import EVENT_TYPES
from connector_service.orders.work import new_id
from connector_service.store import outbox

router = APIRouter(tags=["subscriptions"], route_class=StrictRoute)


class NewSubscription(CanonicalModel):
    """Where to send which events, at most `batch_size` in one call."""

    url: str = Field(pattern=r"^https?://", max_length=2_000)
    event_types: list[str] = Field(min_length=1, max_length=100)
    batch_size: int = Field(default=100, ge=1, le=500)
    name: str = Field(default="flow", max_length=200)
    acknowledge: Literal["on_progress", "on_receipt"] = "on_progress"


@router.get("/v1/event-types", summary="List event types")
async def event_types(caller: KnownCaller) -> dict[str, Any]:
    """The events that a flow may subscribe to."""
    return {"event_types": [{"type": name, "description": words} for name, words in EVENT_TYPES.items()]}


@router.post("/v1/subscriptions", status_code=201, summary="Subscribe to events")
async def subscribe(new: NewSubscription, caller: KnownCaller, services: UsedServices) -> dict[str, str]:
    """Subscribe; events that nobody has acted on yet are delivered first. The secret signs every delivery."""
    unknown = [name for name in new.event_types if name not in EVENT_TYPES]
    if unknown:
        raise InvalidInput(
            f"There is no event type {unknown[0]!r}; GET /v1/event-types lists them.", pointer="/event_types"
        )
    now = services.store.clock.now()
    subscription = outbox.Subscription(
        id=new_id("sub", now, secrets.token_bytes),
        tenant_id=caller.tenant_id,
        name=new.name,
        url=new.url,
        secret="whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
        event_types=tuple(new.event_types),
        batch_size=new.batch_size,
        acknowledge=new.acknowledge,
    )
    await services.store.administer(lambda c: outbox.subscribe(c, subscription, now))
    return {"id": subscription.id, "secret": subscription.secret}


@router.get("/v1/subscriptions", summary="List subscriptions")
async def list_subscriptions(caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """The tenant's subscriptions, and how many deliveries are in each state."""
    found = outbox.subscriptions(services.store.reader, caller.tenant_id)
    shown = [
        {"id": s.id, "name": s.name, "url": s.url, "event_types": list(s.event_types), "batch_size": s.batch_size}
        for s in found
    ]
    return {"subscriptions": shown, "deliveries": outbox.counts(services.store.reader, caller.tenant_id)}


@router.get("/v1/subscriptions/{subscription_id}", summary="Get a subscription")
async def get_subscription(subscription_id: str, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """One subscription, without its secret."""
    for found in outbox.subscriptions(services.store.reader, caller.tenant_id):
        if found.id == subscription_id:
            return {"id": found.id, "url": found.url, "event_types": list(found.event_types)}
    raise NotFound(f"There is no subscription {subscription_id!r}.")


@router.delete("/v1/subscriptions/{subscription_id}", status_code=204, summary="Unsubscribe")
async def unsubscribe(subscription_id: str, caller: KnownCaller, services: UsedServices) -> Response:
    """End a subscription; what waits for it is dropped, and found again by the next one to the same events."""
    removed = await services.store.administer(lambda c: outbox.unsubscribe(c, caller.tenant_id, subscription_id))
    if not removed:
        raise NotFound(f"There is no subscription {subscription_id!r}.")
    return Response(status_code=204)
