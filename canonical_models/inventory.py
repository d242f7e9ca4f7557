"""Inventory position and reservation: what is there, and who has a claim on it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from canonical_models.base import (
    CanonicalModel,
    CanonicalObject,
    Grams,
    Identifier,
    Millimetres,
    Quantity,
    Sku,
    UtcDatetime,
)


class InventoryPosition(CanonicalObject):
    """Stock of one SKU in one lot at one location: available = on_hand - reserved - unavailable."""

    sku: Sku
    location_id: Identifier
    lot: str = Field(default="", max_length=64, description="empty when the SKU is not kept by lot")
    expires_on: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    on_hand: Quantity
    reserved: Quantity = 0
    unavailable: Quantity = 0
    as_of: UtcDatetime

    @property
    def available(self) -> int:
        """What may be promised to the next order."""
        return self.on_hand - self.reserved - self.unavailable


class ReservationState(StrEnum):
    """A reservation is held, bound to a shipment, used up by it, or given back."""

    HELD = "held"
    ALLOCATED = "allocated"
    CONSUMED = "consumed"
    RELEASED = "released"


class Reservation(CanonicalObject):
    """A claim of an order line on a position; an allocation is a reservation bound to a shipment."""

    order_id: Identifier
    line_id: Identifier
    shipment_id: Identifier | None = None
    position_id: Identifier
    sku: Sku
    location_id: Identifier
    lot: str = ""
    quantity: Quantity
    state: ReservationState = ReservationState.HELD
    expires_at: UtcDatetime | None = None


class Location(CanonicalModel):
    """A warehouse, store or 3PL site; `wms` is the slug of the adapter that speaks to it."""

    id: Identifier
    name: str
    kind: str = "warehouse"
    country: str
    region: str = ""
    postal_code: str = ""
    city: str = ""
    timezone: str = "UTC"
    wms: Identifier
    serves: list[str] = Field(default_factory=list, description="countries it ships to; empty means all")
    handling_minor: int = Field(default=0, ge=0, le=10**15, description="handling cost of one shipment, minor units")


class Product(CanonicalModel):
    """What a SKU is: weight in grams, size in millimetres, the barcode on it, and whether lots matter."""

    sku: Sku
    title: str = ""
    barcode: str = ""
    weight_g: Grams
    length_mm: Millimetres = 0
    width_mm: Millimetres = 0
    height_mm: Millimetres = 0
    lot_tracked: bool = False
