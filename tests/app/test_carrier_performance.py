"""How carriers did by lane and month, and what a tenant settles about them, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from connector_service.store import Transaction, carrier_facts
from connector_service.store.carrier_facts import CarrierFact, Lane
from tests.app.conftest import Api

pytestmark = pytest.mark.anyio
PERFORMANCE = "/v1/carriers/performance"
SETTINGS = "/v1/tenant/carriers"
LANE = Lane("US", "NJ", "US", "NY")


def facts() -> list[CarrierFact]:
    """UPS on time, two and three days late, damaged, and a label that failed; DHL abroad a month before."""

    def fact(subject: str, taken: int | None, outcome: Any = "delivered", **changes: Any) -> CarrierFact:
        fields = {"carrier": "ups", "service": "ups_ground", "lane": LANE, "month": "2026-11", **changes}
        return CarrierFact(subject, promised_days=3, taken_days=taken, outcome=outcome, **fields)

    return [
        fact("a", 3),
        fact("b", 5),
        fact("c", 6),
        fact("d", 2, "damaged"),
        fact("e", None, "label_failed"),
        fact("f", None, "lost", carrier="dhl_express", service="P", lane=Lane("US", "NJ", "CA", ""), month="2026-10"),
    ]


@pytest.fixture
async def told(api: Api) -> Api:
    def job(tx: Transaction) -> None:
        for fact in facts():
            carrier_facts.record(tx.connection, tx.tenant_id, fact, tx.now)

    await api.services.store.write("acme", job)
    return api


async def test_every_service_is_shown_by_lane_and_month_with_counts_and_shares(told: Api) -> None:
    found = (await told.mine.get(PERFORMANCE)).json()
    assert [(each["month"], each["carrier"], each["lane"]) for each in found["months"]] == [
        ("2026-11", "ups", "US-NJ:US-NY"),
        ("2026-10", "dhl_express", "US-NJ:CA"),
    ]
    assert found["months"][0]["figures"] == {
        "ended": 4,
        "arrived": 4,
        "on_time": 2,
        "late": 2,
        "damaged": 1,
        "lost": 0,
        "returned": 0,
        "label_failures": 1,
        "on_time_per_mille": 500,
        "mean_days_late": 2.5,
        "claims_per_mille": 250,
        "label_failures_per_mille": 200,
    }
    lost = found["carriers"]["dhl_express"]
    assert (lost["claims_per_mille"], lost["on_time_per_mille"], lost["mean_days_late"]) == (1000, None, None)


@pytest.mark.parametrize(
    ("narrow", "carriers"),
    [
        ({"lane": "US-NJ:US-NY"}, ["ups"]),
        ({"lane": "US:CA"}, ["dhl_express"]),
        ({"lane": "US-NY:US"}, []),
        ({"month": "2026-10"}, ["dhl_express"]),
        ({"month": "2026-09"}, []),
        ({"carrier": "ups"}, ["ups"]),
        ({"service": "P", "month": "2026-10"}, ["dhl_express"]),
    ],
)
async def test_it_is_narrowed_by_lane_month_carrier_and_service(
    told: Api, narrow: dict[str, str], carriers: list[str]
) -> None:
    found = (await told.mine.get(PERFORMANCE, params=narrow)).json()
    assert sorted(found["carriers"]) == carriers


async def test_another_tenant_sees_nothing_of_it(told: Api) -> None:
    assert (await told.other.get(PERFORMANCE)).json() == {"months": [], "carriers": {}}


@pytest.mark.parametrize(("narrow", "pointer"), [({"lane": "NJ>NY"}, "/lane"), ({"month": "2026-13"}, "/month")])
async def test_what_is_no_lane_and_no_month_is_named(api: Api, narrow: dict[str, str], pointer: str) -> None:
    answer = await api.mine.get(PERFORMANCE, params=narrow)
    assert (answer.status_code, answer.json()["pointer"]) == (422, pointer)


async def test_what_is_settled_is_kept_whole_and_for_one_tenant_only(api: Api) -> None:
    settled = {
        "mix": {"ups": 600},
        "service_levels": {"express": {"transit_days": 2, "on_time_per_mille": 980}},
        "exchange_rates": [{"from_currency": "EUR", "to_currency": "USD", "rate": "1.0825", "as_of": "2026-11-20"}],
        "limits": {"dhl_express": {"takes_lithium": True, "not_served": ["RU"]}},
    }
    answer = await api.mine.put(SETTINGS, json=settled)
    assert answer.status_code == 200, answer.text
    kept = (await api.mine.get(SETTINGS)).json()
    assert kept["mix"] == {"ups": 600}
    assert kept["exchange_rates"] == settled["exchange_rates"]
    assert kept["limits"]["dhl_express"]["takes_lithium"] is True
    assert (await api.other.get(SETTINGS)).json()["mix"] == {}


@pytest.mark.parametrize(
    ("settled", "pointer"),
    [
        ({"mix": {"ups": 600, "usps": 500}}, ""),
        ({"mix": {"pigeon": 600}}, "/mix/pigeon"),
        ({"limits": {"pigeon": {}}}, "/limits/pigeon"),
        ({"limits": {"ups": {"takes": True}}}, "/limits/ups/takes"),
        ({"exchange_rates": [{"from_currency": "EUR", "to_currency": "USD", "rate": "0"}]}, "/exchange_rates/0/rate"),
        ({"service_levels": {"express": {"on_time_per_mille": 1001}}}, "/service_levels/express/on_time_per_mille"),
    ],
)
async def test_a_mistake_in_what_is_settled_is_named_and_nothing_is_kept(api: Api, settled: Any, pointer: str) -> None:
    before = (await api.mine.get(SETTINGS)).json()
    answer = await api.mine.put(SETTINGS, json=settled)
    assert (answer.status_code, answer.json()["pointer"]) == (422, pointer)
    assert (await api.mine.get(SETTINGS)).json() == before
