from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connector_service.adapters.rate_limit import Bucket


def test_a_full_bucket_lets_one_second_of_calls_through_at_once() -> None:
    bucket = Bucket(3, lambda: 0.0)
    assert [bucket.take() for _ in range(3)] == [0.0, 0.0, 0.0]
    assert bucket.take() > 0


def test_a_slow_vendor_still_takes_one_call() -> None:
    assert Bucket(0.1, lambda: 0.0).take() == 0.0


@given(
    rate=st.floats(0.5, 1_000),
    pauses=st.lists(st.floats(0, 3), min_size=2, max_size=60),
)
def test_no_second_holds_more_calls_than_the_rate_and_a_full_bucket(rate: float, pauses: list[float]) -> None:
    now = 0.0
    bucket = Bucket(rate, lambda: now)
    made_at = []
    for pause in pauses:
        now += pause
        made_at.append(now + bucket.take())
    for start in made_at:
        inside = sum(1 for moment in made_at if start <= moment < start + 1)
        assert inside <= max(1.0, rate) + rate + 1 + 1e-6
