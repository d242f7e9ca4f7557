"""A carrier's bad day costs no van twice and loses none: whatever happens, a pickup has an owner and a deadline."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connector_service.clock import FakeClock
from connector_service.orders.pickup_asking import Asking, Said, appointment, ask, record
from connector_service.orders.pickup_window import AskedWindow
from connector_service.orders.pickups import Wanted, plan_schedule
from tests.house import TENANT, House, check_house
from tests.orders.native_account import only_carrier
from tests.orders.pickup_dock import afternoon, ask_again, faults, labelled, pickup, schedule, time_passes, vans

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
CALLABLE = ["dhl_express", "fedex", "ups", "usps"]
MOVABLE = ["dhl_express", "usps"]


@pytest.fixture
def clock() -> FakeClock:
    return afternoon()


async def lost_answer(house: House, slug: str) -> Json:
    """A van was called, though we never heard so."""
    await labelled(house, slug)
    faults(house, slug, only=["schedule_pickup"], empty=True)
    answer = await schedule(house, slug)
    faults(house, slug)
    return answer


@pytest.mark.parametrize("slug", CALLABLE)
async def test_after_a_lost_answer_no_second_van_is_called_and_somebody_asks(full_house: House, slug: str) -> None:
    answer = await lost_answer(full_house, slug)
    trouble = answer["exception"]
    assert (answer["status"], trouble["code"], trouble["owner"]) == ("exception", "pickup_unknown", "carrier-desk")
    assert trouble["deadline_at"]
    assert answer["output"]["status"] == "in_doubt"
    for _ in range(2):
        again = await schedule(full_house, slug)
        assert again["exception"]["pickup_id"] == trouble["pickup_id"]
    assert await ask_again(full_house, timedelta(hours=1)) == 0
    assert len(vans(full_house)) == 1
    for node in ("change", "cancel"):
        error = await full_house.refused(f"pickup.{node}", pickup_id=trouble["pickup_id"])
        assert (error["status"], "pickup.settle" in error["detail"]) == (409, True)
    check_house(full_house.store)


async def test_the_number_that_the_carrier_shows_settles_it(full_house: House) -> None:
    doubtful = (await lost_answer(full_house, "ups"))["output"]
    (van,) = vans(full_house)
    settled = await full_house.one("pickup.settle", pickup_id=doubtful["pickup_id"], confirmation=van["number"])
    assert (settled["status"], settled["output"]["confirmation"]) == ("done", van["number"])
    assert settled["output"]["owner"] == "warehouse"
    await full_house.one("pickup.cancel", pickup_id=doubtful["pickup_id"])
    assert vans(full_house) == []
    check_house(full_house.store)


async def test_what_was_not_booked_is_asked_for_again_by_itself(full_house: House) -> None:
    doubtful = (await lost_answer(full_house, "ups"))["output"]
    settled = await full_house.one("pickup.settle", pickup_id=doubtful["pickup_id"])
    assert (settled["status"], settled["output"]["status"]) == ("done", "requested")
    assert await ask_again(full_house, timedelta(0)) == 1
    assert pickup(full_house, doubtful["pickup_id"]).status == "confirmed"
    error = await full_house.refused("pickup.settle", pickup_id=doubtful["pickup_id"])
    assert "there is nothing to settle" in error["detail"]
    check_house(full_house.store)


async def test_a_number_that_cannot_be_one_is_refused(full_house: House) -> None:
    doubtful = (await lost_answer(full_house, "ups"))["output"]
    error = await full_house.refused("pickup.settle", pickup_id=doubtful["pickup_id"], confirmation="no idea")
    assert error["pointer"] == "/confirmation"


@pytest.mark.parametrize("slug", CALLABLE)
async def test_a_carrier_that_is_too_busy_is_asked_again_by_itself(full_house: House, slug: str) -> None:
    await labelled(full_house, slug)
    faults(full_house, slug, only=["schedule_pickup"], throttle_rate=1)
    answer = await schedule(full_house, slug)
    trouble = answer["exception"]
    assert (trouble["code"], trouble["owner"], bool(trouble["deadline_at"])) == (
        "pickup_unreachable",
        "carrier-desk",
        True,
    )
    assert answer["output"]["status"] == "requested"
    assert await ask_again(full_house) == 1
    faults(full_house, slug)
    assert await ask_again(full_house) == 0, "the pause has doubled"
    assert await ask_again(full_house, timedelta(minutes=2)) == 1
    made = pickup(full_house, trouble["pickup_id"])
    assert (made.status, made.trouble, made.owner) == ("confirmed", None, "warehouse")
    assert len(vans(full_house)) == 1
    check_house(full_house.store)


async def test_a_token_endpoint_that_is_down_leaves_no_doubt(full_house: House) -> None:
    await labelled(full_house, "fedex")
    # A new secret is a new account: its first token has to be fetched.
    await only_carrier(full_house, "fedex", api_key="sandbox-user:sandbox-other")
    faults(full_house, "fedex", only=["token"], outage=True)
    assert (await schedule(full_house, "fedex"))["exception"]["code"] == "pickup_unreachable"


async def test_a_carrier_that_stays_away_until_the_window_is_over_has_missed_it(full_house: House) -> None:
    await labelled(full_house, "ups")
    faults(full_house, "ups", only=["schedule_pickup"], throttle_rate=1)
    made = (await schedule(full_house, "ups"))["output"]
    assert await ask_again(full_house, timedelta(hours=3)) == 1
    late = pickup(full_house, made["pickup_id"])
    assert (late.status, late.trouble) == ("missed", "pickup_missed")
    assert "could not be called" in late.message
    check_house(full_house.store)


async def test_trouble_that_nobody_ends_goes_up(full_house: House) -> None:
    made = (await lost_answer(full_house, "ups"))["output"]
    await time_passes(full_house, timedelta(hours=1))
    await time_passes(full_house, timedelta(hours=3))
    up = pickup(full_house, made["pickup_id"])
    assert (up.status, up.escalation_level, up.owner) == ("in_doubt", 2, "operations")
    check_house(full_house.store)


async def test_express_parcels_go_up_sooner(full_house: House) -> None:
    await labelled(full_house, "ups", priority="express")
    faults(full_house, "ups", only=["schedule_pickup"], empty=True)
    made = (await schedule(full_house, "ups"))["output"]
    await time_passes(full_house, timedelta(minutes=15))
    assert pickup(full_house, made["pickup_id"]).escalation_level == 1


async def test_a_refusal_is_somebodys_and_scheduling_again_asks_again(full_house: House) -> None:
    await labelled(full_house, "ups")
    # Our clock is wrong by three weeks: UPS takes no day that is over.
    full_house.clock.advance(-timedelta(days=21))
    refused = await schedule(full_house, "ups")
    assert (refused["exception"]["code"], refused["output"]["status"]) == ("pickup_refused", "refused")
    assert refused["exception"]["owner"] == "carrier-desk"
    assert "in the past" in refused["exception"]["message"]
    assert await ask_again(full_house, timedelta(days=21)) == 0
    made = (await schedule(full_house, "ups"))["output"]
    assert made["status"] == "confirmed"
    assert pickup(full_house, refused["output"]["pickup_id"]).status == "cancelled"
    check_house(full_house.store)


@pytest.mark.parametrize("slug", MOVABLE)
async def test_a_change_that_had_no_answer_is_made_again_where_that_is_safe(full_house: House, slug: str) -> None:
    await labelled(full_house, slug)
    made = (await schedule(full_house, slug))["output"]
    faults(full_house, slug, only=["change_pickup"], empty=True, error_rate=1)
    answer = await full_house.one("pickup.change", pickup_id=made["pickup_id"], close="19:00")
    assert answer["exception"]["code"] == "pickup_unreachable"
    assert (answer["output"]["status"], answer["output"]["close"]) == ("confirmed", "18:00")
    faults(full_house, slug)
    assert await ask_again(full_house) == 1
    moved = pickup(full_house, made["pickup_id"])
    assert (moved.trouble, moved.call, moved.window_end.hour) == (None, None, 19)
    assert len(vans(full_house)) == 1
    check_house(full_house.store)


async def test_a_change_that_is_refused_leaves_the_appointment_and_tells_somebody(full_house: House) -> None:
    await labelled(full_house, "dhl_express")
    made = (await schedule(full_house, "dhl_express"))["output"]
    van: Any = full_house.runner.systems.of(TENANT).carrier("dhl_express")
    await van.cancel_pickup(appointment(pickup(full_house, made["pickup_id"])))  # by somebody else
    answer = await full_house.one("pickup.change", pickup_id=made["pickup_id"], close="19:00")
    assert (answer["exception"]["code"], answer["exception"]["owner"]) == ("pickup_refused", "carrier-desk")
    assert (answer["output"]["status"], answer["output"]["close"]) == ("confirmed", "18:00")
    assert "the appointment stands" in answer["exception"]["message"]


async def test_fedex_whose_new_appointment_is_in_doubt_keeps_the_first(full_house: House) -> None:
    await labelled(full_house, "fedex")
    made = (await schedule(full_house, "fedex"))["output"]
    faults(full_house, "fedex", only=["schedule_pickup"], empty=True)
    answer = await full_house.one("pickup.change", pickup_id=made["pickup_id"], close="19:00")
    faults(full_house, "fedex")
    assert (answer["exception"]["code"], answer["output"]["status"]) == ("pickup_unknown", "in_doubt")
    assert answer["output"]["confirmation"] == made["confirmation"]
    assert await ask_again(full_house, timedelta(minutes=30)) == 0
    kept = await full_house.one("pickup.settle", pickup_id=made["pickup_id"], confirmation=made["confirmation"])
    assert (kept["output"]["status"], kept["output"]["close"]) == ("confirmed", "18:00")
    check_house(full_house.store)


async def test_the_new_number_at_fedex_is_the_changed_pickups(full_house: House) -> None:
    await labelled(full_house, "fedex")
    made = (await schedule(full_house, "fedex"))["output"]
    faults(full_house, "fedex", only=["schedule_pickup"], empty=True)
    await full_house.one("pickup.change", pickup_id=made["pickup_id"], close="19:00")
    faults(full_house, "fedex")
    number = next(each["number"] for each in vans(full_house) if each["number"] != made["confirmation"])
    kept = await full_house.one("pickup.settle", pickup_id=made["pickup_id"], confirmation=number)
    assert (kept["output"]["confirmation"], kept["output"]["close"]) == (number, "19:00")


async def test_two_drivers_on_the_way_are_told_and_cancelling_calls_off_both(full_house: House) -> None:
    await labelled(full_house, "fedex")
    made = (await schedule(full_house, "fedex"))["output"]
    faults(full_house, "fedex", only=["cancel_pickup"], outage=True)
    answer = await full_house.one("pickup.change", pickup_id=made["pickup_id"], close="19:00")
    faults(full_house, "fedex")
    assert (answer["exception"]["code"], answer["exception"]["owner"]) == ("pickup_doubled", "carrier-desk")
    assert (answer["output"]["status"], made["confirmation"] in answer["exception"]["message"]) == ("confirmed", True)
    assert len(vans(full_house)) == 2
    await full_house.one("pickup.cancel", pickup_id=made["pickup_id"])
    assert vans(full_house) == []
    check_house(full_house.store)


@pytest.mark.parametrize("slug", CALLABLE)
async def test_a_carrier_that_cannot_be_called_off_now_is_told_again(full_house: House, slug: str) -> None:
    await labelled(full_house, slug)
    made = (await schedule(full_house, slug))["output"]
    faults(full_house, slug, only=["cancel_pickup"], outage=True)
    answer = await full_house.one("pickup.cancel", pickup_id=made["pickup_id"])
    assert (answer["exception"]["code"], answer["output"]["status"]) == ("pickup_unreachable", "confirmed")
    faults(full_house, slug)
    assert await ask_again(full_house) == 1
    assert (pickup(full_house, made["pickup_id"]).status, vans(full_house)) == ("cancelled", [])
    check_house(full_house.store)


async def begun(house: House, slug: str) -> Any:
    """A call that was written down, and then the process was killed."""
    wanted = Wanted(slug, "east", AskedWindow())

    def write_down(work: Any) -> Any:
        return plan_schedule(work, wanted).begin(work)  # type: ignore[union-attr]

    return await house.change(write_down)


async def test_a_call_that_a_kill_cut_off_is_in_doubt_after_a_while_and_never_made_again(full_house: House) -> None:
    await labelled(full_house, "ups")
    cut_off = await begun(full_house, "ups")
    again = await schedule(full_house, "ups")
    assert (again["output"]["pickup_id"], again["output"]["status"]) == (cut_off.pickup_id, "requested")
    error = await full_house.refused("pickup.cancel", pickup_id=cut_off.pickup_id)
    assert "just now" in error["detail"]
    assert await ask_again(full_house) == 0
    assert await ask_again(full_house, timedelta(minutes=5)) == 1
    made = pickup(full_house, cut_off.pickup_id)
    assert (made.status, made.trouble, made.owner) == ("in_doubt", "pickup_unknown", "carrier-desk")
    assert vans(full_house) == []
    check_house(full_house.store)


async def test_an_answer_that_comes_after_all_ends_the_doubt(full_house: House) -> None:
    await labelled(full_house, "ups")
    wanted = Wanted("ups", "east", AskedWindow())
    asking = await full_house.change(lambda work: plan_schedule(work, wanted))
    assert isinstance(asking, Asking)
    said = await ask(full_house.runner.systems.of(TENANT), asking)
    assert isinstance(said, Said)
    await ask_again(full_house, timedelta(minutes=5))
    assert pickup(full_house, said.pickup_id).status == "in_doubt"
    await full_house.change(lambda work: record(work, said))
    made = pickup(full_house, said.pickup_id)
    assert (made.status, made.trouble, len(vans(full_house))) == ("confirmed", None, 1)
    check_house(full_house.store)


async def test_a_carrier_whose_account_is_gone_is_waited_for(full_house: House) -> None:
    await labelled(full_house, "ups")
    faults(full_house, "ups", only=["schedule_pickup"], throttle_rate=1)
    made = (await schedule(full_house, "ups"))["output"]
    await full_house.store.administer(
        lambda c: c.execute("DELETE FROM connections WHERE tenant_id = ? AND slug = 'ups'", (TENANT,))
    )
    assert await ask_again(full_house) == 1
    waits = pickup(full_house, made["pickup_id"])
    assert (waits.status, waits.trouble) == ("requested", "pickup_unreachable")
    assert await ask_again(full_house, timedelta(seconds=5)) == 0
    check_house(full_house.store)
