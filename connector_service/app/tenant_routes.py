"""What a tenant sets up: products, locations, stock, connections, absences; and what was rejected."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from fastapi import APIRouter, Response
from pydantic import Field, JsonValue

from canonical_models import CanonicalModel, InventoryPosition, Location, Product, Reservation
from canonical_models.base import Identifier, Quantity, Sku, UtcDatetime
from connector_service.app.catalog_checks import check_location
from connector_service.app.intake import Intake, take_in
from connector_service.app.order_routes import read_order
from connector_service.app.problems import StrictRoute
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.app.webhook_routes import read_shopify
from connector_service.errors import Conflict, InvalidInput
from connector_service.inventory import kit_parts
from connector_service.inventory.positions import Shelf
from connector_service.orders.recounts import count_now
from connector_service.orders.work import Work
from connector_service.store import Transaction, rejected, tenants

router = APIRouter(tags=["tenant"], route_class=StrictRoute)


class Products(CanonicalModel):
    """Products to add or replace."""

    products: list[Product] = Field(max_length=10_000)


class Locations(CanonicalModel):
    """Locations to add or replace."""

    locations: list[Location] = Field(max_length=1_000)


class Count(CanonicalModel):
    """What lies on a shelf."""

    sku: Sku
    location_id: Identifier
    lot: str = Field(default="", max_length=64)
    expires_on: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    on_hand: Quantity


class Counts(CanonicalModel):
    """Counts to take over."""

    positions: list[Count] = Field(max_length=10_000)


class AbsenceBody(CanonicalModel):
    """From when to when an owner is out; without an end until further notice."""

    out_from: UtcDatetime
    out_until: UtcDatetime | None = None


class Correction(CanonicalModel):
    """A rejected message as it should have been."""

    body: JsonValue


@router.get("/v1/tenant", summary="Whose key is this?")
async def tenant(caller: KnownCaller, services: UsedServices) -> dict[str, str]:
    """The tenant of the credential."""
    return {"tenant_id": caller.tenant_id, "name": tenants.tenant_name(services.store.reader, caller.tenant_id)}


@router.put("/v1/products", summary="Add or replace products")
async def put_products(new: Products, caller: KnownCaller, services: UsedServices) -> dict[str, int]:
    """Add or replace products. `hazmat`, `lithium` and `cold_chain` keep a product out of locations that may not handle
    it; one that `ships_alone` travels in a shipment of its own."""
    await services.store.write(caller.tenant_id, lambda tx: kit_parts.put_products(tx, new.products))
    return {"products": len(new.products)}


@router.put("/v1/locations", summary="Add or replace locations")
async def put_locations(new: Locations, caller: KnownCaller, services: UsedServices) -> dict[str, int]:
    """Add or replace locations.

    `cut_off` (and `cut_offs` for single weekdays) are times of the location's `timezone`; it ships on the weekdays
    `ships_on`, but neither on the public holidays of `holidays` (its country's, when it does not say) nor on the days
    `closed_on`. `capacity_per_day` is in shipments. A permit (`handles_hazmat`, `handles_lithium`,
    `handles_cold_chain`) that is not given counts as none. All or nothing: one wrong location refuses the list.
    """
    for at, location in enumerate(new.locations):
        check_location(location, f"/locations/{at}")
    await services.store.write(caller.tenant_id, lambda tx: tx.put_locations(new.locations))
    return {"locations": len(new.locations)}


@router.put("/v1/inventory", summary="Take over counts")
async def put_inventory(new: Counts, caller: KnownCaller, services: UsedServices) -> dict[str, int]:
    """Set what is on hand now, position by position; the same count again changes nothing.

    Where fewer are there than orders have claimed, the newest of them become an `inventory_mismatch`.
    """

    def job(tx: Transaction) -> int:
        work = Work(tx, services.rules.of(tx.tenant_id), f"{caller.label} via PUT /v1/inventory")
        return sum(
            count_now(work, Shelf(count.sku, count.location_id, count.lot, count.expires_on), count.on_hand)
            for count in new.positions
        )

    return {"changed": await services.store.write(caller.tenant_id, job)}


@router.get("/v1/inventory", summary="List positions and reservations")
async def get_inventory(caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """All positions with what is available, and the claims on them."""
    tx = services.store.read(caller.tenant_id)
    positions = tx.find_by(InventoryPosition, limit=100_000)
    return {
        "positions": [{**p.model_dump(mode="json"), "available": p.available} for p in positions],
        "reservations": [r.model_dump(mode="json") for r in tx.find_by(Reservation, limit=100_000)],
    }


@router.put("/v1/absences/{owner}", summary="Say that an owner is out")
async def put_absence(owner: str, new: AbsenceBody, caller: KnownCaller, services: UsedServices) -> dict[str, str]:
    """Their work goes to others as the rules say."""
    owners = services.rules.of(caller.tenant_id).organisation.owners
    if owner not in owners:
        raise InvalidInput(f"There is no owner {owner!r}; owners are {', '.join(owners)}.", pointer="/owner")
    absence = tenants.Absence(owner, new.out_from, new.out_until)
    await services.store.administer(lambda c: tenants.put_absence(c, caller.tenant_id, absence))
    return {"owner": owner}


@router.delete("/v1/absences/{owner}", status_code=204, summary="Say that an owner is back")
async def end_absence(owner: str, caller: KnownCaller, services: UsedServices) -> Response:
    """The owner is back."""
    await services.store.administer(lambda c: tenants.end_absence(c, caller.tenant_id, owner))
    return Response(status_code=204)


def _shown(message: rejected.RejectedMessage) -> dict[str, Any]:
    received_at = datetime.fromisoformat(message.received_at).isoformat()
    text = message.body.decode("utf-8", "replace")
    return {
        "id": message.id,
        "received_at": received_at,
        "channel": message.channel,
        "body": text,
        "problem": message.problem,
        "replayed_as": message.replayed_as,
    }


@router.get("/v1/rejected", summary="List rejected messages")
async def list_rejected(caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Messages that were refused and not replayed yet, with the reason."""
    return {"rejected": [_shown(message) for message in rejected.find(services.store.reader, caller.tenant_id)]}


@router.post("/v1/rejected/{message_id}/replay", summary="Correct and replay a rejected message")
async def replay(message_id: str, correction: Correction, caller: KnownCaller, services: UsedServices) -> Response:
    """Take in the corrected message in the same way as the first one."""
    message = rejected.find(services.store.reader, caller.tenant_id, message_id)[0]
    if message.replayed_as is not None:
        raise Conflict(f"The message {message_id} was replayed before, as {message.replayed_as}.")
    readers = {"orders": read_order, "webhooks/shopify": read_shopify}
    read = readers.get(message.channel)
    if read is None:
        raise Conflict(f"A message of {message.channel} is not replayed: its sender sends it again, or is asked.")
    actor, key = f"{caller.label} replaying {message_id}", f"replay-{message_id}"
    intake = Intake(caller.tenant_id, actor, message.channel, key, message_id)
    answer = await take_in(services, intake, orjson.dumps(correction.body), read)
    if answer.status_code < 300:
        order_id = orjson.loads(bytes(answer.body))["order_id"]
        await services.store.write(
            caller.tenant_id, lambda tx: rejected.mark_replayed(tx.connection, tx.tenant_id, message_id, order_id)
        )
    return answer
