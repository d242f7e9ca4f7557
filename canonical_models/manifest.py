"""Manifest: the list by which a day's parcels are handed over to a carrier."""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import Field

from canonical_models.base import CanonicalModel, Grams, Identifier, UtcDatetime
from canonical_models.shipment import DocumentRef


class ManifestLine(CanonicalModel):
    """One shipment on the list; `reference` is the one its label was bought under."""

    shipment_id: Identifier
    order_number: Identifier
    reference: Identifier
    service: Identifier
    tracking_numbers: list[Identifier]
    weight_g: Grams


class ClosedManifest(CanonicalModel):
    """A closed list. What is labelled on the same day after it was closed goes onto the next `part`.

    `made_by`: the carrier made it from our call, or we made it because the carrier takes any list.
    """

    manifest_id: Identifier
    carrier: Identifier
    location_id: Identifier
    day: datetime.date = Field(description="the location's own day")
    part: int = Field(ge=1)
    made_by: Literal["carrier", "dockline"]
    lines: list[ManifestLine]
    documents: list[DocumentRef] = Field(default_factory=list)
    closed_at: UtcDatetime
    closed_by: str
