"""The parcels that a shipment will come to, in the standard boxes; the warehouse packs, and may pack otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from canonical_models import Product, Shipment, ShipmentLine
from canonical_models.base import Dimensions
from connector_service.errors import DocklineError, InvalidInput
from connector_service.orders.quality import PACKAGING_G
from connector_service.packing import Box, Item, NoBox, PackingPlan, pack, standard_boxes
from nodes.batch_models import PlannedParcel


class NoBoxFits(DocklineError):
    """Something is larger or heavier than what any box takes; a person says what it is packed in."""

    title = "No box takes it"
    status = 409


@dataclass(frozen=True, slots=True)
class Packaging:
    """What to pack into. `otherwise`: somebody has said what is packed in no box, so that none is looked for."""

    boxes: Sequence[Box] = field(default_factory=standard_boxes)
    otherwise: bool = False


def planned_parcels(
    shipment: Shipment, products: Mapping[str, Product], packaging: Packaging | None = None
) -> list[PlannedParcel]:
    """Boxes with weight and outer size; what has no known size, or no box, comes together in one parcel of unknown
    size. What ships alone has a parcel for each unit.

    Raises:
        InvalidInput: a SKU is in no catalog.
        NoBoxFits: no box takes something, and nobody has said how it is packed otherwise.
    """
    packaging = packaging or Packaging()
    items = [_item(shipment, products, str(at), line) for at, line in enumerate(shipment.lines) if line.quantity]
    plan = pack(items, packaging.boxes)
    too_much = [one.reason for one in plan.unpacked if one.code != NoBox.SIZE_UNKNOWN]
    if too_much and not packaging.otherwise:
        raise NoBoxFits(f"Shipment {shipment.id} cannot be packed: {'; '.join(too_much)}.")
    return [*_boxed(plan), *_of_unknown_size(plan, items)]


def _item(shipment: Shipment, products: Mapping[str, Product], item_id: str, line: ShipmentLine) -> Item:
    product = products.get(line.sku)
    if product is None:
        raise InvalidInput(f"SKU {line.sku!r} of shipment {shipment.id} is in no catalog: add it with its weight.")
    return Item(
        id=item_id,
        sku=line.sku,
        quantity=line.quantity,
        length_mm=product.length_mm,
        width_mm=product.width_mm,
        height_mm=product.height_mm,
        weight_g=product.weight_g,
        ship_alone=product.ships_alone,
    )


def _boxed(plan: PackingPlan) -> list[PlannedParcel]:
    made = []
    for parcel in plan.parcels:
        length, width, height = parcel.dims_mm
        size = Dimensions(length_mm=length, width_mm=width, height_mm=height)
        made.append(PlannedParcel(weight_g=parcel.weight_g, dims_mm=size, box=parcel.box_id, packed=False))
    return made


def _of_unknown_size(plan: PackingPlan, items: list[Item]) -> list[PlannedParcel]:
    if not plan.unpacked:
        return []
    grams = {item.id: item.weight_g for item in items}
    contents = sum(grams[one.item_id] * one.quantity for one in plan.unpacked)
    return [PlannedParcel(weight_g=contents + PACKAGING_G, dims_mm=None, packed=False)]
