"""A dock with labelled parcels, and what the look-alikes know of the vans that were called to it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from canonical_models import Pickup, Shipment, TrackingType
from connector_service.clock import FakeClock
from connector_service.geography.locations import next_ship_day
from connector_service.orders.pickup_retries import PickupRetries
from connector_service.scheduler import Scheduler
from tests.house import LOCATIONS, TENANT, House, new_order
from tests.orders.native_account import only_carrier

Json = dict[str, Any]
EAST = LOCATIONS[0]


def afternoon() -> FakeClock:
    """Three in the afternoon of the next day on which East ships: look-alikes refuse days that are really over."""
    day = next_ship_day(EAST, datetime.now(UTC).date() + timedelta(days=1))
    return FakeClock(datetime.combine(day, time(15), UTC))


async def labelled(house: House, slug: str, number: str = "N1", **order: Any) -> Shipment:
    """A shipment at East with a label of this carrier; N2 has more in it than N1, so that none is a duplicate."""
    settings = {"crid": "12345678", "mid": "901234567", "manifest_mid": "901234567"} if slug == "usps" else {}
    await only_carrier(house, slug, **settings)
    ship_to = new_order()["ship_to"] | {"phone": "2125550100", "name": "Ana Bell"}
    shipment = await house.packed(number, ("TEE", 1 + int(number[1:])), ship_to=ship_to, **order)
    answer = await house.through(shipment.id, "check_post_pick", "check_packing", "rate", "buy_label")
    assert answer["status"] == "done", answer
    return house.shipment(shipment.id)


async def schedule(house: House, slug: str, **more: Any) -> Json:
    return await house.one("pickup.schedule", carrier=slug, location_id="east", **more)


def vans(house: House) -> list[Json]:
    """The vans that were called and not called off."""
    assert house.sandbox is not None
    return [each for each in house.sandbox.ledger()["pickups"] if not each["cancelled"]]


def faults(house: House, slug: str, **what: Any) -> None:
    assert house.sandbox is not None
    house.sandbox.put("faults", {slug: what})


def pickup(house: House, pickup_id: str) -> Pickup:
    return house.store.read(TENANT).get(Pickup, pickup_id)


async def ask_again(house: House, after: timedelta = timedelta(minutes=1)) -> int:
    """Let time pass, and the connector look at what carriers have to be asked again."""
    house.clock.advance(after)
    return await PickupRetries(house.store, house.rules, house.runner.systems).tick()


async def time_passes(house: House, by: timedelta) -> None:
    """Let time pass, and every deadline fire."""
    house.clock.advance(by)
    await Scheduler(house.store, house.rules).tick()


async def scanned(house: House, shipment: Shipment) -> None:
    await house.scan(shipment.id, TrackingType.PICKED_UP)
