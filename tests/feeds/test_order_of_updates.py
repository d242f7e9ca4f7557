"""What is newer is decided by the source's sequence or time, whatever arrives first."""

import itertools
from datetime import timedelta
from pathlib import Path

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canonical_models import InventoryPosition
from connector_service.clock import FakeClock
from connector_service.feeds.counting import Outcome
from connector_service.feeds.update import Count, Refused
from connector_service.inventory.positions import set_aside
from connector_service.orders.work import Work
from connector_service.rules_engine import RuleBook
from tests.feeds.senders import feed, minutes, on_hand, refused, take, update
from tests.house import PRODUCTS, House, check_house, open_house

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
TIMES = [minutes(count) for count in range(-4000, -3995)]


async def test_an_older_sequence_is_stale_and_changes_nothing(house: House) -> None:
    now = house.clock.now()
    newer, older = update(7, sequence=2, as_of=now), update(9, sequence=1, as_of=now + timedelta(minutes=1))
    assert await take(house, newer, older) == [Outcome.CHANGED, Outcome.STALE]
    assert on_hand(house) == 7


async def test_without_a_sequence_the_older_time_is_stale(house: House) -> None:
    house.clock.advance(timedelta(minutes=20))
    later, earlier = update(7, as_of=house.clock.now()), update(9, as_of=house.clock.now() - timedelta(minutes=1))
    assert await take(house, later, earlier) == [Outcome.CHANGED, Outcome.STALE]
    assert on_hand(house) == 7


async def test_the_same_again_is_a_replay_and_other_content_is_refused(house: House) -> None:
    now = house.clock.now()
    first = update(7, sequence=5, as_of=now)
    assert await take(house, first, first) == [Outcome.CHANGED, Outcome.REPLAYED]
    other = await refused(house, update(8, sequence=5, as_of=now))
    assert other.field == "sequence"
    assert "wms has said 7" in other.detail
    assert on_hand(house) == 7


async def test_of_two_sources_the_one_that_counted_last_holds(house: House) -> None:
    now = house.clock.now()
    house.clock.advance(timedelta(minutes=10))
    erp = update(30, source="erp", as_of=now + timedelta(minutes=5))
    wms = update(40, source="wms", as_of=now + timedelta(minutes=1))
    assert await take(house, erp, wms) == [Outcome.CHANGED, Outcome.STALE]
    assert on_hand(house) == 30


async def test_a_count_made_here_since_holds_against_a_late_one(house: House) -> None:
    assert await take(house, update(3, as_of=minutes(0))) == [Outcome.STALE]
    assert on_hand(house) == 20


async def test_what_was_shipped_since_a_late_count_is_not_promised_again(full_house: House) -> None:
    house = full_house
    house.clock.advance(timedelta(minutes=10))
    counted_at = house.clock.now()
    house.clock.advance(timedelta(minutes=10))
    shipment = await house.shipped("N1", ("TEE", 2))
    at = shipment.location_id
    assert on_hand(house, location_id=at) == 18
    assert await take(house, update(30, as_of=counted_at, location_id=at)) == [Outcome.CHANGED]
    assert on_hand(house, location_id=at) == 28
    check_house(house.store)


async def test_a_count_below_what_is_claimed_gives_the_newest_order_a_mismatch(house: House) -> None:
    first = await house.allocated("N1", ("TEE", 5))
    (shipment,) = house.shipments(first)
    at = shipment.location_id
    other = "west" if at == "east" else "east"
    house.clock.advance(timedelta(minutes=1))
    await take(house, update(0, as_of=house.clock.now(), location_id=other))
    second = await house.allocated("N2", ("TEE", 4))
    house.clock.advance(timedelta(minutes=1))
    now = house.clock.now()
    assert await take(house, update(6, as_of=now, sequence=1, location_id=at)) == [Outcome.CHANGED]
    assert (house.order(first).status, house.order(second).status) == ("allocated", "on_hold")
    case = house.case(second)
    assert (case.code, case.evidence["expected"], case.evidence["counted"]) == ("inventory_mismatch", 20, 6)
    assert any("reserved" in line for line in case.evidence["events_between"])
    there = house.positions()[at, "TEE", ""]
    assert (there.on_hand, there.reserved) == (6, 5)
    check_house(house.store)


async def test_what_was_set_aside_after_the_count_stays_set_aside(house: House) -> None:
    house.clock.advance(timedelta(minutes=5))
    counted_at = house.clock.now()
    house.clock.advance(timedelta(minutes=5))

    def set_all_aside(work: Work) -> None:
        set_aside(work, work.tx.get(InventoryPosition, "east/TEE/"), "Not found by the picker.")

    await house.change(set_all_aside)
    await take(house, update(25, as_of=counted_at))
    position = house.positions()["east", "TEE", ""]
    assert (position.on_hand, position.unavailable) == (25, 20)
    check_house(house.store)


@st.composite
def updates(draw: st.DrawFn) -> list[Count]:
    """Updates of three sources about two positions; no two have the same number and other content."""
    made: dict[tuple[str, str, str, int], Count] = {}
    for _ in range(draw(st.integers(1, 12))):
        source = draw(st.sampled_from(["wms", "erp", "shop"]))
        sku = draw(st.sampled_from(["NEW-1", "NEW-2"]))
        at, numbered = draw(st.integers(0, 4)), source != "shop"
        number = draw(st.integers(0, 4)) if numbered else at
        said = {"sequence": number} if numbered else {}
        each = update(draw(st.integers(0, 50)), source=source, sku=sku, as_of=TIMES[at], **said)
        made.setdefault((source, sku, str(numbered), number), each)
    return list(made.values())


def expected(sent: list[Count]) -> dict[str, int]:
    """The newest of each source, and of those what was counted last."""
    newest: dict[tuple[str, str], Count] = {}
    for each in sorted(sent, key=lambda u: u.as_of if u.sequence is None else TIMES[0]):
        known = newest.get((each.sku, each.source))
        if known is None or each.sequence is None or (known.sequence or 0) < each.sequence:
            newest[each.sku, each.source] = each
    last: dict[str, Count] = {}
    for each in newest.values():
        if each.sku not in last or (last[each.sku].as_of, last[each.sku].source) < (each.as_of, each.source):
            last[each.sku] = each
    return {sku: each.on_hand for sku, each in last.items()}


async def _fed(path: Path, rules: RuleBook, sent: list[Count]) -> dict[str, int]:
    async with open_house(path, rules, FakeClock()) as house:
        await house.change(lambda work: work.tx.put_products(_NEW))
        summary = await feed(house, sent)
        assert summary.refused == 0, summary
        assert summary.accepted + summary.stale == len(sent)
        check_house(house.store)
        return {key[1]: position.on_hand for key, position in house.positions().items() if key[1] in ("NEW-1", "NEW-2")}


_NEW = [PRODUCTS[0].model_copy(update={"sku": sku}) for sku in ("NEW-1", "NEW-2")]
_NUMBERS = itertools.count()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_repetition_of_updates_ends_the_same(
    tmp_path: Path, shipped_rules: RuleBook, data: st.DataObject
) -> None:
    sent = data.draw(updates())
    repeated = sent + data.draw(st.lists(st.sampled_from(sent), max_size=6))
    shuffled = data.draw(st.permutations(repeated))
    path = tmp_path / f"{next(_NUMBERS)}.sqlite"
    assert anyio.run(_fed, path, shipped_rules, shuffled) == expected(sent)


async def test_a_refused_update_is_told_apart_from_others(house: House) -> None:
    good, bad = update(7, as_of=house.clock.now()), update(7, as_of=house.clock.now(), sku="NOT-THERE")
    summary = await feed(house, [good, bad, good])
    assert (summary.accepted, summary.replayed, summary.refused) == (2, 1, 1)
    ((index, reason),) = summary.refusals
    assert (index, reason.field) == (1, "sku")
    assert isinstance(reason, Refused)
