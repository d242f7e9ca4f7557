"""What stands in for a carrier on its bad day, and what is said when nothing does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from connector_service.carriers.cache import FRESH, STALE
from connector_service.carriers.shopping import RateShop
from connector_service.clock import FakeClock
from connector_service.errors import DocklineError, VendorRejected, VendorUnreachable
from tests.carriers.questions import TENANT, Agreed, FakeCarrier, a_request, a_table, accounts
from tests.carriers.test_shopping import BUSY, DOWN, GARBAGE, NO, OPEN, outcomes
from tests.carriers.virtual_time import run


@pytest.mark.parametrize("trouble", [DOWN, OPEN, BUSY, GARBAGE, None], ids=["down", "open", "busy", "garbage", "hangs"])
def test_when_a_carrier_is_down_its_last_answer_stands_in_and_after_a_day_its_negotiated_rates(
    trouble: DocklineError | None,
) -> None:
    async def work() -> None:
        clock, ups = FakeClock(), FakeCarrier("ups")
        shop = RateShop(clock, defaults=Agreed({"ups": [a_table()]}))
        tomorrow = a_request(ship_date=clock.now().date() + timedelta(days=1))
        await shop.shop(TENANT, accounts(ups), tomorrow)
        ups.error, ups.seconds = trouble, ups.seconds if trouble else None
        clock.advance(STALE)
        down = (await shop.shop(TENANT, accounts(ups), tomorrow)).answers[0]
        assert (down.outcome, down.trouble is None, down.may_pass) == ("cached", False, True)
        assert {rate.source for rate in down.rates} == {"cached"}
        assert "offers of 1440 minutes ago" in down.words
        clock.advance(timedelta(seconds=1))
        older = (await shop.shop(TENANT, accounts(ups), tomorrow)).answers[0]
        assert (older.outcome, older.may_pass) == ("negotiated", True)
        assert [(r.service, r.cost_minor, r.source) for r in older.rates] == [
            ("standard", 490, "negotiated"),
            ("express", 990, "negotiated"),
        ]

    run(work())


def test_a_refusal_stands_for_itself() -> None:
    async def work() -> None:
        ups = FakeCarrier("ups")
        clock = FakeClock()
        shop = RateShop(clock, defaults=Agreed({"ups": [a_table()]}))
        await shop.shop(TENANT, accounts(ups), a_request())
        clock.advance(FRESH)
        ups.error = NO
        shopped = await shop.shop(TENANT, accounts(ups), a_request())
        assert (outcomes(shopped), shopped.rates) == ({"ups": "refused"}, ())

    run(work())


def test_another_tenant_gets_neither_answers_nor_negotiated_rates_of_this_one() -> None:
    async def work() -> None:
        shop, ups = RateShop(FakeClock(), defaults=Agreed({"ups": [a_table()]})), FakeCarrier("ups")
        await shop.shop(TENANT, accounts(ups), a_request())
        ups.error = DOWN
        shopped = await shop.shop("other", accounts(ups), a_request())
        assert outcomes(shopped) == {"ups": "unreachable"}

    run(work())


def test_of_two_tables_the_one_that_began_last_holds() -> None:
    async def work() -> None:
        tables = [
            a_table(valid_from=date(2026, 11, 1), fuel_surcharge_per_mille=100),
            a_table(),
            a_table(valid_from=date(2027, 1, 1), fuel_surcharge_per_mille=200),
        ]
        shop = RateShop(FakeClock(), defaults=Agreed({"ups": tables}))
        ups = FakeCarrier("ups", error=DOWN)
        for day, cost in ((None, 539), (date(2026, 10, 31), 490), (date(2027, 1, 1), 588)):
            shopped = await shop.shop(TENANT, accounts(ups), a_request(ship_date=day, service="standard"))
            assert [rate.cost_minor for rate in shopped.rates] == [cost]

    run(work())


def test_no_offer_at_all_is_an_error_that_says_how_each_carrier_fared() -> None:
    async def work() -> None:
        carriers = accounts(FakeCarrier("ups", error=NO), FakeCarrier("fedex", None))
        shopped = await RateShop(FakeClock()).shop(TENANT, carriers, a_request())
        failure = shopped.failure()
        assert isinstance(failure, VendorUnreachable)
        assert failure.vendor == "fedex"
        assert "ups: ups refused: not served" in failure.detail
        assert "fedex: it did not answer in time" in failure.detail

    run(work())


def test_when_every_carrier_refused_asking_again_does_not_help() -> None:
    async def work() -> None:
        shopped = await RateShop(FakeClock()).shop(TENANT, accounts(FakeCarrier("ups", error=NO)), a_request())
        failure = shopped.failure()
        assert isinstance(failure, VendorRejected)
        assert not failure.retryable

    run(work())


def test_with_one_offer_there_is_no_error_and_without_carriers_there_is_nothing() -> None:
    async def work() -> None:
        shop = RateShop(FakeClock())
        assert (await shop.shop(TENANT, accounts(FakeCarrier("ups")), a_request())).failure() is None
        assert (await shop.shop(TENANT, [], a_request())).answers == ()

    run(work())
