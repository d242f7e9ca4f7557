"""What must be minded of the goods in an order's open lines, as the catalog says it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from canonical_models import OrderLine, Product
from connector_service.orders.work import Work


@dataclass(frozen=True, slots=True)
class Goods:
    """By SKU: grams of one unit, and units wanted. Hazards are None when no known article has them and not all are
    known."""

    weights_g: dict[str, int]
    units: dict[str, int]
    alone: frozenset[str]
    """SKUs that share a shipment with no other line."""
    hazmat: bool | None
    lithium: bool | None
    cold_chain: bool | None

    @property
    def weight_g(self) -> int:
        """Grams of all that is open."""
        return sum(self.weights_g[sku] * units for sku, units in self.units.items())


def goods_of(work: Work, lines: Iterable[OrderLine]) -> Goods:
    """What the catalog says of the open units; of a SKU that it lacks, the order's own weight."""
    said: dict[str, int] = defaultdict(int)
    units: dict[str, int] = defaultdict(int)
    for line in lines:
        said[line.sku] = max(said[line.sku], line.unit_weight_g)
        units[line.sku] += line.quantity_open
    catalog = work.tx.products(said)
    return Goods(
        weights_g={sku: catalog[sku].weight_g if sku in catalog else grams for sku, grams in said.items()},
        units=dict(units),
        alone=frozenset(sku for sku, product in catalog.items() if product.ships_alone),
        hazmat=_any(said, catalog, "hazmat"),
        lithium=_any(said, catalog, "lithium"),
        cold_chain=_any(said, catalog, "cold_chain"),
    )


def _any(
    skus: Iterable[str], catalog: dict[str, Product], what: Literal["hazmat", "lithium", "cold_chain"]
) -> bool | None:
    if any(getattr(product, what) for product in catalog.values()):
        return True
    return False if all(sku in catalog for sku in skus) else None
