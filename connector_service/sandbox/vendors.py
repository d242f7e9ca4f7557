"""The vendors together: one world, one outbox, one set of timers."""

from __future__ import annotations

from typing import Protocol

from connector_service.sandbox.carrier import Carrier
from connector_service.sandbox.carriers.canadapost.vendor import CanadaPost
from connector_service.sandbox.carriers.dhl_express.vendor import DhlExpress
from connector_service.sandbox.carriers.fedex import Fedex
from connector_service.sandbox.carriers.ups import Ups
from connector_service.sandbox.carriers.usps.vendor import Usps
from connector_service.sandbox.credentials import Tokens
from connector_service.sandbox.gate import Vendor
from connector_service.sandbox.later import Later
from connector_service.sandbox.northdock import Northdock
from connector_service.sandbox.outbox import Envelope, Outbox
from connector_service.sandbox.swiftparcel import Swiftparcel
from connector_service.sandbox.terrapost import Terrapost
from connector_service.sandbox.world import World


class CarrierVendor(Vendor, Protocol):
    """A vendor that carries parcels; `tokens` is None where a key is sent with each call."""

    carrier: Carrier

    @property
    def tokens(self) -> Tokens | None: ...


class MakesCarrier(Protocol):
    """A look-alike's class."""

    def __call__(self, world: World, later: Later, outbox: Outbox) -> CarrierVendor:
        """A carrier that tells its news through `outbox`."""
        ...


CARRIERS: tuple[MakesCarrier, ...] = (
    Swiftparcel,
    Terrapost,
    Ups,
    Fedex,
    DhlExpress,
    Usps,
    CanadaPost,
)
"""Each is a line here; its slug is its path, and a value of `models.Vendor`."""


class Vendors:
    """Starts, stops and resets the vendors; `all` lists them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._later = Later()
        envelopes: dict[str, Envelope] = {}
        self._outbox = Outbox(world, envelopes)
        self.northdock = Northdock(world, self._later, self._outbox)
        self.carriers = {each.slug: each for each in (make(world, self._later, self._outbox) for make in CARRIERS)}
        self.all: tuple[Vendor, ...] = (self.northdock, *self.carriers.values())
        envelopes.update({vendor.slug: vendor.envelope for vendor in (self.northdock, *self.carriers.values())})

    def start(self) -> None:
        """Go on where the journal ends."""
        self._outbox.start()
        self.northdock.warehouse.resume()
        for vendor in self.carriers.values():
            vendor.carrier.resume()

    def withdraw_tokens(self, slug: str | None = None) -> None:
        """No token that a vendor, or all, gave out so far is good any more."""
        for vendor in self.carriers.values():
            if vendor.tokens is not None and slug in (None, vendor.slug):
                vendor.tokens.withdraw()

    def calls(self, slug: str) -> set[str]:
        """The names of the vendor's calls."""
        return {name for vendor in self.all if vendor.slug == slug for _, _, name, _ in vendor.handlers()}

    async def stop(self) -> None:
        """Stop all work; the journal has everything."""
        self._later.cancel()
        await self._outbox.stop()

    async def reset(self) -> None:
        """Drop all work under way and forget everything."""
        self._later.cancel()
        await self._outbox.clear()
        self._world.reset()
