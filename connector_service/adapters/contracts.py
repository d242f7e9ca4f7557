"""What all adapters share, what a warehouse adapter can do, and the values between it and the order steps.

Units everywhere: grams, millimetres, whole days, money in minor units of the ISO 4217 currency beside it, times in UTC.
Every method that talks to the other system raises `VendorRejected` (a final no) or `VendorUnreachable` (trying again
can help).
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol, Self, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from canonical_models import Address, Parcel
from connector_service.adapters.health import CallKind
from connector_service.adapters.http_errors import CredentialRefused, Refused
from connector_service.errors import NotFound

WarehouseStatus = Literal["released", "picking", "picked", "packed", "short", "cancelled"]
LotStatus = Literal["ok", "expired", "recalled"]


class Capability(StrEnum):
    """What a vendor offers; each is declared in the adapter's `__init__.py`.

    DEDUPES_BY_REFERENCE: buying twice under one reference is one label. LOOKUP_BY_REFERENCE: what was bought under our
    reference can be found again. MULTI_PIECE: several parcels are one purchase. MOVE_PICKUP: a change of a pickup is
    one call that may be repeated; without it, one whose answer was lost leaves it open which appointments stand.
    """

    WEBHOOKS = "webhooks"
    DEDUPES_BY_REFERENCE = "dedupes_by_reference"
    LOOKUP_BY_REFERENCE = "lookup_by_reference"
    CANCEL = "cancel"
    COUNTS = "counts"
    RATE = "rate"
    LABEL = "label"
    VOID = "void"
    TRACK = "track"
    SCHEDULE_PICKUP = "schedule_pickup"
    CHANGE_PICKUP = "change_pickup"
    MOVE_PICKUP = "move_pickup"
    CANCEL_PICKUP = "cancel_pickup"
    MANIFEST = "manifest"
    ADDRESS_CHECK = "address_check"
    RETURN_LABEL = "return_label"
    MULTI_PIECE = "multi_piece"


class Connection(BaseModel):
    """How one tenant reaches one vendor. Vendors with more to say subclass it; the secrets never print."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str = Field(pattern=r"^https?://[^\s?#]+$", description="root of the vendor's API, without query")
    api_key: SecretStr
    webhook_secret: SecretStr
    timeout: float = Field(default=5.0, gt=0, le=60, description="seconds one attempt may take")
    deadline: float = Field(default=10.0, gt=0, le=120, description="seconds all attempts of a call may take together")
    calls_per_second: float = Field(default=2_000.0, gt=0, description="how fast the vendor lets this tenant call")

    def limits(self, kind: CallKind) -> tuple[float, float]:
        """Seconds one attempt, and the whole call, may take."""
        return self.timeout, self.deadline

    @model_validator(mode="after")
    def _an_attempt_ends_first(self) -> Self:
        # Else the deadline would cut every attempt off before it counts as a failure of the vendor.
        if self.timeout >= self.deadline:
            raise ValueError("timeout (one attempt) must be shorter than deadline (all attempts)")
        return self


@dataclass(frozen=True, slots=True)
class WarehouseLine:
    """Pick `quantity` units of `sku`; from `lot` when it is not None, and those with these serial numbers if any."""

    line_id: str
    sku: str
    quantity: int
    lot: str | None
    serials: tuple[str, ...] = ()


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


@runtime_checkable
class ChecksCredential(Protocol):
    """A vendor that can be asked whether it takes our credential. Those without an API cannot."""

    async def check_credential(self) -> None:
        """One cheap call that changes nothing. Raises `CredentialRefused` when the vendor does not take it."""
        ...


async def looked_up(call: Awaitable[object]) -> None:
    """The credential was taken when the vendor looks for what we ask, though it finds nothing or does not like it."""
    try:
        await call
    except NotFound:
        return
    except Refused as error:
        if isinstance(error, CredentialRefused) or error.http_status not in (400, 404, 422):
            raise


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
