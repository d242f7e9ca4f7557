"""What carriers are asked about: the parcels of one shipment with what is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from canonical_models import Location, Order, Product, Shipment
from canonical_models.inventory import LabelPaper


@dataclass(frozen=True, slots=True)
class Parcels:
    """What to ask the carriers about. `products` are those of the shipment's lines where customs wants to know, `paper`
    what the label is printed on."""

    order: Order
    shipment: Shipment
    ship_from: Location
    products: Mapping[str, Product] = field(default_factory=dict)
    paper: LabelPaper = "zpl"
