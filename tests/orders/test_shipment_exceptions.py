"""Exceptions of warehouse systems, packing, labels and delivery, each from its cause to its requeue."""

from typing import Any

import pytest

from canonical_models import TrackingType
from connector_service.store import carrier_facts
from tests.house import TENANT, House, check_house, new_order

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


def scenario(house: House, kind: str | None) -> None:
    assert house.sandbox is not None
    house.sandbox.put("scenarios", {"N1": kind})


def stopped(house: House, order_id: str, answer: Json, code: str, status: str) -> None:
    assert (answer["status"], answer["exception"]["code"]) == ("exception", code)
    assert house.order(order_id).status == status
    assert house.order(order_id).owner == house.case(order_id).owner
    check_house(house.store)


async def go_on(house: House, order_id: str, fields: Json, *steps: str) -> None:
    """Resolve and requeue, and see that the order does not move in between."""
    await house.resolve(order_id, fields, *steps)
    diverted = house.order(order_id).status
    assert diverted in ("quarantined", "on_hold")
    await house.requeue(order_id)
    assert house.order(order_id).status not in ("quarantined", "on_hold")
    check_house(house.store)


async def test_a_warehouse_that_refuses_holds_the_order_until_it_is_taken(full_house: House) -> None:
    scenario(full_house, "wms_reject")
    order_id = await full_house.allocated()
    await full_house.one("order.check_pre_pick", order_id=order_id)
    answer = await full_house.one("order.release", order_id=order_id)
    stopped(full_house, order_id, answer, "wms_rejected", "on_hold")
    scenario(full_house, None)
    await go_on(full_house, order_id, {"remedy": "a new customs number"})
    assert (await full_house.one("order.release", order_id=order_id))["output"]["status"] == "released"


async def test_a_warehouse_that_does_not_answer_holds_the_order_until_it_is_back(full_house: House) -> None:
    scenario(full_house, "wms_down")
    order_id = await full_house.allocated()
    answer = await full_house.one("order.check_pre_pick", order_id=order_id)
    if answer["status"] == "done":
        answer = await full_house.one("order.release", order_id=order_id)
    stopped(full_house, order_id, answer, "wms_unreachable", "on_hold")
    scenario(full_house, None)
    await go_on(full_house, order_id, {"checked_with_warehouse": "bob"})
    await full_house.one("order.check_pre_pick", order_id=order_id)
    assert (await full_house.one("order.release", order_id=order_id))["output"]["status"] == "released"
    assert full_house.sandbox is not None
    assert len(full_house.sandbox.ledger()["releases"]) == 1


async def test_the_wrong_article_is_quarantined_until_the_right_one_is_scanned(full_house: House) -> None:
    scenario(full_house, "wrong_barcode")
    shipment = await full_house.packed()
    answer = await full_house.one("shipment.check_post_pick", shipment_id=shipment.id)
    stopped(full_house, shipment.order_id, answer, "barcode_mismatch", "quarantined")
    case = {"exception_id": full_house.case(shipment.order_id).id, "person": "ada", "audit_steps": ["repicked"]}
    error = await full_house.refused("exception.resolve", **case, fields={"barcode_rescanned": "123"})
    assert error["pointer"] == "/fields/barcode_rescanned"
    await go_on(full_house, shipment.order_id, {"barcode_rescanned": "4006381333931"}, "repicked")
    assert (await full_house.through(shipment.id, "check_post_pick", "check_packing", "rate"))["status"] == "done"


async def test_a_parcel_that_is_too_heavy_is_quarantined_until_it_is_weighed_again(full_house: House) -> None:
    scenario(full_house, "overweight")
    shipment = await full_house.packed()
    answer = await full_house.through(shipment.id, "check_post_pick", "check_packing")
    stopped(full_house, shipment.order_id, answer, "weight_mismatch", "quarantined")
    case = {"exception_id": full_house.case(shipment.order_id).id, "person": "ada"}
    for wrong in (-1, 10**9, "480", 480.0, None):
        fields = {"measured_weight_g": wrong}
        error = await full_house.refused("exception.resolve", **case, fields=fields, audit_steps=["contents_recounted"])
        assert error["pointer"] == "/fields/measured_weight_g"
    await go_on(full_house, shipment.order_id, {"measured_weight_g": 480}, "contents_recounted")
    assert (await full_house.one("shipment.check_packing", shipment_id=shipment.id))["status"] == "done"
    assert full_house.shipment(shipment.id).parcels[0].weight_g == 480


async def test_a_weight_that_is_still_off_is_an_exception_again(full_house: House) -> None:
    scenario(full_house, "overweight")
    shipment = await full_house.packed()
    await full_house.one("shipment.check_packing", shipment_id=shipment.id)
    await go_on(full_house, shipment.order_id, {"measured_weight_g": 9_000}, "contents_recounted")
    answer = await full_house.one("shipment.check_packing", shipment_id=shipment.id)
    stopped(full_house, shipment.order_id, answer, "weight_mismatch", "quarantined")


@pytest.mark.parametrize(("kind", "code"), [("carrier_reject", "rejected"), ("carrier_down", "unreachable")])
async def test_a_parcel_that_no_carrier_takes_goes_back_to_the_bench_until_one_does(
    full_house: House, kind: str, code: str
) -> None:
    scenario(full_house, kind)
    shipment = await full_house.packed()
    answer = await full_house.through(shipment.id, "rate")
    if answer["status"] == "done":
        answer = await full_house.through(shipment.id, "buy_label")
    stopped(full_house, shipment.order_id, answer, f"carrier_{code}", "on_hold")
    scenario(full_house, None)
    field = "remedy" if code == "rejected" else "checked_with_carrier"
    await go_on(full_house, shipment.order_id, {field: "repacked"})
    answer = await full_house.through(shipment.id, "rate", "buy_label", "check_post_pick", "check_packing")
    assert (answer["status"], full_house.shipment(shipment.id).status) == ("done", "labelled")


@pytest.mark.parametrize("kind", ["label_bad_checksum", "label_wrong_address"])
async def test_a_label_that_does_not_fit_is_voided_and_a_new_one_bought(full_house: House, kind: str) -> None:
    scenario(full_house, kind)
    shipment = await full_house.labelled()
    answer = await full_house.one("shipment.check_label", shipment_id=shipment.id)
    stopped(full_house, shipment.order_id, answer, "label_invalid", "quarantined")
    assert (await full_house.one("shipment.confirm", shipment_id=shipment.id))["status"] == "exception"
    for _ in range(2):
        await full_house.one("shipment.void_label", shipment_id=shipment.id)
    scenario(full_house, None)
    await go_on(full_house, shipment.order_id, {"remedy": "voided"}, "old_label_destroyed")
    answer = await full_house.through(shipment.id, "rate", "buy_label", "check_label", "confirm")
    assert answer["output"]["status"] == "shipped"
    assert full_house.sandbox is not None
    assert sorted(label["voided"] for label in full_house.sandbox.ledger()["labels"]) == [False, True]
    (tally,) = carrier_facts.tallies(full_house.store.reader, TENANT)
    assert (tally.label_failures, tally.ended) == (1, 0)
    check_house(full_house.store)


async def test_a_parcel_that_will_be_late_waits_until_the_customer_agrees(full_house: House) -> None:
    scenario(full_house, "slow_transit")
    shipment = await full_house.labelled()
    answer = await full_house.one("shipment.check_label", shipment_id=shipment.id)
    stopped(full_house, shipment.order_id, answer, "transit_too_slow", "on_hold")
    case = {"exception_id": full_house.case(shipment.order_id).id, "person": "ada"}
    error = await full_house.refused("exception.resolve", **case, fields={"accept_delay": False})
    assert error["pointer"] == "/fields/accept_delay"
    await go_on(full_house, shipment.order_id, {"accept_delay": True})
    answer = await full_house.through(shipment.id, "check_label", "confirm")
    assert answer["output"]["status"] == "shipped"
    check_house(full_house.store)


async def test_a_label_is_not_confirmed_before_it_passed_the_shipping_gate(full_house: House) -> None:
    shipment = await full_house.labelled()
    error = await full_house.refused("shipment.confirm", shipment_id=shipment.id)
    assert (error["status"], "shipping gate" in error["detail"]) == (409, True)
    assert full_house.shipment(shipment.id).status == "labelled"


async def test_a_failed_delivery_is_quarantined_until_the_customer_agreed_to_a_remedy(full_house: House) -> None:
    shipment = await full_house.shipped()
    await full_house.scan(shipment.id, TrackingType.DELIVERY_FAILED)
    assert full_house.case(shipment.order_id).code == "delivery_failed"
    assert full_house.order(shipment.order_id).status == "quarantined"
    await full_house.scan(shipment.id, TrackingType.DELIVERY_FAILED)
    assert len(full_house.cases(shipment.order_id)) == 1
    await go_on(full_house, shipment.order_id, {"remedy": "redeliver"})
    assert full_house.order(shipment.order_id).status == "shipped"
    await full_house.scan(shipment.id, TrackingType.DELIVERED)
    assert full_house.order(shipment.order_id).status == "delivered"


async def test_a_parcel_delivered_after_all_closes_its_exception_by_itself(full_house: House) -> None:
    shipment = await full_house.shipped()
    await full_house.scan(shipment.id, TrackingType.DELIVERY_FAILED)
    assert full_house.order(shipment.order_id).status == "quarantined"
    await full_house.scan(shipment.id, TrackingType.DELIVERED)
    (case,) = full_house.cases(shipment.order_id)
    assert (case.state, case.resolved_by) == ("requeued", "tests")
    assert "reports delivered" in case.resolution
    assert full_house.shipment(shipment.id).status == "delivered"
    assert full_house.shipment(shipment.id).delivered_at is not None
    assert full_house.order(shipment.order_id).status == "delivered"
    check_house(full_house.store)


async def test_of_two_exceptions_the_order_waits_for_both(full_house: House) -> None:
    order_id = await full_house.receive("N1", payment_state="pending")
    await full_house.one("order.validate", order_id=order_id)
    await full_house.one("exception.raise", order_id=order_id, code="address_invalid", message="a dog lives there")
    payment, address = full_house.cases(order_id)
    assert full_house.order(order_id).owner == payment.owner
    check_house(full_house.store)
    fields: Json = {"payment_reference": "ch_1"}
    await full_house.one("exception.resolve", exception_id=payment.id, person="ada", fields=fields)
    await full_house.one("exception.requeue", exception_id=payment.id)
    assert full_house.order(order_id).status in ("quarantined", "on_hold")
    assert full_house.order(order_id).owner == address.owner
    check_house(full_house.store)
    await go_on(full_house, order_id, {"address": new_order()["ship_to"]}, "customer_confirmed_address")


BY_HAND: dict[str, tuple[Json, list[str]]] = {
    "address_invalid": ({"address": new_order()["ship_to"]}, ["customer_confirmed_address"]),
    "sku_unknown": ({"replacements": {}}, ["seller_confirmed_sku"]),
    "payment_not_captured": ({"payment_reference": "x"}, []),
    "duplicate_order": ({"keep_order": True}, ["customer_asked"]),
    "inventory_short": ({"short_lines": "wait"}, []),
    "no_location_free": ({"short_lines": "wait"}, []),
    "inventory_mismatch": ({"counted_on_hand": 3}, ["recount_done"]),
    "lot_mismatch": ({"lot_confirmed": "L1"}, ["lot_seen_by_second_person"]),
    "barcode_mismatch": ({"barcode_rescanned": "1"}, ["repicked"]),
    "pick_failed": ({"short_lines": "wait"}, []),
    "weight_mismatch": ({"measured_weight_g": 5}, ["contents_recounted"]),
    "carrier_rejected": ({"remedy": "x"}, []),
    "label_invalid": ({"remedy": "x"}, ["old_label_destroyed"]),
    "transit_too_slow": ({"accept_delay": True}, []),
    "no_scan": ({"carrier_said": "x"}, []),
    "delivery_delayed": ({"carrier_said": "x"}, []),
    "delivery_failed": ({"remedy": "x"}, []),
    "address_correction": ({"address_told": "x"}, ["customer_confirmed_address"]),
    "parcel_damaged": ({"remedy": "x"}, ["claim_filed"]),
    "parcel_lost": ({"remedy": "x"}, ["claim_filed"]),
    "return_to_sender": ({"remedy": "x"}, []),
    "wms_rejected": ({"remedy": "x"}, []),
    "wms_unreachable": ({"checked_with_warehouse": "x"}, []),
    "carrier_unreachable": ({"checked_with_carrier": "x"}, []),
    "flow_stalled": ({"flow_checked": "x"}, []),
}


@pytest.mark.parametrize("code", BY_HAND)
@pytest.mark.parametrize("stage", ["received", "allocated"])
async def test_an_exception_raised_by_hand_can_be_resolved_and_the_order_goes_on(
    house: House, code: str, stage: str
) -> None:
    order_id = await (house.receive() if stage == "received" else house.allocated())
    answer = await house.one("exception.raise", order_id=order_id, code=code, message="somebody saw it")
    assert answer["exception"]["code"] == code
    check_house(house.store)
    fields, steps = BY_HAND[code]
    await house.resolve(order_id, fields, *steps)
    await house.requeue(order_id)
    for node in ("order.validate", "order.allocate"):
        assert (await house.one(node, order_id=order_id))["status"] == "done"
    assert house.order(order_id).status == "allocated"
    check_house(house.store)


@pytest.mark.parametrize("code", BY_HAND)
async def test_an_exception_on_an_order_that_has_left_does_not_call_it_back(full_house: House, code: str) -> None:
    shipment = await full_house.shipped()
    await full_house.one("exception.raise", order_id=shipment.order_id, code=code, message="somebody called")
    assert full_house.order(shipment.order_id).status in ("shipped", "quarantined")
    check_house(full_house.store)
    fields, steps = BY_HAND[code]
    await full_house.resolve(shipment.order_id, fields, *steps)
    await full_house.requeue(shipment.order_id)
    assert full_house.order(shipment.order_id).status == "shipped"
    check_house(full_house.store)


async def test_nothing_is_raised_on_an_order_that_is_over(house: House) -> None:
    order_id = await house.receive()
    await house.one("order.cancel", order_id=order_id, because="changed their mind")
    error = await house.refused("exception.raise", order_id=order_id, code="flow_stalled", message="still?")
    assert error["status"] == 409
    check_house(house.store)
