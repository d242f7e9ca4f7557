"""Rate shopping over carriers that answer when a test says so, in virtual time."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_models import Parcel
from connector_service.adapters.http_errors import Busy, CircuitOpen, NoAnswer, UnreadableAnswer
from connector_service.adapters.patience import MOST
from connector_service.carriers.cache import FRESH, RateCache
from connector_service.carriers.outcome import Shopped, Trouble
from connector_service.carriers.shopping import GRACE, RATE_TIMEOUT, SPARE, RateShop
from connector_service.clock import FakeClock
from connector_service.errors import DocklineError, NotFound, VendorRejected, VendorUnreachable
from tests.carriers.questions import TENANT, FakeCarrier, a_rate, a_request, accounts
from tests.carriers.virtual_time import run

ROUND_MS = (RATE_TIMEOUT + SPARE) * 1_000
NO = VendorRejected("ups refused: not served", vendor="ups")
DOWN = VendorUnreachable("ups failed (HTTP 503)", vendor="ups")
OPEN = CircuitOpen("ups failed too often lately", vendor="ups")
BUSY = Busy("ups is busy (HTTP 429)", vendor="ups", pause=1)
GARBAGE = UnreadableAnswer("ups gave an answer that cannot be read", vendor="ups", pointer="")


def outcomes(shopped: Shopped) -> dict[str, str]:
    return {answer.carrier: answer.outcome for answer in shopped.answers}


def test_all_carriers_are_asked_at_once_and_answer_in_the_order_they_were_given() -> None:
    async def work() -> None:
        shop, slow, quick = RateShop(FakeClock()), FakeCarrier("slow", 0.15), FakeCarrier("quick", 0.05)
        shopped = await shop.shop(TENANT, accounts(slow, quick), a_request())
        assert outcomes(shopped) == {"slow": "live", "quick": "live"}
        assert [answer.carrier for answer in shopped.answers] == ["slow", "quick"]
        assert [rate.source for rate in shopped.rates] == ["live", "live"]
        assert [rate.quoted_at for rate in shopped.rates] == [FakeClock().now()] * 2
        assert [answer.latency_ms for answer in shopped.answers] == pytest.approx([150, 50], abs=0.01)
        assert shopped.elapsed_ms == pytest.approx(150, abs=0.01)

    run(work())


def test_answers_are_handed_on_as_they_come() -> None:
    async def work() -> None:
        shop, loop = RateShop(FakeClock()), asyncio.get_running_loop()
        carriers = accounts(FakeCarrier("c", 0.15), FakeCarrier("a", 0.05), FakeCarrier("b", 0.1))
        heard = [
            (answer.carrier, round(loop.time(), 3)) async for answer in shop.answers(TENANT, carriers, a_request())
        ]
        assert heard == [("a", 0.05), ("b", 0.1), ("c", 0.15)]

    run(work())


def test_a_hanging_carrier_is_marked_and_its_call_is_ended() -> None:
    async def work() -> None:
        shop, hanging = RateShop(FakeClock()), FakeCarrier("hanging", None)
        shopped = await shop.shop(TENANT, accounts(FakeCarrier("ups"), hanging), a_request())
        assert outcomes(shopped) == {"ups": "live", "hanging": "timed_out"}
        assert shopped.elapsed_ms <= 250
        assert shopped.waiting_for == ("hanging",)
        await asyncio.sleep(1)
        assert (hanging.begun, hanging.cancelled, hanging.under_way, shop.calls.under_way) == (1, 1, 0, 0)

    run(work())


def test_a_carrier_that_does_not_even_let_itself_be_ended_is_not_waited_for() -> None:
    class Stubborn(FakeCarrier):
        async def rates(self, req: object) -> tuple[()]:
            try:
                await asyncio.sleep(100)
            except asyncio.CancelledError:
                await asyncio.sleep(3)
            return ()

    async def work() -> None:
        shop = RateShop(FakeClock())
        shopped = await shop.shop(TENANT, accounts(Stubborn("stubborn"), FakeCarrier("ups")), a_request())
        assert outcomes(shopped) == {"stubborn": "timed_out", "ups": "live"}
        assert shopped.elapsed_ms == pytest.approx(ROUND_MS, abs=0.01)
        await asyncio.sleep(5)

    run(work())


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (NO, Trouble.REFUSED),
        (NotFound("no such account"), Trouble.REFUSED),
        (DOWN, Trouble.UNREACHABLE),
        (OPEN, Trouble.BREAKER_OPEN),
        (BUSY, Trouble.BUSY),
        (GARBAGE, Trouble.UNREADABLE),
    ],
    ids=lambda each: each.value if isinstance(each, Trouble) else "",
)
def test_each_trouble_has_its_name_and_the_carriers_words(error: DocklineError, trouble: Trouble) -> None:
    async def work() -> None:
        carriers = accounts(FakeCarrier("ups", error=error), FakeCarrier("fedex"))
        shopped = await RateShop(FakeClock()).shop(TENANT, carriers, a_request())
        answer = shopped.answers[0]
        assert (answer.trouble, answer.source, answer.rates) == (trouble, None, ())
        assert answer.words == error.detail
        assert answer.may_pass == (trouble is not Trouble.REFUSED)
        assert [rate.carrier for rate in shopped.rates] == ["fedex"]

    run(work())


def test_an_adapters_own_time_limit_is_a_time_out_too() -> None:
    async def work() -> None:
        tardy = FakeCarrier("ups", 0.2, NoAnswer("ups did not answer in time", vendor="ups"))
        shopped = await RateShop(FakeClock()).shop(TENANT, accounts(tardy), a_request())
        assert outcomes(shopped) == {"ups": "timed_out"}
        assert tardy.cancelled == 0

    run(work())


def test_a_call_whose_adapter_knows_no_limit_is_ended_after_the_round() -> None:
    async def work() -> None:
        hanging = FakeCarrier("ups", None)
        shopped = await RateShop(FakeClock()).shop(TENANT, accounts(hanging, rate_timeout=0.1), a_request())
        assert outcomes(shopped) == {"ups": "timed_out"}
        assert shopped.elapsed_ms == pytest.approx((0.1 + SPARE) * 1_000, abs=0.01)
        assert hanging.under_way == 1
        await asyncio.sleep(MOST + GRACE - SPARE + 0.001)
        assert hanging.under_way == 0

    run(work())


def test_a_carrier_that_offers_nothing_has_refused() -> None:
    async def work() -> None:
        shopped = await RateShop(FakeClock()).shop(TENANT, accounts(FakeCarrier("ups", rates_given=())), a_request())
        assert outcomes(shopped) == {"ups": "refused"}
        assert "nothing" in shopped.answers[0].words

    run(work())


@pytest.mark.parametrize("cost_minor", [0, -1])
def test_an_offer_for_nothing_or_less_makes_an_answer_unreadable(cost_minor: int) -> None:
    async def work() -> None:
        ups = FakeCarrier("ups", rates_given=(a_rate("ups"), a_rate("ups", cost_minor)))
        shopped = await RateShop(FakeClock()).shop(TENANT, accounts(ups), a_request())
        assert (outcomes(shopped), shopped.rates) == ({"ups": "unreadable"}, ())
        assert f"for {cost_minor} EUR" in shopped.words

    run(work())


def test_a_mistake_in_an_adapter_is_not_swallowed_and_ends_the_other_calls() -> None:
    class Broken(FakeCarrier):
        async def rates(self, req: object) -> tuple[()]:
            raise KeyError("amount")

    async def work() -> None:
        shop, hanging = RateShop(FakeClock()), FakeCarrier("hanging", None)
        with pytest.raises(KeyError):
            await shop.shop(TENANT, accounts(Broken("ups"), hanging), a_request())
        await asyncio.sleep(0)
        assert (hanging.under_way, shop.calls.under_way) == (0, 0)

    run(work())


def test_an_answer_is_kept_for_fifteen_minutes_and_marked() -> None:
    async def work() -> None:
        clock, ups = FakeClock(), FakeCarrier("ups")
        shop, first = RateShop(clock), clock.now()
        await shop.shop(TENANT, accounts(ups), a_request())
        clock.advance(FRESH - timedelta(seconds=1))
        again = await shop.shop(TENANT, accounts(ups), a_request(reference="shp-2"))
        assert (ups.begun, outcomes(again), again.elapsed_ms) == (1, {"ups": "cached"}, 0)
        assert [(rate.source, rate.quoted_at) for rate in again.rates] == [("cached", first)]
        assert again.waiting_for == ()
        clock.advance(timedelta(seconds=1))
        assert outcomes(await shop.shop(TENANT, accounts(ups), a_request())) == {"ups": "live"}
        assert ups.begun == 2

    run(work())


def test_errors_are_not_kept() -> None:
    async def work() -> None:
        shop, ups = RateShop(FakeClock()), FakeCarrier("ups", error=NO)
        await shop.shop(TENANT, accounts(ups), a_request())
        ups.error = None
        assert outcomes(await shop.shop(TENANT, accounts(ups), a_request())) == {"ups": "live"}

    run(work())


def test_identical_questions_at_the_same_time_are_one_call_per_carrier() -> None:
    async def work() -> None:
        shop, ups, fedex = RateShop(FakeClock()), FakeCarrier("ups"), FakeCarrier("fedex")
        rounds = [shop.shop(TENANT, accounts(ups, fedex), a_request(reference=f"shp-{at}")) for at in range(50)]
        for shopped in await asyncio.gather(*rounds):
            assert outcomes(shopped) == {"ups": "live", "fedex": "live"}
        assert (ups.begun, fedex.begun) == (1, 1)

    run(work())


def test_when_an_answer_grows_old_one_asks_and_the_others_wait_for_it() -> None:
    async def work() -> None:
        clock, ups = FakeClock(), FakeCarrier("ups")
        shop = RateShop(clock)
        await shop.shop(TENANT, accounts(ups), a_request())
        clock.advance(FRESH)
        rounds = await asyncio.gather(*(shop.shop(TENANT, accounts(ups), a_request()) for _ in range(50)))
        assert {outcome for each in rounds for outcome in outcomes(each).values()} == {"live"}
        assert ups.begun == 2

    run(work())


def test_the_caller_giving_up_ends_calls_that_nobody_else_waits_for() -> None:
    async def work() -> None:
        shop, hanging = RateShop(FakeClock()), FakeCarrier("hanging", None)
        caller = asyncio.create_task(shop.shop(TENANT, accounts(hanging), a_request()))
        await asyncio.sleep(0.1)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        await asyncio.sleep(0)
        assert (hanging.cancelled, shop.calls.under_way) == (1, 0)

    run(work())


def test_the_first_caller_giving_up_does_not_end_the_others_call() -> None:
    async def work() -> None:
        shop, ups = RateShop(FakeClock()), FakeCarrier("ups", 0.1)
        first, second = (asyncio.create_task(shop.shop(TENANT, accounts(ups), a_request())) for _ in range(2))
        await asyncio.sleep(0.05)
        first.cancel()
        assert outcomes(await second) == {"ups": "live"}
        assert (ups.begun, ups.cancelled) == (1, 0)

    run(work())


def test_who_stops_listening_after_the_first_answer_leaves_nothing_behind() -> None:
    async def work() -> None:
        shop, slow = RateShop(FakeClock()), FakeCarrier("slow", 0.15)
        async with aclosing(shop.answers(TENANT, accounts(FakeCarrier("ups"), slow), a_request())) as answers:
            async for answer in answers:
                assert answer.carrier == "ups"
                break
        await asyncio.sleep(0)
        assert (slow.cancelled, shop.calls.under_way) == (1, 0)

    run(work())


def test_a_slow_listener_still_hears_what_came_in_time() -> None:
    async def work() -> None:
        carriers = accounts(FakeCarrier("a", 0.05), FakeCarrier("b", 0.1), FakeCarrier("c", None))
        heard = []
        async for answer in RateShop(FakeClock()).answers(TENANT, carriers, a_request()):
            heard.append((answer.carrier, answer.outcome))
            await asyncio.sleep(1)
        assert heard == [("a", "live"), ("b", "live"), ("c", "timed_out")]

    run(work())


ANSWER = st.one_of(st.none(), st.tuples(st.integers(0, 400), st.sampled_from([None, NO, DOWN, OPEN, BUSY, GARBAGE])))


@pytest.mark.slow
@given(
    carriers=st.lists(ANSWER, max_size=6),
    rounds=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 2), st.one_of(st.none(), st.integers(0, 300)))),
)
def test_whatever_carriers_and_callers_do_every_round_is_in_time_and_complete(
    carriers: list[tuple[int, DocklineError | None] | None],
    rounds: list[tuple[int, int, int | None]],
) -> None:
    """Carriers: milliseconds and error, None hangs. Rounds: when they begin, which profile, when they give up."""

    async def work() -> None:
        shop = RateShop(FakeClock())
        fakes = [FakeCarrier(f"c{at}", each and each[0] / 1_000, each and each[1]) for at, each in enumerate(carriers)]

        async def one(begins: int, which: int, gives_up: int | None) -> Shopped | None:
            await asyncio.sleep(begins / 1_000)
            request = a_request(parcels=(Parcel(parcel_id="P", weight_g=100 + which),))
            try:
                async with asyncio.timeout(None if gives_up is None else gives_up / 1_000):
                    return await shop.shop(TENANT, accounts(*fakes), request)
            except TimeoutError:
                return None

        for shopped in await asyncio.gather(*(one(*each) for each in rounds)):
            if shopped is not None:
                assert shopped.elapsed_ms <= ROUND_MS + 0.01
                assert [answer.carrier for answer in shopped.answers] == [fake.slug for fake in fakes]
                assert all((answer.source is None) == (answer.rates == ()) for answer in shopped.answers)
        await asyncio.sleep(1)
        assert shop.calls.under_way == 0
        assert all(fake.under_way == 0 for fake in fakes)

    run(work())


def test_the_cache_given_to_the_shop_is_the_one_it_uses() -> None:
    async def work() -> None:
        cache = RateCache(FakeClock(), size=1)
        shop, ups = RateShop(FakeClock(), cache), FakeCarrier("ups", rates_given=(a_rate("ups"),))
        for postal_code in ("80331", "80333", "80331"):
            there = a_request().ship_to.model_copy(update={"postal_code": postal_code})
            await shop.shop(TENANT, accounts(ups), a_request(ship_to=there))
        assert (len(cache), ups.begun) == (1, 3)

    run(work())
