"""What carriers are asked about: the parcels of one shipment with what is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from canonical_models import Location, Order, Product, Shipment


@dataclass(frozen=True, slots=True)
class Parcels:
    """What to ask the carriers about. `products` are those of the shipment's lines where customs wants to know."""

    order: Order
    shipment: Shipment
    ship_from: Location
    products: Mapping[str, Product] = field(default_factory=dict)
