"""What every warehouse and carrier adapter can do, and the values that pass between it and the order steps.

Units everywhere: grams, millimetres, whole days, money in minor units of the ISO 4217 currency beside it, times in UTC.
Every method that talks to the other system raises `VendorRejected` (a final no) or `VendorUnreachable` (trying again
can help).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from canonical_models import Address, Label, Location, Parcel, TrackingEvent

WarehouseStatus = Literal["released", "picking", "picked", "packed", "short", "cancelled"]
LotStatus = Literal["ok", "expired", "recalled"]


class Capability(StrEnum):
    """What a vendor offers beyond the contract's bare minimum; each is declared in the adapter's `__init__.py`."""

    WEBHOOKS = "webhooks"
    DEDUPES_BY_REFERENCE = "dedupes_by_reference"
    LOOKUP_BY_REFERENCE = "lookup_by_reference"
    CANCEL = "cancel"
    COUNTS = "counts"
    VOID = "void"
    TRACK = "track"


class Connection(BaseModel):
    """How one tenant reaches one vendor. Vendors with more to say subclass it; the secrets never print."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str = Field(pattern=r"^https?://[^\s?#]+$", description="root of the vendor's API, without query")
    api_key: SecretStr
    webhook_secret: SecretStr
    timeout: float = Field(default=5.0, gt=0, le=60, description="seconds one attempt may take")
    deadline: float = Field(default=10.0, gt=0, le=120, description="seconds all attempts of a call may take together")
    calls_per_second: float = Field(default=2_000.0, gt=0, description="how fast the vendor lets this tenant call")

    @model_validator(mode="after")
    def _an_attempt_ends_first(self) -> Self:
        # Else the deadline would cut every attempt off before it counts as a failure of the vendor.
        if self.timeout >= self.deadline:
            raise ValueError("timeout (one attempt) must be shorter than deadline (all attempts)")
        return self


@dataclass(frozen=True, slots=True)
class WarehouseLine:
    """Pick `quantity` units of `sku`; from `lot` when it is not None."""

    line_id: str
    sku: str
    quantity: int
    lot: str | None


@dataclass(frozen=True, slots=True)
class WarehouseOrder:
    """Work for one location. `reference` is our stable name: releasing it twice is one order at the warehouse."""

    reference: str
    order_number: str
    location_id: str
    priority: str
    ship_to: Address
    lines: tuple[WarehouseLine, ...]


@dataclass(frozen=True, slots=True)
class WarehouseReportLine:
    """What the warehouse did with one line: units picked and packed, the lot taken, the barcode scanned."""

    line_id: str
    sku: str
    picked: int
    packed: int
    lot: str | None
    barcode: str | None


@dataclass(frozen=True, slots=True)
class WarehouseReport:
    """The state of a warehouse order at `occurred_at`. The same `event_id` from the same vendor is the same news."""

    event_id: str
    reference: str
    warehouse_reference: str
    status: WarehouseStatus
    lines: tuple[WarehouseReportLine, ...]
    parcels: tuple[Parcel, ...]
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class StockCount:
    """Units of one SKU in one lot on the warehouse's shelves; `lot` is empty when the SKU is not kept by lot."""

    sku: str
    lot: str
    on_hand: int
    lot_status: LotStatus


@dataclass(frozen=True, slots=True)
class RateRequest:
    """Ask what it costs to ship `parcels`; `promised_days` is what the buyer was told, for carriers that ask."""

    reference: str
    order_number: str
    ship_from: Location
    ship_to: Address
    parcels: tuple[Parcel, ...]
    currency: str
    promised_days: int | None


@dataclass(frozen=True, slots=True)
class Rate:
    """One offer of a carrier. `carrier` is the adapter's slug, `quote_id` the carrier's name for this offer."""

    carrier: str
    service: str
    cost_minor: int
    currency: str
    transit_days: int
    quote_id: str


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """Buy a label for `rate`. `reference` is our stable name: buying it twice is one label."""

    reference: str
    rate: Rate
    order_number: str
    ship_from: Location
    ship_to: Address
    parcels: tuple[Parcel, ...]


class WarehouseAdapter(Protocol):
    """One warehouse system, spoken to for one tenant."""

    async def release(self, order: WarehouseOrder) -> str:
        """Hand the order to the warehouse and return its warehouse reference; safe to repeat by `order.reference`."""
        ...

    async def status(self, reference: str) -> WarehouseReport:
        """The warehouse's present view of our reference. Raises `NotFound` when it was never released."""
        ...

    async def cancel(self, reference: str) -> None:
        """Stop the work and put the goods back; done already, or never released, is fine too."""
        ...

    async def counts(self, location_id: str, skus: Sequence[str], order_number: str) -> tuple[StockCount, ...]:
        """What lies on the shelves of a location now, per SKU and lot; a SKU the location never kept is absent."""
        ...

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[WarehouseReport, ...]:
        """Check the signature, then read the reports. Raises `Unauthorized`, or `InvalidInput` with a pointer."""
        ...


class CarrierAdapter(Protocol):
    """One carrier, spoken to for one tenant."""

    async def rates(self, req: RateRequest) -> tuple[Rate, ...]:
        """The carrier's offers for this shipment, in the carrier's order."""
        ...

    async def buy_label(self, req: LabelRequest) -> Label:
        """Buy one label. The same reference again gives the same label, never two.

        A reference whose label was voided is spent: `VendorRejected`. `Label.ship_to`, `cost_minor` and `weight_g` are
        what the carrier printed and charged, for the caller to compare with what it asked for.
        """
        ...

    async def void_label(self, label: Label) -> None:
        """Give the label back; a label that is void already is fine. `VendorRejected` once the parcel is on its way."""
        ...

    async def track(self, tracking_number: str) -> tuple[TrackingEvent, ...]:
        """All scans so far, oldest first. Raises `NotFound` for a number the carrier never gave out."""
        ...

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[TrackingEvent, ...]:
        """Check the signature, then read the scans. Raises `Unauthorized`, or `InvalidInput` with a pointer."""
        ...

    def valid_tracking_number(self, number: str) -> bool:
        """Whether the number has the carrier's form and its check digit is right; asks nobody."""
        ...
