"""Pickup: a carrier collects parcels at a location."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from canonical_models.base import CanonicalObject, Identifier, UtcDatetime


class Pickup(CanonicalObject):
    """An appointment with a carrier; the window is in UTC, `timezone` names the location's own day."""

    location_id: Identifier
    carrier: Identifier
    status: Literal["requested", "confirmed", "collected", "missed", "cancelled"] = "requested"
    window_start: UtcDatetime
    window_end: UtcDatetime
    timezone: str = "UTC"
    ready_at: UtcDatetime | None = None
    confirmation: str | None = Field(default=None, max_length=64)
    collected_at: UtcDatetime | None = None
    driver: str = ""
    vehicle: str = ""
    route: str = ""
    shipment_ids: list[Identifier] = Field(default_factory=list)
