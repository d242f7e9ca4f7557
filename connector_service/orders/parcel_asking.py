"""Ask a carrier where parcels are: many at once where its API takes many numbers, else a few calls side by side."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from canonical_models import ExceptionCase, Order, Shipment, TrackingEvent
from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import CarrierAdapter, TracksMany, Unsupported
from connector_service.adapters.contracts import Capability
from connector_service.errors import Conflict, InvalidInput, NotFound, VendorError
from connector_service.orders.systems import Systems
from connector_service.orders.tracking import apply_tracking
from connector_service.orders.work import Work
from connector_service.store import tracking

_log = logging.getLogger(__name__)
AT_ONCE = 8
"""Answers of one carrier that are waited for at the same time; the connection's rate limit holds besides."""
Told = tuple[TrackingEvent, ...]
Answer = Told | VendorError
"""What a carrier says of one number; nothing when it does not know it yet."""


@dataclass(frozen=True, slots=True)
class AskAbout:
    """The parcels of one shipment at their carrier."""

    carrier: str
    numbers: tuple[str, ...]


def can_ask(slug: str) -> bool:
    """Whether a carrier has a system that can be asked where a parcel is."""
    entry = registry.CARRIERS.get(slug)
    return entry is not None and slug not in registry.WITHOUT_API and Capability.TRACK in entry.capabilities


async def ask(systems: Systems, slug: str, numbers: Sequence[str]) -> dict[str, Answer]:
    """Where parcels are, by number. Raises `Conflict` when the tenant has no account with the carrier."""
    adapter = systems.carrier(slug)
    gate = asyncio.Semaphore(AT_ONCE)
    if isinstance(adapter, TracksMany):
        size = adapter.numbers_at_once
        batches = [numbers[at : at + size] for at in range(0, len(numbers), size)]
    else:
        batches = [[number] for number in numbers]
    found: dict[str, Answer] = {}
    for answer in await asyncio.gather(*(_ask(adapter, batch, gate) for batch in batches)):
        found |= answer
    return found


async def _ask(adapter: CarrierAdapter, numbers: Sequence[str], gate: asyncio.Semaphore) -> Mapping[str, Answer]:
    async with gate:
        try:
            if isinstance(adapter, TracksMany):
                return await adapter.track_many(numbers)
            return {number: await adapter.track(number) for number in numbers}
        except NotFound:
            return dict.fromkeys(numbers, ())
        except VendorError as error:
            return dict.fromkeys(numbers, error)


def plan_asking(work: Work, order: Order, shipment: Shipment) -> AskAbout | None:
    """What to ask the carrier about; None when there is no label yet.

    Raises:
        Unsupported: the carrier has no system that tells where parcels are.
    """
    if shipment.label is None:
        raise Conflict(f"Shipment {shipment.id} has no label: a carrier is asked once it has sold one.")
    carrier = shipment.label.carrier
    if not can_ask(carrier):
        raise Unsupported(carrier, Capability.TRACK)
    return AskAbout(carrier, tuple(tracking.numbers_of(work.tx.connection, work.tenant_id, shipment.id)))


async def ask_about(systems: Systems, plan: AskAbout) -> dict[str, Told]:
    """What the carrier says of each parcel.

    Raises:
        VendorError: it did not answer for one of them.
    """
    answers = await ask(systems, plan.carrier, plan.numbers)
    told = {}
    for number, answer in answers.items():
        if isinstance(answer, VendorError):
            raise answer
        told[number] = answer
    return told


def record_told(
    work: Work, order: Order, shipment: Shipment, answer: dict[str, Told] | VendorError
) -> ExceptionCase | None:
    """Take over what the carrier said; a carrier that did not answer changes nothing.

    Raises:
        VendorError: what the carrier's failure was.
    """
    if isinstance(answer, VendorError):
        raise answer
    for told in answer.values():
        take_over(work, told, "asked")
    return None


def take_over(work: Work, told: Told, heard_by: str) -> int:
    """Take over what a carrier said of one parcel, but for what cannot be true; returns how much of it was news."""
    news = 0
    for scan in told:
        if tracking.is_known(work.tx.connection, work.tenant_id, scan):
            continue
        try:
            apply_tracking(work, scan, heard_by)
            news += 1
        except InvalidInput as error:
            _log.warning("%s", error.detail)
    return news
