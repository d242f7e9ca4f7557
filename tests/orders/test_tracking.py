"""Scans move a shipment forwards, in whichever order they come, and trouble becomes an exception."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from canonical_models import Shipment, TrackingType
from connector_service.errors import InvalidInput
from connector_service.orders.tracking import apply_tracking
from connector_service.orders.work import Work
from connector_service.store import carrier_facts, tracking
from tests.house import TENANT, House, check_house
from tests.orders.tracking_desk import history, in_two_parcels, label_of, scan, tell

pytestmark = pytest.mark.anyio
T = TrackingType
HOUR = timedelta(hours=1)


async def test_a_scan_told_a_thousand_times_at_once_is_one_change(full_house: House) -> None:
    shipment = await full_house.shipped()
    before = full_house.shipment(shipment.id).version
    said = scan(full_house, shipment.id, T.IN_TRANSIT)

    await asyncio.gather(*(full_house.change(lambda work: apply_tracking(work, said)) for _ in range(1_000)))
    assert [each.scan for each in history(full_house, shipment.id)] == [said]
    after = full_house.shipment(shipment.id)
    assert (after.status, after.version) == ("in_transit", before + 2)  # it was scanned, and it moved
    assert full_house.events(shipment.order_id).count("shipment.tracked") == 1


async def test_the_same_scan_under_another_id_is_the_same_scan(full_house: House) -> None:
    shipment = await full_house.shipped()
    said = scan(full_house, shipment.id, T.IN_TRANSIT)
    await tell(full_house, said, said.model_copy(update={"event_id": "as polled"}))
    assert len(history(full_house, shipment.id)) == 1


async def test_scans_out_of_order_never_move_a_shipment_back_and_are_kept_in_their_place(full_house: House) -> None:
    shipment = await full_house.shipped()
    full_house.clock.advance(10 * HOUR)
    picked, moving, delivered = (
        scan(full_house, shipment.id, kind, after)
        for kind, after in ((T.PICKED_UP, -9 * HOUR), (T.IN_TRANSIT, -5 * HOUR), (T.DELIVERED, -HOUR))
    )
    await tell(full_house, delivered)
    assert full_house.order(shipment.order_id).status == "delivered"
    await tell(full_house, moving, picked)
    assert full_house.shipment(shipment.id).status == "delivered"
    assert [each.scan for each in history(full_house, shipment.id)] == [picked, moving, delivered]
    assert full_house.shipment(shipment.id).delivered_at == delivered.occurred_at
    check_house(full_house.store)


async def test_trouble_that_is_told_after_the_delivery_that_answered_it_raises_nothing(full_house: House) -> None:
    shipment = await full_house.shipped()
    full_house.clock.advance(10 * HOUR)
    failed = scan(full_house, shipment.id, T.DELIVERY_FAILED, -5 * HOUR)
    await tell(full_house, scan(full_house, shipment.id, T.DELIVERED, -HOUR), failed)
    assert full_house.cases(shipment.order_id) == []
    assert full_house.order(shipment.order_id).status == "delivered"


@pytest.mark.parametrize(
    ("kind", "code", "owner", "order_status"),
    [
        (T.DELIVERY_FAILED, "delivery_failed", "client-success", "quarantined"),
        (T.ADDRESS_CORRECTION, "address_correction", "client-success", "shipped"),
        (T.DAMAGED, "parcel_damaged", "carrier-desk", "quarantined"),
        (T.LOST, "parcel_lost", "carrier-desk", "quarantined"),
        (T.RETURN_TO_SENDER, "return_to_sender", "client-success", "quarantined"),
    ],
)
async def test_each_kind_of_trouble_has_a_code_an_owner_and_a_deadline(
    full_house: House, kind: TrackingType, code: str, owner: str, order_status: str
) -> None:
    shipment = await full_house.shipped()
    await tell(full_house, scan(full_house, shipment.id, kind))
    case = full_house.case(shipment.order_id)
    assert (case.code, case.owner, case.evidence["raw"]) == (code, owner, kind.value)
    assert case.deadline_at is not None
    assert full_house.order(shipment.order_id).status == order_status
    check_house(full_house.store)


@pytest.mark.parametrize("kind", [T.DELIVERY_FAILED, T.ADDRESS_CORRECTION, T.LOST])
async def test_a_delivery_answers_what_stood_in_its_way(full_house: House, kind: TrackingType) -> None:
    shipment = await full_house.shipped()
    await tell(full_house, scan(full_house, shipment.id, kind))
    full_house.clock.advance(HOUR)
    await tell(full_house, scan(full_house, shipment.id, T.DELIVERED))
    (case,) = full_house.cases(shipment.order_id)
    assert case.state == "requeued"
    assert full_house.order(shipment.order_id).status == "delivered"
    assert full_house.order(shipment.order_id).exception_ids == []
    check_house(full_house.store)


@pytest.mark.parametrize("kind", [T.DAMAGED, T.RETURN_TO_SENDER])
async def test_a_delivery_does_not_mend_a_damaged_parcel_or_one_that_came_back(
    full_house: House, kind: TrackingType
) -> None:
    shipment = await full_house.shipped()
    await tell(full_house, scan(full_house, shipment.id, kind))
    full_house.clock.advance(HOUR)
    await tell(full_house, scan(full_house, shipment.id, T.DELIVERED))
    assert full_house.case(shipment.order_id).state == "open"
    assert full_house.order(shipment.order_id).status == "quarantined"
    check_house(full_house.store)


async def test_a_failure_that_somebody_has_dealt_with_is_not_raised_again_by_the_next_scan(full_house: House) -> None:
    shipment = await full_house.shipped()
    await tell(full_house, scan(full_house, shipment.id, T.DELIVERY_FAILED))
    full_house.clock.advance(HOUR)
    await tell(full_house, scan(full_house, shipment.id, T.DELIVERY_FAILED))
    await full_house.resolve(shipment.order_id, {"remedy": "redeliver"})
    await full_house.requeue(shipment.order_id)
    full_house.clock.advance(HOUR)
    await tell(full_house, scan(full_house, shipment.id, T.OUT_FOR_DELIVERY))
    assert len(full_house.cases(shipment.order_id)) == 1
    full_house.clock.advance(HOUR)
    await tell(full_house, scan(full_house, shipment.id, T.DELIVERY_FAILED))
    assert len(full_house.cases(shipment.order_id)) == 2
    check_house(full_house.store)


async def test_a_shipment_of_two_parcels_is_delivered_when_both_are(full_house: House) -> None:
    shipment = await full_house.shipped()
    second = await in_two_parcels(full_house, shipment.id)
    await tell(full_house, scan(full_house, shipment.id, T.DELIVERED))
    assert full_house.shipment(shipment.id).status == "in_transit"
    full_house.clock.advance(HOUR)
    last = scan(full_house, shipment.id, T.DELIVERED, tracking_number=second)
    await tell(full_house, last)
    delivered = full_house.shipment(shipment.id)
    assert (delivered.status, delivered.delivered_at) == ("delivered", last.occurred_at)


async def test_a_carrier_cannot_speak_of_another_carriers_parcel(full_house: House) -> None:
    shipment = await full_house.shipped()
    assert await tell(full_house, scan(full_house, shipment.id, T.DELIVERED, carrier="ups")) == [None]
    assert full_house.shipment(shipment.id).status == "shipped"


async def test_a_scan_dated_ahead_within_a_time_zone_counts_as_now(full_house: House) -> None:
    shipment = await full_house.shipped()
    await tell(full_house, scan(full_house, shipment.id, T.DELIVERED, 9 * HOUR))
    assert full_house.shipment(shipment.id).delivered_at == full_house.clock.now()


async def test_a_scan_from_the_future_is_refused_in_words(full_house: House) -> None:
    shipment = await full_house.shipped()
    with pytest.raises(InvalidInput, match="has not come yet"):
        await tell(full_house, scan(full_house, shipment.id, T.DELIVERED, 15 * HOUR))
    assert history(full_house, shipment.id) == []


async def test_a_scan_of_an_earlier_parcel_with_the_same_number_is_refused(full_house: House) -> None:
    shipment = await full_house.shipped()
    with pytest.raises(InvalidInput, match="earlier parcel"):
        await tell(full_house, scan(full_house, shipment.id, T.DELIVERED, timedelta(days=-3)))


async def test_what_was_scanned_before_it_left_counts_once_it_has(full_house: House) -> None:
    shipment = await full_house.labelled()
    await tell(full_house, scan(full_house, shipment.id, T.PICKED_UP))
    assert full_house.shipment(shipment.id).status == "labelled"
    await full_house.through(shipment.id, "check_label", "confirm")
    assert [each.shipment_id for each in tracking.due(full_house.store.reader, full_house.clock.now())] == [shipment.id]


async def test_how_the_carrier_did_is_noted_with_the_delivery(full_house: House) -> None:
    shipment = await full_house.shipped()
    full_house.clock.advance(timedelta(days=1))
    await tell(full_house, scan(full_house, shipment.id, T.DELIVERED))
    label = label_of(full_house, shipment.id)
    fact = carrier_facts.find(full_house.store.reader, TENANT, f"{shipment.id}-1")
    assert fact is not None
    assert (fact.carrier, fact.service, fact.outcome) == (label.carrier, label.service, "delivered")
    assert (fact.promised_days, fact.taken_days) == (label.transit_days, 1)
    assert fact.lane == ("US", "NJ", "US", "NY")


async def test_a_damaged_parcel_that_arrives_stays_a_claim(full_house: House) -> None:
    shipment = await full_house.shipped()
    await tell(full_house, scan(full_house, shipment.id, T.DAMAGED))
    full_house.clock.advance(HOUR)
    await tell(full_house, scan(full_house, shipment.id, T.DELIVERED))
    (tally,) = carrier_facts.tallies(full_house.store.reader, TENANT)
    assert (tally.ended, tally.arrived, tally.claims) == (1, 1, 1)


async def test_numbers_of_a_voided_label_belong_to_nobody(full_house: House) -> None:
    shipment = await full_house.labelled()
    label = label_of(full_house, shipment.id)

    def void(work: Work) -> None:
        found = work.tx.get(Shipment, shipment.id)
        found.label = None
        work.tx.save(found, "shipment.corrected", {"actor": "tests", "because": "Voided.", "rule": None})

    await full_house.change(void)
    reader = full_house.store.reader
    assert tracking.shipment_of(reader, TENANT, label.carrier, label.tracking_number) is None
    assert tracking.due(reader, full_house.clock.now() + timedelta(days=9)) == []


async def test_the_customer_hears_what_the_rules_want_told(full_house: House) -> None:
    shipment = await full_house.shipped()
    await tell(full_house, scan(full_house, shipment.id, T.LOST))
    said = {"order_id": shipment.order_id, "event_type": "dockline.exception.raised.v1"}
    message = (await full_house.one("notification.compose", **said))["output"]
    assert (message["send"], message["template"]) == (True, "lost")
