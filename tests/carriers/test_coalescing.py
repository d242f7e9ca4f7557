"""One call for all who ask the same at the same time."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_service.carriers.coalescing import Coalescing, Seat
from tests.carriers.virtual_time import run


class Vendor:
    """A call that takes a second; remembers how many were begun, and how many were cut off."""

    def __init__(self, error: Exception | None = None) -> None:
        self.begun = self.cut_off = 0
        self.error = error

    async def call(self) -> int:
        self.begun += 1
        number = self.begun
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            self.cut_off += 1
            raise
        if self.error is not None:
            raise self.error
        return number


async def heard(seat: Seat[int]) -> int:
    """Wait as a caller does."""
    try:
        await asyncio.wait([seat.task])
        return seat.task.result()
    finally:
        seat.leave()


def test_all_who_ask_at_the_same_time_share_one_call() -> None:
    async def work() -> None:
        calls, vendor = Coalescing[str, int](), Vendor()
        answers = await asyncio.gather(*(heard(calls.join("k", vendor.call)) for _ in range(100)))
        assert (set(answers), vendor.begun) == ({1}, 1)
        assert (calls.made, calls.saved, calls.under_way) == (1, 99, 0)

    run(work())


def test_other_keys_are_other_calls() -> None:
    async def work() -> None:
        calls, vendor = Coalescing[str, int](), Vendor()
        assert await asyncio.gather(*(heard(calls.join(key, vendor.call)) for key in "abc")) == [1, 2, 3]

    run(work())


def test_who_asks_after_the_end_begins_anew() -> None:
    async def work() -> None:
        calls, vendor = Coalescing[str, int](), Vendor()
        assert [await heard(calls.join("k", vendor.call)) for _ in range(2)] == [1, 2]

    run(work())


def test_the_first_caller_giving_up_does_not_end_the_call_of_the_others() -> None:
    async def work() -> None:
        calls, vendor = Coalescing[str, int](), Vendor()
        callers = [asyncio.create_task(heard(calls.join("k", vendor.call))) for _ in range(3)]
        await asyncio.sleep(0.5)
        callers[0].cancel()
        answers = await asyncio.gather(*callers, return_exceptions=True)
        assert isinstance(answers[0], asyncio.CancelledError)
        assert (answers[1:], vendor.begun, vendor.cut_off) == ([1, 1], 1, 0)

    run(work())


def test_the_last_caller_giving_up_ends_the_call() -> None:
    async def work() -> None:
        calls, vendor = Coalescing[str, int](), Vendor()
        seats = [calls.join("k", vendor.call) for _ in range(2)]
        await asyncio.sleep(0.5)
        for seat in seats:
            seat.leave()
        await asyncio.sleep(0)
        assert (vendor.begun, vendor.cut_off, calls.under_way) == (1, 1, 0)

    run(work())


def test_who_asks_while_a_call_is_being_ended_gets_a_call_of_their_own() -> None:
    async def work() -> None:
        calls, vendor = Coalescing[str, int](), Vendor()
        first = calls.join("k", vendor.call)
        await asyncio.sleep(0.5)
        first.leave()
        assert await heard(calls.join("k", vendor.call)) == 2

    run(work())


def test_leaving_twice_takes_nobody_elses_seat() -> None:
    async def work() -> None:
        calls, vendor = Coalescing[str, int](), Vendor()
        first, second = calls.join("k", vendor.call), calls.join("k", vendor.call)
        first.leave()
        first.leave()
        assert await heard(second) == 1

    run(work())


def test_an_error_reaches_all_who_wait_and_nobody_later() -> None:
    async def work() -> None:
        calls, vendor = Coalescing[str, int](), Vendor(ValueError("no"))
        answers = await asyncio.gather(*(heard(calls.join("k", vendor.call)) for _ in range(3)), return_exceptions=True)
        assert [str(answer) for answer in answers] == ["no"] * 3
        vendor.error = None
        assert await heard(calls.join("k", vendor.call)) == 2

    run(work())


def test_an_error_that_nobody_waits_for_any_more_is_no_complaint() -> None:
    async def work() -> None:
        calls = Coalescing[str, int]()

        async def stubborn() -> int:
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                raise ValueError("while being ended") from None
            return 0

        calls.join("k", stubborn)
        seat = calls.join("k", stubborn)
        await asyncio.sleep(0.5)
        seat.leave()
        # The first seat was never left: the call goes on.
        assert calls.under_way == 1
        await asyncio.sleep(1)
        doomed = calls.join("k", stubborn)
        await asyncio.sleep(0.5)
        doomed.leave()

    run(work())


@pytest.mark.slow
@given(
    callers=st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 30), st.one_of(st.none(), st.integers(0, 30))), max_size=12
    )
)
def test_whoever_comes_and_goes_there_is_never_more_than_one_call_per_key_and_all_who_stay_are_answered(
    callers: list[tuple[str, int, int | None]],
) -> None:
    """Callers (key, when they come, how long they stay; times in tenths of a second)."""

    async def work() -> None:
        calls = Coalescing[str, str]()
        under_way = {"a": 0, "b": 0}

        async def call(key: str) -> str:
            under_way[key] += 1
            assert under_way[key] == 1
            try:
                await asyncio.sleep(1)
            finally:
                under_way[key] -= 1
            return key

        async def caller(key: str, comes: int, stays: int | None) -> str | None:
            await asyncio.sleep(comes / 10)
            seat = calls.join(key, lambda: call(key))
            try:
                done, _ = await asyncio.wait([seat.task], timeout=None if stays is None else stays / 10)
                return seat.task.result() if done else None
            finally:
                seat.leave()

        answers = await asyncio.gather(*(caller(*each) for each in callers))
        for (key, _, stays), answer in zip(callers, answers, strict=True):
            assert answer == key or (answer is None and stays is not None)
        assert calls.under_way == 0

    run(work())


def test_a_cancelled_call_is_told_as_such() -> None:
    async def work() -> None:
        calls, vendor = Coalescing[str, int](), Vendor()
        seat = calls.join("k", vendor.call)
        await asyncio.sleep(0.5)
        seat.leave()
        with pytest.raises(asyncio.CancelledError):
            await heard(seat)

    run(work())
