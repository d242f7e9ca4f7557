"""Answers of carriers, kept for as long as they can be used."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_service.carriers.cache import FRESH, STALE, Quoted, RateCache
from connector_service.clock import FakeClock
from tests.carriers.questions import a_rate

pytestmark = pytest.mark.anyio
TICK = timedelta(microseconds=1)


async def kept(clock: FakeClock, size: int = 10) -> RateCache:
    cache = RateCache(clock, size)
    await cache.put(b"k", Quoted((a_rate("ups"),), clock.now()))
    return cache


async def test_an_answer_is_fresh_for_fifteen_minutes() -> None:
    clock = FakeClock()
    cache = await kept(clock)
    clock.advance(FRESH - TICK)
    found = await cache.get(b"k")
    assert found is not None
    assert cache.is_fresh(found)
    clock.advance(TICK)
    assert timedelta(minutes=15) == FRESH
    assert not cache.is_fresh(found)


async def test_an_old_answer_can_still_be_had_for_a_day_and_is_then_forgotten() -> None:
    clock = FakeClock()
    cache = await kept(clock)
    clock.advance(STALE)
    assert await cache.get(b"k") is not None
    clock.advance(TICK)
    assert await cache.get(b"k") is None
    assert len(cache) == 0


@given(uses=st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=60), size=st.integers(1, 5))
async def test_of_too_many_answers_the_one_not_used_for_longest_goes_first(
    uses: list[tuple[bool, int]], size: int
) -> None:
    clock = FakeClock()
    cache, expected = RateCache(clock, size), list[int]()
    for puts, number in uses:
        key = bytes([number])
        if puts:
            await cache.put(key, Quoted((), clock.now()))
        else:
            assert (await cache.get(key) is not None) == (number in expected)
        if puts or number in expected:
            expected = [*(each for each in expected if each != number), number][-size:]
        assert len(cache) == len(expected) <= size
