"""What a carrier adapter can do, and the values that pass between it and the order steps.

Units as in `contracts`: grams, millimetres, whole days, money in minor units of the ISO 4217 currency beside it, times
in UTC. Every method that talks to the carrier raises `VendorRejected` (a final no) or `VendorUnreachable` (trying again
can help), and `Unsupported` where the carrier does not offer it.

Every adapter is a `CarrierAdapter`. What only some carriers offer has a protocol of its own, and an adapter follows it
exactly when it declares the capability:

    LOOKUP_BY_REFERENCE   FindsLabels
    SCHEDULE_PICKUP       Pickups (CHANGE_PICKUP, MOVE_PICKUP and CANCEL_PICKUP are declared besides)
    MANIFEST              Manifests
    ADDRESS_CHECK         AddressChecks
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol, runtime_checkable

from pydantic import Field

from canonical_models import Address, Label, LabelDocument, Location, Parcel, TrackingEvent
from canonical_models.shipment import RateSource
from connector_service.adapters.contracts import Capability, Connection
from connector_service.adapters.health import CallKind
from connector_service.errors import VendorRejected

LabelFormat = Literal["zpl", "pdf"]


class Unsupported(VendorRejected):
    """The carrier does not offer this, so it was not asked."""

    title = "The carrier does not offer this"

    def __init__(self, carrier: str, capability: Capability) -> None:
        words = f"{carrier} does not offer {capability.value.replace('_', ' ')}; choose a carrier that declares it"
        super().__init__(words, vendor=carrier)
        self.capability = capability


class CarrierConnection(Connection):
    """How a tenant reaches a carrier: a rate that comes late is worth nothing, a label is worth waiting for."""

    rate_timeout: float = Field(default=0.2, gt=0, le=60, description="seconds a rating call may take, all in all")
    label_timeout: float = Field(default=20.0, gt=0, le=120, description="seconds a purchase may take, all in all")
    rate_calls_price_minor: int | None = Field(
        default=None, ge=0, description="what the carrier bills for a thousand rate calls, in minor units"
    )
    rate_calls_currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$", description="the currency of that price")

    def limits(self, kind: CallKind) -> tuple[float, float]:
        """A rate and a label have limits of their own; within them one attempt may take as long as it likes."""
        own = {"rate": self.rate_timeout, "label": self.label_timeout}.get(kind)
        return (own, own) if own is not None else super().limits(kind)


@dataclass(frozen=True, slots=True)
class RateRequest:
    """Ask what it costs to ship `parcels`; `promised_days` is what the buyer was told, for carriers that ask.

    `ship_date` is the day the parcels leave (None: today, as the carrier sees it); `service` asks for one service only.
    """

    reference: str
    order_number: str
    ship_from: Location
    ship_to: Address
    parcels: tuple[Parcel, ...]
    currency: str
    promised_days: int | None
    ship_date: date | None = None
    service: str | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """One offer of a carrier. `carrier` is the adapter's slug, `quote_id` the carrier's name for this offer.

    The currency is the answer's own, which may be another one than was asked for. `transit_estimated`: the carrier
    named no days, and `transit_days` is what its service usually takes. The fields are those of `Offer`.
    """

    carrier: str
    service: str
    cost_minor: int
    currency: str
    transit_days: int
    quote_id: str
    source: RateSource = "live"
    quoted_at: datetime | None = None
    transit_estimated: bool = False


@dataclass(frozen=True, slots=True)
class CustomsLine:
    """Goods of one kind: `value_minor` and `weight_g` are for one unit, `hs_code` is the tariff number."""

    description: str
    hs_code: str
    origin_country: str
    quantity: int
    value_minor: int
    currency: str
    weight_g: int
    sku: str = ""


@dataclass(frozen=True, slots=True)
class Customs:
    """What the customs office wants to know. `reason`: why the goods travel."""

    lines: tuple[CustomsLine, ...]
    incoterm: Literal["DAP", "DDP", "DDU", "EXW", "FCA", "CPT", "CIP"] = "DAP"
    reason: Literal["sale", "gift", "sample", "return", "repair", "documents"] = "sale"
    invoice_number: str = ""


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """Buy a label for `rate`. `reference` is our stable name for the purchase, the same until the label is voided.

    `is_return`: the parcels travel from `ship_to` back to `ship_from`, paid by us. A carrier that cannot print `format`
    prints what it can, and the label's documents say so.
    """

    reference: str
    rate: Rate
    order_number: str
    ship_from: Location
    ship_to: Address
    parcels: tuple[Parcel, ...]
    format: LabelFormat = "zpl"
    customs: Customs | None = None
    is_return: bool = False
    ship_date: date | None = None


@dataclass(frozen=True, slots=True)
class PickupRequest:
    """Collect `pieces` parcels of `weight_g` together at `location`, between the two times on the location's own day.

    `service` is the carrier's service that most of the parcels go by, for carriers whose vans differ.
    """

    reference: str
    location: Location
    ready_at: datetime
    close_at: datetime
    pieces: int
    weight_g: int
    service: str = ""
    instruction: str = ""


@dataclass(frozen=True, slots=True)
class PickupConfirmed:
    """An appointment. `details` is what the carrier wants to hear again when it is cancelled; keep it as it is.

    `left_standing`: the number of the earlier appointment, when it was to be replaced and could not be called off. It
    is called off with this one.
    """

    carrier: str
    reference: str
    confirmation: str
    pickup_date: date
    cost_minor: int | None = None
    currency: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    left_standing: str = ""


@dataclass(frozen=True, slots=True)
class ManifestRequest:
    """Close the day at a location: hand over all of these labels."""

    reference: str
    location: Location
    ship_date: date
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the carrier's driver signs."""

    carrier: str
    reference: str
    manifest_id: str
    tracking_numbers: tuple[str, ...]
    documents: tuple[LabelDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class AddressCheck:
    """`corrected`: it can be delivered as the first of `suggestions` says. `ambiguous`: a person must choose one.

    `residential` is None when the carrier does not say; `words` are the carrier's own.
    """

    verdict: Literal["valid", "corrected", "ambiguous", "invalid"]
    suggestions: tuple[Address, ...] = ()
    residential: bool | None = None
    words: tuple[str, ...] = ()


class CarrierAdapter(Protocol):
    """One carrier, spoken to for one tenant."""

    async def rates(self, req: RateRequest) -> tuple[Rate, ...]:
        """The carrier's offers for this shipment, in the carrier's order."""
        ...

    async def buy_label(self, req: LabelRequest) -> Label:
        """Buy one label. A carrier that declares `DEDUPES_BY_REFERENCE` gives the same label for the same reference; of
        all others the caller sees to it that nothing is bought twice (`orders/purchase_once.py`).

        `VendorRejected`, `NotAsked` and `Busy` mean that nothing was bought. `Label.ship_to`, `cost_minor` and
        `weight_g` are what the carrier printed and charged, for the caller to compare with what it asked for.
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


@runtime_checkable
class FindsLabels(Protocol):
    """A carrier that finds again what was bought under our reference."""

    async def find_label(self, reference: str, bought: LabelRequest | None = None) -> Label | None:
        """The live label of a reference, or None when there is none; should there be more, the first stays and the
        others are given back where the carrier shows them. What it does not tell is taken from what was asked for,
        `bought`. `VendorRejected` where the carrier knows that it was voided."""
        ...


@runtime_checkable
class TracksMany(Protocol):
    """A carrier that is asked about many parcels in one call."""

    @property
    def numbers_at_once(self) -> int:
        """How many numbers one call may name."""
        ...

    async def track_many(self, tracking_numbers: Sequence[str]) -> dict[str, tuple[TrackingEvent, ...]]:
        """All scans of each parcel, oldest first; none for a number that the carrier does not know."""
        ...


@runtime_checkable
class Pickups(Protocol):
    """A carrier whose van can be called."""

    async def schedule_pickup(self, req: PickupRequest) -> PickupConfirmed:
        """Call the van."""
        ...

    async def change_pickup(self, confirmed: PickupConfirmed, req: PickupRequest) -> PickupConfirmed:
        """Call it at another time or for other parcels. When this fails the first appointment still stands."""
        ...

    async def cancel_pickup(self, confirmed: PickupConfirmed) -> None:
        """Call it off; called off already is fine."""
        ...


@runtime_checkable
class Manifests(Protocol):
    """A carrier that takes a day's parcels by a list."""

    async def close_day(self, req: ManifestRequest) -> Manifest:
        """Make the list. Labels on it can no longer be voided."""
        ...


@runtime_checkable
class AddressChecks(Protocol):
    """A carrier that knows where it delivers."""

    async def check_address(self, address: Address) -> AddressCheck:
        """What the carrier makes of an address."""
        ...


PROTOCOLS: Mapping[Capability, type] = {
    Capability.LOOKUP_BY_REFERENCE: FindsLabels,
    Capability.SCHEDULE_PICKUP: Pickups,
    Capability.MANIFEST: Manifests,
    Capability.ADDRESS_CHECK: AddressChecks,
}
"""Which protocol an adapter that declares the capability follows; without the capability it does not follow it."""


def finds_labels(carrier: str, adapter: CarrierAdapter) -> FindsLabels:
    """The adapter as one that finds labels. Raises `Unsupported`."""
    if isinstance(adapter, FindsLabels):
        return adapter
    raise Unsupported(carrier, Capability.LOOKUP_BY_REFERENCE)


def pickups(carrier: str, adapter: CarrierAdapter) -> Pickups:
    """The adapter as one whose van can be called. Raises `Unsupported`."""
    if isinstance(adapter, Pickups):
        return adapter
    raise Unsupported(carrier, Capability.SCHEDULE_PICKUP)


def manifests(carrier: str, adapter: CarrierAdapter) -> Manifests:
    """The adapter as one that takes manifests. Raises `Unsupported`."""
    if isinstance(adapter, Manifests):
        return adapter
    raise Unsupported(carrier, Capability.MANIFEST)


def address_checks(carrier: str, adapter: CarrierAdapter) -> AddressChecks:
    """The adapter as one that checks addresses. Raises `Unsupported`."""
    if isinstance(adapter, AddressChecks):
        return adapter
    raise Unsupported(carrier, Capability.ADDRESS_CHECK)
