"""What the control API takes: the catalog, webhooks, faults, scenarios and the pace of the work."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Vendor = Literal[
    "northdock",
    "swiftparcel",
    "terrapost",
    "ups",
    "fedex",
    "dhl_express",
    "usps",
    "canadapost",
]
ScanKind = Literal[
    "label_created",
    "picked_up",
    "in_transit",
    "out_for_delivery",
    "delivered",
    "delivery_failed",
    "address_correction",
    "delayed",
    "damaged",
    "lost",
    "return_to_sender",
]
ScenarioKind = Literal[
    "pick_short_once",
    "pick_short_always",
    "wrong_lot",
    "wrong_barcode",
    "overweight",
    "count_short",
    "carrier_reject",
    "label_bad_checksum",
    "label_wrong_address",
    "wms_down",
    "carrier_down",
    "wms_reject",
    "slow_transit",
    "delivery_failed",
    "address_correction",
    "delayed",
    "damaged",
    "lost",
    "return_to_sender",
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Product(_Body):
    """What a SKU weighs (grams) and measures (millimetres), and the barcode on it."""

    sku: str = Field(min_length=1, max_length=128)
    weight_g: int = Field(ge=0, le=1_000_000)
    barcode: str = Field(default="", max_length=60)
    length_mm: int = Field(default=100, ge=0, le=10_000)
    width_mm: int = Field(default=100, ge=0, le=10_000)
    height_mm: int = Field(default=20, ge=0, le=10_000)


class Stock(_Body):
    """Units of a SKU in one lot on the shelves of a location; `lot` is empty when the SKU is not kept by lot."""

    location_id: str
    sku: str
    lot: str = Field(default="", max_length=64)
    on_hand: int = Field(ge=0, le=1_000_000_000)
    lot_status: Literal["ok", "expired", "recalled"] = "ok"


class Catalog(_Body):
    """Products and stock to add, or to put in place of what has the same key."""

    products: list[Product] = Field(default_factory=list)
    stock: list[Stock] = Field(default_factory=list)


class Webhook(_Body):
    """Where a vendor sends its news, and what it signs it with."""

    url: str = Field(pattern=r"^https?://")
    secret: str = Field(min_length=1)


class Faults(_Body):
    """How a vendor misbehaves. Times are in milliseconds or seconds as named, rates from 0 to 1.

    The first group happens to calls: to those named in `only` (as the ledger names them), or to all. A failed call
    (`error_rate`) has done its work in half of the cases; a throttled one (429) never has. `garbage` and what follows
    it spoil the answer after the work is done; `slow_drip` sends a byte a second. The other groups are about what
    carriers sell, the tokens they give out, and the news they send.
    """

    only: list[str] = Field(default_factory=list, description="calls that suffer; all when empty")
    latency_ms: float = Field(default=0, ge=0)
    jitter_ms: float = Field(default=0, ge=0)
    error_rate: float = Field(default=0, ge=0, le=1)
    outage: bool = False
    throttle_rate: float = Field(default=0, ge=0, le=1, description="share of calls answered 429")
    retry_after_s: int = Field(default=1, ge=0, description="the Retry-After of a 429")
    garbage: bool = False
    html: bool = Field(default=False, description="200 with a page for people")
    empty: bool = Field(default=False, description="200 with no body")
    wrong_type: bool = Field(default=False, description="the right body as text/plain")
    huge: bool = False
    truncated: bool = False
    slow_drip: bool = False

    zero_rate: bool = Field(default=False, description="everything is offered for nothing")
    rate_currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$", description="offers come in this currency")
    price_rise: float = Field(default=0, ge=-1, description="a label costs this share more than its rate")
    other_label: bool = Field(default=False, description="a purchase is answered with another parcel's label")

    token_seconds: int | None = Field(default=None, ge=0, description="how long a new token is good")

    webhook_copies: int = Field(default=0, ge=0, le=10_000, description="how often each news is sent once more")
    webhook_shuffle_ms: float = Field(default=0, ge=0, description="news waits up to so long, so that it overtakes")
    webhook_loss: float = Field(default=0, ge=0, le=1, description="share of news that is never sent")

    def hit(self, call: str) -> bool:
        """Whether a call of this name suffers."""
        return not self.only or call in self.only


class Scenario(_Body):
    """What goes wrong with one order; `sku` limits `count_short` to that SKU."""

    kind: ScenarioKind
    sku: str | None = None


class Happening(_Body):
    """A scan that happens to a parcel because somebody wants it to."""

    tracking_number: str = Field(min_length=1)
    kind: ScanKind


class Timing(_Body):
    """The pace of the work, in milliseconds divided by `speed`; `journey` is how far parcels travel by themselves."""

    accepted_ms: float = Field(default=150, ge=0, description="from release to picking")
    picking_ms: float = Field(default=150, ge=0, description="from picking to picked")
    picked_ms: float = Field(default=150, ge=0, description="from picked to packed")
    pickup_ms: float = Field(default=150, ge=0, description="from the label to the carrier's pickup")
    transit_ms: float = Field(default=150, ge=0, description="from pickup to the first depot")
    delivery_ms: float = Field(default=150, ge=0, description="from the first depot to the door")
    webhook_ms: float = Field(default=20, ge=0, description="how long news is gathered before it is sent")
    journey: Literal["label_created", "picked_up", "in_transit", "delivered"] = "picked_up"
    speed: float = Field(default=1, gt=0)
