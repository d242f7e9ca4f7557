"""What rate shopping counts of each carrier: calls made, calls saved, and what stood in."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from connector_service.carriers.cache import FRESH, STALE
from connector_service.carriers.shopping import RateShop
from connector_service.carriers.usage import RateUse
from connector_service.clock import FakeClock
from tests.carriers.questions import TENANT, Agreed, FakeCarrier, a_request, a_table, accounts
from tests.carriers.test_shopping import DOWN, NO
from tests.carriers.virtual_time import run


def test_each_question_is_counted_as_called_joined_or_kept() -> None:
    async def work() -> None:
        shop, ups = RateShop(FakeClock()), FakeCarrier("ups")
        await asyncio.gather(*(shop.shop(TENANT, accounts(ups), a_request()) for _ in range(5)))
        await shop.shop(TENANT, accounts(ups), a_request())
        use = shop.uses.of(TENANT, "ups")
        assert (use.called, use.joined, use.kept) == (ups.begun, 4, 1) == (1, 4, 1)
        assert (use.asked, use.saved, use.saved_share) == (6, 5, 5 / 6)

    run(work())


def test_what_stood_in_for_an_answer_is_counted_too() -> None:
    async def work() -> None:
        clock, ups = FakeClock(), FakeCarrier("ups")
        shop = RateShop(clock, defaults=Agreed({"ups": [a_table()]}))
        tomorrow = a_request(ship_date=clock.now().date() + timedelta(days=1))
        await shop.shop(TENANT, accounts(ups), tomorrow)
        ups.error = DOWN
        for passed in (FRESH, STALE):
            clock.advance(passed)
            await shop.shop(TENANT, accounts(ups), tomorrow)
        ups.error = NO
        await shop.shop(TENANT, accounts(ups), tomorrow)
        use = shop.uses.of(TENANT, "ups")
        assert use == RateUse(called=4, stood_in=1, negotiated=1, unanswered=1)

    run(work())


def test_tenants_are_counted_apart_and_nothing_asked_saves_nothing() -> None:
    async def work() -> None:
        shop = RateShop(FakeClock())
        await shop.shop(TENANT, accounts(FakeCarrier("ups")), a_request())
        assert shop.uses.of("other", "ups") == RateUse()
        assert shop.uses.of("other", "ups").saved_share == 0

    run(work())
