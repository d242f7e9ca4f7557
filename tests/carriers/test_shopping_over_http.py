"""Rate shopping over real HTTP: the adapters of two carriers, and a sandbox that misbehaves as told."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from connector_service.adapters import registry
from connector_service.adapters.breaker import REST
from connector_service.adapters.http import Transport, open_client
from connector_service.carriers.cache import FRESH
from connector_service.carriers.shopping import CarrierAccount, RateShop
from connector_service.clock import FakeClock, SystemClock
from tests.carriers.questions import TENANT, Agreed, a_request, a_table
from tests.contracts.sandbox_process import Sandbox

pytestmark = pytest.mark.anyio
KEYS = {"swiftparcel": "sandbox-key", "terrapost": "sandbox-id:sandbox-secret"}
LONG = 10.0
"""Seconds; no answer takes that long, however busy the machine is."""
SHORT = 0.2


@dataclass
class Market:
    """Two carriers and a shop whose clocks only move when told."""

    sandbox: Sandbox
    transport: Transport
    seconds: list[float]
    clock: FakeClock = field(default_factory=FakeClock)
    made: dict[tuple[str, float], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shop = RateShop(self.clock, defaults=Agreed({"terrapost": [a_table()]}))

    def accounts(self, **rate_timeouts: float) -> list[CarrierAccount]:
        """Both carriers, patient where no time limit is given."""
        return [self.account(slug, rate_timeouts.get(slug, LONG)) for slug in KEYS]

    def account(self, slug: str, rate_timeout: float) -> CarrierAccount:
        if (slug, rate_timeout) not in self.made:
            fields = {"base_url": f"{self.sandbox.url}/{slug}", "api_key": KEYS[slug], "webhook_secret": "hush"}
            settings = registry.CARRIERS[slug].settings.model_validate({**fields, "rate_timeout": rate_timeout})
            self.made[slug, rate_timeout] = registry.carrier(slug, settings, self.transport.tenant(TENANT))
        return CarrierAccount(slug, self.made[slug, rate_timeout], "main", rate_timeout)

    async def outcomes(self, accounts: list[CarrierAccount], **changes: Any) -> dict[str, str]:
        shopped = await self.shop.shop(TENANT, accounts, a_request(**changes))
        return {answer.carrier: str(answer.trouble or answer.source) for answer in shopped.answers}

    def calls(self, slug: str) -> int:
        counted: dict[str, int] = self.sandbox.ledger()["calls"][slug]
        return sum(count for name, count in counted.items() if "token" not in name)


@pytest.fixture
async def market(vendors: Sandbox) -> AsyncIterator[Market]:
    vendors.fresh()
    seconds = [0.0]
    transport = Transport(open_client(), SystemClock(), monotonic=lambda: seconds[0])
    yield Market(vendors, transport, seconds)
    await transport.aclose()


async def test_both_carriers_answer_with_their_own_services(market: Market) -> None:
    shopped = await market.shop.shop(TENANT, market.accounts(), a_request())
    assert {answer.outcome for answer in shopped.answers} == {"live"}
    assert {rate.carrier for rate in shopped.rates} == set(KEYS)
    assert all(rate.cost_minor > 0 and rate.source == "live" for rate in shopped.rates)


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        ({"latency_ms": 60_000}, "timed_out"),
        ({"slow_drip": True}, "timed_out"),
        ({"outage": True}, "unreachable"),
        ({"throttle_rate": 1}, "busy"),
        ({"empty": True}, "unreadable"),
        ({"html": True}, "unreadable"),
        ({"garbage": True}, "unreadable"),
        ({"huge": True}, "unreadable"),
        ({"truncated": True}, "unreachable"),
        ({"zero_rate": True}, "unreadable"),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
async def test_a_carrier_on_a_bad_day_is_marked_and_its_negotiated_rates_stand_in(
    market: Market, fault: dict[str, Any], trouble: str
) -> None:
    # A token of its own is not what is tested here, so it is there before the bad day begins.
    patient = market.accounts()
    await market.outcomes(patient, currency="USD")
    slow = "latency_ms" in fault or "slow_drip" in fault
    market.sandbox.put("faults", {"terrapost": fault})
    shopped = await market.shop.shop(TENANT, market.accounts(terrapost=SHORT if slow else LONG), a_request())
    swiftparcel, terrapost = shopped.answers
    assert (swiftparcel.outcome, terrapost.trouble, terrapost.outcome) == ("live", trouble, "negotiated")
    assert {rate.source for rate in terrapost.rates} == {"negotiated"}
    assert shopped.waiting_for == ("terrapost",)
    assert market.shop.calls.under_way == 0


async def test_a_hanging_carrier_leaves_no_task_behind(market: Market) -> None:
    market.sandbox.put("faults", {"terrapost": {"latency_ms": 60_000}})
    before = asyncio.all_tasks()
    shop = RateShop(market.clock)
    for at in range(5):
        shopped = await shop.shop(TENANT, market.accounts(terrapost=SHORT), a_request(service=f"s{at}"))
        assert shopped.answers[1].outcome == "timed_out"
    # A call goes on until its own limit, so that the carrier's breaker hears of it.
    while shop.calls.under_way:  # noqa: ASYNC110 - nobody tells when a call has ended
        await asyncio.sleep(0.01)
    for _ in range(10):
        await asyncio.sleep(0)
    # The token that was asked for is still waited for: the next call may use it.
    left = {getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks() - before}
    assert left <= {"AccountToken._fetch"}


async def test_a_refusal_carries_the_carriers_words_and_nothing_stands_in(market: Market) -> None:
    market.sandbox.put("scenarios", {"N1": "carrier_reject"})
    shopped = await market.shop.shop(TENANT, market.accounts(), a_request())
    assert [answer.outcome for answer in shopped.answers] == ["refused", "refused"]
    assert "not served" in shopped.words
    failure = shopped.failure()
    assert failure is not None
    assert not failure.retryable


async def test_identical_questions_are_one_call_and_the_answer_is_kept(market: Market) -> None:
    await market.outcomes(market.accounts(), currency="USD")
    before = {slug: market.calls(slug) for slug in KEYS}
    asked = [market.outcomes(market.accounts(), reference=f"shp-{at}") for at in range(20)]
    for outcomes in await asyncio.gather(*asked):
        assert outcomes == {"swiftparcel": "live", "terrapost": "live"}
    assert await market.outcomes(market.accounts()) == {"swiftparcel": "cached", "terrapost": "cached"}
    assert {slug: market.calls(slug) - before[slug] for slug in KEYS} == {"swiftparcel": 1, "terrapost": 1}


async def test_while_the_breaker_is_open_nobody_calls_and_after_its_rest_the_carrier_is_asked_again(
    market: Market,
) -> None:
    assert await market.outcomes(market.accounts()) == {"swiftparcel": "live", "terrapost": "live"}
    market.clock.advance(FRESH)
    market.sandbox.put("faults", {"terrapost": {"outage": True}})
    seen = [(await market.outcomes(market.accounts()))["terrapost"] for _ in range(12)]
    assert (seen[0], seen[-1]) == ("unreachable", "breaker_open")
    before = market.calls("terrapost")
    shopped = await market.shop.shop(TENANT, market.accounts(), a_request())
    assert (shopped.answers[1].trouble, shopped.answers[1].source) == ("breaker_open", "cached")
    assert market.calls("terrapost") == before
    market.sandbox.put("faults", {"terrapost": {}})
    market.seconds[0] += REST
    market.clock.advance(timedelta(seconds=REST))
    assert (await market.outcomes(market.accounts()))["terrapost"] == "live"


async def test_hanging_often_enough_opens_the_breaker(market: Market) -> None:
    await market.outcomes(market.accounts(), currency="USD")
    market.sandbox.put("faults", {"terrapost": {"latency_ms": 60_000}})
    hasty = market.accounts(terrapost=0.05)
    seen = [(await market.outcomes(hasty, service=f"s{at}"))["terrapost"] for at in range(25)]
    assert seen[0] == "timed_out"
    assert seen[-1] == "breaker_open"


async def test_another_currency_than_asked_is_kept_as_such(market: Market) -> None:
    market.sandbox.put("faults", {"terrapost": {"rate_currency": "USD"}})
    shopped = await market.shop.shop(TENANT, market.accounts(), a_request(currency="EUR"))
    assert {rate.currency for rate in shopped.rates if rate.carrier == "terrapost"} == {"USD"}
    assert {rate.currency for rate in shopped.rates if rate.carrier == "swiftparcel"} == {"EUR"}


async def test_carriers_that_fail_leave_nothing_for_the_garbage_collector(market: Market) -> None:
    """Errors hold the frames they passed; one that is held by its own frame is freed by a search over all objects."""
    await market.outcomes(market.accounts(), currency="USD")
    market.sandbox.put("faults", {"terrapost": {"latency_ms": 60_000}, "swiftparcel": {"outage": True}})
    hasty = market.accounts(terrapost=0.05)
    await market.outcomes(hasty, service="first")
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        seen = [await market.outcomes(hasty, service=f"s{at}") for at in range(15)]
        gc.collect()
        # A transport of asyncio that was closed is there, too; uvloop's are not.
        left = {type(each).__name__ for each in gc.garbage}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    assert {each["swiftparcel"] for each in seen} == {"unreachable", "breaker_open"}
    assert {"timed_out", "breaker_open"} & {each["terrapost"] for each in seen}
    assert not left & {"frame", "traceback", "coroutine", "Task", "_Question"}
