"""The questions one may ask, and the schema made of them. Read only."""

from __future__ import annotations

from typing import Any

import strawberry
from graphql import GraphQLSchema
from pydantic import ValidationError

from connector_service.app.graphql.order_types import ExceptionCase, Order, Shipment
from connector_service.app.graphql.paging import Connection
from connector_service.app.graphql.reads import reads_of
from connector_service.app.graphql.scalars import CONFIG
from connector_service.app.graphql.stock_types import Asked, Availability, Location, Position, Product
from connector_service.app.inventory.availability import Questions
from connector_service.errors import InvalidInput
from connector_service.store.kinds import EXCEPTION, ORDER, POSITION, SHIPMENT, Kind
from nodes.runner import first_problem

PAGE = 20
MAX_SKUS = 100


def _one(kind: Kind) -> Any:
    async def resolve(info: Asked, id: str) -> Any:
        return await reads_of(info).by_id(kind, id)

    return resolve


def _orders(
    info: Asked,
    first: int = PAGE,
    after: str | None = None,
    number: str | None = None,
    status: str | None = None,
    owner: str | None = None,
) -> Any:
    return reads_of(info).page(ORDER, first, after, {"number": number, "status": status, "owner": owner})


def _shipments(info: Asked, first: int = PAGE, after: str | None = None, status: str | None = None) -> Any:
    return reads_of(info).page(SHIPMENT, first, after, {"status": status})


def _exceptions(
    info: Asked, first: int = PAGE, after: str | None = None, state: str | None = None, code: str | None = None
) -> Any:
    return reads_of(info).page(EXCEPTION, first, after, {"state": state, "code": code})


def _positions(
    info: Asked, first: int = PAGE, after: str | None = None, sku: str | None = None, location_id: str | None = None
) -> Any:
    narrow = {"sku": sku, "location_id": location_id}
    return reads_of(info).page(POSITION, first, after, narrow, newest_first=False)


def _locations(info: Asked) -> Any:
    return list(reads_of(info).locations.values())


def _location(info: Asked, id: str) -> Any:
    return reads_of(info).locations.get(id)


def _product(info: Asked, sku: str) -> Any:
    return reads_of(info).product(sku)


def _availability(
    info: Asked, skus: list[str], quantity: int = 1, country: str | None = None, postal_code: str = ""
) -> Any:
    if not 1 <= len(skus) <= MAX_SKUS:
        raise InvalidInput(f"`skus` must name 1 to {MAX_SKUS} SKUs, not {len(skus)}.")
    items = [{"sku": sku, "quantity": quantity} for sku in skus]
    try:
        asked = Questions.model_validate({"items": items, "country": country, "postal_code": postal_code})
    except ValidationError as error:
        raise first_problem(error) from None
    return reads_of(info).availability(asked)


@strawberry.type(description="All of it is the caller's own; another tenant's object is answered like a missing one.")
class Query:
    order: Order | None = strawberry.field(resolver=_one(ORDER))
    orders: Connection[Order] = strawberry.field(resolver=_orders, description="Newest first.")
    shipment: Shipment | None = strawberry.field(resolver=_one(SHIPMENT))
    shipments: Connection[Shipment] = strawberry.field(resolver=_shipments, description="Newest first.")
    exception: ExceptionCase | None = strawberry.field(resolver=_one(EXCEPTION))
    exceptions: Connection[ExceptionCase] = strawberry.field(resolver=_exceptions, description="Newest first.")
    position: Position | None = strawberry.field(resolver=_one(POSITION))
    positions: Connection[Position] = strawberry.field(resolver=_positions, description="By id.")
    location: Location | None = strawberry.field(resolver=_location)
    locations: list[Location] = strawberry.field(resolver=_locations)
    product: Product | None = strawberry.field(resolver=_product)
    availability: list[Availability] = strawberry.field(
        resolver=_availability, description="Is it available, and where? From the read cache, for up to 100 SKUs."
    )


def made() -> GraphQLSchema:
    """The schema, ready to be asked."""
    # Queries are carried out by graphql-core itself, which takes its own kind of schema: the one inside.
    schema: GraphQLSchema = strawberry.Schema(query=Query, config=CONFIG)._schema
    return schema
