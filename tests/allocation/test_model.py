"""A model is the same however it came to be."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from connector_service.allocation.model import build
from tests.allocation.instances import small_problem


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**9), st.sampled_from([0, 50]))
def test_a_model_without_a_location_equals_one_built_with_that_location_vetoed(seed: int, spread: int) -> None:
    problem = small_problem(seed, spread)
    for location in problem.locations:
        assert build(problem).without(location.id, "shut") == build(problem.without(location.id, "shut"))
