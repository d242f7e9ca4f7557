"""The parcels a batch plans: boxes where sizes are known, a parcel by weight where not, a refusal for the rest."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from canonical_models import Product, Shipment, ShipmentLine
from connector_service.errors import DocklineError
from nodes.batch_packing import Packaging, planned_parcels

NOW = datetime(2026, 11, 9, tzinfo=UTC)
PRODUCTS = {
    "MUG": Product(sku="MUG", weight_g=350, length_mm=120, width_mm=90, height_mm=90),
    "TEE": Product(sku="TEE", weight_g=180),
    "SOFA": Product(sku="SOFA", weight_g=20_000, length_mm=2_000, width_mm=900, height_mm=800),
}


def shipment(*lines: tuple[str, int]) -> Shipment:
    return Shipment(
        tenant_id="acme",
        id="shp_1",
        version=1,
        created_at=NOW,
        updated_at=NOW,
        status_since=NOW,
        order_id="ord_1",
        location_id="east",
        lines=[ShipmentLine(line_id="1", sku=sku, quantity=units) for sku, units in lines],
    )


def test_what_has_a_size_comes_in_boxes_with_weight_and_outer_size() -> None:
    (parcel,) = planned_parcels(shipment(("MUG", 2)), PRODUCTS)
    assert parcel.weight_g > 700
    assert parcel.dims_mm is not None
    assert parcel.dims_mm.length_mm * parcel.dims_mm.width_mm * parcel.dims_mm.height_mm >= 2 * 120 * 90 * 90
    assert (bool(parcel.box), parcel.packed) == (True, False)


def test_lines_of_one_order_line_in_two_lots_are_packed_together() -> None:
    (parcel,) = planned_parcels(shipment(("MUG", 1), ("MUG", 1)), PRODUCTS)
    assert parcel == planned_parcels(shipment(("MUG", 2)), PRODUCTS)[0]


def test_what_has_no_size_comes_in_one_parcel_by_its_weight() -> None:
    boxed, weighed = planned_parcels(shipment(("MUG", 1), ("TEE", 3)), PRODUCTS)
    assert (boxed.dims_mm is None, weighed.dims_mm, weighed.weight_g) == (False, None, 3 * 180 + 120)


@pytest.mark.parametrize(("sku", "words"), [("SOFA", "larger than the room of every box"), ("NONE", "in no catalog")])
def test_what_cannot_be_packed_is_refused_with_its_reason(sku: str, words: str) -> None:
    with pytest.raises(DocklineError, match=words):
        planned_parcels(shipment(("MUG", 1), (sku, 1)), PRODUCTS)


def test_what_somebody_packs_otherwise_comes_in_one_parcel_by_its_weight() -> None:
    (boxed, weighed) = planned_parcels(shipment(("MUG", 1), ("SOFA", 1)), PRODUCTS, Packaging(otherwise=True))
    assert (boxed.dims_mm is None, weighed.dims_mm, weighed.weight_g) == (False, None, 20_000 + 120)


def test_what_ships_alone_has_a_parcel_for_each_unit() -> None:
    lamp = Product(sku="LAMP", weight_g=500, length_mm=100, width_mm=100, height_mm=100, ships_alone=True)
    parcels = planned_parcels(shipment(("LAMP", 2), ("MUG", 1)), PRODUCTS | {"LAMP": lamp})
    assert len(parcels) == 3
