"""Hold every tenant's stock against its warehouses' own figures, as often as the tenant wants."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from functools import partial

from connector_service.adapters import registry
from connector_service.adapters.contracts import Capability
from connector_service.errors import DocklineError, NotFound
from connector_service.feeds.feed import Sender
from connector_service.feeds.warehouse_counts import Reconciled, reconcile_location
from connector_service.orders.systems import AllSystems
from connector_service.orders.work import Work
from connector_service.rules_engine import RuleBook
from connector_service.store import Store, recount_times

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Recounting:
    """Looks every `interval` seconds whose stock is due; `reconcile` does one tenant at once."""

    store: Store
    rules: RuleBook
    systems: AllSystems
    interval: float = 60.0

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.tick()
            except DocklineError as error:
                _log.error("recounts wait: %s", error.detail)
            await asyncio.sleep(self.interval)

    async def tick(self) -> int:
        """Reconcile every tenant that is due; returns how many were."""
        now = self.store.clock.now()
        due = recount_times.due(self.store.reader, now)
        for tenant_id in due:
            # Marked first: of several replicas one asks, and a warehouse that fails is asked again in time.
            if await self.store.administer(partial(recount_times.begin, tenant_id=tenant_id, now=now)):
                await self.reconcile(tenant_id, "clock")
        return len(due)

    async def reconcile(self, tenant_id: str, actor: str, location_id: str | None = None) -> list[Reconciled]:
        """Ask the warehouses of a tenant, or one of them, what they have.

        Raises:
            NotFound: the tenant has no such location.
        """
        rules = self.rules.of(tenant_id)
        sender = Sender(self.store, lambda tx: Work(tx, rules, actor), tenant_id)
        locations = self.store.read(tenant_id).locations()
        wanted = [each for each in locations if location_id in (None, each.id)]
        if not wanted and location_id is not None:
            known = ", ".join(each.id for each in locations[:5]) or "none"
            raise NotFound(f"There is no location {location_id!r}; there are {known}.")
        systems = self.systems.of(tenant_id)
        return [await reconcile_location(sender, systems, each) for each in wanted if _counts(each.wms)]


def _counts(slug: str) -> bool:
    known = registry.WAREHOUSES.get(slug)
    return known is not None and Capability.COUNTS in known.capabilities
