"""Close a location for all orders and open it again; what nobody has picked there goes elsewhere."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from canonical_models import CanonicalModel, Shipment
from connector_service.app.problems import StrictRoute
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.orders.closures import close_location, open_location
from connector_service.orders.moving_away import UNPICKED
from connector_service.orders.work import Work
from connector_service.store import Transaction, closures
from nodes.moving import MOVE_AWAY
from nodes.runner import Answer

router = APIRouter(tags=["tenant"], route_class=StrictRoute)
ORDERS_PER_CALL = 200


class Why(CanonicalModel):
    """Who says so, and why, for the audit trail."""

    because: str = Field(min_length=1, max_length=500)
    person: str = Field(default="", max_length=100, description="who decided; empty: the credential's label")


class ClosingBody(Why):
    """`nobody_there`: the place cannot ship anything, so its system's answer is not waited for. `after`: the `next` of
    the answer before, to go on where it ended."""

    nobody_there: bool = False
    after: str = ""


@router.post("/v1/locations/{location_id}/close", summary="Close a location for now")
async def close(location_id: str, said: ClosingBody, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """No order is sent there any more. Orders with shipments there that nobody has picked are moved elsewhere, some at
    a time, express first: call again with `after` until `next` is null. The same call again does nothing twice."""
    actor = f"{caller.label} via POST /v1/locations/{location_id}/close"

    def job(tx: Transaction) -> bool:
        work = Work(tx, services.rules.of(tx.tenant_id), actor)
        return close_location(work, location_id, said.person or caller.label, said.because)

    closed_now = await services.store.write(caller.tenant_id, job)
    statuses = [status.value for status in UNPICKED]
    connection = services.store.reader
    there = closures.orders_shipping_from(
        connection, caller.tenant_id, location_id, statuses, said.after, ORDERS_PER_CALL
    )
    ids = [order_id for _, order_id in there]
    items = [{"order_id": order_id, "location_id": location_id, "nobody_there": said.nobody_there} for order_id in ids]
    answers = await services.runner.run(MOVE_AWAY, caller, items)
    outcome = _outcome(services.store.read(caller.tenant_id), location_id, ids, answers)
    following = there[-1][0] if len(there) == ORDERS_PER_CALL else None
    return {"location_id": location_id, "closed_now": closed_now, **outcome, "next": following}


def _outcome(tx: Transaction, location_id: str, ids: list[str], answers: list[Answer]) -> dict[str, Any]:
    """Orders by what became of them: moved, short (with an exception), staying there, or failed with the reason."""
    found: dict[str, list[Any]] = {"moved": [], "short": [], "stay": [], "failed": []}
    for order_id, answer in zip(ids, answers, strict=True):
        if answer["status"] == "failed":
            found["failed"].append({"order_id": order_id, "because": answer["error"]["detail"]})
            continue
        shipments = tx.find_by(Shipment, order_id=order_id)
        stays = any(each.location_id == location_id and each.status in UNPICKED for each in shipments)
        kind = "stay" if stays else "short" if answer["status"] == "exception" else "moved"
        found[kind].append(order_id)
    return found


@router.post("/v1/locations/{location_id}/open", summary="Open a location again")
async def reopen(location_id: str, said: Why, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Orders are sent there again, and those that wait for what it keeps are woken; what was moved away stays away."""

    def job(tx: Transaction) -> bool:
        work = Work(tx, services.rules.of(tx.tenant_id), f"{caller.label} via POST /v1/locations/{location_id}/open")
        return open_location(work, location_id, said.person or caller.label, said.because)

    return {"location_id": location_id, "opened_now": await services.store.write(caller.tenant_id, job)}


@router.get("/v1/locations/closures", summary="List closed locations")
async def list_closures(caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """The last hundred closures with who said so and why, newest first; `opened_at` null: closed now."""
    return {"closures": [asdict(each) for each in closures.history(services.store.reader, caller.tenant_id)]}
