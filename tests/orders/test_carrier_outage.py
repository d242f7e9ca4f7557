"""No carrier answers: an exception with owner and deadline, tried again until one does, with nobody acting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from canonical_models import Shipment
from connector_service.orders.carrier_retries import FIRST_PAUSE, CarrierRetries
from tests.house import TENANT, House, check_house

pytestmark = pytest.mark.anyio
CARRIERS = ("swiftparcel", "terrapost")


def faults(house: House, **what: Any) -> None:
    assert house.sandbox is not None
    house.sandbox.put("faults", dict.fromkeys(CARRIERS, what))


async def follow(house: House, shipment: Shipment) -> None:
    """What a flow does when it hears that the shipment goes on."""
    assert house.events(shipment.order_id).count("shipment.requeued") == 1
    await house.through(shipment.id, "rate", "buy_label")


async def test_after_an_outage_the_label_is_bought_with_nobody_acting(full_house: House) -> None:
    shipment = await full_house.packed()
    retries = CarrierRetries(full_house.store, full_house.rules, full_house.runner.systems)
    faults(full_house, outage=True)
    answer = await full_house.one("shipment.rate", shipment_id=shipment.id)
    case = full_house.case(shipment.order_id)
    assert (answer["status"], case.code, case.owner) == ("exception", "carrier_unreachable", "carrier-desk")
    assert case.deadline_at is not None
    assert case.evidence["waiting_for"] == list(CARRIERS)
    full_house.clock.advance(FIRST_PAUSE)
    assert await retries.tick() == 0
    faults(full_house)
    assert await retries.tick() == 0, "its next turn has not come"
    full_house.clock.advance(2 * FIRST_PAUSE)
    assert await retries.tick() == 1
    await follow(full_house, shipment)
    assert full_house.shipment(shipment.id).status == "labelled"
    assert full_house.cases(shipment.order_id)[0].resolved_by == "carrier-retries"
    check_house(full_house.store)


async def test_a_breaker_that_closes_wakes_the_shipment_before_its_turn(full_house: House) -> None:
    shipment = await full_house.packed()
    systems = full_house.runner.systems
    retries = CarrierRetries(full_house.store, full_house.rules, systems)
    faults(full_house, outage=True)
    await full_house.one("shipment.rate", shipment_id=shipment.id)
    faults(full_house)
    assert await retries.tick() == 0
    breaker = systems.transport.breaker(TENANT, "terrapost")
    for _ in range(20):
        breaker.failed(breaker.admit() or 0)
    assert breaker.state == "open"
    breaker._monotonic = lambda: 1e12
    breaker.succeeded(breaker.admit() or 0)
    assert await retries.tick() == 1
    await follow(full_house, shipment)
    assert full_house.shipment(shipment.id).status == "labelled"


async def test_a_carrier_that_goes_silent_at_the_purchase_is_asked_again_when_it_is_back(full_house: House) -> None:
    shipment = await full_house.packed()
    await full_house.through(shipment.id, "rate")
    retries = CarrierRetries(full_house.store, full_house.rules, full_house.runner.systems)
    faults(full_house, outage=True)
    answer = await full_house.one("shipment.buy_label", shipment_id=shipment.id)
    assert answer["exception"]["code"] == "carrier_unreachable"
    full_house.clock.advance(FIRST_PAUSE)
    assert await retries.tick() == 0
    faults(full_house)
    full_house.clock.advance(timedelta(hours=1))
    assert await retries.tick() == 1
    await follow(full_house, shipment)
    assert full_house.sandbox is not None
    assert len(full_house.sandbox.ledger()["labels"]) == 1
    check_house(full_house.store)


async def test_an_exception_that_a_person_has_closed_is_left_alone(full_house: House) -> None:
    shipment = await full_house.packed()
    retries = CarrierRetries(full_house.store, full_house.rules, full_house.runner.systems)
    faults(full_house, outage=True)
    await full_house.one("shipment.rate", shipment_id=shipment.id)
    await full_house.resolve(shipment.order_id, {"checked_with_carrier": "bob"})
    await full_house.requeue(shipment.order_id)
    faults(full_house)
    full_house.clock.advance(timedelta(hours=1))
    assert await retries.tick() == 0


async def test_a_silent_carrier_is_named_with_its_reason_beside_the_offers_of_the_other(full_house: House) -> None:
    shipment = await full_house.packed()
    assert full_house.sandbox is not None
    full_house.sandbox.put("faults", {"terrapost": {"outage": True}})
    await full_house.one("shipment.rate", shipment_id=shipment.id)
    events = full_house.store.read(TENANT).timeline(shipment.order_id)
    (rated,) = [event for event in events if event.type == "dockline.shipment.rated.v1"]
    fared = {each["carrier"]: each for each in rated.data["carriers"]}
    assert fared["swiftparcel"]["outcome"] == "live"
    assert fared["terrapost"]["outcome"] == "unreachable"
    assert "503" in fared["terrapost"]["because"] or "failed" in fared["terrapost"]["because"]
    assert {offer.source for offer in full_house.shipment(shipment.id).offers} == {"live"}
