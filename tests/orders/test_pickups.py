"""A carrier's van is called once, for what waits; changed, called off, collected, missed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from canonical_models import TrackingType
from connector_service.clock import FakeClock
from connector_service.geography.locations import next_ship_day
from connector_service.orders.closures import close_location
from nodes.runner import Caller
from tests.house import LOCATIONS, TENANT, House, check_house
from tests.orders.native_account import only_carrier
from tests.orders.pickup_dock import (
    EAST,
    afternoon,
    labelled,
    pickup,
    scanned,
    schedule,
    time_passes,
    vans,
)
from tests.test_delivery import events, listening, states

pytestmark = pytest.mark.anyio
CALLABLE = ["dhl_express", "fedex", "ups", "usps"]
"""Canada Post, the fifth, calls for parcels in Canada only."""


@pytest.fixture
def clock() -> FakeClock:
    return afternoon()


@pytest.mark.parametrize("slug", CALLABLE)
async def test_the_van_is_called_for_everything_that_is_labelled_and_not_collected(
    full_house: House, slug: str
) -> None:
    shipments = [await labelled(full_house, slug, "N1"), await labelled(full_house, slug, "N2")]
    answer = await schedule(full_house, slug)
    made = answer["output"]
    assert (answer["status"], made["status"], made["owner"]) == ("done", "confirmed", "warehouse")
    assert made["shipment_ids"] == sorted(each.id for each in shipments)
    assert made["parcels"] == 2
    assert made["weight_g"] == sum(each.label.weight_g for each in shipments if each.label)
    assert (made["ready"], made["close"]) == ("15:00", "18:00")
    (van,) = vans(full_house)
    assert van["number"] == made["confirmation"]
    assert made["day"] in (van["day"], f"{van['day'][:4]}-{van['day'][4:6]}-{van['day'][6:]}")
    check_house(full_house.store)


async def test_scheduling_again_gives_the_pickup_that_is_there(full_house: House) -> None:
    await labelled(full_house, "ups")
    first = await schedule(full_house, "ups")
    full_house.clock.advance(timedelta(minutes=20))
    assert await schedule(full_house, "ups") == first
    await labelled(full_house, "ups", "N2")
    again = await schedule(full_house, "ups", close="18:00")
    assert again["output"]["pickup_id"] == first["output"]["pickup_id"]
    assert len(vans(full_house)) == 1


async def test_a_window_that_overlaps_is_refused_and_one_beside_it_takes_what_is_new(full_house: House) -> None:
    await labelled(full_house, "ups")
    first = await schedule(full_house, "ups", close="16:30")
    later = await labelled(full_house, "ups", "N2")
    error = await full_house.refused("pickup.schedule", carrier="ups", location_id="east", ready="16:00", close="17:30")
    assert (error["status"], first["output"]["pickup_id"] in error["detail"]) == (409, True)
    second = await schedule(full_house, "ups", ready="16:30", close="18:00")
    assert second["output"]["shipment_ids"] == [later.id]
    assert len(vans(full_house)) == 2
    check_house(full_house.store)


async def test_only_the_shipments_that_are_named_are_collected(full_house: House) -> None:
    await labelled(full_house, "ups")
    second = await labelled(full_house, "ups", "N2")
    made = (await schedule(full_house, "ups", shipment_ids=[second.id]))["output"]
    assert (made["shipment_ids"], made["parcels"]) == ([second.id], 1)


async def test_late_in_the_day_the_van_comes_on_the_next_day_on_which_somebody_is_there(full_house: House) -> None:
    await labelled(full_house, "ups")
    full_house.clock.advance(timedelta(hours=2, minutes=30))
    made = (await schedule(full_house, "ups"))["output"]
    assert made["day"] > f"{full_house.clock.now():%Y-%m-%d}"
    assert (made["ready"], made["close"]) == ("09:00", "18:00")


async def test_the_window_is_on_the_locations_own_clock(full_house: House) -> None:
    await labelled(full_house, "ups")
    there = EAST.model_copy(update={"timezone": "America/New_York"})
    await full_house.change(lambda work: work.tx.put_locations([there]))
    made = (await schedule(full_house, "ups"))["output"]
    # Three in the afternoon in London is morning at East.
    assert (made["ready"], made["timezone"]) in [("10:00", "America/New_York"), ("11:00", "America/New_York")]
    assert made["close"] == "18:00"


@pytest.mark.parametrize("slug", ["dhl_express", "fedex", "usps"])
async def test_a_changed_pickup_takes_along_what_waits_by_then(full_house: House, slug: str) -> None:
    await labelled(full_house, slug)
    made = (await schedule(full_house, slug))["output"]
    later = await labelled(full_house, slug, "N2")
    answer = await full_house.one("pickup.change", pickup_id=made["pickup_id"], ready="16:00", close="19:00")
    changed = answer["output"]
    assert (answer["status"], changed["status"], changed["parcels"]) == ("done", "confirmed", 2)
    assert later.id in changed["shipment_ids"]
    assert (changed["ready"], changed["close"]) == ("16:00", "19:00")
    (van,) = vans(full_house)
    assert van["number"] == changed["confirmation"]
    same = await full_house.one("pickup.change", pickup_id=made["pickup_id"], ready="16:00", close="19:00")
    assert same["output"]["version"] == changed["version"]
    check_house(full_house.store)


async def test_of_what_is_not_said_a_changed_pickup_keeps_its_own(full_house: House) -> None:
    await labelled(full_house, "usps")
    day = next_ship_day(EAST, full_house.clock.now().date() + timedelta(days=1)).isoformat()
    made = (await schedule(full_house, "usps", day=day, ready="11:00"))["output"]
    for said, window in (
        ({"close": "17:00"}, (day, "11:00", "17:00")),
        ({"ready": "12:00"}, (day, "12:00", "17:00")),
        ({"instruction": "door 3"}, (day, "12:00", "17:00")),
    ):
        answer = await full_house.one("pickup.change", pickup_id=made["pickup_id"], **said)
        changed = answer["output"]
        assert (changed["day"], changed["ready"], changed["close"]) == window
    assert pickup(full_house, made["pickup_id"]).instruction == "door 3"


async def test_ups_changes_no_pickup_and_says_what_to_do(full_house: House) -> None:
    await labelled(full_house, "ups")
    made = (await schedule(full_house, "ups"))["output"]
    error = await full_house.refused("pickup.change", pickup_id=made["pickup_id"], close="19:00")
    assert (error["status"], "pickup.cancel" in error["detail"]) == (409, True)
    assert len(vans(full_house)) == 1


@pytest.mark.parametrize("slug", CALLABLE)
async def test_a_cancelled_pickup_is_called_off_once_and_its_parcels_wait_again(full_house: House, slug: str) -> None:
    await labelled(full_house, slug)
    made = (await schedule(full_house, slug))["output"]
    for _ in range(2):
        answer = await full_house.one("pickup.cancel", pickup_id=made["pickup_id"])
        assert (answer["status"], answer["output"]["status"]) == ("done", "cancelled")
    assert vans(full_house) == []
    again = (await schedule(full_house, slug))["output"]
    assert (again["status"], again["parcels"]) == ("confirmed", 1)
    assert again["pickup_id"] != made["pickup_id"]
    check_house(full_house.store)


async def test_it_is_collected_once_the_carrier_has_scanned_all_of_it(full_house: House) -> None:
    shipments = [await labelled(full_house, "ups", "N1"), await labelled(full_house, "ups", "N2")]
    made = (await schedule(full_house, "ups"))["output"]
    await full_house.scan(shipments[0].id, TrackingType.LABEL_CREATED)
    await scanned(full_house, shipments[0])
    assert pickup(full_house, made["pickup_id"]).status == "confirmed"
    full_house.clock.advance(timedelta(minutes=5))
    await scanned(full_house, shipments[1])
    taken = pickup(full_house, made["pickup_id"])
    assert (taken.status, taken.collected_at) == ("collected", full_house.clock.now())
    assert taken.deadline_at is None
    error = await full_house.refused("pickup.cancel", pickup_id=made["pickup_id"])
    assert error["status"] == 409
    check_house(full_house.store)


async def test_a_parcel_whose_label_was_given_back_is_not_waited_for(full_house: House) -> None:
    first, second = await labelled(full_house, "ups", "N1"), await labelled(full_house, "ups", "N2")
    made = (await schedule(full_house, "ups"))["output"]
    await full_house.one("order.cancel", order_id=first.order_id, because="not wanted")
    await scanned(full_house, second)
    assert pickup(full_house, made["pickup_id"]).status == "collected"


async def test_when_the_last_parcels_label_is_given_back_the_window_ends_without_a_miss(full_house: House) -> None:
    first, second = await labelled(full_house, "ups", "N1"), await labelled(full_house, "ups", "N2")
    made = (await schedule(full_house, "ups"))["output"]
    await scanned(full_house, second)
    await full_house.one("order.cancel", order_id=first.order_id, because="not wanted")
    await time_passes(full_house, timedelta(hours=5))
    assert pickup(full_house, made["pickup_id"]).status == "collected"
    check_house(full_house.store)


async def test_a_van_for_which_nothing_is_left_is_over_with_its_window(full_house: House) -> None:
    shipment = await labelled(full_house, "ups")
    made = (await schedule(full_house, "ups"))["output"]
    await full_house.one("order.cancel", order_id=shipment.order_id, because="not wanted")
    await time_passes(full_house, timedelta(hours=5))
    over = pickup(full_house, made["pickup_id"])
    assert (over.status, over.message) == ("cancelled", "Nothing was left to collect.")


async def test_what_is_not_collected_two_hours_after_the_window_is_missed_and_somebodys(full_house: House) -> None:
    shipments = [await labelled(full_house, "ups", "N1"), await labelled(full_house, "ups", "N2")]
    made = (await schedule(full_house, "ups"))["output"]
    await scanned(full_house, shipments[0])
    await time_passes(full_house, timedelta(hours=5))
    late = pickup(full_house, made["pickup_id"])
    assert (late.status, late.trouble, late.owner) == ("missed", "pickup_missed", "carrier-desk")
    assert "not scanned 1 of 2 parcels" in late.message
    await time_passes(full_house, timedelta(hours=1))
    assert pickup(full_house, late.id).escalation_level == 1
    await time_passes(full_house, timedelta(hours=3))
    assert pickup(full_house, late.id).owner == "operations"
    check_house(full_house.store)
    await scanned(full_house, shipments[1])
    assert pickup(full_house, late.id).status == "collected"
    check_house(full_house.store)


async def test_a_missed_pickup_is_called_anew_by_changing_it(full_house: House) -> None:
    await labelled(full_house, "ups")
    made = (await schedule(full_house, "ups"))["output"]
    await time_passes(full_house, timedelta(hours=5))
    answer = await full_house.one("pickup.change", pickup_id=made["pickup_id"])
    anew = answer["output"]
    assert (answer["status"], anew["status"], anew["trouble"]) == ("done", "confirmed", None)
    assert anew["day"] > made["day"]
    assert anew["confirmation"] != made["confirmation"]
    check_house(full_house.store)


async def test_the_next_pickup_takes_over_what_a_missed_one_left(full_house: House) -> None:
    await labelled(full_house, "ups")
    made = (await schedule(full_house, "ups"))["output"]
    await time_passes(full_house, timedelta(hours=5))
    anew = (await schedule(full_house, "ups"))["output"]
    assert anew["shipment_ids"] == made["shipment_ids"]
    earlier = pickup(full_house, made["pickup_id"])
    assert (earlier.status, anew["pickup_id"] in earlier.message) == ("cancelled", True)
    check_house(full_house.store)


async def test_pickups_are_found_by_what_narrows_the_search(full_house: House) -> None:
    await labelled(full_house, "ups")
    made = (await schedule(full_house, "ups"))["output"]
    for narrow in ({}, {"carrier": "ups"}, {"location_id": "east"}, {"status": "confirmed"}, {"open_only": True}):
        found = (await full_house.one("pickup.search", **narrow))["output"]["pickups"]
        assert [each["pickup_id"] for each in found] == [made["pickup_id"]], narrow
    for narrow in ({"carrier": "fedex"}, {"location_id": "west"}, {"status": "missed"}):
        assert (await full_house.one("pickup.search", **narrow))["output"]["pickups"] == [], narrow
    assert (await full_house.one("pickup.get", pickup_id=made["pickup_id"]))["output"] == made


async def test_a_flow_hears_of_it_and_has_done_its_part_with_any_step(full_house: House) -> None:
    await labelled(full_house, "ups")
    async with listening(full_house, "dockline.pickup.confirmed.v1") as (dispatcher, receiver):
        made = (await schedule(full_house, "ups"))["output"]
        assert await dispatcher.tick() == 1
        (event,) = events(receiver)
        assert event["dataschema"] == "/v1/schemas/pickup_event.v1.json"
        said = event["object"]
        assert (said["pickup_id"], said["status"]) == (made["pickup_id"], "confirmed")
        await full_house.one("pickup.get", pickup_id=said["pickup_id"], delivery_id=said["delivery_id"])
        assert states(full_house) == {"handled": 1}


async def test_who_subscribes_later_hears_of_what_stands(full_house: House) -> None:
    await labelled(full_house, "ups")
    await schedule(full_house, "ups")
    async with listening(full_house, "dockline.pickup.confirmed.v1") as (dispatcher, _):
        assert await dispatcher.tick() == 1


async def test_another_tenant_sees_nothing_of_it(full_house: House) -> None:
    await labelled(full_house, "ups")
    made = (await schedule(full_house, "ups"))["output"]
    stranger = Caller("other", "tests")
    (answer,) = await full_house.call("pickup.get", [{"pickup_id": made["pickup_id"]}], stranger)
    assert answer["error"]["status"] == 404
    (answer,) = await full_house.call("pickup.search", [{}], stranger)
    assert answer["output"]["pickups"] == []


class TestBadInput:
    """What cannot be is refused with what would be right, and no van is called."""

    @pytest.mark.parametrize(
        ("asked", "pointer", "words"),
        [
            ({"carrier": "pigeon"}, "/carrier", "can be called: canadapost"),
            ({"carrier": "swiftparcel"}, "/carrier", "swiftparcel sends no van on request"),
            ({"location_id": "nowhere"}, None, "there are east, west"),
            ({"day": "2020-01-06"}, "/day", "is over"),
            ({"day": "2020-01-05"}, "/day", "it ships next on 2020-01-06"),
            ({"ready": "17:00", "close": "16:00"}, "/close", "must be later than ready"),
            ({"close": "14:00", "ready": "15:30"}, "/close", "must be later"),
            ({"shipment_ids": ["shp_other"]}, "/shipment_ids/0", "does not wait for ups"),
            ({"ready": "half past three"}, "/items/0/ready", ""),
        ],
    )
    async def test_it_is_named_with_its_place(
        self, full_house: House, asked: dict[str, object], pointer: str | None, words: str
    ) -> None:
        await labelled(full_house, "ups")
        item = {"carrier": "ups", "location_id": "east", **asked}
        error = await full_house.refused("pickup.schedule", **item)
        assert error["pointer"] == pointer
        assert words in error["detail"]
        assert vans(full_house) == []

    async def test_nothing_waits(self, full_house: House) -> None:
        await only_carrier(full_house, "ups")
        error = await full_house.refused("pickup.schedule", carrier="ups", location_id="east")
        assert (error["status"], "waits to be collected" in error["detail"]) == (409, True)

    async def test_the_location_is_closed(self, full_house: House) -> None:
        await labelled(full_house, "ups")
        await full_house.change(lambda work: close_location(work, "east", "ada", "flood"))
        error = await full_house.refused("pickup.schedule", carrier="ups", location_id="east")
        assert (error["pointer"], "flood" in error["detail"]) == ("/location_id", True)

    async def test_the_carrier_does_not_collect_there(self, full_house: House) -> None:
        await labelled(full_house, "ups")
        there = LOCATIONS[0].model_copy(update={"carriers": ["fedex"]})
        await full_house.change(lambda work: work.tx.put_locations([there]))
        error = await full_house.refused("pickup.schedule", carrier="ups", location_id="east")
        assert "its carriers are fedex" in error["detail"]

    async def test_the_tenant_has_no_account(self, full_house: House) -> None:
        await labelled(full_house, "ups")
        await full_house.store.administer(
            lambda c: c.execute("DELETE FROM connections WHERE tenant_id = ? AND slug = 'ups'", (TENANT,))
        )
        error = await full_house.refused("pickup.schedule", carrier="ups", location_id="east")
        assert (error["status"], "has no connection 'ups'" in error["detail"]) == (409, True)
        found = (await full_house.one("pickup.search"))["output"]["pickups"]
        assert found == []

    async def test_a_bad_item_fails_no_neighbour(self, full_house: House) -> None:
        await labelled(full_house, "ups")
        answers = await full_house.call(
            "pickup.schedule",
            [{"carrier": "pigeon", "location_id": "east"}, {"carrier": "ups", "location_id": "east"}],
        )
        assert [each["status"] for each in answers] == ["failed", "done"]
