"""Whatever the problem, a plan keeps every limit, and says the same however the caller orders what is known."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from connector_service.allocation import Choice, Problem, Stop, Take, after, at_once, decide
from connector_service.allocation.problem import Line, Location
from tests.allocation.instances import small_problem

problems = st.builds(small_problem, st.integers(0, 10**9), spread=st.sampled_from((0, 50, 100)))
stops = st.sampled_from((at_once, lambda: False))


def lines_of(problem: Problem) -> dict[str, Line]:
    return {line.line_id: line for line in problem.lines}


def locations_of(problem: Problem) -> dict[str, Location]:
    return {location.id: location for location in problem.locations}


def shipments(problem: Problem, takes: tuple[Take, ...]) -> Counter[str]:
    """How many shipments leave each location."""
    lines = lines_of(problem)
    parcels = {(take.location_id, take.line_id if lines[take.line_id].ships_alone else "") for take in takes}
    return Counter(location_id for location_id, _ in parcels)


@given(problem=problems, stop=stops)
def test_no_more_is_taken_than_is_there_or_wanted(problem: Problem, stop: Stop) -> None:
    choice = decide(problem, stop)
    from_positions: Counter[tuple[str, str]] = Counter()
    for_lines = Counter({take.line_id: 0 for take in problem.locked})
    for take in problem.locked:
        for_lines[take.line_id] += take.quantity
    for take in choice.takes:
        assert take.quantity > 0
        from_positions[take.location_id, take.position_id] += take.quantity
        for_lines[take.line_id] += take.quantity
    for (location_id, position_id), units in from_positions.items():
        position = next(p for p in locations_of(problem)[location_id].positions if p.id == position_id)
        assert units <= position.available
    assert all(units <= lines_of(problem)[line_id].quantity for line_id, units in for_lines.items())
    assert choice.unfilled == sum(line.quantity for line in problem.lines) - sum(for_lines.values())


@given(problem=problems, stop=stops)
def test_a_demanded_lot_is_what_is_taken(problem: Problem, stop: Stop) -> None:
    for take in decide(problem, stop).takes:
        line = lines_of(problem)[take.line_id]
        position = next(p for p in locations_of(problem)[take.location_id].positions if p.id == take.position_id)
        assert position.sku == line.sku
        assert line.lot in (None, position.lot)


@given(problem=problems, stop=stops)
def test_within_a_location_what_expires_first_is_taken_first(problem: Problem, stop: Stop) -> None:
    choice = decide(problem, stop)
    lines = lines_of(problem)
    for location in problem.locations:
        taken: Counter[str] = Counter()
        for take in choice.takes:
            if take.location_id == location.id:
                taken[take.position_id] += take.quantity
        for take in choice.takes:
            if take.location_id != location.id or lines[take.line_id].lot is not None:
                continue
            used = next(p for p in location.positions if p.id == take.position_id)
            earlier = [p for p in location.positions if p.sku == used.sku and p.first_expiry < used.first_expiry]
            assert all(taken[p.id] == p.available for p in earlier)


@given(problem=problems, stop=stops)
def test_vetoes_capacity_and_splits_are_kept(problem: Problem, stop: Stop) -> None:
    choice = decide(problem, stop)
    counted = shipments(problem, choice.takes)
    assert not set(counted) & set(problem.vetoes)
    for location_id, number in counted.items():
        left = locations_of(problem)[location_id].capacity_left
        assert left is None or number <= left
    if problem.max_splits is not None:
        locked_at = {take.location_id for take in problem.locked}
        assert len(set(counted) | locked_at) <= max(problem.max_splits + 1, len(locked_at))


@given(problem=problems, seed=st.integers(0, 1000), steps=st.sampled_from((0, 1, 4, 10_000)))
def test_the_order_in_which_things_are_listed_changes_nothing(problem: Problem, seed: int, steps: int) -> None:
    assert decide(shuffled(problem, Random(seed)), after(steps)) == decide(problem, after(steps))


def shuffled(problem: Problem, rng: Random) -> Problem:
    locations = [
        replace(location, positions=tuple(rng.sample(location.positions, len(location.positions))))
        for location in problem.locations
    ]
    return replace(
        problem,
        lines=tuple(rng.sample(problem.lines, len(problem.lines))),
        locations=tuple(rng.sample(locations, len(locations))),
    )


@given(problem=problems)
def test_deciding_again_without_a_location_takes_nothing_there_and_keeps_what_is_picked(problem: Problem) -> None:
    before: Choice = decide(problem, lambda: False)
    for location_id in {take.location_id for take in before.takes}:
        again = decide(problem.without(location_id, "could not pick it"), lambda: False)
        assert location_id not in {take.location_id for take in again.takes}
        assert (again.unfilled, again.score) >= (before.unfilled, before.lower_bound)
        filled = sum(take.quantity for take in (*again.takes, *problem.locked))
        assert filled + again.unfilled == sum(line.quantity for line in problem.lines)


@given(problem=problems)
def test_a_plan_that_is_half_picked_is_finished_as_it_was_meant(problem: Problem) -> None:
    """Locking the first take and asking for the rest fills as much as before."""
    problem = replace(problem, locked=(), max_splits=None)
    before = decide(problem, lambda: False)
    if not before.takes:
        return
    picked = before.takes[0]
    locations = tuple(
        replace(
            location,
            positions=tuple(
                replace(p, available=p.available - picked.quantity)
                if (location.id, p.id) == (picked.location_id, picked.position_id)
                else p
                for p in location.positions
            ),
        )
        for location in problem.locations
    )
    after_picking = replace(problem, locations=locations, locked=(picked,))
    choice = decide(after_picking, lambda: False)
    assert choice.unfilled <= before.unfilled
