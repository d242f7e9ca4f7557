"""Stock as GraphQL types: positions, locations, products, and what is available."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.types import Info

from canonical_models import InventoryPosition
from connector_service.app.graphql.reads import QueryContext, reads_of
from connector_service.app.graphql.scalars import Moment, Money
from connector_service.store.kinds import Body

Asked = Info[QueryContext, None]


def _product(root: Body, info: Asked) -> Any:
    return reads_of(info).product(root["sku"])


def _location(root: Body, info: Asked) -> Any:
    return reads_of(info).locations.get(root["location_id"])


def _available(root: Body) -> Any:
    return InventoryPosition.model_validate(root).available


@strawberry.type(description="A warehouse, store or 3PL site.")
class Location:
    id: str
    name: str
    kind: str
    country: str
    region: str
    postal_code: str
    city: str
    timezone: str
    serves: list[str] = strawberry.field(description="Countries it ships to; empty means all.")
    handling_minor: Money


@strawberry.type(description="A SKU in a kit, and how many of it one kit holds.")
class KitPart:
    sku: str
    quantity: int


@strawberry.type(description="What a SKU is: grams and millimetres.")
class Product:
    sku: str
    title: str
    barcode: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    lot_tracked: bool
    kit: list[KitPart] = strawberry.field(description="What a kit is picked from; it has no stock of its own.")


@strawberry.type(description="Stock of one SKU in one lot at one location.")
class Position:
    id: str
    sku: str
    location_id: str
    lot: str
    expires_on: str | None
    on_hand: int
    reserved: int
    unavailable: int
    safety_stock: int
    in_transit: int
    lot_status: str
    available: int = strawberry.field(resolver=_available, description="What may be promised to the next order.")
    as_of: Moment
    updated_at: Moment
    location: Location | None = strawberry.field(resolver=_location)
    product: Product | None = strawberry.field(resolver=_product)


@strawberry.type(description="What one location could ship now.")
class PlaceAvailability:
    location_id: str
    name: str
    country: str
    available: int
    covers: bool
    on_hand: int
    reserved: int
    unavailable: int
    safety_stock: int
    in_transit: int
    ships_on: str
    arrives_on: str | None
    distance_km: int | None
    transit_days: int | None


@strawberry.type(description="What is available of a SKU, in all and by location. An answer, not a claim.")
class Availability:
    sku: str
    quantity: int
    answer: str = strawberry.field(description="one_location, several_locations, short, or unknown_sku.")
    available: int
    locations: list[PlaceAvailability]
