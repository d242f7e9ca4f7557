"""On 1,000 small awkward problems: the exact answer is the best one, and no bound promises too much."""

from __future__ import annotations

import pytest

from connector_service.allocation import after, at_once, decide, terms_of
from tests.allocation.brute_force import best_rank
from tests.allocation.instances import small_problem

BLOCKS = [range(first, first + 100) for first in range(0, 1000, 100)]


def never() -> bool:
    return False


@pytest.mark.parametrize("seeds", BLOCKS, ids=lambda seeds: f"from {seeds[0]}")
def test_the_exact_answer_is_the_best_of_all_plans(seeds: range) -> None:
    for seed in seeds:
        problem = small_problem(seed)
        choice = decide(problem, never)
        assert (choice.unfilled, choice.score) == best_rank(problem), seed
        assert choice.proven
        assert (choice.unfilled_at_best, choice.lower_bound) == (choice.unfilled, choice.score)


@pytest.mark.parametrize("seeds", BLOCKS, ids=lambda seeds: f"from {seeds[0]}")
def test_what_an_unfinished_search_states_is_true(seeds: range) -> None:
    for seed in seeds:
        problem = small_problem(seed)
        best = best_rank(problem)
        for stop in (at_once, after(1), after(3)):
            choice = decide(problem, stop)
            assert (choice.unfilled_at_best, choice.lower_bound) <= best <= (choice.unfilled, choice.score), seed
            assert not choice.proven or (choice.unfilled, choice.score) == best


@pytest.mark.parametrize("spread", [50, 100])
def test_sharing_the_load_costs_no_more_than_the_spread(spread: int) -> None:
    for seed in range(300):
        choice = decide(small_problem(seed, spread=spread), never)
        unfilled, score = best_rank(small_problem(seed))
        assert choice.unfilled == unfilled
        assert choice.lower_bound <= score <= choice.score <= score * (1000 + spread) // 1000


def test_the_score_of_the_takes_is_what_the_search_counted() -> None:
    for seed in range(300):
        problem = small_problem(seed)
        choice = decide(problem, never)
        assert terms_of(problem, choice.takes).score == choice.score == choice.lower_bound


def test_the_problems_are_worth_solving() -> None:
    problems = [small_problem(seed) for seed in range(1000)]
    choices = [decide(problem, at_once) for problem in problems]
    assert sum(len({take.location_id for take in choice.takes}) > 1 for choice in choices) > 100
    assert sum(choice.unfilled > 0 for choice in choices) > 100
    assert sum(not choice.proven for choice in choices) > 100
    assert any((choice.unfilled, choice.score) > best_rank(p) for p, choice in zip(problems, choices, strict=True))
