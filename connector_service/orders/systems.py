"""The other systems that tenants are connected to, as adapters."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import orjson

from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import CarrierAdapter, CarrierConnection
from connector_service.adapters.contracts import WarehouseAdapter
from connector_service.adapters.http import Transport
from connector_service.carriers.shopping import CarrierAccount, RateShop
from connector_service.carriers.stored import StoredTables
from connector_service.credentials.lifecycle import fell_back
from connector_service.credentials.overlap import overlapping
from connector_service.errors import Conflict
from connector_service.store import Store, purchases, tenants

GRACE = timedelta(seconds=5)
"""How much longer than its own limit a purchase may be under way: the carrier does not know that nobody waits."""

_log = logging.getLogger(__name__)


async def only_log(tenant_id: str, slug: str) -> None:
    """Say that a system took the old credential and not the new one."""
    _log.warning("%s refused the new credential of %s and took the old one; rotate it again", slug, tenant_id)


@dataclass(slots=True)
class Systems:
    """One tenant's warehouses and carriers; adapters live as long as their connection stays the same."""

    tenant_id: str
    connections: dict[str, tenants.Connection]
    transport: Transport
    made: dict[tuple[str, str, bytes], Any]
    shop: RateShop
    store: Store
    fell_back: Callable[[str, str], Awaitable[None]] = only_log

    def warehouse(self, slug: str) -> WarehouseAdapter:
        """The tenant's account at a warehouse system.

        Raises:
            Conflict: the tenant has no connection of that name.
        """
        adapter: WarehouseAdapter = self._adapter(slug, registry.WAREHOUSES)
        return adapter

    def carrier(self, slug: str) -> CarrierAdapter:
        """The tenant's account at one carrier.

        Raises:
            Conflict: the tenant has no connection of that name.
        """
        adapter: CarrierAdapter = self._adapter(slug, registry.CARRIERS)
        return adapter

    async def begin_purchase(self, slug: str, reference: str) -> purchases.Began:
        """Write down, durably, that a label is about to be bought, and hear whether that was written before."""
        settings = self.connections[slug].settings
        limit = float(settings.get("label_timeout", CarrierConnection.model_fields["label_timeout"].default))
        most = timedelta(seconds=limit) + GRACE
        return await self.store.write(
            self.tenant_id,
            lambda tx: purchases.begin(tx.connection, tx.tenant_id, slug, reference, tx.now, tx.now + most),
        )

    async def end_purchase(self, slug: str, reference: str) -> None:
        """The call is over, and nobody knows what became of it."""
        await self.store.write(
            self.tenant_id, lambda tx: purchases.end(tx.connection, tx.tenant_id, slug, reference, tx.now)
        )

    async def settle_purchase(self, slug: str, reference: str) -> None:
        """Nothing was bought, as is known for sure."""
        await self.store.write(
            self.tenant_id, lambda tx: purchases.settle(tx.connection, tx.tenant_id, slug, reference)
        )

    def carriers(self) -> dict[str, CarrierAdapter]:
        """All carriers the tenant has an account with, by slug."""
        return {slug: self.carrier(slug) for slug in self.connections if slug in registry.CARRIERS}

    def accounts(self) -> list[CarrierAccount]:
        """The same as rate shopping takes them; other settings are another account, whose prices may differ."""
        return [self._account(slug, adapter) for slug, adapter in self.carriers().items()]

    def _account(self, slug: str, adapter: CarrierAdapter) -> CarrierAccount:
        settings = self.connections[slug].settings
        named = hashlib.blake2b(orjson.dumps(settings, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()
        limit = settings.get("rate_timeout", CarrierConnection.model_fields["rate_timeout"].default)
        return CarrierAccount(slug, adapter, named, float(limit))

    def _adapter(self, slug: str, kind: Mapping[str, Any]) -> Any:
        connection = self.connections.get(slug) if slug in kind else None
        if connection is None:
            raise Conflict(
                f"Tenant {self.tenant_id!r} has no connection {slug!r} of this kind, which is one of "
                f"{', '.join(kind)}. Add it with PUT /v1/connections/<name>."
            )
        valid = connection.valid_settings(self.transport.clock.now())
        # By their digest: the dictionary lives long, and holds no secret.
        named = hashlib.blake2b(orjson.dumps(valid, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()
        key = (self.tenant_id, slug, named)
        if key not in self.made:
            self.made[key] = make_adapter(connection, self.transport, self.fell_back)
        return self.made[key]


def make_adapter(
    connection: tenants.Connection,
    transport: Transport,
    told: Callable[[str, str], Awaitable[None]] = only_log,
) -> Any:
    """The adapter for a tenant's connection; while an old credential holds beside the new one it stands in.

    `told` hears the tenant and the slug when it had to.

    Raises:
        ValidationError: the settings do not fit the system.
    """
    valid = connection.valid_settings(transport.clock.now())
    new, *old = [_with(settings, connection, transport) for settings in valid]
    return overlapping(new, old[0], partial(told, connection.tenant_id, connection.slug)) if old else new


def _with(given: dict[str, Any], connection: tenants.Connection, transport: Transport) -> Any:
    http = transport.tenant(connection.tenant_id)
    kinds = registry.WAREHOUSES if connection.slug in registry.WAREHOUSES else registry.CARRIERS
    settings = kinds[connection.slug].settings.model_validate(given)
    make = registry.warehouse if connection.slug in registry.WAREHOUSES else registry.carrier
    return make(connection.slug, settings, http)


@dataclass(slots=True)
class AllSystems:
    """The systems of every tenant, over one transport."""

    store: Store
    transport: Transport
    shop: RateShop = field(init=False)
    _made: dict[tuple[str, str, bytes], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shop = RateShop(self.store.clock, defaults=StoredTables(self.store))

    def of(self, tenant_id: str) -> Systems:
        """The systems of one tenant as they are connected now."""
        found = {c.slug: c for c in tenants.connections(self.store.reader, tenant_id)}
        return Systems(tenant_id, found, self.transport, self._made, self.shop, self.store, self.fell_back)

    async def fell_back(self, tenant_id: str, slug: str) -> None:
        """Note that a system took the old credential and not the new one."""
        await only_log(tenant_id, slug)
        await self.store.write(tenant_id, lambda tx: fell_back(tx, slug))

    def answers(self, tenant_id: str, slug: str) -> bool | None:
        """Whether a system answered when it was last called; None when it was not, or when the next call will show."""
        if (tenant_id, slug) not in self.transport.health.vendors:
            return None
        return {"open": False, "closed": True}.get(self.transport.breaker(tenant_id, slug).state)
