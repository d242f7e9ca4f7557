from __future__ import annotations

from typing import Any

import pytest

from connector_service.errors import InvalidInput
from connector_service.packing import Box, Effort, Item, NoBox, pack, read_boxes, standard_boxes
from tests.packing.checks import assert_holds

CUBE = Box(id="cube", inner_length_mm=100, inner_width_mm=100, inner_height_mm=100, tare_g=50, max_weight_g=1_050)
CHEAP = CUBE.model_copy(update={"id": "cheap", "cost_minor": 10})
DEAR = CUBE.model_copy(update={"id": "dear", "cost_minor": 20, "inner_length_mm": 200, "max_weight_g": 2_050})


def item(quantity: int = 1, size: tuple[int, int, int] = (50, 50, 50), **more: Any) -> Item:
    length, width, height = size
    given = {"id": "l1", "sku": "MUG", "weight_g": 10} | more
    return Item(quantity=quantity, length_mm=length, width_mm=width, height_mm=height, **given)


def test_a_box_is_filled_to_the_last_corner() -> None:
    plan = pack([item(8)], [CUBE])
    assert [parcel.filled_permille for parcel in plan.parcels] == [1_000]
    assert plan.parcels[0].contents == {"l1": 8}
    assert plan.parcels[0].weight_g == 130
    assert plan.reason == "1 parcel, fewer are not possible."
    assert_holds(plan, [item(8)], [CUBE])


def test_unlike_units_that_just_fit_are_turned_until_they_do() -> None:
    asked = [item(1, (100, 100, 40)), item(2, (60, 50, 100), id="l2"), item(1, (10, 100, 100), id="l3")]
    plan = pack(asked, [CUBE, DEAR])
    assert_holds(plan, asked, [CUBE, DEAR])
    assert len(plan.parcels) == 1


def test_the_cheapest_box_that_takes_all_is_used_and_at_equal_cost_the_smallest() -> None:
    assert [parcel.box_id for parcel in pack([item(8)], [DEAR, CHEAP]).parcels] == ["cheap"]
    large = CHEAP.model_copy(update={"id": "a-large", "inner_height_mm": 300})
    assert [parcel.box_id for parcel in pack([item(8)], [large, CHEAP]).parcels] == ["cheap"]


def test_one_dear_parcel_is_better_than_two_cheap_ones() -> None:
    plan = pack([item(16)], [CHEAP.model_copy(update={"cost_minor": 1}), DEAR])
    assert [parcel.box_id for parcel in plan.parcels] == ["dear"]


def test_the_last_parcel_moves_to_the_cheapest_box_that_takes_it() -> None:
    plan = pack([item(17)], [CHEAP, DEAR])
    assert [(parcel.box_id, parcel.contents["l1"]) for parcel in plan.parcels] == [("dear", 16), ("cheap", 1)]


def test_every_parcel_moves_to_the_cheapest_box_that_takes_it_however_small() -> None:
    small = CHEAP.model_copy(
        update={"id": "small", "inner_length_mm": 50, "inner_width_mm": 50, "inner_height_mm": 50, "max_weight_g": 700}
    )
    large = [DEAR.model_copy(update={"id": f"large-{at}", "max_weight_g": 1_050 + at}) for at in range(3)]
    plan = pack([item(3, weight_g=600)], [small, *large])
    assert [parcel.box_id for parcel in plan.parcels] == ["small"] * 3
    assert_holds(plan, [item(3, weight_g=600)], [small, *large])


def test_when_the_first_plan_is_not_the_best_a_better_one_is_kept() -> None:
    box = CUBE.model_copy(update={"inner_length_mm": 10, "inner_width_mm": 10, "inner_height_mm": 10})
    asked = [item(5, (3, 7, 6)), item(4, (6, 6, 6), id="l2"), item(1, (2, 3, 4), id="l3")]
    assert len(pack(asked, [box], work=1).parcels) == 5
    plan = pack(asked, [box])
    assert len(plan.parcels) == 4
    assert_holds(plan, asked, [box])


def test_what_is_too_heavy_together_goes_into_more_parcels() -> None:
    plan = pack([item(8, weight_g=300)], [CUBE])
    assert [parcel.weight_g for parcel in plan.parcels] == [950, 950, 650]
    assert plan.fewest_possible == 3


def test_a_unit_that_ships_alone_has_its_parcel_for_itself() -> None:
    asked = [item(2, ship_alone=True), item(1, id="l2")]
    plan = pack(asked, [CUBE])
    assert [parcel.contents for parcel in plan.parcels] == [{"l1": 1}, {"l1": 1}, {"l2": 1}]
    assert plan.fewest_possible == 3


def test_a_unit_that_stays_upright_is_not_laid_down() -> None:
    flat = CUBE.model_copy(update={"id": "flat", "inner_height_mm": 40})
    assert len(pack([item(1, (30, 30, 90))], [flat]).parcels) == 1
    refused = pack([item(1, (30, 30, 90), this_side_up=True)], [flat]).unpacked[0]
    assert (refused.code, refused.quantity) == (NoBox.TOO_LARGE, 1)
    assert refused.reason == "MUG (30 x 30 x 90 mm upright) is larger than the room of every box"


def test_fragile_units_are_not_stacked_and_lie_on_top_of_others() -> None:
    assert len(pack([item(8, fragile=True)], [CUBE]).parcels) == 2
    both = [item(4, fragile=True), item(4, id="l2")]
    plan = pack(both, [CUBE])
    assert_holds(plan, both, [CUBE])
    assert len(plan.parcels) == 1
    assert {unit.at_mm[2] for unit in plan.parcels[0].placements if unit.item_id == "l1"} == {50}


def test_a_unit_of_unknown_size_and_one_that_is_too_heavy_are_reported_and_the_rest_is_packed() -> None:
    asked = [item(3, (0, 50, 50)), item(2, id="l2", weight_g=1_001), item(1, id="l3")]
    plan = pack(asked, [CUBE])
    assert [(one.item_id, one.quantity, one.code) for one in plan.unpacked] == [
        ("l1", 3, NoBox.SIZE_UNKNOWN),
        ("l2", 2, NoBox.TOO_HEAVY),
    ]
    assert plan.unpacked[0].reason == "the size of MUG is not known (0 x 50 x 50 mm); add it to the product"
    assert plan.unpacked[1].reason == "MUG weighs 1001 g; a box that is large enough takes 1000 g at most"
    assert plan.reason == "1 parcel, fewer are not possible; 5 units are in no box."


def test_a_unit_that_only_a_small_box_takes_is_packed_beside_many_that_need_large_ones() -> None:
    asked = [item(1, (900, 60, 60)), item(400, (100, 100, 100), id="l2"), item(2, (950, 90, 90), id="l3")]
    plan = pack(asked, standard_boxes())
    assert_holds(plan, asked, standard_boxes())
    assert [parcel.box_id for parcel in plan.parcels].count("tube") == 3


def test_nothing_needs_no_parcel() -> None:
    plan = pack([], [CUBE])
    assert (plan.parcels, plan.unpacked, plan.fewest_possible) == ([], [], 0)


def test_a_huge_order_is_packed_with_less_effort_and_says_so() -> None:
    asked = [item(50, (31 + at, 37 + at, 41 + at), id=f"l{at}", sku=f"S{at}") for at in range(60)]
    plan = pack(asked, standard_boxes(), work=5_000)
    assert plan.effort is Effort.QUICK
    assert "only one way of filling was tried" in plan.reason
    assert_holds(plan, asked, standard_boxes())


@pytest.mark.parametrize(
    ("asked", "of", "words", "pointer"),
    [
        ([item()], [], "There is no box", "/boxes"),
        ([item(), item()], [CUBE], "'l1' is there twice", "/items/1/id"),
        ([item(10_001)], [CUBE], "10001 units are too many", "/items"),
    ],
)
def test_what_cannot_be_planned_is_refused(asked: list[Item], of: list[Box], words: str, pointer: str) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        pack(asked, of)
    assert caught.value.pointer == pointer


def test_boxes_that_cannot_be_used_are_refused_with_the_place() -> None:
    box = CUBE.model_dump()
    with pytest.raises(InvalidInput, match="greater than or equal to 1") as caught:
        read_boxes([box | {"inner_width_mm": 0}])
    assert caught.value.pointer == "/0/inner_width_mm"
    with pytest.raises(InvalidInput, match="'cube' is there twice") as caught:
        read_boxes([box, box])
    assert caught.value.pointer == "/1/id"
    with pytest.raises(InvalidInput, match="Invalid JSON"):
        read_boxes("[")


def test_the_standard_boxes_can_be_read() -> None:
    assert {"mailer", "box-m", "tube"} <= {box.id for box in standard_boxes()}
