"""Manifest node: the end of a day at a location."""

from __future__ import annotations

import datetime
from typing import Any

from pydantic import Field

from canonical_models import ClosedManifest
from connector_service.errors import VendorError
from connector_service.orders import manifests
from connector_service.orders.systems import Systems
from connector_service.orders.work import Outside, Work
from nodes.contract import Node, NodeInput, Result
from nodes.shapes import Prepared


class CloseInput(NodeInput):
    """Which day to close."""

    carrier: str = Field(title="Carrier", description="The carrier whose driver takes the parcels")
    location_id: str = Field(title="Location ID", description="Where the parcels wait")
    day: datetime.date | None = Field(
        default=None, title="Day", description="The location's own day, such as 2026-11-09; empty: today"
    )


def _prepare(work: Work, item: CloseInput) -> Prepared | Result:
    plan = manifests.plan_manifest(work, item.carrier, item.location_id, item.day)
    return plan if isinstance(plan, ClosedManifest) else Prepared(plan)


async def _act(systems: Systems, prepared: Prepared) -> manifests.HandedOver:
    return await manifests.close_day(systems, prepared.plan)


def _record(work: Work, item: CloseInput, prepared: Prepared, answer: Any | VendorError) -> Result:
    return manifests.record_manifest(work, prepared.plan, answer)


NODES = (
    Node(
        name="manifest.close",
        title="Close",
        action="Close the day of a carrier at a location",
        description="Put everything labelled since the last list onto a list for the driver; again: the same list.",
        input=CloseInput,
        output=ClosedManifest,
        run=Outside(_prepare, _act, _record),
        fields_from_item=("carrier", "location_id"),
    ),
)
