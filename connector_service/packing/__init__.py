"""Which box, how many parcels: cartonisation as pure functions, whole millimetres and grams."""

from functools import lru_cache
from pathlib import Path

from connector_service.packing.models import (
    Box,
    Effort,
    Item,
    NoBox,
    PackingPlan,
    Parcel,
    Placement,
    Unpacked,
    read_boxes,
)
from connector_service.packing.picture import parcel_svg
from connector_service.packing.planning import pack

__all__ = [
    "Box",
    "Effort",
    "Item",
    "NoBox",
    "PackingPlan",
    "Parcel",
    "Placement",
    "Unpacked",
    "pack",
    "parcel_svg",
    "read_boxes",
    "standard_boxes",
]


@lru_cache(maxsize=1)
def standard_boxes() -> tuple[Box, ...]:
    """The boxes of a tenant that has named none of its own."""
    return tuple(read_boxes((Path(__file__).parent / "data" / "boxes.json").read_bytes()))
