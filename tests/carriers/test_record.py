"""What to expect of a service of which few parcels are known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connector_service.carriers.record import Prior, Reckoned, Record, reckon

PRIOR = Prior(20, 950, 5, 10)


def test_of_a_service_that_nobody_used_the_prior_is_expected() -> None:
    assert reckon(PRIOR, Record(), Record()) == Reckoned(950, 5, 10, parcels=0)


def test_as_many_parcels_as_the_prior_weigh_as_much_as_it() -> None:
    everywhere = Record(on_time=10, late=10, ended=20, claims=20, label_failures=20)
    assert reckon(PRIOR, everywhere, Record()) == Reckoned(725, 503, 337)


def test_a_lane_starts_from_what_its_service_does_everywhere() -> None:
    everywhere = Record(on_time=1_000_000, late=1_000_000, ended=2_000_000)
    assert reckon(PRIOR, everywhere, Record()).on_time_per_mille == 500
    few = reckon(PRIOR, everywhere, Record(on_time=2, ended=2))
    many = reckon(PRIOR, everywhere, Record(on_time=2_000, ended=2_000))
    assert (few.on_time_per_mille, many.on_time_per_mille) == (545, 995)
    assert (few.parcels, many.parcels) == (2, 2_000)


RECORDS = st.builds(
    lambda on_time, late, lost, failed: Record(on_time, late, on_time + late + lost, lost, failed),
    *[st.integers(0, 10_000)] * 4,
)


@given(RECORDS, RECORDS)
def test_shares_stay_shares(everywhere: Record, lane: Record) -> None:
    found = reckon(PRIOR, everywhere, lane)
    shares = (found.on_time_per_mille, found.claims_per_mille, found.label_failures_per_mille)
    assert all(0 <= share <= 1_000 for share in shares)


@given(RECORDS, RECORDS, st.integers(1, 500))
def test_more_parcels_in_time_never_lower_the_expectation(everywhere: Record, lane: Record, more: int) -> None:
    better = Record(lane.on_time + more, lane.late, lane.ended + more, lane.claims, lane.label_failures)
    before, after = reckon(PRIOR, everywhere, lane), reckon(PRIOR, everywhere, better)
    assert after.on_time_per_mille >= before.on_time_per_mille
