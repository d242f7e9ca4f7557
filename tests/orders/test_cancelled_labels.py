"""Cancelling an order that has its label gives the label back first, by itself when the carrier is silent."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from canonical_models import Shipment
from connector_service.orders.carrier_retries import FIRST_PAUSE, CarrierRetries
from tests.house import House, check_house
from tests.orders.native_account import live_labels, only_carrier

pytestmark = pytest.mark.anyio
CARRIER = "swiftparcel"


async def labelled(house: House) -> Shipment:
    await only_carrier(house, CARRIER)
    shipment = await house.packed()
    assert house.sandbox is not None
    # Slowly enough that no driver comes before the order is cancelled.
    house.sandbox.put("timing", {"speed": 0.001})
    await house.through(shipment.id, "check_post_pick", "check_packing", "rate", "buy_label")
    return house.shipment(shipment.id)


async def cancel(house: House, order_id: str) -> dict[str, Any]:
    return await house.one("order.cancel", order_id=order_id, because="changed their mind")


def faults(house: House, **what: Any) -> None:
    assert house.sandbox is not None
    house.sandbox.put("faults", {CARRIER: what})


async def test_the_label_of_a_cancelled_order_is_void_and_the_stock_is_free(full_house: House) -> None:
    shipment = await labelled(full_house)
    for _ in range(2):
        answer = await cancel(full_house, shipment.order_id)
        assert (answer["status"], answer["output"]["status"]) == ("done", "cancelled")
    assert live_labels(full_house) == []
    assert full_house.shipment(shipment.id).label is None
    assert all(position.reserved == 0 for position in full_house.positions().values())
    check_house(full_house.store)


async def test_a_parcel_does_not_leave_while_its_label_is_being_given_back(full_house: House) -> None:
    shipment = await labelled(full_house)
    await full_house.through(shipment.id, "check_label")
    faults(full_house, latency_ms=300)
    cancelled = asyncio.create_task(cancel(full_house, shipment.order_id))
    await asyncio.sleep(0.05)
    refused = await full_house.refused("shipment.confirm", shipment_id=shipment.id)
    assert (refused["status"], "is cancelled" in refused["detail"]) == (409, True)
    assert (await cancelled)["output"]["status"] == "cancelled"
    assert live_labels(full_house) == []
    check_house(full_house.store)


async def test_a_silent_carrier_is_asked_again_by_itself_until_the_order_is_cancelled(full_house: House) -> None:
    shipment = await labelled(full_house)
    retries = CarrierRetries(full_house.store, full_house.rules, full_house.runner.systems)
    faults(full_house, outage=True)
    answer = await cancel(full_house, shipment.order_id)
    case = full_house.case(shipment.order_id)
    assert (answer["status"], case.code, case.evidence["step"]) == ("exception", "carrier_unreachable", "cancel")
    assert case.deadline_at is not None
    full_house.clock.advance(FIRST_PAUSE)
    assert await retries.tick() == 0
    faults(full_house)
    full_house.clock.advance(2 * FIRST_PAUSE)
    assert await retries.tick() == 1
    assert (full_house.order(shipment.order_id).status, live_labels(full_house)) == ("cancelled", [])
    check_house(full_house.store)


async def collected(house: House) -> Shipment:
    """The carrier has scanned the parcel before we said that it left."""
    shipment = await labelled(house)
    assert shipment.label is not None
    await only_carrier(house, "dhl_express")
    other = shipment.label.model_copy(update={"carrier": "dhl_express"})

    def change(work: Any) -> None:
        kept = work.tx.get(Shipment, shipment.id)
        kept.label, kept.carrier = other, "dhl_express"
        work.tx.save(kept, "shipment.corrected", {"priority": "standard"})

    await house.change(change)
    return shipment


@pytest.mark.parametrize(("said", "status"), [("stopped", "cancelled"), ("let go", "packed")])
async def test_a_label_that_the_carrier_does_not_take_back_is_a_persons_question(
    full_house: House, said: str, status: str
) -> None:
    shipment = await collected(full_house)
    answer = await cancel(full_house, shipment.order_id)
    case = full_house.case(shipment.order_id)
    assert (answer["status"], case.code, case.owner) == ("exception", "label_not_voided", "carrier-desk")
    wrong = {"exception_id": case.id, "person": "ada", "fields": {"parcel": "hm"}}
    assert (await full_house.refused("exception.resolve", **wrong))["pointer"] == "/fields/parcel"
    await full_house.resolve(shipment.order_id, {"parcel": said})
    await full_house.one("exception.requeue", exception_id=case.id)
    assert full_house.order(shipment.order_id).status == status
    check_house(full_house.store)
