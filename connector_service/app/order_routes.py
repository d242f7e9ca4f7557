"""Orders that come in directly, and what is known of them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from pydantic import ValidationError

from canonical_models import ExceptionCase, NewOrder, Order, Shipment
from connector_service.app.intake import Intake, take_in
from connector_service.app.problems import read_json
from connector_service.app.services import KnownCaller, UsedServices
from nodes.runner import first_problem

router = APIRouter(tags=["orders"])


def read_order(body: bytes) -> NewOrder:
    """A canonical order from a request's body.

    Raises:
        InvalidInput: the body is no JSON, or no order; says where.
    """
    said = read_json(body)
    try:
        return NewOrder.model_validate(said)
    except ValidationError as error:
        raise first_problem(error) from None


@router.post("/v1/orders", summary="Send an order")
async def send_order(
    request: Request,
    caller: KnownCaller,
    services: UsedServices,
    idempotency_key: Annotated[str | None, Header(max_length=255)] = None,
) -> Response:
    """Take in an order in canonical form; it waits safely until a flow works on it."""
    intake = Intake(caller.tenant_id, f"{caller.label} via POST /v1/orders", "orders", idempotency_key)
    return await take_in(services, intake, await request.body(), read_order)


@router.get("/v1/orders", summary="List orders")
async def list_orders(
    caller: KnownCaller, services: UsedServices, status: str = "", number: str = "", limit: int = 100
) -> dict[str, Any]:
    """Orders, oldest first, narrowed by status and number."""
    narrow = {key: value for key, value in (("status", status), ("number", number)) if value}
    found = services.store.read(caller.tenant_id).find_by(Order, limit=min(max(limit, 1), 1_000), **narrow)
    return {"orders": [order.model_dump(mode="json") for order in found]}


@router.get("/v1/orders/{order_id}", summary="Get an order")
async def get_order(order_id: str, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """An order with its shipments and exceptions."""
    tx = services.store.read(caller.tenant_id)
    order = tx.get(Order, order_id)
    return {
        "order": order.model_dump(mode="json"),
        "shipments": [item.model_dump(mode="json") for item in tx.find_by(Shipment, order_id=order_id)],
        "exceptions": [item.model_dump(mode="json") for item in tx.find_by(ExceptionCase, order_id=order_id)],
    }


@router.get("/v1/orders/{order_id}/timeline", summary="Get the audit trail of an order")
async def get_timeline(order_id: str, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Every event of an order and what belongs to it: when, who, from which status to which, by which rule and why."""
    tx = services.store.read(caller.tenant_id)
    tx.get(Order, order_id)
    return {"events": [event.model_dump(mode="json") for event in tx.timeline(order_id)]}


@router.get("/v1/exceptions", summary="List exceptions")
async def list_exceptions(
    caller: KnownCaller, services: UsedServices, state: str = "", owner: str = "", limit: int = 100
) -> dict[str, Any]:
    """Exceptions, oldest first, narrowed by state and owner."""
    narrow = {key: value for key, value in (("state", state), ("owner", owner)) if value}
    found = services.store.read(caller.tenant_id).find_by(ExceptionCase, limit=min(max(limit, 1), 1_000), **narrow)
    return {"exceptions": [case.model_dump(mode="json") for case in found]}
