"""Which boxes, how many parcels: the fewest parcels first, then the lowest cost, then the least volume.

All units go into the cheapest box that takes them together. When none does, the box that takes the most is filled, its
units move to the cheapest box that takes just them, and the rest is planned in the same way; several such plans are
made and the best is kept. Filling is a heuristic: it can need a parcel more than the best packing, never one that does
not hold. `fewest_possible` bounds that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connector_service.errors import InvalidInput
from connector_service.packing.filling import WAYS, Block, Kind, Work, fill
from connector_service.packing.models import Box, Effort, Item, NoBox, PackingPlan, Parcel, Placement, Unpacked

MOST_UNITS = 10_000
"""More units than this are no order of parcels; they are refused."""

WORK = 150_000
"""Rooms times stands that are tried in full, about 40 ms; after that only one way of filling is used."""

LARGEST_TRIED = 3
"""When an order needs more than one parcel, so many of the largest boxes are tried for the next one."""


@dataclass(frozen=True, slots=True)
class _Filled:
    box: Box
    blocks: list[Block]

    def held(self, kinds: int) -> list[int]:
        """Units by kind."""
        counts = [0] * kinds
        for block in self.blocks:
            counts[block.kind] += block.count
        return counts


def pack(items: Sequence[Item], boxes: Sequence[Box], *, work: int = WORK) -> PackingPlan:
    """Pack all units into as few parcels as can be found, and these into the cheapest boxes.

    The same input gives the same plan. Every unit is in exactly one parcel or reported as unpacked. Raises InvalidInput
    when there is no box, for more than 10,000 units, or when two items share an id.
    """
    _check(items, boxes)
    ranked = sorted(boxes, key=lambda box: (box.cost_minor, box.volume_mm3, box.id))
    unpacked = [refused for item in items if (refused := _refusal(item, ranked))]
    out = {one.item_id for one in unpacked}
    kinds = [Kind(item) for item in items if item.id not in out]
    alone = [kind for kind in kinds if kind.item.ship_alone]
    together = [kind for kind in kinds if not kind.item.ship_alone]
    left = Work(work)
    parcels = [parcel for kind in alone for parcel in _singly(kind, ranked, left)]
    fewest = len(parcels) + _fewest([(kind, kind.item.quantity) for kind in together], ranked)
    parcels += [_parcel(filled, together) for filled in _best_together(together, ranked, left)]
    effort = Effort.FULL if left.left > 0 else Effort.QUICK
    reason = _words(parcels, unpacked, fewest, effort)
    return PackingPlan(parcels=parcels, unpacked=unpacked, fewest_possible=fewest, effort=effort, reason=reason)


def _check(items: Sequence[Item], boxes: Sequence[Box]) -> None:
    if not boxes:
        raise InvalidInput("There is no box to pack into; give the tenant at least one.", pointer="/boxes")
    units = sum(item.quantity for item in items)
    if units > MOST_UNITS:
        raise InvalidInput(
            f"{units} units are too many to pack at once; pack at most {MOST_UNITS:,}.", pointer="/items"
        )
    seen: set[str] = set()
    for at, item in enumerate(items):
        if item.id in seen:
            raise InvalidInput(f"Item {item.id!r} is there twice; give each its own id.", pointer=f"/items/{at}/id")
        seen.add(item.id)


def _refusal(item: Item, boxes: Sequence[Box]) -> Unpacked | None:
    """Why no box takes a unit of the item, or None when one does."""
    size = f"{item.length_mm} x {item.width_mm} x {item.height_mm} mm"
    upright = " upright" if item.this_side_up else ""
    roomy = [box for box in boxes if _fits(Kind(item), box)]
    if not item.volume_mm3:
        code, reason = NoBox.SIZE_UNKNOWN, f"the size of {item.sku} is not known ({size}); add it to the product"
    elif not roomy:
        code, reason = NoBox.TOO_LARGE, f"{item.sku} ({size}{upright}) is larger than the room of every box"
    elif all(box.payload_g < item.weight_g for box in roomy):
        most = max(box.payload_g for box in roomy)
        reason = f"{item.sku} weighs {item.weight_g} g; a box that is large enough takes {max(0, most)} g at most"
        code = NoBox.TOO_HEAVY
    else:
        return None
    return Unpacked(item_id=item.id, sku=item.sku, quantity=item.quantity, code=code, reason=reason)


def _fits(kind: Kind, box: Box) -> bool:
    room = box.inner
    return any(all(side <= space for side, space in zip(stand, room, strict=True)) for stand in kind.stands)


def _singly(kind: Kind, boxes: Sequence[Box], work: Work) -> list[Parcel]:
    """A parcel for each unit, in the cheapest box that takes it."""
    filled = _in_one([kind], [1], boxes, work)
    return [] if filled is None else [_parcel(filled, [kind])] * kind.item.quantity


def _best_together(kinds: Sequence[Kind], boxes: Sequence[Box], work: Work) -> list[_Filled]:
    """The best of several plans: one that tries every way for each parcel, then one with each way alone for as long as
    fewer parcels may be possible and work is left."""
    asked = [(kind, kind.item.quantity) for kind in kinds]
    best = _together(kinds, boxes, work)
    for way in WAYS:
        if work.left <= 0 or len(best) <= _fewest(asked, boxes):
            break
        alone = Work(work.left, (way,))
        best = min(best, _together(kinds, boxes, alone), key=_rank)
        work.left = alone.left
    return best


def _rank(plan: Sequence[_Filled]) -> tuple[int, int, int]:
    boxes = [filled.box for filled in plan]
    return len(plan), sum(box.cost_minor for box in boxes), sum(box.volume_mm3 for box in boxes)


def _together(kinds: Sequence[Kind], boxes: Sequence[Box], work: Work) -> list[_Filled]:
    counts, done = [kind.item.quantity for kind in kinds], list[_Filled]()
    while any(counts):
        last = _in_one(kinds, counts, boxes, work)
        if last:
            return [*done, last]
        full = _fullest(kinds, counts, boxes, work)
        held = full.held(len(kinds))
        cheaper = boxes[: boxes.index(full.box)]
        times = min(count // here for count, here in zip(counts, held, strict=True) if here)
        done += [_in_one(kinds, held, cheaper, work) or full] * times
        counts = [count - times * here for count, here in zip(counts, held, strict=True)]
    return done


def _in_one(kinds: Sequence[Kind], counts: Sequence[int], boxes: Sequence[Box], work: Work) -> _Filled | None:
    """The first of the boxes that takes all units at once, or None."""
    asked = [(kind, count) for kind, count in zip(kinds, counts, strict=True) if count]
    volume = sum(kind.volume * count for kind, count in asked)
    weight = sum(kind.weight * count for kind, count in asked)
    for box in boxes:
        if volume > box.volume_mm3 or weight > box.payload_g or not all(_fits(kind, box) for kind, _ in asked):
            continue
        for way in work.next_ways():
            filled = _Filled(box, fill(box.inner, box.payload_g, kinds, counts, way, work))
            if filled.held(len(kinds)) == list(counts):
                return filled
    return None


def _fullest(kinds: Sequence[Kind], counts: Sequence[int], boxes: Sequence[Box], work: Work) -> _Filled:
    """The box that takes the most of the units: by weight when weight is what makes parcels many, else by volume."""
    asked = list(zip(kinds, counts, strict=True))
    by_weight = _fewest_by_weight(asked, boxes) > _fewest_by_volume(asked, boxes)
    measures = [kind.weight if by_weight else kind.volume for kind in kinds]
    takers = [box for box in boxes if any(count and _takes(box, kind) for kind, count in asked)]
    largest = sorted(takers, key=lambda box: -(box.payload_g if by_weight else box.volume_mm3))[:LARGEST_TRIED]
    best, most = None, -1
    for box in [box for box in boxes if box in largest]:
        for way in work.next_ways():
            filled = _Filled(box, fill(box.inner, box.payload_g, kinds, counts, way, work))
            taken = sum(block.count * measures[block.kind] for block in filled.blocks)
            if filled.blocks and taken > most:
                best, most = filled, taken
    if best is None:
        raise AssertionError("a box takes one unit at least: _refusal has taken out what no box takes")
    return best


def _takes(box: Box, kind: Kind) -> bool:
    return kind.weight <= box.payload_g and _fits(kind, box)


def _fewest(asked: Sequence[tuple[Kind, int]], boxes: Sequence[Box]) -> int:
    return max(_fewest_by_volume(asked, boxes), _fewest_by_weight(asked, boxes)) if asked else 0


def _fewest_by_volume(asked: Sequence[tuple[Kind, int]], boxes: Sequence[Box]) -> int:
    return -(-sum(kind.volume * count for kind, count in asked) // max(box.volume_mm3 for box in boxes))


def _fewest_by_weight(asked: Sequence[tuple[Kind, int]], boxes: Sequence[Box]) -> int:
    return -(-sum(kind.weight * count for kind, count in asked) // max(1, *(box.payload_g for box in boxes)))


def _parcel(filled: _Filled, kinds: Sequence[Kind]) -> Parcel:
    box, held = filled.box, filled.held(len(kinds))
    placements = [
        Placement(item_id=kinds[block.kind].item.id, sku=kinds[block.kind].item.sku, at_mm=corner, size_mm=block.unit)
        for block in filled.blocks
        for corner in block.corners()
    ]
    pairs = [(kind, count) for kind, count in zip(kinds, held, strict=True) if count]
    length, width, height = (side + 2 * box.wall_mm for side in box.inner)
    return Parcel(
        box_id=box.id,
        contents={kind.item.id: count for kind, count in pairs},
        placements=placements,
        weight_g=box.tare_g + sum(kind.weight * count for kind, count in pairs),
        dims_mm=(length, width, height),
        inner_mm=box.inner,
        cost_minor=box.cost_minor,
        filled_permille=sum(kind.volume * count for kind, count in pairs) * 1000 // box.volume_mm3,
    )


def _words(parcels: Sequence[Parcel], unpacked: Sequence[Unpacked], fewest: int, effort: Effort) -> str:
    found = len(parcels)
    words = f"{found} parcel{'' if found == 1 else 's'}"
    words += ", fewer are not possible" if found <= fewest else f"; {fewest} might be possible"
    if effort is Effort.QUICK:
        words += "; the order is large, so from some point on only one way of filling was tried"
    if unpacked:
        words += f"; {sum(one.quantity for one in unpacked)} units are in no box"
    return words + "."
