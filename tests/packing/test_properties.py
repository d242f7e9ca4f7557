"""Whatever is asked for, a plan holds: no overlap, nothing out of its box, nothing too heavy, every unit once."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from connector_service.packing import Box, Item, pack, standard_boxes
from tests.packing.checks import assert_holds


@st.composite
def boxes(draw: st.DrawFn) -> list[Box]:
    side = st.integers(1, 60)
    return [
        Box(
            id=f"box-{number}",
            inner_length_mm=draw(side),
            inner_width_mm=draw(side),
            inner_height_mm=draw(side),
            wall_mm=draw(st.integers(0, 3)),
            tare_g=draw(st.integers(0, 20)),
            max_weight_g=draw(st.integers(0, 400)),
            cost_minor=draw(st.integers(0, 5)),
        )
        for number in range(draw(st.integers(1, 4)))
    ]


@st.composite
def items(draw: st.DrawFn) -> list[Item]:
    side = st.integers(0, 40)
    return [
        Item(
            id=f"line-{number}",
            sku=f"SKU-{number % 3}",
            quantity=draw(st.integers(1, 12)),
            length_mm=draw(side),
            width_mm=draw(side),
            height_mm=draw(side),
            weight_g=draw(st.integers(0, 60)),
            ship_alone=draw(st.booleans()) and draw(st.booleans()),
            this_side_up=draw(st.booleans()),
            fragile=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 6)))
    ]


@settings(max_examples=300, deadline=None)
@given(items(), boxes(), st.sampled_from([0, 50, 150_000]))
def test_every_plan_holds_whatever_the_effort(asked: list[Item], of: list[Box], work: int) -> None:
    plan = pack(asked, of, work=work)
    assert_holds(plan, asked, of)
    assert plan == pack(asked, of, work=work)


@settings(max_examples=100, deadline=None)
@given(items(), boxes())
def test_the_order_in_which_boxes_are_named_changes_nothing(asked: list[Item], of: list[Box]) -> None:
    assert pack(asked, of) == pack(asked, of[::-1])


@settings(max_examples=100, deadline=None)
@given(items(), boxes())
def test_what_is_refused_fits_no_box_and_what_is_not_fits_one(asked: list[Item], of: list[Box]) -> None:
    refused = {one.item_id for one in pack(asked, of).unpacked}
    for item in asked:
        takers = [box for box in of if item.volume_mm3 and _takes(box, item)]
        assert (item.id in refused) == (not takers)


def _takes(box: Box, item: Item) -> bool:
    upright, flat = sorted((item.length_mm, item.width_mm)), sorted(box.inner[:2])
    fits = (
        item.height_mm <= box.inner[2] and upright[0] <= flat[0] and upright[1] <= flat[1]
        if item.this_side_up
        else all(a <= b for a, b in zip(sorted((*upright, item.height_mm)), sorted(box.inner), strict=True))
    )
    return fits and item.weight_g + box.tare_g <= box.max_weight_g


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(20, 200))
def test_ordinary_orders_into_the_standard_boxes_hold(seed: int, units: int) -> None:
    sides = [20 + (seed * factor + units * factor * factor) % 180 for factor in range(1, 31)]
    asked = [
        Item(
            id=f"l{at}",
            sku=f"S{at}",
            quantity=units // 10,
            length_mm=sides[at],
            width_mm=sides[at + 10],
            height_mm=sides[at + 20],
            weight_g=sides[at] * 4,
            fragile=at == 3,
            this_side_up=at == 5,
        )
        for at in range(10)
    ]
    assert_holds(pack(asked, standard_boxes()), asked, standard_boxes())
