"""Parcels are asked about, and looked for when nobody has seen them; what came before its label waits for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_models import Shipment, TrackingType
from connector_service.clock import FakeClock
from connector_service.parcel_watch import WAITS_FOR, ParcelWatch
from connector_service.rules_engine import RuleBook
from connector_service.store import rejected, tracking
from tests.contracts.sandbox_process import Sandbox, until
from tests.house import TENANT, House, check_house, open_house
from tests.orders.tracking_desk import history, label_of, scan, tell

pytestmark = pytest.mark.anyio
T = TrackingType
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def real_time_house(tmp_path: Path, shipped_rules: RuleBook, vendors: Sandbox) -> AsyncIterator[House]:
    """A house whose clock begins now, as the sandbox's scans are dated; nobody receives the carriers' news."""
    clock = FakeClock(datetime.now(UTC) + timedelta(minutes=5))
    async with open_house(tmp_path / "house.sqlite", shipped_rules, clock, vendors) as opened:
        yield opened


def watch_of(house: House) -> ParcelWatch:
    return ParcelWatch(house.store, house.rules, house.runner.systems)


def silent(house: House, shipment_id: str) -> int:
    row = house.store.reader.execute("SELECT silent FROM watched_shipments WHERE shipment_id = ?", (shipment_id,))
    return int(row.fetchone()[0])


def due_at(house: House, shipment_id: str) -> datetime:
    row = house.store.reader.execute("SELECT due_at FROM watched_shipments WHERE shipment_id = ?", (shipment_id,))
    return datetime.fromisoformat(row.fetchone()[0])


async def look(house: House, after: timedelta) -> int:
    house.clock.advance(after)
    return await watch_of(house).tick()


async def delivered_unheard(house: House) -> Shipment:
    """A shipment whose carrier has delivered it, and all of whose news was lost."""
    assert house.sandbox is not None
    carriers, hook = ("swiftparcel", "terrapost"), {"url": "http://127.0.0.1:9/hook", "secret": "hush"}
    house.sandbox.put("webhooks", dict.fromkeys(carriers, hook))
    house.sandbox.put("faults", {slug: {"webhook_loss": 1} for slug in carriers})
    house.sandbox.put("timing", {"speed": 1_000, "journey": "delivered"})
    shipment = await house.shipped()
    label = label_of(house, shipment.id)

    async def there() -> bool | None:
        found = await house.runner.systems.of(TENANT).carrier(label.carrier).track(label.tracking_number)
        return True if found[-1].type is T.DELIVERED else None

    await until(there)
    return shipment


async def test_news_that_was_lost_is_heard_by_asking(real_time_house: House) -> None:
    house = real_time_house
    shipment = await delivered_unheard(house)
    assert await look(house, timedelta(minutes=1)) == 0  # nothing is due yet
    assert await look(house, 4 * HOUR) == 1
    assert house.shipment(shipment.id).status == "delivered"
    assert {each.heard_by for each in history(house, shipment.id)} == {"asked"}
    assert await look(house, 30 * DAY) == 0
    assert house.cases(shipment.order_id) == []
    check_house(house.store)


async def test_the_carrier_is_asked_by_a_node_at_once(real_time_house: House) -> None:
    house = real_time_house
    shipment = await delivered_unheard(house)
    answer = await house.one("shipment.track", shipment_id=shipment.id)
    assert answer["output"]["status"] == "delivered"
    told = (await house.one("shipment.tracking_history", shipment_id=shipment.id))["output"]
    assert [each["type"] for each in told["scans"]][-1] == "delivered"
    assert told["scans"][-1]["raw_code"]


async def test_a_parcel_that_is_asked_about_in_vain_is_asked_about_less_often(full_house: House) -> None:
    shipment = await full_house.shipped()
    began = full_house.clock.now()
    await look(full_house, 4 * HOUR)
    assert (silent(full_house, shipment.id), due_at(full_house, shipment.id)) == (1, began + 8 * HOUR)
    await look(full_house, 4 * HOUR)
    assert (silent(full_house, shipment.id), due_at(full_house, shipment.id)) == (2, began + 16 * HOUR)
    await tell(full_house, scan(full_house, shipment.id, T.IN_TRANSIT))
    assert silent(full_house, shipment.id) == 0


async def test_a_carrier_that_fails_is_asked_again_soon(full_house: House) -> None:
    assert full_house.sandbox is not None
    shipment = await full_house.shipped()
    carrier = label_of(full_house, shipment.id).carrier
    full_house.sandbox.put("faults", {carrier: {"outage": True}})
    await look(full_house, 4 * HOUR)
    assert silent(full_house, shipment.id) == 0
    assert due_at(full_house, shipment.id) == full_house.clock.now() + timedelta(minutes=5)
    assert full_house.shipment(shipment.id).status == "shipped"


async def test_two_replicas_do_not_look_at_the_same_parcel(full_house: House) -> None:
    shipment = await full_house.shipped()
    full_house.clock.advance(4 * HOUR)
    now, connection = full_house.clock.now(), full_house.store.reader
    (watched,) = tracking.due(connection, now)
    assert watched.shipment_id == shipment.id
    assert tracking.claim(connection, watched, now, now + HOUR)
    assert not tracking.claim(connection, watched, now, now + HOUR)
    assert await watch_of(full_house).tick() == 0
    assert await look(full_house, HOUR) == 1


async def test_a_parcel_nobody_has_seen_is_an_exception_until_it_is_seen(full_house: House) -> None:
    shipment = await full_house.shipped()
    for _ in range(5):
        await look(full_house, 12 * HOUR)
    case = full_house.case(shipment.order_id)
    assert (case.code, case.owner, case.queue) == ("no_scan", "carrier-desk", "in-transit")
    assert full_house.order(shipment.order_id).status == "shipped"
    assert full_house.shipment(shipment.id).status == "shipped"
    check_house(full_house.store)
    await tell(full_house, scan(full_house, shipment.id, T.IN_TRANSIT))
    (closed,) = full_house.cases(shipment.order_id)
    assert (closed.state, full_house.shipment(shipment.id).status) == ("requeued", "in_transit")
    check_house(full_house.store)


async def test_silence_that_somebody_has_dealt_with_is_not_raised_again(full_house: House) -> None:
    shipment = await full_house.shipped()
    for _ in range(5):
        await look(full_house, 12 * HOUR)
    await full_house.resolve(shipment.order_id, {"carrier_said": "it is in Newark"})
    await full_house.requeue(shipment.order_id)
    await look(full_house, DAY)
    assert [case.code for case in full_house.cases(shipment.order_id) if case.code == "no_scan"] == ["no_scan"]
    check_house(full_house.store)


async def test_a_parcel_that_is_later_than_its_service_is_an_exception_until_it_is_delivered(
    full_house: House,
) -> None:
    shipment = await full_house.shipped()
    for _ in range(2 * (label_of(full_house, shipment.id).transit_days + 4)):
        await look(full_house, 12 * HOUR)
        await tell(full_house, scan(full_house, shipment.id, T.IN_TRANSIT))
    case = full_house.case(shipment.order_id)
    assert (case.code, case.owner) == ("delivery_delayed", "carrier-desk")
    assert "should have been delivered by" in case.message
    await tell(full_house, scan(full_house, shipment.id, T.DELIVERED, timedelta(seconds=1)))
    assert full_house.order(shipment.order_id).status == "delivered"
    assert [each.state for each in full_house.cases(shipment.order_id)] == ["requeued"]
    check_house(full_house.store)


async def test_a_scan_that_came_before_its_label_was_kept_is_taken_over_when_it_is(full_house: House) -> None:
    shipment = await full_house.shipped()
    said = scan(full_house, shipment.id, T.IN_TRANSIT)
    number = said.tracking_number
    early = said.model_copy(update={"tracking_number": number + "9"})
    assert await tell(full_house, early, early) == [None, None]
    full_house.store.reader.execute(
        "INSERT INTO parcel_numbers VALUES (?,?,?,?)", (TENANT, said.carrier, number + "9", shipment.id)
    )
    await watch_of(full_house).tick()
    assert [each.scan for each in history(full_house, shipment.id)] == [early]
    assert full_house.shipment(shipment.id).status == "in_transit"


async def test_a_scan_whose_label_never_comes_is_put_with_the_rejected_and_says_why(full_house: House) -> None:
    shipment = await full_house.shipped()
    stray = scan(full_house, shipment.id, T.IN_TRANSIT, tracking_number="SW00000000000")
    await tell(full_house, stray)
    reader = full_house.store.reader
    assert tracking.is_known(reader, TENANT, stray)
    await look(full_house, WAITS_FOR)
    assert rejected.find(reader, TENANT) == []
    await look(full_house, HOUR)
    (kept,) = rejected.find(reader, TENANT)
    assert "No label of this tenant has the tracking number SW00000000000" in kept.problem["detail"]
    assert kept.channel == f"webhooks/{stray.carrier}"
    await look(full_house, HOUR)
    assert len(rejected.find(reader, TENANT)) == 1
