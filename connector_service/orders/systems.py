"""The other systems that tenants are connected to, as adapters."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import CarrierAdapter, CarrierConnection
from connector_service.adapters.contracts import WarehouseAdapter
from connector_service.adapters.http import Transport
from connector_service.carriers.shopping import CarrierAccount, RateShop
from connector_service.carriers.stored import StoredTables
from connector_service.errors import Conflict
from connector_service.store import Store, tenants

LONGEST_ROUND = 65.0
"""Seconds. What bounds a round over the carriers is each one's own limit, `rate_timeout` in its connection (0.2 unless
a tenant says otherwise); this is beyond the longest of them."""


@dataclass(slots=True)
class Systems:
    """One tenant's warehouses and carriers; adapters live as long as their connection stays the same."""

    tenant_id: str
    connections: dict[str, tenants.Connection]
    transport: Transport
    made: dict[tuple[str, str, bytes], Any]
    shop: RateShop

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
        key = (self.tenant_id, slug, orjson.dumps(connection.settings, option=orjson.OPT_SORT_KEYS))
        if key not in self.made:
            self.made[key] = make_adapter(connection, self.transport)
        return self.made[key]


def make_adapter(connection: tenants.Connection, transport: Transport) -> Any:
    """The adapter for a tenant's connection.

    Raises:
        ValidationError: the settings do not fit the system.
    """
    http = transport.tenant(connection.tenant_id)
    kinds = registry.WAREHOUSES if connection.slug in registry.WAREHOUSES else registry.CARRIERS
    settings = kinds[connection.slug].settings.model_validate(connection.settings)
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
        self.shop = RateShop(self.store.clock, defaults=StoredTables(self.store), deadline=LONGEST_ROUND)

    def of(self, tenant_id: str) -> Systems:
        """The systems of one tenant as they are connected now."""
        found = {c.slug: c for c in tenants.connections(self.store.reader, tenant_id)}
        return Systems(tenant_id, found, self.transport, self._made, self.shop)

    def answers(self, tenant_id: str, slug: str) -> bool | None:
        """Whether a system answered when it was last called; None when it was not, or when the next call will show."""
        if (tenant_id, slug) not in self.transport.health.vendors:
            return None
        return {"open": False, "closed": True}.get(self.transport.breaker(tenant_id, slug).state)
