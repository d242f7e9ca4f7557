"""Calls are heard in the order in which they end, until the time is up; what came before that is never lost."""

from __future__ import annotations

import asyncio

from connector_service.carriers.arrivals import LAST_LOOK, Arrivals
from tests.carriers.virtual_time import VirtualLoop, run

ENDS = 0.2


async def after(seconds: float) -> float:
    await asyncio.sleep(seconds)
    return seconds


def now() -> float:
    return asyncio.get_running_loop().time()


async def heard(*seconds: float, ends: float = ENDS) -> list[float]:
    """What is heard of calls that take so long."""
    found = []
    tasks = [asyncio.create_task(after(each)) for each in seconds]
    async with Arrivals[float]() as arrivals:
        for task in tasks:
            arrivals.expect(task)
        for _ in tasks:
            ended = await arrivals.next(ends)
            if ended is None:
                break
            found.append(ended.result())
    for task in tasks:
        task.cancel()
    return found


def test_calls_are_heard_as_they_end_and_not_after_the_time_is_up() -> None:
    async def work() -> None:
        assert await heard(0.15, 0.05, 0.1, 0.3) == [0.05, 0.1, 0.15]
        assert ENDS <= now() < ENDS + LAST_LOOK

    run(work())


def test_what_came_while_nobody_listened_is_heard_after_the_time_is_up() -> None:
    async def work() -> None:
        early = asyncio.create_task(after(0.05))
        async with Arrivals[float]() as arrivals:
            arrivals.expect(early)
            await asyncio.sleep(1)
            assert await arrivals.next(ENDS) is early

    run(work())


def test_a_time_that_was_up_while_nobody_listened_is_up() -> None:
    async def work() -> None:
        hanging, early = asyncio.create_task(after(60)), asyncio.create_task(after(0.05))
        async with Arrivals[float]() as arrivals:
            arrivals.expect(hanging)
            arrivals.expect(early)
            assert await arrivals.next(ENDS) is early
            await asyncio.sleep(1)
            began = now()
            assert await arrivals.next(ENDS) is None
            assert now() == began
        hanging.cancel()

    run(work())


def test_an_end_that_a_busy_loop_notices_late_leaves_time_to_read_what_has_come() -> None:
    async def work() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.call_later(0.1, loop.work, ENDS - 0.1 + LAST_LOOK / 2)  # from before the answer until after the end
        assert await heard(0.15, 0.5) == [0.15]
        assert now() <= ENDS + LAST_LOOK

    run(work())


def test_the_end_may_come_nearer_while_calls_are_waited_for() -> None:
    async def work() -> None:
        hanging, quick = asyncio.create_task(after(60)), asyncio.create_task(after(0.01))
        async with Arrivals[float]() as arrivals:
            arrivals.expect(hanging)
            arrivals.expect(quick)
            assert await arrivals.next(5) is quick
            assert await arrivals.next(ENDS) is None
        assert now() < ENDS + LAST_LOOK
        hanging.cancel()

    run(work())
