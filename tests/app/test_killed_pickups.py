"""The connector is killed between a carrier's booking and our commit: on restart one van comes, never two."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from canonical_models import Pickup
from connector_service.clock import FakeClock
from connector_service.rules_engine import RuleBook
from connector_service.store import rebuild, tenants
from tests.app.test_killed_purchases import call, connector
from tests.contracts.sandbox_process import Sandbox, until
from tests.house import TENANT, House, open_house
from tests.orders.pickup_dock import afternoon, ask_again, labelled, vans

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


@pytest.fixture
def clock() -> FakeClock:
    return afternoon()


async def killed_after_the_call(house: House, folder: Path, slug: str, key: str, call_name: str, **item: Any) -> None:
    """The carrier has done it, and drips its answer while the connector is killed."""
    assert house.sandbox is not None
    before = len(house.sandbox.ledger()["pickups"]), len(vans(house))
    house.sandbox.put("faults", {slug: {"only": [call_name], "slow_drip": True}})
    with connector(folder) as (process, url):
        async with anyio.create_task_group() as calls:

            async def ask() -> None:
                with pytest.raises(httpx.HTTPError):
                    await call(url, key, **item)

            async def done() -> bool | None:
                return (len(house.sandbox.ledger()["pickups"]), len(vans(house))) != before or None  # type: ignore[union-attr]

            calls.start_soon(ask)
            await until(done)
            process.send_signal(signal.SIGKILL)
            process.wait(10)
    house.sandbox.put("faults", {slug: {}})


@pytest.mark.parametrize("slug", ["ups", "usps"])
async def test_a_kill_between_booking_and_commit_calls_no_second_van(
    tmp_path: Path, shipped_rules: RuleBook, clock: FakeClock, vendors: Sandbox, slug: str
) -> None:
    async with open_house(tmp_path / "p.sqlite", shipped_rules, clock, vendors) as house:
        await labelled(house, slug)
        key = tenants.add_api_key(house.store.reader, TENANT, "flows", clock.now())
        item = {"carrier": slug, "location_id": "east"}
        await killed_after_the_call(house, tmp_path, slug, key, "schedule_pickup", node="pickup.schedule", **item)
        with connector(tmp_path) as (_, url):
            answers = [await call(url, key, "pickup.schedule", **item) for _ in range(2)]
            assert [each["output"]["status"] for each in answers] == ["requested"] * 2
            (van,) = vans(house)
            pickup_id = answers[0]["output"]["pickup_id"]
            written = house.store.read(TENANT).get(Pickup, pickup_id)
            assert written.call is not None
            assert written.call.began_at is not None
        clock.advance(written.call.again_at - clock.now())  # type: ignore[operator]
        await ask_again(house)
        assert house.store.read(TENANT).get(Pickup, pickup_id).status == "in_doubt"
        await house.one("pickup.settle", pickup_id=pickup_id, confirmation=van["number"])
        assert [each["number"] for each in vans(house)] == [van["number"]]
        assert rebuild.differences(house.store.reader) == []


async def test_a_kill_while_calling_off_is_told_the_carrier_again(
    tmp_path: Path, shipped_rules: RuleBook, clock: FakeClock, vendors: Sandbox
) -> None:
    async with open_house(tmp_path / "p.sqlite", shipped_rules, clock, vendors) as house:
        await labelled(house, "ups")
        key = tenants.add_api_key(house.store.reader, TENANT, "flows", clock.now())
        with connector(tmp_path) as (_, url):
            made = await call(url, key, "pickup.schedule", carrier="ups", location_id="east")
        item = {"pickup_id": made["output"]["pickup_id"]}
        await killed_after_the_call(house, tmp_path, "ups", key, "cancel_pickup", node="pickup.cancel", **item)
        written = house.store.read(TENANT).get(Pickup, item["pickup_id"])
        assert (written.status, vans(house)) == ("confirmed", [])
        assert written.call is not None
        # When its time has come the carrier is told again; called off already is fine.
        clock.advance(written.call.again_at - clock.now())  # type: ignore[operator]
        await ask_again(house)
        assert house.store.read(TENANT).get(Pickup, item["pickup_id"]).status == "cancelled"
