"""What carriers did is summed by lane and month."""

from __future__ import annotations

from typing import Any

import pytest

from connector_service.store import carrier_facts
from connector_service.store.carrier_facts import CarrierFact, Lane
from tests.house import TENANT, House

pytestmark = pytest.mark.anyio
NEW_YORK, TEXAS = Lane("US", "NJ", "US", "NY"), Lane("US", "NJ", "US", "TX")


def fact(subject: str, **changes: Any) -> CarrierFact:
    known: dict[str, Any] = {
        "carrier": "ups",
        "service": "ground",
        "lane": NEW_YORK,
        "month": "2026-11",
        "promised_days": 3,
        "taken_days": 3,
        "outcome": "delivered",
    }
    return CarrierFact(subject, **{**known, **changes})


async def keep(house: House, *facts: CarrierFact) -> None:
    for each in facts:
        await house.change(
            lambda work, each=each: carrier_facts.record(work.tx.connection, work.tenant_id, each, work.now)
        )


def tallies(house: House, tenant_id: str = TENANT, **narrow: str) -> list[carrier_facts.Tally]:
    return carrier_facts.tallies(house.store.reader, tenant_id, **narrow)


async def test_on_time_late_claims_and_label_failures_are_counted_apart(house: House) -> None:
    await keep(
        house,
        fact("1"),
        fact("2", taken_days=4),
        fact("3", outcome="lost", taken_days=None),
        fact("4", outcome="damaged", taken_days=2),
        fact("5", outcome="returned", taken_days=None),
        fact("6", outcome="label_failed", taken_days=None, promised_days=None),
    )
    (tally,) = tallies(house)
    assert (tally.ended, tally.arrived, tally.on_time, tally.late) == (5, 3, 2, 1)
    assert (tally.claims, tally.returned, tally.label_failures) == (2, 1, 1)


async def test_a_service_that_promised_nothing_is_neither_on_time_nor_late(house: House) -> None:
    await keep(house, fact("1", promised_days=None))
    (tally,) = tallies(house)
    assert (tally.arrived, tally.on_time, tally.late) == (1, 0, 0)


async def test_a_later_fact_about_a_label_takes_the_place_of_the_first(house: House) -> None:
    await keep(house, fact("1", outcome="lost", taken_days=None), fact("1", taken_days=9))
    (tally,) = tallies(house)
    assert (tally.ended, tally.claims, tally.late) == (1, 0, 1)
    assert carrier_facts.find(house.store.reader, TENANT, "1") == fact("1", taken_days=9)


async def test_lanes_months_and_tenants_are_apart(house: House) -> None:
    await keep(house, fact("1"), fact("2", lane=TEXAS), fact("3", month="2026-12"))
    assert [(each.lane.to_region, each.month) for each in tallies(house)] == [
        ("NY", "2026-11"),
        ("NY", "2026-12"),
        ("TX", "2026-11"),
    ]
    assert [each.month for each in tallies(house, since="2026-12")] == ["2026-12"]
    assert [each.lane for each in tallies(house, to_region="TX")] == [TEXAS]
    assert tallies(house, "other") == []


async def test_an_unknown_column_is_refused(house: House) -> None:
    with pytest.raises(TypeError, match="not by weight"):
        tallies(house, weight="1")
