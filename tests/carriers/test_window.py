"""Who is asked for more than is answered in time is asked for less, and more again when all goes well."""

from __future__ import annotations

import asyncio

import pytest

from connector_service.adapters.carrier_contract import Rate, RateRequest
from connector_service.adapters.http_errors import NoAnswer
from connector_service.carriers.outcome import Trouble
from connector_service.carriers.shopping import CarrierAccount, RateShop
from connector_service.carriers.window import FIRST, LEAST, MOST, Window
from connector_service.clock import FakeClock
from tests.carriers.questions import a_request

pytestmark = pytest.mark.anyio


def test_a_late_call_halves_the_room_once_for_all_that_began_before() -> None:
    window = Window()
    tickets = [window.begin() for _ in range(40)]
    for ticket in tickets:
        window.late(ticket)
    assert window.size == FIRST / 2
    assert window.under_way == 0
    window.late(window.begin())
    assert window.size == FIRST / 4


def test_the_room_never_falls_below_the_least() -> None:
    window = Window()
    for _ in range(20):
        window.late(window.begin())
    assert window.size == LEAST


def test_answers_in_time_widen_a_room_that_is_used() -> None:
    window = Window()
    for _ in range(int(FIRST)):
        window.begin()
    assert not window.has_room
    window.answered()
    assert window.size > FIRST
    assert window.has_room


def test_a_room_that_is_hardly_used_stays_as_it_is_and_none_grows_beyond_the_most() -> None:
    idle, busy = Window(), Window()
    for _ in range(1_000):
        idle.begin()
        idle.answered()
    assert idle.size == FIRST
    for _ in range(int(MOST)):
        busy.begin()
    for _ in range(100_000):
        busy.begin()
        busy.answered()
    assert busy.size == MOST


class Waiting:
    """A carrier that answers when told to; asked beyond what it can do it says that the time was up."""

    def __init__(self) -> None:
        self.asked = 0
        self.go = asyncio.Event()
        self.fails = False

    async def rates(self, req: RateRequest) -> tuple[Rate, ...]:
        self.asked += 1
        await self.go.wait()
        if self.fails:
            raise NoAnswer("it did not answer in time", vendor="acme")
        return (Rate("acme", "ground", 900, "USD", 3, ""),)


async def test_orders_beyond_the_room_are_told_at_once_and_the_others_get_their_answer() -> None:
    carrier = Waiting()
    shop, account = RateShop(FakeClock()), [CarrierAccount("acme", carrier, "main", 60)]
    asked = [asyncio.create_task(shop.shop("t", account, a_request(service=f"s{at}"))) for at in range(int(FIRST) + 5)]
    while carrier.asked < FIRST:  # noqa: ASYNC110 - a turn of the loop is what it waits for
        await asyncio.sleep(0)
    beyond = [(await task).answers[0] for task in asked[int(FIRST) :]]
    assert {answer.trouble for answer in beyond} == {Trouble.BUSY}
    assert all(answer.may_pass for answer in beyond)
    carrier.go.set()
    within = [(await task).answers[0] for task in asked[: int(FIRST)]]
    assert {answer.outcome for answer in within} == {"live"}
    assert carrier.asked == FIRST


async def test_who_asks_what_is_being_asked_needs_no_room() -> None:
    carrier = Waiting()
    shop, account = RateShop(FakeClock()), [CarrierAccount("acme", carrier, "main", 60)]
    asked = [asyncio.create_task(shop.shop("t", account, a_request())) for _ in range(3 * int(FIRST))]
    while not carrier.asked:  # noqa: ASYNC110 - a turn of the loop is what it waits for
        await asyncio.sleep(0)
    carrier.go.set()
    assert {(await task).answers[0].outcome for task in asked} == {"live"}
    assert carrier.asked == 1
