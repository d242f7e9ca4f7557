"""Shipment: the part of an order that one location ships, from plan to delivery."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from canonical_models.base import (
    Address,
    CanonicalModel,
    CanonicalObject,
    Dimensions,
    Grams,
    Identifier,
    Minor,
    Quantity,
    Sku,
    UtcDatetime,
)

RateSource = Literal["live", "cached", "negotiated"]


class ShipmentStatus(StrEnum):
    """Where a shipment is on its way."""

    PLANNED = "planned"
    RELEASED = "released"
    PICKING = "picking"
    PICKED = "picked"
    PACKED = "packed"
    LABELLED = "labelled"
    SHIPPED = "shipped"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    CANCELLED = "cancelled"
    RETURNED = "returned"


_S = ShipmentStatus
_BEFORE_CARRIER = {_S.PLANNED, _S.RELEASED, _S.PICKING, _S.PICKED, _S.PACKED, _S.LABELLED}

SHIPMENT_TRANSITIONS: dict[ShipmentStatus, frozenset[ShipmentStatus]] = {
    _S.PLANNED: frozenset({_S.RELEASED, _S.EXCEPTION, _S.CANCELLED}),
    _S.RELEASED: frozenset({_S.PICKING, _S.PICKED, _S.PACKED, _S.EXCEPTION, _S.CANCELLED}),
    _S.PICKING: frozenset({_S.PICKED, _S.PACKED, _S.EXCEPTION, _S.CANCELLED}),
    _S.PICKED: frozenset({_S.PACKED, _S.EXCEPTION, _S.CANCELLED}),
    _S.PACKED: frozenset({_S.LABELLED, _S.EXCEPTION, _S.CANCELLED}),
    _S.LABELLED: frozenset({_S.SHIPPED, _S.PACKED, _S.EXCEPTION, _S.CANCELLED}),
    _S.SHIPPED: frozenset({_S.IN_TRANSIT, _S.DELIVERED, _S.EXCEPTION, _S.RETURNED}),
    _S.IN_TRANSIT: frozenset({_S.DELIVERED, _S.EXCEPTION, _S.RETURNED}),
    _S.DELIVERED: frozenset({_S.RETURNED}),
    _S.EXCEPTION: frozenset(_BEFORE_CARRIER | {_S.SHIPPED, _S.IN_TRANSIT, _S.DELIVERED, _S.CANCELLED, _S.RETURNED}),
    _S.CANCELLED: frozenset(),
    _S.RETURNED: frozenset(),
}
"""The only status changes a shipment may make; everything else is refused."""

SHIPMENT_MOVED_BY: dict[ShipmentStatus, Literal["flow", "warehouse", "carrier", "person", "nobody"]] = {
    _S.PLANNED: "flow",
    _S.RELEASED: "warehouse",
    _S.PICKING: "warehouse",
    _S.PICKED: "warehouse",
    _S.PACKED: "flow",
    _S.LABELLED: "flow",
    _S.SHIPPED: "carrier",
    _S.IN_TRANSIT: "carrier",
    _S.DELIVERED: "nobody",
    _S.EXCEPTION: "person",
    _S.CANCELLED: "nobody",
    _S.RETURNED: "person",
}
"""Who makes the next move; see `ORDER_MOVED_BY`."""


class ShipmentLine(CanonicalModel):
    """The part of an order line in this shipment, with what the warehouse reported of it."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity
    lot: str | None = None
    lot_demanded: bool = False
    quantity_picked: Quantity = 0
    quantity_packed: Quantity = 0
    lot_picked: str | None = None
    barcode_scanned: str | None = None


class Parcel(CanonicalModel):
    """A box as packed: grams and millimetres as the warehouse measured them."""

    parcel_id: Identifier
    sscc: str | None = Field(default=None, max_length=20)
    tracking_number: str | None = Field(default=None, max_length=64)
    tracking_url: str | None = Field(default=None, max_length=500)
    weight_g: Grams = 0
    dims_mm: Dimensions | None = None


class Offer(CanonicalModel):
    """What a carrier would take for the shipment: money in minor units, time in whole days.

    `source` says whether the carrier said so now (`live`), a little while ago (`cached`), or not at all, so that the
    tenant's contract stands in (`negotiated`).
    """

    carrier: Identifier
    service: Identifier
    cost_minor: Minor
    currency: str
    transit_days: int = Field(ge=0)
    quote_id: str = ""
    source: RateSource = "live"
    quoted_at: UtcDatetime | None = None
    transit_estimated: bool = Field(
        default=False, description="the carrier named no days: they are what its service usually takes"
    )


class LabelDocument(CanonicalModel):
    """One sheet to print, or a list: ZPL as text, everything else as base64."""

    kind: Literal["label", "commercial_invoice", "return_label", "manifest"] = "label"
    format: Literal["zpl", "pdf", "png", "gif", "csv"]
    content: str = Field(min_length=1, max_length=3_000_000)
    tracking_number: str = Field(default="", max_length=128, description="the parcel it belongs to; empty for all")


class DocumentRef(CanonicalModel):
    """A document kept beside the events: `hash` is the SHA-256 of its content, `size` its bytes."""

    hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    kind: Literal["label", "commercial_invoice", "return_label", "manifest"]
    format: Literal["zpl", "pdf", "png", "gif", "csv"]
    size: int = Field(ge=0)
    tracking_number: str = ""


class Label(CanonicalModel):
    """The carrier's label of a shipment. `reference` is the name under which buying it twice gives one label.

    `tracking_numbers` has one number per parcel in the parcels' order, the first being `tracking_number`; it is empty
    when the carrier has one number for all.
    """

    label_id: Identifier
    carrier: Identifier
    service: Identifier
    tracking_number: Identifier
    tracking_url: str = ""
    cost_minor: Minor
    currency: str
    transit_days: int = Field(ge=0)
    weight_g: Grams
    ship_to: Address
    reference: Identifier
    document: str = Field(default="", description="the label itself, ZPL or a URL of the carrier")
    bought_at: UtcDatetime
    tracking_numbers: list[Identifier] = Field(default_factory=list, max_length=500)
    documents: list[LabelDocument] = Field(default_factory=list, max_length=1_000)


class QaCheck(CanonicalModel):
    """One pass or fail with its evidence and the rule that said so."""

    gate: Literal["pre_pick", "post_pick", "packing", "shipping"]
    verdict: Literal["pass", "warn", "hold", "block"]
    rule: str | None
    because: str
    evidence: dict[str, bool | int | str] = Field(default_factory=dict)
    checked_at: UtcDatetime


class Shipment(CanonicalObject):
    """The part of an order that one location ships."""

    order_id: Identifier
    location_id: Identifier
    status: ShipmentStatus = ShipmentStatus.PLANNED
    status_since: UtcDatetime
    lines: list[ShipmentLine] = Field(min_length=1)
    parcels: list[Parcel] = Field(default_factory=list)
    offers: list[Offer] = Field(
        default_factory=list,
        description="best first; kept before a label is bought, so that a repeat asks the same carrier",
    )
    label: Label | None = Field(default=None, description="without its documents, which are kept apart")
    documents: list[DocumentRef] = Field(default_factory=list, max_length=1_000)
    qa_checks: list[QaCheck] = Field(default_factory=list)
    carrier: Identifier | None = None
    service: Identifier | None = None
    warehouse_reference: str | None = None
    attempt: int = Field(default=1, ge=1, description="how many locations were tried for these lines")
    label_attempt: int = Field(
        default=1, ge=1, description="rises when a label is voided, so that a new one may be bought"
    )
    ship_by: UtcDatetime | None = None
    shipped_at: UtcDatetime | None = None
    delivered_at: UtcDatetime | None = None
