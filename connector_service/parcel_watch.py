"""Parcels on their way: asked about when their carrier has told nothing for a while, and looked at when the tracking
rules say that they are unseen or late. Scans that came before their label are taken over here, too."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from canonical_models import Order, Shipment, TrackingEvent
from connector_service.errors import Conflict, DocklineError, InvalidInput, VendorError
from connector_service.orders.parcel_asking import Answer, ask, can_ask, take_over
from connector_service.orders.parcel_watching import ask_at, look_at, outlook
from connector_service.orders.systems import AllSystems
from connector_service.orders.tracking import adopt_waiting
from connector_service.orders.work import Work, new_id
from connector_service.rules_engine import RuleBook
from connector_service.store import Store, Transaction, rejected, tracking

_log = logging.getLogger(__name__)
WAITS_FOR = timedelta(days=3)
"""How long a scan waits for its label to become known."""
CLAIMED_FOR = timedelta(minutes=5)
"""How long a shipment that is being looked at is nobody else's; a look that fails is made again after it."""
ACTOR = "parcel watch"


@dataclass(frozen=True, slots=True)
class Look:
    """A shipment that is due, and the numbers to ask its carrier about (none: nobody has to be asked now)."""

    watched: tracking.Watched
    carrier: str = ""
    numbers: tuple[str, ...] = ()


@dataclass(slots=True)
class ParcelWatch:
    """Looks every `interval` seconds which parcels are due; `tick` does one look, for tests too."""

    store: Store
    rules: RuleBook
    systems: AllSystems
    interval: float = 2.0

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.tick()
            except DocklineError as error:
                _log.error("parcels wait: %s", error.detail)
            await asyncio.sleep(self.interval)

    async def tick(self) -> int:
        """Take over what waited and look at every parcel that is due; returns how many were."""
        await self._take_over_waiting()
        looks = [look for watched in await self._claim() if (look := self._planned(watched)) is not None]
        answers = await self._ask(looks)
        failures = await asyncio.gather(*(self._look(look, answers) for look in looks), return_exceptions=True)
        for look, failure in zip(looks, failures, strict=True):
            if isinstance(failure, DocklineError):
                _log.error("shipment %s waits: %s", look.watched.shipment_id, failure.detail)
            elif failure is not None:
                raise failure
        return len(looks)

    async def _claim(self) -> list[tracking.Watched]:
        now = self.store.clock.now()
        due = tracking.due(self.store.reader, now)
        if not due:
            return []
        return await self.store.administer(
            lambda c: [watched for watched in due if tracking.claim(c, watched, now, now + CLAIMED_FOR)]
        )

    def _planned(self, watched: tracking.Watched) -> Look | None:
        """One tenant's rules may be of no use; the parcels of others do not wait for them."""
        try:
            return self._plan(watched)
        except DocklineError as error:
            _log.error("shipment %s waits: %s", watched.shipment_id, error.detail)
            return None

    def _plan(self, watched: tracking.Watched) -> Look:
        work = self._work(self.store.glance(watched.tenant_id))
        shipment = work.tx.find(Shipment, watched.shipment_id)
        if shipment is None or shipment.label is None or not can_ask(shipment.label.carrier):
            return Look(watched)
        order = work.tx.get(Order, shipment.order_id)
        due = ask_at(work, order, outlook(work, order, shipment, shipment.label), watched.silent)
        if due is None or due > work.now:
            return Look(watched)
        numbers = tracking.numbers_of(self.store.reader, watched.tenant_id, shipment.id)
        return Look(watched, shipment.label.carrier, tuple(numbers))

    async def _ask(self, looks: Sequence[Look]) -> dict[tuple[str, str, str], Answer]:
        """What carriers say, by tenant, carrier and number; what could not be asked is missing."""
        groups: dict[tuple[str, str], list[str]] = {}
        for look in looks:
            if look.numbers:
                groups.setdefault((look.watched.tenant_id, look.carrier), []).extend(look.numbers)
        found: dict[tuple[str, str, str], Answer] = {}
        for (tenant_id, carrier), told in zip(
            groups,
            await asyncio.gather(*(self._ask_one(*key, numbers) for key, numbers in groups.items())),
            strict=True,
        ):
            found |= {(tenant_id, carrier, number): answer for number, answer in told.items()}
        return found

    async def _ask_one(self, tenant_id: str, carrier: str, numbers: Sequence[str]) -> Mapping[str, Answer]:
        try:
            return await ask(self.systems.of(tenant_id), carrier, numbers)
        except (Conflict, InvalidInput) as error:
            _log.warning("%s cannot be asked about the parcels of %s: %s", carrier, tenant_id, error.detail)
            return {}

    async def _look(self, look: Look, answers: Mapping[tuple[str, str, str], Answer]) -> None:
        keys = [(look.watched.tenant_id, look.carrier, number) for number in look.numbers]
        told = [answer for key in keys if not isinstance(answer := answers.get(key, ()), VendorError)]
        asked = bool(keys) and len(told) == len(keys) and all(key in answers for key in keys)

        def job(tx: Transaction) -> None:
            work = self._work(tx)
            news = sum(take_over(work, each, "asked") for each in told)
            look_at(work, look.watched, asked=asked, news=news)

        await self.store.write(look.watched.tenant_id, job)

    async def _take_over_waiting(self) -> None:
        """Scans whose label is known by now are taken over; what has waited for too long is put with the rejected."""
        for tenant_id, scan in tracking.waiting_with_label(self.store.reader):
            await self.store.write(tenant_id, partial(self._adopt, scan=scan))
        since = self.store.clock.now() - WAITS_FOR
        for tenant_id, scan in tracking.waiting_since_before(self.store.reader, since):
            await self.store.write(tenant_id, partial(_give_up, scan=scan))

    def _adopt(self, tx: Transaction, scan: TrackingEvent) -> bool:
        return adopt_waiting(self._work(tx), scan)

    def _work(self, tx: Transaction) -> Work:
        return Work(tx, self.rules.of(tx.tenant_id), ACTOR)


def _give_up(tx: Transaction, scan: TrackingEvent) -> None:
    if not tracking.drop_waiting(tx.connection, tx.tenant_id, scan):
        return
    words = (
        f"No label of this tenant has the tracking number {scan.tracking_number} of {scan.carrier}, nor had one in the"
        f" {WAITS_FOR.days} days since the scan came. Scans of parcels that were not labelled here are not wanted."
    )
    message_id = new_id("rej", tx.now, secrets.token_bytes)
    problem = {"title": InvalidInput.title, "status": 422, "detail": words, "pointer": "/tracking_number"}
    body = scan.model_dump_json().encode()
    kept = rejected.RejectedMessage(message_id, tx.now.isoformat(), f"webhooks/{scan.carrier}", body, problem, None)
    rejected.keep(tx.connection, tx.tenant_id, kept)
