"""Metrics are what was counted, in a text that Prometheus takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_service.adapters.breaker import ENOUGH, REST
from connector_service.adapters.health import BUCKETS_MS
from connector_service.adapters.http import Transport, open_client
from connector_service.carriers.exposition import BOUNDS, Metric, exposition
from connector_service.carriers.standing import Standing, standings
from connector_service.carriers.usage import RateUses
from connector_service.clock import FakeClock
from connector_service.store.tenants import Connection
from tests.carriers.prometheus_text import samples

pytestmark = pytest.mark.anyio
TENANT = "acme"


NEEDED = {
    "base_url": "http://vendor.example",
    "api_key": "id:secret",
    "webhook_secret": "hush",
    "account_number": "123456789",
}


class Desk:
    """A tenant's transport, whose time only the test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.clock = FakeClock()
        self.transport = Transport(open_client(), self.clock, monotonic=lambda: self.now)
        self.uses = RateUses(self.clock.now())

    def standing(self, **settings: object) -> Standing:
        connections = [Connection(TENANT, "ups", "", {**NEEDED, **settings}), Connection(TENANT, "northdock", "", {})]
        (found,) = standings(connections, self.transport, self.uses, {}, self.clock.now())
        return found

    def scrape(self) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        return samples(exposition(TENANT, self.transport, [self.standing(rate_calls_price_minor=250)]))

    def fails(self, times: int = ENOUGH) -> None:
        breaker = self.transport.breaker(TENANT, "ups")
        for _ in range(times):
            ticket = breaker.admit()
            assert ticket is not None
            breaker.failed(ticket)


@pytest.fixture
async def desk() -> Desk:
    return Desk()


def labels(**wanted: str) -> frozenset[tuple[str, str]]:
    return frozenset({"tenant": TENANT, **wanted}.items())


async def test_a_histogram_counts_up_to_all_calls_and_sums_seconds(desk: Desk) -> None:
    for milliseconds in (*[4] * 90, *[180] * 9, 99_000):
        desk.transport.health.record(TENANT, "ups", "rate", "answered", milliseconds / 1_000)
    desk.transport.health.record(TENANT, "ups", "rate", "not_called", 0)
    found = desk.scrape()
    of = {"vendor": "ups", "kind": "rate"}
    counted = [found["dockline_vendor_call_seconds_bucket", labels(**of, le=bound)] for bound in BOUNDS]
    assert counted == sorted(counted)
    assert (counted[0], counted[BUCKETS_MS.index(200)], counted[-2], counted[-1]) == (90, 99, 99, 100)
    assert (BOUNDS[0], BOUNDS[-1]) == ("0.005", "+Inf")
    assert found["dockline_vendor_call_seconds_count", labels(**of)] == 100
    assert found["dockline_vendor_call_seconds_sum", labels(**of)] == pytest.approx(0.36 + 1.62 + 99)
    assert found["dockline_vendor_calls_total", labels(**of, outcome="not_called")] == 1


async def test_a_breaker_that_opened_shows_after_it_has_closed_again(desk: Desk) -> None:
    desk.transport.health.record(TENANT, "ups", "rate", "error", 0.1)
    of = labels(vendor="ups")
    desk.fails()
    seen = [desk.scrape()]
    desk.now += REST
    seen.append(desk.scrape())
    breaker = desk.transport.breaker(TENANT, "ups")
    ticket = breaker.admit()
    assert ticket is not None
    breaker.succeeded(ticket)
    seen.append(desk.scrape())
    assert [each["dockline_vendor_breaker_open", of] for each in seen] == [1, 1, 0]
    assert [each["dockline_vendor_breaker_opened_total", of] for each in seen] == [1, 1, 1]


async def test_its_state_is_said_in_words(desk: Desk) -> None:
    assert desk.standing().words == "not called yet"
    desk.transport.health.record(TENANT, "ups", "rate", "answered", 0.1)
    assert desk.standing().words == "answers"
    desk.fails(3)
    assert desk.standing().words == "answers; 3 of the last 3 calls failed"
    desk.fails(ENOUGH - 3)
    desk.now += REST / 2
    assert desk.standing().words == "left alone, it failed too often; asked again in 1.0 s"
    desk.now += REST / 2
    assert desk.standing().words == "failed too often; the next call will show"
    waiting = desk.transport.bucket(TENANT, "ups", 1)
    waiting.take()
    waiting.take()
    assert desk.standing().rate_limit_used == 2


async def test_rate_calls_cost_what_the_connection_says_and_nothing_is_made_up_without_a_price(desk: Desk) -> None:
    use = desk.uses.of(TENANT, "ups")
    use.called, use.joined, use.kept = 400, 1_000, 600
    for _ in range(400):
        desk.transport.health.record(TENANT, "ups", "rate", "answered", 0.1)
    rates = desk.standing(rate_calls_price_minor=250, rate_calls_currency="EUR").rates
    assert (rates.currency, rates.cost_minor, rates.saved_minor, rates.saved_share) == ("EUR", 100, 400, 0.8)
    unpriced = desk.standing().rates
    assert (unpriced.currency, unpriced.cost_minor, unpriced.saved_minor) == (None, None, None)
    assert desk.scrape()["dockline_carrier_rate_calls_cost_minor", labels(carrier="ups", currency="USD")] == 100
    assert desk.scrape()["dockline_carrier_rate_questions_total", labels(carrier="ups", answer="kept")] == 600


@pytest.mark.parametrize(("price", "currency"), [("250", "USD"), (250, "USD"), ("much", None), (-1, None)])
async def test_settings_are_read_as_they_came_and_a_price_that_is_none_costs_nothing(
    desk: Desk, price: object, currency: str | None
) -> None:
    assert desk.standing(rate_calls_price_minor=price).rates.currency == currency


async def test_what_took_longer_than_the_last_bucket_has_no_percentile_and_nothing_asked_has_no_share(
    desk: Desk,
) -> None:
    desk.transport.health.record(TENANT, "ups", "label", "answered", 60)
    desk.transport.health.record(TENANT, "ups", "void", "not_called", 0)
    kinds = desk.standing().kinds
    assert (kinds["label"].p50_ms, kinds["label"].latency[-1]) == (None, 1)
    assert (kinds["void"].calls, kinds["void"].error_share, kinds["void"].p99_ms) == (0, 0, None)


async def test_another_tenants_counts_are_not_in_it(desk: Desk) -> None:
    desk.transport.health.record("other", "ups", "rate", "answered", 0.1)
    assert not [name for name, of in desk.scrape() if ("tenant", "other") in of]


@given(st.text(max_size=20))
def test_whatever_a_label_says_is_read_back(text: str) -> None:
    metric = Metric("m_total", "counter", "A metric.")
    metric.add(1, {"vendor": text, "le": "+Inf"})
    assert samples("".join(f"{line}\n" for line in metric.lines())) == {
        ("m_total", frozenset({("vendor", text), ("le", "+Inf")})): 1
    }
