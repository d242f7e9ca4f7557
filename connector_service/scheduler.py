"""The clock's hand: fires deadlines, ends claims on stock, wakes who waits for stock, gives absent owners' work away,
forgets old idempotency keys, and sees that credentials are replaced and pickups come in time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from connector_service.credentials import lifecycle
from connector_service.errors import DocklineError
from connector_service.orders import credential_ageing, escalation, pickup_changes, pickup_deadlines
from connector_service.orders.expiry import expire_claims
from connector_service.orders.places import try_again
from connector_service.orders.reassignment import reassign_work_of
from connector_service.orders.shortages import wake_waiting
from connector_service.orders.work import Work
from connector_service.rules_engine import RuleBook
from connector_service.store import Store, backorders, claims, deadlines, idempotency, place_waits, tenants, workload

_log = logging.getLogger(__name__)
KEYS_KEPT = timedelta(days=7)
COUNTS_KEPT = timedelta(days=400)
"""Planned shipments are counted from a location's last cut-off on, which is at most a year and some days ago."""
REASSIGN_EVERY = timedelta(minutes=1)


@dataclass(slots=True)
class Scheduler:
    """Looks every `interval` seconds at what the time has made due; `tick` does one look, for tests too."""

    store: Store
    rules: RuleBook
    interval: float = 1.0

    async def run(self) -> None:
        """Tick until cancelled."""
        reassigned_at = self.store.clock.now() - REASSIGN_EVERY
        while True:
            try:
                await self.tick()
                await self.move_stock()
                if self.store.clock.now() - reassigned_at >= REASSIGN_EVERY:
                    reassigned_at = self.store.clock.now()
                    await self.reassign()
                    await self.adopt_credentials()
                    await self.forget()
            except DocklineError as error:
                _log.error("deadlines wait: %s", error.detail)
            await asyncio.sleep(self.interval)

    async def tick(self) -> int:
        """Fire every deadline that is due now; returns how many did."""
        fired = 0
        while due := deadlines.due(self.store.reader, self.store.clock.now()):
            results = await asyncio.gather(*(self._fire(deadline) for deadline in due))
            fired += sum(results)
        return fired

    async def move_stock(self) -> int:
        """Give back what orders have held for too long, and tell flows of orders whose stock has come in or whose
        location may ship again; returns how many orders were put before a flow or a person.

        Each order, and each SKU that came in, is a transaction of its own.
        """
        connection, now = self.store.reader, self.store.clock.now()
        expired = await asyncio.gather(
            *(
                self._work(tenant_id, partial(expire_claims, order_id=order_id))
                for tenant_id, order_id in claims.due(connection, now)
            )
        )
        woken = await asyncio.gather(
            *(
                self._work(arrival.tenant_id, partial(wake_waiting, arrival=arrival))
                for arrival in backorders.arrivals(connection, now)
            )
        )
        retried = await asyncio.gather(
            *(
                self._work(tenant_id, partial(try_again, order_id=order_id))
                for tenant_id, order_id in place_waits.due(connection, now)
            )
        )
        return sum(expired) + sum(woken) + sum(retried)

    async def _work(self, tenant_id: str, step: Callable[[Work], int]) -> int:
        return await self.store.write(tenant_id, lambda tx: step(Work(tx, self.rules.of(tx.tenant_id), "clock")))

    async def _fire(self, deadline: deadlines.Deadline) -> bool:
        steps = {lifecycle.KIND: credential_ageing.fire, pickup_changes.KIND: pickup_deadlines.fire}
        step = steps.get(deadline.kind, escalation.fire)
        return bool(await self._work(deadline.tenant_id, partial(step, deadline=deadline)))

    async def adopt_credentials(self) -> int:
        """Begin to count the days of connections of which nobody knows how old they are; returns how many."""
        unknown = lifecycle.unknown_ages(self.store.reader)
        for tenant_id, slug in unknown:
            await self.store.write(tenant_id, partial(lifecycle.adopt, slug=slug))
        return len(unknown)

    async def forget(self) -> None:
        """Forget idempotency keys and counts of planned shipments that nobody asks for any more."""
        now = self.store.clock.now()
        await self.store.administer(lambda c: idempotency.forget_before(c, now - KEYS_KEPT))
        await self.store.administer(lambda c: workload.forget_before(c, now - COUNTS_KEPT))

    async def reassign(self) -> int:
        """Give away the work of owners who are out for too long; returns how many items moved."""
        moved = 0
        for tenant_id in tenants.tenant_ids(self.store.reader):
            out = {gone.owner: gone for gone in tenants.absences(self.store.reader, tenant_id, self.store.clock.now())}
            for absence in out.values():
                moved += await self._reassign(tenant_id, absence, out)
        return moved

    async def _reassign(self, tenant_id: str, absence: tenants.Absence, out: dict[str, tenants.Absence]) -> int:
        return await self.store.write(
            tenant_id, lambda tx: reassign_work_of(Work(tx, self.rules.of(tx.tenant_id), "clock"), absence, out)
        )
