"""A tenant that buys labels from one carrier, over a real store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from canonical_models import Label
from connector_service.adapters.carrier_contract import CarrierAdapter, LabelRequest
from connector_service.adapters.http import Transport
from connector_service.clock import FakeClock
from connector_service.orders.purchase_once import buy_once
from connector_service.orders.systems import AllSystems, Systems
from connector_service.store import Store, tenants

TENANT = "tenant"


@dataclass(slots=True)
class _OneCarrier(Systems):
    adapter: CarrierAdapter = field(kw_only=True)

    def carrier(self, slug: str) -> CarrierAdapter:
        return self.adapter


@dataclass(frozen=True, slots=True)
class Buyer:
    """Buys as the order steps do; each adapter it is given is another process with the same store."""

    store: Store
    clock: FakeClock
    transport: Transport
    slug: str

    async def buy(self, adapter: CarrierAdapter, request: LabelRequest) -> Label:
        connection = tenants.Connection(TENANT, self.slug, "hook", {})
        shop = AllSystems(self.store, self.transport).shop
        systems = _OneCarrier(TENANT, {self.slug: connection}, self.transport, {}, shop, self.store, adapter=adapter)
        return await buy_once(systems, self.slug, request)

    def wait(self) -> None:
        """Until whatever was under way is over."""
        self.clock.advance(timedelta(minutes=3))


@contextmanager
def open_buyer(folder: Path, transport: Transport, slug: str) -> Iterator[Buyer]:
    clock = FakeClock()
    store = Store(folder / "purchases.sqlite", clock)
    try:
        tenants.add_tenant(store.reader, TENANT, "Tenant", clock.now())
        yield Buyer(store, clock, transport, slug)
    finally:
        store.close()
