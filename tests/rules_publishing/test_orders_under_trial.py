"""Whole orders under rules that are tried: what a shadow answers is kept, and nothing else is different."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from connector_service.clock import FakeClock
from connector_service.rules_engine import RuleBook
from connector_service.rules_publishing import publishing
from connector_service.rules_publishing.following import Follower
from connector_service.rules_publishing.publishing import How, Wanted
from connector_service.store import shadow_decisions
from tests.house import RULES, TENANT, House, check_house, open_house
from tests.rules_publishing.press import ADA

pytestmark = pytest.mark.anyio


@pytest.fixture
def book() -> RuleBook:
    """The shipped rules for one test alone."""
    return RuleBook.load(RULES)


def try_out(house: House, file_id: str, change: dict[str, Any], how: How) -> str:
    """Publish a changed shipped file for all tenants; its content hash."""
    document = json.loads((RULES / f"{file_id}.json").read_text())
    document |= {"version": "99.0.0", **change}
    follower = Follower(house.rules, lambda: house.store.reader)
    follower.catch_up()
    wanted = Wanted("", document, f"{file_id}.json", how, ADA, follower.position)
    draft = publishing.draft(house.rules, wanted)
    done = publishing.publish(house.store.reader, house.rules, draft, house.clock.now())
    follower.catch_up()
    assert done.entry is not None
    return str(done.entry.content_hash)


async def life_of_an_order(house: House) -> tuple[list[str], str, Any]:
    order_id = await house.allocated()
    order = house.order(order_id)
    return house.events(order_id), order.owner, order.deadline_at


async def test_an_order_lives_the_same_life_beside_shadows(tmp_path: Path, book: RuleBook) -> None:
    async with open_house(tmp_path / "plain.sqlite", book, FakeClock()) as plain:
        expected = await life_of_an_order(plain)
    async with open_house(tmp_path / "tried.sqlite", book, FakeClock()) as tried:
        ownership = try_out(tried, "ownership", {}, How("shadow"))
        escalation = try_out(tried, "escalation", {}, How("shadow"))
        assert await life_of_an_order(tried) == expected
        for file_id, content_hash in (("ownership", ownership), ("escalation", escalation)):
            kept = shadow_decisions.latest(tried.store.reader, file_id, content_hash, TENANT, 100)
            assert kept
            assert not any(each.differs for each in kept)
            assert {each.shadow.mode for each in kept} == {"shadow"}
        live = tried.store.reader.execute("SELECT DISTINCT json_extract(body, '$.mode') FROM decisions").fetchall()
        assert live == [("live",)]
        check_house(tried.store)


async def test_a_canary_owns_its_share_of_orders_and_names_itself(tmp_path: Path, book: RuleBook) -> None:
    async with open_house(tmp_path / "canary.sqlite", book, FakeClock()) as house:
        try_out(house, "ownership", {}, How("canary", 50))
        modes = set()
        for number in range(12):
            order_id = await house.receive(f"N{number}")
            (first, *_) = house.store.read(TENANT).decisions(order_id)
            drawn = house.rules.of(TENANT).trial_of("ownership")
            assert drawn is not None
            by_canary = drawn.answers_for(order_id)
            assert (first.mode, first.file_version == "99.0.0") == ("canary" if by_canary else "live", by_canary)
            modes.add(first.mode)
        assert modes == {"canary", "live"}
        check_house(house.store)
