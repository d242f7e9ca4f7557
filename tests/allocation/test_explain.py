"""Every answer says what it costs term by term, what else there was, and why not that."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_service.allocation import (
    Line,
    Location,
    Position,
    Problem,
    Take,
    after,
    at_once,
    decide,
    explain,
)
from tests.allocation.instances import small_problem

TEE, MUG = Position("p/TEE", "TEE", 5), Position("p/MUG", "MUG", 5)


def place(name: str, *positions: Position, carriage_minor: int = 512, transit_days: int = 1) -> Location:
    return Location(name, positions or (TEE, MUG), carriage_minor=carriage_minor, transit_days=transit_days)


def order(*locations: Location) -> Problem:
    lines = (Line("line-1", "TEE", 2), Line("line-2", "MUG", 1))
    return Problem("ord_1", lines, locations, promise_days=2)


def because(problem: Problem) -> str:
    return explain(problem, decide(problem, lambda: False)).because


def test_the_winner_is_compared_with_the_next_best() -> None:
    problem = order(place("east"), place("west", carriage_minor=640))
    assert because(problem) == ("east costs 712 against 840 at west: 512 to ship instead of 640. No plan is better.")


def test_one_shipment_is_compared_with_two() -> None:
    problem = order(place("east"), place("north", TEE, carriage_minor=300), place("west", MUG, carriage_minor=300))
    assert "east costs 712 against 1,000 at north and west: 1 shipment instead of 2" in because(problem)


def test_a_promise_kept_is_compared_with_one_broken() -> None:
    problem = order(place("east"), place("west", carriage_minor=400, transit_days=4))
    assert "east costs 712 against 1,200 at west: on time instead of 2 days late." in because(problem)


def test_a_plan_that_leaves_more_open_is_named_so() -> None:
    problem = order(place("east"), place("west", TEE, carriage_minor=100))
    assert "without east, west would leave 1 unit more unfilled." in because(problem)


def test_equal_locations_share_the_orders() -> None:
    assert "equal locations share the orders" in because(order(place("east"), place("west")))


def test_a_dearer_winner_within_the_spread_says_so() -> None:
    places = (place("east"), place("west", carriage_minor=515))
    words = [because(replace(order(*places), order_id=f"ord_{number}")) for number in range(20)]
    assert "west costs 715 against 712 at east: within 5%, orders are shared between them. No plan is better." in words


def test_vetoes_are_given_with_their_reasons() -> None:
    problem = order(place("east"), place("west")).without("east", "Dangerous goods may not be stored there.")
    explanation = explain(problem, decide(problem, lambda: False))
    assert "east may not ship: Dangerous goods may not be stored there." in explanation.because
    vetoed = next(candidate for candidate in explanation.candidates if candidate.location_id == "east")
    assert (vetoed.vetoes, vetoed.alone) == (("Dangerous goods may not be stored there.",), None)


def test_of_those_that_may_not_ship_the_best_is_named_first() -> None:
    far, near = replace(place("abroad"), merit=300), replace(place("near"), merit=900)
    problem = replace(order(place("east"), far, near), vetoes={"abroad": ("Too far.",), "near": ("It failed before.",)})
    told = explain(problem, decide(problem, lambda: False), most_candidates=2)
    assert [candidate.location_id for candidate in told.candidates] == ["east", "near"]
    assert told.because.index("near may not ship") < told.because.index("abroad may not ship")


def test_a_full_location_says_so() -> None:
    problem = order(place("east"), replace(place("west"), capacity=3, used=3))
    candidates = explain(problem, decide(problem, lambda: False)).candidates
    assert candidates[1].vetoes == ("It can make no more shipments today.",)


def test_what_stays_open_and_what_is_locked_is_said() -> None:
    problem = replace(order(place("east", TEE)), locked=(Take("line-1", "west", "p/TEE", 1),))
    assert because(problem) == (
        "east costs 712; nothing could ship without east. 1 unit of 2 cannot be filled. "
        "1 unit picked at west already stays. No plan is better."
    )


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (order(), "No location is known."),
        (order(place("east", Position("p", "CAP", 1))), "No location that may ship has any of the 3 open units."),
        (replace(order(place("east")), lines=()), "Nothing is open: all of the order is locked or was not wanted."),
    ],
)
def test_why_nothing_ships(problem: Problem, words: str) -> None:
    assert because(problem) == words


def test_the_candidates_come_with_their_terms_the_chosen_first() -> None:
    problem = order(place("west", carriage_minor=640), place("east"), place("north", TEE, carriage_minor=1))
    candidates = explain(problem, decide(problem, lambda: False)).candidates
    assert [candidate.location_id for candidate in candidates] == ["east", "west", "north"]
    east, north = candidates[0].alone, candidates[2].alone
    assert east is not None
    assert north is not None
    assert (east.terms.landed_cost, east.terms.shipments, east.terms.score) == (512_000, 200_000, 712_000)
    assert (north.filled, north.unfilled) == (2, 1)


def test_more_candidates_than_fit_are_counted() -> None:
    problem = order(*(place(f"wh-{at}") for at in range(30)))
    explanation = explain(problem, decide(problem, lambda: False), most_candidates=4)
    assert (len(explanation.candidates), explanation.left_out) == (4, 26)


@given(seed=st.integers(0, 10**9), steps=st.sampled_from((0, 2, 10_000)))
def test_an_explanation_agrees_with_the_choice(seed: int, steps: int) -> None:
    problem = small_problem(seed, spread=50)
    choice = decide(problem, after(steps))
    explanation = explain(problem, choice)
    assert explanation.chosen.terms == choice.terms
    assert explanation.chosen.unfilled == choice.unfilled
    assert explanation.penalty > choice.score
    assert {c.location_id for c in explanation.candidates} == {location.id for location in problem.locations}
    assert ("ended early" in explanation.because) == (not choice.proven and bool(choice.takes))


def test_an_unfinished_search_states_its_gap() -> None:
    words = [explain(p, decide(p, at_once)).because for p in map(small_problem, range(300))]
    assert any("could be saved on the lower bound" in text for text in words)
