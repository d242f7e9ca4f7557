"""What must be true of every packing plan, checked unit by unit against the items and boxes that were asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from connector_service.packing import Box, Item, PackingPlan, Parcel, Placement


def assert_holds(plan: PackingPlan, items: Sequence[Item], boxes: Sequence[Box]) -> None:
    """Every unit once, and every parcel possible."""
    wanted = Counter({item.id: item.quantity for item in items})
    packed = Counter(placement.item_id for parcel in plan.parcels for placement in parcel.placements)
    refused = Counter({one.item_id: one.quantity for one in plan.unpacked})
    assert packed + refused == wanted
    by_id, kinds = {box.id: box for box in boxes}, {item.id: item for item in items}
    for parcel in plan.parcels:
        _assert_parcel(parcel, by_id[parcel.box_id], kinds)
    assert plan.fewest_possible <= len(plan.parcels)


def _assert_parcel(parcel: Parcel, box: Box, items: dict[str, Item]) -> None:
    units = parcel.placements
    assert units
    assert Counter(unit.item_id for unit in units) == Counter(parcel.contents)
    assert parcel.weight_g == box.tare_g + sum(items[unit.item_id].weight_g for unit in units) <= box.max_weight_g
    assert parcel.dims_mm == tuple(side + 2 * box.wall_mm for side in box.inner)
    for unit in units:
        item = items[unit.item_id]
        assert all(
            at >= 0 and at + side <= room for at, side, room in zip(unit.at_mm, unit.size_mm, box.inner, strict=True)
        )
        assert sorted(unit.size_mm) == sorted((item.length_mm, item.width_mm, item.height_mm))
        assert not item.this_side_up or unit.size_mm[2] == item.height_mm
        assert not item.ship_alone or len(units) == 1
        assert _carried_area(unit, units) == unit.size_mm[0] * unit.size_mm[1]
    for one, other in combinations(units, 2):
        assert not _share(one, other, 3)
        for below, above in ((one, other), (other, one)):
            if items[below.item_id].fragile:
                assert not (_share(below, above, 2) and above.at_mm[2] >= below.at_mm[2] + below.size_mm[2])


def _share(one: Placement, other: Placement, axes: int) -> bool:
    """Whether two units share room along the first axes: 3 for overlapping, 2 for one above the other."""
    return all(
        one.at_mm[axis] < other.at_mm[axis] + other.size_mm[axis]
        and other.at_mm[axis] < one.at_mm[axis] + one.size_mm[axis]
        for axis in range(axes)
    )


def _carried_area(unit: Placement, units: Sequence[Placement]) -> int:
    """How much of a unit's base, in mm2, lies on the box's floor or on the tops of other units."""
    if unit.at_mm[2] == 0:
        return unit.size_mm[0] * unit.size_mm[1]
    carried = 0
    for other in units:
        if other.at_mm[2] + other.size_mm[2] == unit.at_mm[2] and _share(unit, other, 2):
            sides = [
                min(unit.at_mm[axis] + unit.size_mm[axis], other.at_mm[axis] + other.size_mm[axis])
                - max(unit.at_mm[axis], other.at_mm[axis])
                for axis in range(2)
            ]
            carried += sides[0] * sides[1]
    return carried
