"""Positions kept for reading: what is available, without asking the database every time.

For answers only. What is reserved is decided by a transaction on the rows themselves; this module lies above the order
steps, which by the import contract cannot reach it.

An entry is dropped by every commit that touches its SKU, before the writer hears that it is kept, and all entries when
another process has committed, which every question looks for when it begins. So an answer is never older than the last
commit that was acknowledged before the question came. A cache shared by several machines would take the place of this
class: it needs `positions`, `locations` and `product`, and a way to hear of changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from canonical_models import InventoryPosition, Location, Product
from connector_service.app.inventory.shipping_days import ShippingDays
from connector_service.store import Store, stock_queries
from connector_service.store.changes import Change

MAX_KEPT = 20_000
"""Positions, about 400 bytes each; the SKUs that nobody asked for the longest make room."""


class Kept(NamedTuple):
    """The stock of a SKU at one location: sums over its lots, and for each lot its expiry date and what is available,
    which does not look at that date."""

    location_id: str
    lots: tuple[tuple[str, int], ...]
    on_hand: int
    reserved: int
    unavailable: int
    safety_stock: int
    in_transit: int


NO_EXPIRY = "9999-12-31"


@dataclass(slots=True)
class AvailabilityCache:
    """One per process. Everything happens on the event loop's thread, so a read never sees half a change."""

    store: Store
    max_kept: int = MAX_KEPT
    days: ShippingDays = field(default_factory=ShippingDays)
    hits: int = 0
    misses: int = 0
    _positions: dict[tuple[str, str], tuple[Kept, ...]] = field(default_factory=dict)
    _products: dict[tuple[str, str], Product | None] = field(default_factory=dict)
    _locations: dict[str, list[Location]] = field(default_factory=dict)
    _kept: int = 0

    def __post_init__(self) -> None:
        self.store.changes.listen(self.changed)

    def begin(self) -> None:
        """A question comes: forget what another process has changed since the last one."""
        self.store.notice_others()

    def positions(self, tenant_id: str, skus: Iterable[str]) -> dict[str, tuple[Kept, ...]]:
        """The stock of every SKU asked for by location, none for one that is unknown."""
        found: dict[str, tuple[Kept, ...]] = {}
        missing = []
        for sku in skus:
            kept = self._positions.pop((tenant_id, sku), None)
            if kept is None:
                missing.append(sku)
            else:
                found[sku] = self._positions[tenant_id, sku] = kept
        self.hits += len(found)
        self.misses += len(missing)
        return found | self._load(tenant_id, missing) if missing else found

    def product(self, tenant_id: str, sku: str) -> Product | None:
        """The product, if it is known."""
        key = (tenant_id, sku)
        if key not in self._products:
            if len(self._products) >= self.max_kept:
                self._products.clear()
            self._products[key] = self.store.read(tenant_id).products([sku]).get(sku)
        return self._products[key]

    def locations(self, tenant_id: str) -> list[Location]:
        """All locations of the tenant; nobody writes to what this returns."""
        if tenant_id not in self._locations:
            self._locations[tenant_id] = self.store.read(tenant_id).locations()
        return self._locations[tenant_id]

    def changed(self, changes: list[Change] | None) -> None:
        """Drop what a commit has touched; everything when nobody knows what it was."""
        if changes is None:
            self._forget()
            return
        if not (self._positions or self._products or self._locations):
            return
        for change in changes:
            if change.kind == "position":
                self._drop(change.tenant_id, change.body["sku"])
            elif change.kind == "product":
                self._products.pop((change.tenant_id, change.id), None)
            elif change.kind == "location":
                self._locations.pop(change.tenant_id, None)

    def _drop(self, tenant_id: str, sku: str) -> None:
        dropped = self._positions.pop((tenant_id, sku), None)
        if dropped is not None:
            self._kept -= _weight(dropped)

    def _forget(self) -> None:
        self._positions.clear()
        self._products.clear()
        self._locations.clear()
        self._kept = 0

    def _load(self, tenant_id: str, skus: list[str]) -> dict[str, tuple[Kept, ...]]:
        loaded: dict[str, dict[str, list[InventoryPosition]]] = {sku: {} for sku in skus}
        for body in stock_queries.positions_of(self.store.reader, tenant_id, skus):
            position = InventoryPosition.model_validate_json(body)
            loaded[position.sku].setdefault(position.location_id, []).append(position)
        found = {sku: tuple(map(_kept, each.values())) for sku, each in loaded.items()}
        for sku, each in found.items():
            self._positions[tenant_id, sku] = each
            self._kept += _weight(each)
        while self._kept > self.max_kept:
            self._drop(*next(iter(self._positions)))
        return found


def _kept(positions: list[InventoryPosition]) -> Kept:
    return Kept(
        positions[0].location_id,
        tuple((each.expires_on or NO_EXPIRY, each.available) for each in positions),
        sum(each.on_hand for each in positions),
        sum(each.reserved for each in positions),
        sum(each.unavailable for each in positions),
        sum(each.safety_stock for each in positions),
        sum(each.in_transit for each in positions),
    )


def _weight(kept: tuple[Kept, ...]) -> int:
    return 1 + sum(len(each.lots) for each in kept)
