"""Locations that are as good as each other share the orders; one that joins or leaves moves no order but its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_service.allocation import Line, Location, Position, Problem, decide
from connector_service.allocation.ties import DRAW_BITS, draw
from tests.allocation.instances import small_problem

ORDERS = 1_000


def place(name: str, carriage_minor: int = 600, skus: tuple[str, ...] = ("TEE",)) -> Location:
    positions = tuple(Position(f"{name}/{sku}", sku, 5) for sku in skus)
    return Location(name, positions, handling_minor=200, carriage_minor=carriage_minor)


def order(number: int, locations: list[Location], spread: int = 50, skus: tuple[str, ...] = ("TEE",)) -> Problem:
    lines = tuple(Line(f"line-{sku}", sku, 1) for sku in skus)
    return Problem(f"ord_{number}", lines, tuple(locations), spread=spread)


def never() -> bool:
    return False


def winners(locations: list[Location], spread: int = 50, orders: int = ORDERS) -> list[str]:
    return [decide(order(number, locations, spread), never).takes[0].location_id for number in range(orders)]


@pytest.mark.parametrize("spread", [0, 50, 100])
def test_equal_locations_get_equal_shares(spread: int) -> None:
    shares = Counter(winners([place(f"wh-{at}") for at in range(4)], spread))
    assert set(shares) == {"wh-0", "wh-1", "wh-2", "wh-3"}
    # 250 each expected; four standard deviations are 55
    assert all(abs(number - ORDERS / 4) < 56 for number in shares.values())


def test_a_location_that_is_dearer_by_less_than_the_spread_gets_a_smaller_share() -> None:
    shares = Counter(winners([place("near", 600), place("far", 620)]))
    assert 0 < shares["far"] < shares["near"]


def test_a_location_that_is_dearer_by_more_than_the_spread_gets_nothing() -> None:
    assert set(winners([place("near", 600), place("far", 660)], spread=50)) == {"near"}


def test_without_a_spread_one_cent_decides() -> None:
    assert set(winners([place("near", 600), place("far", 601)], spread=0)) == {"near"}


def test_adding_a_location_moves_only_its_share() -> None:
    few = [place(f"wh-{at}") for at in range(4)]
    before, after = winners(few), winners([*few, place("new")])
    moved = [now for was, now in zip(before, after, strict=True) if was != now]
    assert set(moved) == {"new"}
    # a fifth of the orders, 200; four standard deviations are 51
    assert abs(len(moved) - ORDERS / 5) < 52


@given(seed=st.integers(0, 10**9), spread=st.sampled_from((0, 50, 100)))
def test_an_order_that_does_not_use_a_location_does_not_care_whether_it_exists(seed: int, spread: int) -> None:
    problem = small_problem(seed, spread)
    takes = decide(problem, never).takes
    used = {take.location_id for take in takes}
    for location in problem.locations:
        if location.id not in used and all(take.location_id != location.id for take in problem.locked):
            rest = tuple(other for other in problem.locations if other.id != location.id)
            assert decide(replace(problem, locations=rest), never).takes == takes


def test_orders_of_two_shipments_share_the_load_too() -> None:
    left = [place(f"tee-{at}", skus=("TEE",)) for at in range(2)]
    right = [place(f"mug-{at}", skus=("MUG",)) for at in range(2)]
    pairs = Counter(
        tuple(sorted(t.location_id for t in decide(order(n, left + right, 50, ("MUG", "TEE")), never).takes))
        for n in range(1000)
    )
    assert len(pairs) == 4
    assert all(abs(number - 250) < 60 for number in pairs.values())


def test_the_same_order_always_gets_the_same_answer() -> None:
    locations = [place(f"wh-{at}") for at in range(10)]
    assert len({decide(order(7, locations), never) for _ in range(5)}) == 1


@given(order_id=st.text(), location_id=st.text())
def test_a_draw_is_a_number_below_its_bits(order_id: str, location_id: str) -> None:
    assert 0 <= draw(order_id, location_id) < 1 << DRAW_BITS
    assert draw(order_id, location_id) == draw(order_id, location_id)


def test_a_draw_does_not_change_between_releases() -> None:
    """A changed hash would move every order's tie at once."""
    assert (draw("ord_1", "east"), draw("ord_1", "west")) == (2438407, 3065330)
