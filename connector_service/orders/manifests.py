"""Close the day at a location: everything labelled for a carrier goes onto a list that its driver signs.

A carrier that takes manifests makes the list from our call; for any other one it is made here, as PDF and CSV. Each
label is on one list; what is labelled after the list was closed goes onto the next part of the day.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from canonical_models import ClosedManifest, Label, LabelDocument, Location, ManifestLine, Order, Shipment
from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import ManifestRequest
from connector_service.adapters.carrier_contract import manifests as taking_manifests
from connector_service.adapters.contracts import Capability
from connector_service.errors import Conflict, InvalidInput, NotFound, VendorError
from connector_service.orders.manifest_papers import list_csv, list_pdf
from connector_service.orders.systems import Systems
from connector_service.orders.work import Work
from connector_service.store import documents, manifests


@dataclass(frozen=True, slots=True)
class ToHandOver:
    """What goes onto the list, and its place among the day's lists."""

    carrier: str
    location: Location
    day: date
    part: int
    lines: tuple[ManifestLine, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The list as it was made."""

    manifest_id: str
    by_carrier: bool
    papers: tuple[LabelDocument, ...]


def plan_manifest(work: Work, carrier: str, location_id: str, day: date | None) -> ToHandOver | ClosedManifest:
    """What to hand over; the day's last list when nothing has been labelled since it was closed.

    Raises:
        NotFound: there is no such location.
        Conflict: nothing waits to be handed over.
    """
    if carrier not in registry.CARRIERS:
        known = ", ".join(sorted(registry.CARRIERS))
        raise InvalidInput(f"There is no carrier {carrier!r}; known are {known}.", pointer="/carrier")
    location = location_of(work, location_id)
    day = day or work.now.astimezone(ZoneInfo(location.timezone)).date()
    connection, tenant_id = work.tx.connection, work.tenant_id
    waiting = manifests.waiting(connection, tenant_id, carrier, location_id)
    closed = manifests.of_day(connection, tenant_id, carrier, location_id, day.isoformat())
    if not waiting and closed:
        return closed[-1]
    if not waiting:
        raise Conflict(
            f"No label of {carrier} at {location_id} waits for a list on {day}: there is nothing to hand over."
        )
    found = [work.tx.get(Shipment, each) for each in waiting]
    lines = tuple(_line(work, shipment, shipment.label) for shipment in found if shipment.label is not None)
    labels = tuple(shipment.label for shipment in found if shipment.label is not None)
    return ToHandOver(carrier, location, day, len(closed) + 1, lines, labels)


def location_of(work: Work, location_id: str) -> Location:
    """A location by its id. Raises NotFound."""
    found = {each.id: each for each in work.tx.locations()}
    if location_id not in found:
        raise NotFound(f"There is no location {location_id!r}; there are {', '.join(sorted(found)) or 'none'}.")
    return found[location_id]


def _line(work: Work, shipment: Shipment, label: Label) -> ManifestLine:
    return ManifestLine(
        shipment_id=shipment.id,
        order_number=work.tx.get(Order, shipment.order_id).number,
        reference=label.reference,
        service=label.service,
        tracking_numbers=label.tracking_numbers or [label.tracking_number],
        weight_g=sum(parcel.weight_g for parcel in shipment.parcels),
    )


async def close_day(systems: Systems, plan: ToHandOver) -> HandedOver:
    """Have the carrier make the list, or make it here.

    Raises:
        VendorError: the carrier refused or did not answer.
    """
    reference = f"{plan.location.id}-{plan.day:%Y%m%d}-{plan.part}"
    carrier = systems.carrier(plan.carrier)
    if Capability.MANIFEST not in registry.CARRIERS[plan.carrier].capabilities:
        pdf = await asyncio.to_thread(list_pdf, plan.carrier, plan.location.name, plan.day, plan.part, plan.lines)
        return HandedOver(reference, False, (pdf, list_csv(plan.lines)))
    request = ManifestRequest(reference, plan.location, plan.day, plan.labels)
    made = await taking_manifests(plan.carrier, carrier).close_day(request)
    return HandedOver(made.manifest_id, True, made.documents)


def record_manifest(work: Work, plan: ToHandOver, answer: HandedOver | VendorError) -> ClosedManifest:
    """Keep the list and its papers. One that another call has kept meanwhile stays.

    Raises:
        VendorError: there is no list; nothing is handed over.
    """
    if isinstance(answer, VendorError):
        raise answer
    connection, tenant_id = work.tx.connection, work.tenant_id
    closed = manifests.of_day(connection, tenant_id, plan.carrier, plan.location.id, plan.day.isoformat())
    if len(closed) >= plan.part:
        return closed[plan.part - 1]
    kept = [documents.keep(connection, tenant_id, paper, work.now) for paper in answer.papers]
    manifest = ClosedManifest(
        manifest_id=answer.manifest_id,
        carrier=plan.carrier,
        location_id=plan.location.id,
        day=plan.day,
        part=plan.part,
        made_by="carrier" if answer.by_carrier else "dockline",
        lines=list(plan.lines),
        documents=kept,
        closed_at=work.now,
        closed_by=work.actor,
    )
    manifests.keep(connection, tenant_id, manifest)
    return manifest
