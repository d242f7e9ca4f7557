"""Tracking event: what a carrier says happened to a parcel."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from canonical_models.base import CanonicalModel, Identifier, UtcDatetime


class TrackingType(StrEnum):
    """The canonical kinds of carrier scan; the carrier's own code stays in `raw_code`."""

    LABEL_CREATED = "label_created"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    DELIVERY_FAILED = "delivery_failed"
    ADDRESS_CORRECTION = "address_correction"
    DELAYED = "delayed"
    DAMAGED = "damaged"
    LOST = "lost"
    RETURN_TO_SENDER = "return_to_sender"


class TrackingEvent(CanonicalModel):
    """One scan. `event_id` is unique per carrier, so that a repeated message changes nothing."""

    event_id: Identifier
    carrier: Identifier
    tracking_number: Identifier
    type: TrackingType
    occurred_at: UtcDatetime
    place: str = Field(default="", max_length=200)
    raw_code: str = Field(default="", max_length=64)
