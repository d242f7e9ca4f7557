"""The three vendors together: one world, one outbox, one set of timers."""

from __future__ import annotations

from connector_service.sandbox import northdock, swiftparcel, terrapost
from connector_service.sandbox.later import Later
from connector_service.sandbox.outbox import Outbox
from connector_service.sandbox.world import World


class Vendors:
    """Starts, stops and resets the vendors; `all` lists them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._later = Later()
        envelopes = {each.SLUG: each.envelope for each in (northdock, swiftparcel, terrapost)}
        self._outbox = Outbox(world, envelopes)
        self.northdock = northdock.Northdock(world, self._later, self._outbox)
        self.swiftparcel = swiftparcel.Swiftparcel(world, self._later, self._outbox)
        self.terrapost = terrapost.Terrapost(world, self._later, self._outbox)
        self.all = (self.northdock, self.swiftparcel, self.terrapost)

    def start(self) -> None:
        """Go on where the journal ends."""
        self._outbox.start()
        self.northdock.warehouse.resume()
        self.swiftparcel.carrier.resume()
        self.terrapost.carrier.resume()

    async def stop(self) -> None:
        """Stop all work; the journal has everything."""
        self._later.cancel()
        await self._outbox.stop()

    async def reset(self) -> None:
        """Drop all work under way and forget everything."""
        self._later.cancel()
        await self._outbox.clear()
        self._world.reset()
