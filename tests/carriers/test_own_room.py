"""More orders than this process can ask carriers about: those that are asked for are in time, the others stand in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from canonical_models import Parcel
from connector_service.adapters.carrier_contract import Rate, RateRequest
from connector_service.adapters.http_errors import NoAnswer
from connector_service.adapters.patience import Patience
from connector_service.carriers.own_room import LEAST, MOST, USUAL_LIMIT, OwnRoom
from connector_service.carriers.shopping import CarrierAccount, RateShop
from connector_service.clock import FakeClock
from tests.carriers.questions import TENANT, a_rate, a_request
from tests.carriers.virtual_time import VirtualLoop, run

PROMISED = 0.25
LAG = 0.05


def busy_with(calls: int) -> OwnRoom:
    room = OwnRoom()
    for _ in range(calls):
        room.begin()
    return room


def test_a_call_that_waits_long_for_its_turn_halves_the_room_once_for_all_that_began_before() -> None:
    room = busy_with(400)
    for _ in range(20):
        room.had_its_turn(10.0, 10.0 + LAG, LAG, USUAL_LIMIT)
    assert room.size == 200
    assert not room.has_room(USUAL_LIMIT)
    room.had_its_turn(10.0 + LAG, 10.0 + 2 * LAG, LAG, USUAL_LIMIT)
    assert room.size == 100


def test_the_room_never_falls_below_the_least_and_never_grows_beyond_the_most() -> None:
    room = busy_with(3)
    for at in range(10):
        room.had_its_turn(float(at), at + LAG, LAG, USUAL_LIMIT)
    assert room.size == LEAST
    room = busy_with(int(MOST))
    for at in range(10_000):
        room.had_its_turn(float(at), float(at), LAG, USUAL_LIMIT)
    assert room.size == MOST


def test_prompt_turns_widen_a_room_that_is_used_and_no_other() -> None:
    room = busy_with(64)
    room.had_its_turn(1.0, 1.0 + LAG, LAG, USUAL_LIMIT)
    room.had_its_turn(2.0, 2.0, LAG, USUAL_LIMIT)
    assert room.size > 32
    for _ in range(60):
        room.end()
    before = room.size
    room.had_its_turn(3.0, 3.0, LAG, USUAL_LIMIT)
    assert room.size == before


def test_a_turn_that_other_processes_kept_us_from_leaves_the_room_as_it_is() -> None:
    room = busy_with(100)
    room.had_its_turn(1.0, 1.0 + LAG, LAG / 10, USUAL_LIMIT)
    assert room.size == MOST
    room.had_its_turn(1.0, 1.0 + LAG, LAG / 2, USUAL_LIMIT)
    assert room.size == 50


def test_who_can_wait_longer_finds_room_where_others_do_not() -> None:
    room = busy_with(64)
    room.had_its_turn(1.0, 1.0 + LAG, LAG, USUAL_LIMIT)
    assert not room.has_room(USUAL_LIMIT)
    assert room.has_room(10 * USUAL_LIMIT)
    room.had_its_turn(2.0, 2.0 + LAG, LAG, 10 * USUAL_LIMIT)  # and waits the same without harm
    assert room.size >= 32


@dataclass
class Costly:
    """A carrier that answers after `seconds`, and whose calls keep our own loop busy for `work` seconds each."""

    slug: str
    work: float
    seconds: float = 0.005

    async def rates(self, req: RateRequest) -> tuple[Rate, ...]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.work(self.work / 2)
        try:
            async with Patience(loop.time() + USUAL_LIMIT):
                await asyncio.sleep(self.seconds)
                loop.work(self.work / 2)
        except TimeoutError:
            raise NoAnswer("it did not answer in time", vendor=self.slug) from None
        return (a_rate(self.slug),)


async def orders(carriers: list[Costly], per_second: int, seconds: float) -> tuple[float, float]:
    """The live answers in time for each order, and the seconds after which 99 of 100 had been told."""
    loop = asyncio.get_running_loop()
    shop = RateShop(FakeClock(), worked=loop.time)
    accounts = [CarrierAccount(each.slug, each, "main") for each in carriers]
    began = loop.time()

    async def one(at: int) -> tuple[int, float]:
        due = began + at / per_second
        await asyncio.sleep(due - loop.time())
        parcels = (Parcel(parcel_id="P", weight_g=100 + at),)
        shopped = await shop.shop(TENANT, accounts, a_request(parcels=parcels))
        took = loop.time() - due
        return (sum(each.outcome == "live" for each in shopped.answers) if took <= PROMISED else 0), took

    told = await asyncio.gather(*(one(at) for at in range(int(per_second * seconds))))
    times = sorted(took for _, took in told)
    return sum(live for live, _ in told) / len(told), times[int(len(times) * 0.99)]


@pytest.mark.parametrize("overload", [2, 4])
def test_with_more_orders_than_we_can_ask_for_as_many_are_answered_in_time_as_we_can_ask_for(overload: float) -> None:
    four = [Costly(f"c{at}", overload / 400 / 4) for at in range(4)]

    async def work() -> None:
        live, longest = await orders(four, 400, 2)
        assert live > 0.75 * 4 / overload
        assert longest <= PROMISED

    run(work())


def test_carriers_that_are_slow_by_nature_are_asked_for_every_order() -> None:
    four = [Costly(f"c{at}", 0.0003, seconds=0.15) for at in range(4)]

    async def work() -> None:
        live, _ = await orders(four, 300, 2)
        assert live == 4

    run(work())
