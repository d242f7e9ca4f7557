"""Orders, their lines, shipments and exceptions as GraphQL types."""

from __future__ import annotations

from typing import Any

import strawberry

from connector_service.app.graphql.reads import reads_of
from connector_service.app.graphql.scalars import Moment, Money
from connector_service.app.graphql.stock_types import Asked, Location, Position, Product
from connector_service.store.kinds import EXCEPTION, ORDER, POSITION, SHIPMENT, Body

LINES, BELOW = 10, 5
"""How many lines, and how many of anything else, are shown below an object unless it is said."""


async def _positions(root: Body, info: Asked, first: int = BELOW) -> Any:
    return await reads_of(info).below(POSITION, "sku", root["sku"], first)


def _product(root: Body, info: Asked) -> Any:
    return reads_of(info).product(root["sku"])


def _location(root: Body, info: Asked) -> Any:
    return reads_of(info).locations.get(root["location_id"])


def _lines(root: Body, first: int = LINES, skip: int = 0) -> Any:
    return root["lines"][max(0, skip) :][: max(0, first)]


def _line_count(root: Body) -> Any:
    return len(root["lines"])


async def _shipments(root: Body, info: Asked, first: int = BELOW) -> Any:
    return await reads_of(info).below(SHIPMENT, "order_id", root["id"], first)


async def _exceptions(root: Body, info: Asked, first: int = BELOW) -> Any:
    return await reads_of(info).below(EXCEPTION, "order_id", root["id"], first)


async def _order(root: Body, info: Asked) -> Any:
    wanted = root["order_id"]
    return await reads_of(info).by_id(ORDER, wanted) if wanted else None


async def _shipment(root: Body, info: Asked) -> Any:
    wanted = root["shipment_id"]
    return await reads_of(info).by_id(SHIPMENT, wanted) if wanted else None


def _total(root: Body) -> Any:
    return root["totals"]["total_minor"]


@strawberry.type(description="A postal address.")
class Address:
    name: str
    company: str
    line1: str
    line2: str
    city: str
    region: str
    postal_code: str
    country: str


@strawberry.type(description="One SKU of an order, and what has become of its quantity.")
class OrderLine:
    line_id: str
    sku: str
    title: str
    quantity_ordered: int
    quantity_allocated: int
    quantity_fulfilled: int
    quantity_cancelled: int
    quantity_returned: int
    unit_price_minor: Money
    lot: str | None
    product: Product | None = strawberry.field(resolver=_product)
    positions: list[Position] = strawberry.field(resolver=_positions, description="Stock of the line's SKU.")


@strawberry.type(description="A part of an order line in a shipment.")
class ShipmentLine:
    line_id: str
    sku: str
    quantity: int
    lot: str | None
    quantity_picked: int
    quantity_packed: int


@strawberry.type(description="The carrier's label.")
class Label:
    carrier: str
    service: str
    tracking_number: str
    tracking_url: str
    cost_minor: Money
    currency: str
    transit_days: int
    bought_at: Moment


@strawberry.type(description="An order or shipment that left the ordinary path, or a credential that is overdue.")
class ExceptionCase:
    id: str
    code: str
    state: str
    message: str
    severity: str
    owner: str
    claimed_by: str | None
    deadline_at: Moment | None
    raised_at: Moment
    resolution: str
    order_id: str | None
    shipment_id: str | None
    credential_id: str | None
    order: Order | None = strawberry.field(resolver=_order)
    shipment: Shipment | None = strawberry.field(resolver=_shipment)


@strawberry.type(description="The part of an order that one location ships.")
class Shipment:
    id: str
    order_id: str
    location_id: str
    status: str
    created_at: Moment
    updated_at: Moment
    lines: list[ShipmentLine] = strawberry.field(resolver=_lines)
    line_count: int = strawberry.field(resolver=_line_count)
    label: Label | None
    location: Location | None = strawberry.field(resolver=_location)
    order: Order | None = strawberry.field(resolver=_order)


@strawberry.type(description="What the customer bought, who owns it now, and by when somebody must act.")
class Order:
    id: str
    version: int
    number: str
    source: str
    channel: str
    status: str
    status_since: Moment
    priority: str
    owner: str
    deadline_at: Moment | None
    currency: str
    total_minor: Money = strawberry.field(resolver=_total)
    created_at: Moment
    updated_at: Moment
    ship_to: Address
    lines: list[OrderLine] = strawberry.field(resolver=_lines)
    line_count: int = strawberry.field(resolver=_line_count)
    shipments: list[Shipment] = strawberry.field(resolver=_shipments, description="Cancelled ones included.")
    exceptions: list[ExceptionCase] = strawberry.field(resolver=_exceptions, description="Resolved ones included.")
