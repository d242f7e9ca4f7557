"""What connected carriers need for rates is loaded before anybody asks: the first order pays nothing for it.

Not when the connector starts, which it would hold up, and not for carriers that nobody has, or whose rates do without:
karrio takes a second and some 25 MB.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from connector_service.adapters import karrio_bridge, registry
from connector_service.store import Store, tenants

PAUSE = 0.02
"""Seconds between two pieces, for requests that came meanwhile: an import leaves them little time."""


@dataclass(slots=True)
class Warming:
    """Looks every `interval` seconds which carriers are connected; `tick` does one look, for tests too."""

    store: Store
    interval: float = 2.0
    _warm: set[str] = field(default_factory=set)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(self.interval)
            await self.tick()

    async def tick(self) -> list[str]:
        """Load what is missing; returns what karrio calls the carriers that were new."""
        known = (registry.CARRIERS.get(slug) for slug in tenants.connected_slugs(self.store.reader))
        new = sorted({entry.karrio for entry in known if entry is not None and entry.karrio} - self._warm)
        for vendor in new:
            for piece in karrio_bridge.pieces(vendor):
                await asyncio.to_thread(karrio_bridge.load, piece)
                await asyncio.sleep(PAUSE)
            self._warm.add(vendor)
        return new
