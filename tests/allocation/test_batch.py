"""A batch is decided together when that is better than one by one, and express comes first either way."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_service.allocation import (
    BatchChoice,
    BatchOrder,
    Line,
    Location,
    Position,
    Problem,
    after,
    at_once,
    decide,
    decide_batch,
)
from connector_service.errors import InvalidInput


def never() -> bool:
    return False


def place(name: str, units: int, carriage_minor: int, capacity: int | None = None) -> Location:
    return Location(name, (Position(f"{name}/TEE", "TEE", units),), carriage_minor=carriage_minor, capacity=capacity)


def order(name: str, *locations: Location, express: bool = False, placed: int = 0) -> BatchOrder:
    return BatchOrder(Problem(name, (Line("line-1", "TEE", 1),), locations), express, placed)


def random_batch(seed: int) -> list[BatchOrder]:
    rng = Random(seed)
    skus = ("TEE", "MUG", "SERUM")
    stock = [
        (f"wh-{at}", tuple(Position(f"{at}/{sku}", sku, rng.randint(0, 4)) for sku in skus), rng.choice((None, 3)))
        for at in range(3)
    ]
    orders = []
    for number in range(rng.randint(1, 8)):
        lines = tuple(Line(f"line-{sku}", sku, rng.randint(1, 2)) for sku in rng.sample(skus, rng.randint(1, 2)))
        locations = tuple(
            Location(name, positions, carriage_minor=rng.randint(200, 1500), capacity=capacity, transit_days=2)
            for name, positions, capacity in stock
        )
        problem = Problem(f"ord_{number}", lines, locations, max_splits=rng.choice((None, 0)))
        orders.append(BatchOrder(problem, rng.random() < 0.3, placed=number))
    return orders


def test_the_order_that_has_no_other_way_gets_the_only_unit() -> None:
    """One by one the first order takes the unit that is a little nearer; the second one then pays ten times as much."""
    first = order("ord_1", place("near", 1, 500), place("far", 1, 600), placed=1)
    second = order("ord_2", place("near", 1, 500), place("far", 1, 5000), placed=2)
    choice = decide_batch([first, second], never)
    assert choice.decided_together
    assert {name: takes[0].location_id for name, takes in choice.plans.items()} == {"ord_1": "far", "ord_2": "near"}
    assert choice.one_by_one.score - choice.together.score == 1000 * ((500 + 5000) - (600 + 500))


def test_together_more_is_filled_when_one_order_can_only_be_served_from_one_place() -> None:
    first = order("ord_1", place("near", 1, 500), place("far", 1, 600), placed=1)
    second = order("ord_2", place("near", 1, 500), placed=2)
    choice = decide_batch([first, second], never)
    assert (choice.one_by_one.fill_rate, choice.together.fill_rate) == (500, 1000)


def test_express_takes_the_last_unit_whoever_came_first() -> None:
    early = order("ord_1", place("only", 1, 500), placed=1)
    express = order("ord_2", place("only", 1, 900), express=True, placed=2)
    assert decide_batch([early, express], never).plans["ord_1"] == ()


def test_among_its_like_the_order_placed_first_gets_the_last_unit() -> None:
    late, early = order("ord_1", place("only", 1, 500), placed=2), order("ord_2", place("only", 1, 500), placed=1)
    choice = decide_batch([late, early], never)
    assert (choice.plans["ord_1"], len(choice.plans["ord_2"])) == ((), 1)


def test_a_thousand_orders_for_thirty_units_sell_exactly_thirty() -> None:
    places = [place(f"wh-{at}", 10, 500) for at in range(3)]
    choice = decide_batch([order(f"ord_{n:03}", *places, placed=n) for n in range(300)], never)
    won = {name for name, takes in choice.plans.items() if takes}
    assert won == {f"ord_{n:03}" for n in range(30)}


def test_one_order_twice_in_a_batch_is_refused() -> None:
    with pytest.raises(InvalidInput, match="in the batch twice"):
        decide_batch([order("ord_1"), order("ord_1")], never)


def test_no_orders_make_no_plans() -> None:
    choice = decide_batch([], never)
    assert (choice.plans, choice.one_by_one.fill_rate) == ({}, 1000)


@settings(max_examples=60)
@given(seed=st.integers(0, 10**9))
def test_a_batch_never_takes_more_than_is_there(seed: int) -> None:
    orders = random_batch(seed)
    choice = decide_batch(orders, never)
    stock = {(at.id, p.id): p.available for o in orders for at in o.problem.locations for p in at.positions}
    capacity = {at.id: at.capacity for o in orders for at in o.problem.locations}
    taken: Counter[tuple[str, str]] = Counter()
    made: Counter[str] = Counter()
    for takes in choice.plans.values():
        for take in takes:
            taken[take.location_id, take.position_id] += take.quantity
        made.update({take.location_id for take in takes})
    assert all(units <= stock[position] for position, units in taken.items())
    assert all(capacity[name] is None or number <= (capacity[name] or 0) for name, number in made.items())


@settings(max_examples=40)
@given(seed=st.integers(0, 10**9), shuffle=st.integers(0, 100))
def test_a_batch_is_never_worse_than_one_by_one_and_does_not_depend_on_the_list(seed: int, shuffle: int) -> None:
    orders = random_batch(seed)
    choice = decide_batch(orders, never)
    assert chosen(choice) == min(choice.one_by_one.rank, choice.together.rank)
    mixed = Random(shuffle).sample(orders, len(orders))
    assert decide_batch(mixed, never) == choice


def chosen(choice: BatchChoice) -> tuple[int, int, int]:
    return (choice.together if choice.decided_together else choice.one_by_one).rank


def test_when_the_time_is_out_everything_is_decided_at_once() -> None:
    choice = decide_batch(random_batch(3), at_once)
    assert choice.ended_early
    assert choice.swaps == 0
    assert set(choice.plans) == {o.problem.order_id for o in random_batch(3)}


def test_batches_are_often_better_together() -> None:
    choices = [decide_batch(random_batch(seed), never) for seed in range(100)]
    assert sum(choice.decided_together for choice in choices) > 10


def test_with_enough_for_all_each_order_of_a_batch_gets_its_own_answer() -> None:
    """The draw between equal locations belongs to the order: a batch does not change it, and shares the load too."""
    places = [place(f"wh-{at}", 1_000, 500) for at in range(4)]
    orders = [order(f"ord_{n:03}", *places, placed=n) for n in range(200)]
    choice = decide_batch(orders, never)
    assert choice.plans == {each.problem.order_id: decide(each.problem, never).takes for each in orders}
    shares = Counter(takes[0].location_id for takes in choice.plans.values())
    assert min(shares[where.id] for where in places) > 30


def test_in_a_batch_the_draw_spreads_the_load_over_locations_that_differ_by_a_few_per_cent() -> None:
    near, far = place("near", 60, 500), place("far", 60, 510)
    orders = [order(f"ord_{n:03}", near, far, placed=n) for n in range(100)]
    shares = Counter(takes[0].location_id for takes in decide_batch(orders, never).plans.values())
    assert min(shares["near"], shares["far"]) > 20


def test_adding_a_location_to_a_batch_moves_only_the_orders_that_it_wins() -> None:
    places = [place(f"wh-{at}", 1_000, 500) for at in range(4)]
    before = decide_batch([order(f"ord_{n:03}", *places[:3], placed=n) for n in range(200)], never).plans
    after = decide_batch([order(f"ord_{n:03}", *places, placed=n) for n in range(200)], never).plans
    moved = {name for name in before if before[name] != after[name]}
    assert moved == {name for name in after if after[name][0].location_id == "wh-3"}


def test_time_that_runs_out_on_the_way_leaves_one_by_one_complete() -> None:
    orders = random_batch(5)
    whole = decide_batch(orders, never)
    for steps in (1, len(orders), 3 * len(orders), 200):
        choice = decide_batch(orders, after(steps))
        assert choice.plans.keys() == whole.plans.keys()
        assert chosen(choice) >= min(whole.one_by_one.rank, whole.together.rank)
