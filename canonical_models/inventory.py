"""Inventory position and reservation: what is there, and who has a claim on it."""

from __future__ import annotations

import datetime
import re
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

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


class LotStatus(StrEnum):
    """Only what is usable is promised; the rest stays on the shelf until somebody decides."""

    USABLE = "usable"
    QUARANTINED = "quarantined"
    EXPIRED = "expired"
    RECALLED = "recalled"


class AdjustmentReason(StrEnum):
    """Why a quantity on the shelf changed without an order, a receipt, a transfer or a count."""

    DAMAGED = "damaged"
    LOST = "lost"
    FOUND = "found"
    STOLEN = "stolen"
    EXPIRED = "expired"
    SAMPLE = "sample"
    RETURNED = "returned"
    KITTED = "kitted"
    CORRECTION = "correction"


class InventoryPosition(CanonicalObject):
    """Stock of one SKU in one lot at one location.

    `on_hand` is all of it, what is reserved, picked and unavailable included; `picked` is the part of `reserved` that
    is off the shelf; `in_transit` is on its way here and not on hand yet.
    """

    sku: Sku
    location_id: Identifier
    lot: str = Field(default="", max_length=64, description="empty when the SKU is not kept by lot")
    expires_on: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    lot_status: LotStatus = LotStatus.USABLE
    on_hand: Quantity
    reserved: Quantity = 0
    picked: Quantity = 0
    unavailable: Quantity = 0
    safety_stock: Quantity = Field(default=0, description="kept back from orders, and not from counts or transfers")
    in_transit: Quantity = 0
    serials: list[Identifier] = Field(
        default_factory=list, max_length=1_000, description="serial numbers of units that nobody has claimed"
    )
    as_of: UtcDatetime

    @property
    def available(self) -> int:
        """What may be promised to the next order, never below 0; the expiry date is for the asker to look at."""
        if self.lot_status != LotStatus.USABLE:
            return 0
        return max(0, self.free - self.safety_stock)

    @property
    def free(self) -> int:
        """What nobody has claimed and nothing is known against."""
        return self.on_hand - self.reserved - self.unavailable


class ReservationState(StrEnum):
    """A reservation is held for a time, bound to a released shipment, used up by it, or given back."""

    HELD = "held"
    ALLOCATED = "allocated"
    CONSUMED = "consumed"
    RELEASED = "released"


class Reservation(CanonicalObject):
    """A claim of an order line on a position: held until `expires_at`, and an allocation, which does not expire, from
    when its shipment is released to the warehouse."""

    order_id: Identifier
    line_id: Identifier
    shipment_id: Identifier | None = None
    position_id: Identifier
    sku: Sku
    location_id: Identifier
    lot: str = ""
    quantity: Quantity
    picked: Quantity = 0
    serials: list[Identifier] = Field(default_factory=list, max_length=1_000)
    state: ReservationState = ReservationState.HELD
    expires_at: UtcDatetime | None = Field(default=None, description="only while it is held")


class Transfer(CanonicalObject):
    """Units of a lot on their way from one location to another: sent = arrived + lost + still in transit."""

    sku: Sku
    lot: str = Field(default="", max_length=64)
    from_position_id: Identifier
    to_position_id: Identifier
    quantity: Quantity
    quantity_arrived: Quantity = 0
    quantity_lost: Quantity = 0
    serials: list[Identifier] = Field(default_factory=list, max_length=1_000, description="of what is in transit")

    @property
    def in_transit(self) -> int:
        """What has neither arrived nor been given up."""
        return self.quantity - self.quantity_arrived - self.quantity_lost


_TIME_OF_DAY = r"^([01]\d|2[0-3]):[0-5]\d$"


def _time_of_day(value: object) -> object:
    if not isinstance(value, str) or not re.match(_TIME_OF_DAY, value):
        raise ValueError(f"{str(value)[:40]!r} is no time of day; write hours and minutes such as 15:30")
    return value


LocalTime = Annotated[str, BeforeValidator(_time_of_day), Field(pattern=_TIME_OF_DAY, examples=["15:30"])]
"""A time of day by the location's own clock."""
LabelPaper = Literal["zpl", "pdf", "pdf_a4", "pdf_letter"]
"""How a label comes: for a thermal printer (`zpl`) or as a page (`pdf`), both of 4 by 6 inches, or with that page on a
sheet of A4 or letter paper."""
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WORKING_WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")


class Location(CanonicalModel):
    """A warehouse, store or 3PL site; `wms` is the slug of the adapter that speaks to it.

    A permit that nobody gave is unknown, and so is a capacity. Without coordinates it lies where its postal code does.
    """

    id: Identifier
    name: str
    kind: str = "warehouse"
    country: str
    region: str = ""
    postal_code: str = ""
    city: str = ""
    latitude: float | None = Field(default=None, ge=-90, le=90, description="degrees north; needs the longitude, too")
    longitude: float | None = Field(default=None, ge=-180, le=180, description="degrees east; needs the latitude, too")
    timezone: str = "UTC"
    wms: Identifier
    serves: list[str] = Field(default_factory=list, description="countries it ships to; empty means all")
    carriers: list[Identifier] = Field(
        default_factory=list, max_length=50, description="carriers that collect there, by slug; empty means all"
    )
    handling_minor: int = Field(default=0, ge=0, le=10**15, description="handling cost of one shipment, minor units")
    label_format: LabelPaper | None = Field(
        default=None, description="what its label printers take, where that is not what the tenant's take"
    )
    cut_off: LocalTime | None = Field(
        default=None, description="what is ordered until then ships the same day; none: until the day is over"
    )
    cut_offs: dict[Weekday, LocalTime] = Field(
        default_factory=dict, description="weekdays on which the cut-off is another"
    )
    ships_on: list[Weekday] = Field(
        default_factory=lambda: list(WORKING_WEEK), min_length=1, max_length=7, description="weekdays on which it ships"
    )
    holidays: str | None = Field(
        default=None,
        max_length=10,
        description="whose public holidays it keeps: an ISO 3166 country or subdivision such as US-NY, or an empty "
        "text for none; its own country's when it does not say",
    )
    closed_on: list[datetime.date] = Field(
        default_factory=list, max_length=366, description="days on which it does not ship either"
    )
    capacity_per_day: int | None = Field(
        default=None, ge=0, le=1_000_000, description="shipments it can make a day; none: no limit is known"
    )
    handles_hazmat: bool | None = Field(default=None, description="may store and pack dangerous goods")
    handles_lithium: bool | None = Field(default=None, description="may pack lithium batteries")
    handles_cold_chain: bool | None = Field(default=None, description="can keep goods cold")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("a place needs both latitude and longitude, or neither")
        stray = [day for day in self.cut_offs if day not in self.ships_on]
        if stray:
            raise ValueError(
                f"cut_offs names {stray[0]}, on which it does not ship; ships_on: {', '.join(self.ships_on)}"
            )
        return self


class KitPart(CanonicalModel):
    """A SKU in a kit, and how many of it one kit holds."""

    sku: Sku
    quantity: int = Field(ge=1, le=10_000)


class Product(CanonicalModel):
    """What a SKU is: weight in grams, size in millimetres, the barcode on it, and whether lots matter.

    A kit has no stock of its own: its parts are picked. `substitutes` may go in its place, the best first, for tenants
    who allow it.
    """

    sku: Sku
    title: str = ""
    barcode: str = ""
    weight_g: Grams
    length_mm: Millimetres = 0
    width_mm: Millimetres = 0
    height_mm: Millimetres = 0
    lot_tracked: bool = False
    hazmat: bool = Field(default=False, description="dangerous goods: only for locations and carriers that may")
    lithium: bool = Field(default=False, description="with a lithium battery")
    cold_chain: bool = Field(default=False, description="must stay cold")
    hs_code: str = Field(
        default="",
        pattern=r"^([0-9]{4,12})?$",
        description="tariff number of the Harmonized System, digits only; customs asks for it",
    )
    origin_country: str = Field(
        default="",
        pattern=r"^([A-Z]{2})?$",
        description="ISO 3166-1 alpha-2 country it was made in; empty: where it ships from",
    )
    ships_alone: bool = Field(default=False, description="in no shipment together with another order line")
    kit: list[KitPart] = Field(default_factory=list, max_length=100)
    substitutes: list[Sku] = Field(default_factory=list, max_length=20)
