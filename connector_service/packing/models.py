"""What is packed, into what, and what comes out. Lengths in millimetres, weights in grams, all whole numbers."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from canonical_models.base import CanonicalModel, Grams, Identifier, Millimetres, Sku
from connector_service.errors import InvalidInput

Size = tuple[int, int, int]
"""Length, width and height in mm."""

Inner = Annotated[int, Field(ge=1, le=1_000_000)]


class _Frozen(CanonicalModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Box(_Frozen):
    """A kind of box: the room inside, the size outside (the inner one and its walls), and what it weighs and costs.

    `max_weight_g` is what the packed parcel may weigh, the box itself included. It stands on `length` x `width`.
    """

    id: Identifier
    inner_length_mm: Inner
    inner_width_mm: Inner
    inner_height_mm: Inner
    wall_mm: Annotated[int, Field(ge=0, le=100)] = 0
    tare_g: Grams = 0
    max_weight_g: Grams
    cost_minor: Annotated[int, Field(ge=0, le=10**12)] = 0

    @property
    def inner(self) -> Size:
        return self.inner_length_mm, self.inner_width_mm, self.inner_height_mm

    @property
    def volume_mm3(self) -> int:
        return self.inner_length_mm * self.inner_width_mm * self.inner_height_mm

    @property
    def payload_g(self) -> int:
        """What may be put in; negative when the empty box is too heavy already."""
        return self.max_weight_g - self.tare_g


class Item(_Frozen):
    """Units to pack, all alike. `id` is the caller's (an order line's id); a size of 0 means that it is not known.

    `this_side_up` keeps `height_mm` upright, nothing stands on a `fragile` unit, and a `ship_alone` unit has its parcel
    for itself.
    """

    id: Identifier
    sku: Sku
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]
    length_mm: Millimetres
    width_mm: Millimetres
    height_mm: Millimetres
    weight_g: Grams
    ship_alone: bool = False
    this_side_up: bool = False
    fragile: bool = False

    @property
    def volume_mm3(self) -> int:
        return self.length_mm * self.width_mm * self.height_mm


class Placement(_Frozen):
    """One unit in its box: the corner nearest the origin, and its size along the box's length, width and height."""

    item_id: Identifier
    sku: Sku
    at_mm: Size
    size_mm: Size


class Parcel(_Frozen):
    """A packed box. `contents` counts units by item id, `weight_g` is with the box, `dims_mm` is its outer size."""

    box_id: Identifier
    contents: dict[str, int]
    placements: list[Placement]
    weight_g: Grams
    dims_mm: Size
    inner_mm: Size
    cost_minor: int
    filled_permille: int


class NoBox(StrEnum):
    """Why units are in no parcel."""

    SIZE_UNKNOWN = "size_unknown"
    TOO_LARGE = "too_large"
    TOO_HEAVY = "too_heavy"


class Unpacked(_Frozen):
    """Units that no box can take, and in words why not."""

    item_id: Identifier
    sku: Sku
    quantity: int
    code: NoBox
    reason: str


class Effort(StrEnum):
    """How hard the plan was sought: every way of filling was tried, or from some point on only one."""

    FULL = "full"
    QUICK = "quick"


class PackingPlan(_Frozen):
    """The parcels of an order, what is in none, and how good that is.

    `fewest_possible` is a lower bound: no packing of the same units needs fewer parcels.
    """

    parcels: list[Parcel]
    unpacked: list[Unpacked]
    fewest_possible: int
    effort: Effort
    reason: str


_BOXES = TypeAdapter(list[Box])


def read_boxes(definition: Any) -> list[Box]:
    """A tenant's boxes from their JSON (text or list). Raises InvalidInput that names the first wrong place."""
    try:
        text = isinstance(definition, str | bytes)
        boxes = _BOXES.validate_json(definition) if text else _BOXES.validate_python(definition)
    except ValidationError as error:
        first = error.errors()[0]
        pointer = "".join(f"/{part}" for part in first["loc"])
        raise InvalidInput(f"The boxes are not valid: {first['msg']}.", pointer=pointer or None) from error
    ids = [box.id for box in boxes]
    for at, name in enumerate(ids):
        if name in ids[:at]:
            raise InvalidInput(f"Box {name!r} is there twice; give each its own id.", pointer=f"/{at}/id")
    return boxes
