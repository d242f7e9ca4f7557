from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from connector_service.packing import Item, Parcel, Placement, pack, parcel_svg, standard_boxes
from connector_service.packing.picture import from_behind

SVG = "{http://www.w3.org/2000/svg}"


def parcel(seed: int = 3) -> Parcel:
    asked = [
        Item(
            id=f"l<{at}>", sku=f"A&B {at}", quantity=3, length_mm=40 + at * seed, width_mm=60, height_mm=30, weight_g=5
        )
        for at in range(4)
    ]
    return pack(asked, standard_boxes()).parcels[0]


def test_the_picture_shows_every_unit_and_names_every_item() -> None:
    packed = parcel()
    root = ElementTree.fromstring(parcel_svg(packed))  # noqa: S314 - our own text
    assert len(root.findall(f"{SVG}g")) == len(packed.placements) == 12
    words = [text.text for text in root.findall(f"{SVG}text")]
    assert words[0] == f"{packed.box_id}: {packed.weight_g} g, {' x '.join(map(str, packed.dims_mm))} mm"
    assert set(words[1:]) == {f"3 x A&B {at} (l<{at}>)" for at in range(4)}


def test_all_that_is_drawn_lies_within_the_picture() -> None:
    root = ElementTree.fromstring(parcel_svg(parcel()))  # noqa: S314 - our own text
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for polygon in root.iter(f"{SVG}polygon"):
        for pair in polygon.attrib["points"].split():
            across, down = map(float, pair.split(","))
            assert 0 <= across <= width
            assert 0 <= down <= height


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 40))
def test_no_unit_is_drawn_over_one_that_is_nearer(seed: int) -> None:
    drawn = from_behind(parcel(seed).placements)
    for at, first in enumerate(drawn):
        for later in drawn[at + 1 :]:
            assert not (_beyond(first, later) and not _beyond(later, first))


def test_a_low_unit_at_the_front_is_drawn_after_a_high_one_behind_it() -> None:
    stand = Placement(item_id="stand", sku="S", at_mm=(0, 0, 0), size_mm=(10, 10, 20))
    high = Placement(item_id="high", sku="H", at_mm=(0, 0, 20), size_mm=(10, 10, 10))
    front = Placement(item_id="front", sku="F", at_mm=(0, 10, 0), size_mm=(10, 10, 40))
    assert [unit.item_id for unit in from_behind([front, high, stand])] == ["stand", "high", "front"]


def _beyond(one: Placement, other: Placement) -> bool:
    """Whether one begins, along some axis, where the other has ended, and so is the nearer of the two."""
    return any(one.at_mm[axis] >= other.at_mm[axis] + other.size_mm[axis] for axis in range(3))
