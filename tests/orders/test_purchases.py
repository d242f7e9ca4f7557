"""Labels are bought once: lost answers, other parcels' labels, prices that rose, carriers that cannot be asked."""

from __future__ import annotations

from typing import Any

import pytest

from canonical_models import Label
from connector_service.orders.labels import record_label
from connector_service.store import purchases
from tests.house import TENANT, House, check_house
from tests.orders.native_account import live_labels, only_carrier, rated

pytestmark = pytest.mark.anyio
UNASKABLE = "dhl_express"
"""Sells twice under one reference, and cannot be asked what it sold."""


def faults(house: House, slug: str, **what: Any) -> None:
    assert house.sandbox is not None
    house.sandbox.put("faults", {slug: what})


def in_doubt(house: House) -> list[tuple[str, str]]:
    return purchases.in_doubt(house.store.reader, TENANT)


async def lost_answer(house: House, slug: str = UNASKABLE) -> str:
    """A shipment whose label was sold, though we never heard so."""
    shipment = await rated(house, slug)
    faults(house, slug, only=["buy_label"], empty=True)
    await house.one("shipment.buy_label", shipment_id=shipment.id)
    faults(house, slug)
    return shipment.id


@pytest.mark.parametrize("slug", ["swiftparcel", "terrapost"])
async def test_after_a_lost_answer_a_carrier_that_knows_our_reference_sells_the_same_label(
    full_house: House, slug: str
) -> None:
    shipment_id = await lost_answer(full_house, slug)
    order_id = full_house.shipment(shipment_id).order_id
    assert full_house.case(order_id).code == "carrier_unreachable"
    await full_house.resolve(order_id, {"checked_with_carrier": "bob"})
    await full_house.requeue(order_id)
    await full_house.through(shipment_id, "rate", "buy_label")
    (label,) = live_labels(full_house)
    found = full_house.shipment(shipment_id).label
    assert found is not None
    assert found.tracking_number == label["tracking_number"]
    check_house(full_house.store)


async def test_a_carrier_that_cannot_be_asked_is_not_asked_to_sell_twice(full_house: House) -> None:
    shipment_id = await lost_answer(full_house)
    case = full_house.case(full_house.shipment(shipment_id).order_id)
    assert (case.code, case.owner, case.deadline_at is not None) == ("label_unknown", "carrier-desk", True)
    assert case.evidence["reference"] == f"{shipment_id}-1"
    for _ in range(3):
        await full_house.one("shipment.buy_label", shipment_id=shipment_id)
    assert len(live_labels(full_house)) == 1
    assert in_doubt(full_house) == [(UNASKABLE, f"{shipment_id}-1")]
    check_house(full_house.store)


async def test_the_label_that_the_carrier_shows_becomes_the_shipments(full_house: House) -> None:
    shipment_id = await lost_answer(full_house)
    order_id = full_house.shipment(shipment_id).order_id
    (sold,) = live_labels(full_house)
    await full_house.resolve(order_id, {"found": sold["tracking_number"]}, "carrier_asked")
    await full_house.requeue(order_id)
    shipment = full_house.shipment(shipment_id)
    assert (shipment.status, shipment.parcels[0].tracking_number) == ("labelled", sold["tracking_number"])
    answer = await full_house.through(shipment_id, "check_label", "confirm")
    assert answer["output"]["status"] == "shipped"
    assert (len(live_labels(full_house)), in_doubt(full_house)) == (1, [])
    check_house(full_house.store)


async def test_a_label_that_the_carrier_has_voided_may_be_bought_anew_under_another_reference(
    full_house: House,
) -> None:
    shipment_id = await lost_answer(full_house)
    order_id = full_house.shipment(shipment_id).order_id
    case = {"exception_id": full_house.case(order_id).id, "person": "ada", "audit_steps": ["carrier_asked"]}
    error = await full_house.refused("exception.resolve", **case, fields={"found": "no idea"})
    assert (error["pointer"], "void confirmed" in error["detail"]) == ("/fields/found", True)
    await full_house.resolve(order_id, {"found": "void confirmed"}, "carrier_asked")
    await full_house.requeue(order_id)
    await full_house.through(shipment_id, "rate", "buy_label")
    label = full_house.shipment(shipment_id).label
    assert label is not None
    assert label.reference == f"{shipment_id}-2"
    assert in_doubt(full_house) == []


async def test_a_token_endpoint_that_is_down_leaves_no_doubt_and_is_tried_again(full_house: House) -> None:
    shipment = await rated(full_house, "fedex")
    # A new secret is a new account: its first token has to be fetched.
    await only_carrier(full_house, "fedex", api_key="sandbox-user:sandbox-other")
    faults(full_house, "fedex", only=["token"], outage=True)
    answer = await full_house.one("shipment.buy_label", shipment_id=shipment.id)
    assert answer["exception"]["code"] == "carrier_unreachable"
    assert (in_doubt(full_house), live_labels(full_house)) == ([], [])


async def test_a_refusal_leaves_no_doubt(full_house: House) -> None:
    shipment = await rated(full_house, UNASKABLE)
    faults(full_house, UNASKABLE, only=["buy_label"], throttle_rate=1)
    answer = await full_house.one("shipment.buy_label", shipment_id=shipment.id)
    assert answer["exception"]["code"] == "carrier_unreachable"
    assert in_doubt(full_house) == []


async def test_an_answer_that_comes_after_all_settles_the_purchase(full_house: House) -> None:
    shipment_id = await lost_answer(full_house)
    shipment = full_house.shipment(shipment_id)
    (sold,) = live_labels(full_house)
    late = Label(
        label_id="L1",
        carrier=UNASKABLE,
        service=shipment.offers[0].service,
        tracking_number=sold["tracking_number"],
        cost_minor=shipment.offers[0].cost_minor,
        currency="USD",
        transit_days=2,
        weight_g=480,
        ship_to=full_house.order(shipment.order_id).ship_to,
        reference=f"{shipment_id}-1",
        bought_at=full_house.clock.now(),
    )

    def hear(work: Any) -> None:
        kept = work.tx.get(type(shipment), shipment_id)
        record_label(work, work.tx.get(type(full_house.order(shipment.order_id)), shipment.order_id), kept, late)

    await full_house.change(hear)
    assert full_house.shipment(shipment_id).status == "labelled"
    assert full_house.shipment(shipment_id).label == late
    assert [case.state for case in full_house.cases(shipment.order_id)] == ["requeued"]
    assert in_doubt(full_house) == []
    check_house(full_house.store)


async def test_another_shipments_label_is_not_kept_and_not_voided(full_house: House) -> None:
    await only_carrier(full_house, "swiftparcel")
    first = await full_house.labelled("N1")
    second = await full_house.packed("N2", ("MUG", 1))
    await full_house.through(second.id, "check_post_pick", "check_packing", "rate")
    assert first.label is not None
    taken = first.label

    def hear(work: Any) -> None:
        kept = work.tx.get(type(second), second.id)
        record_label(work, work.tx.get(type(full_house.order(second.order_id)), second.order_id), kept, taken)

    await full_house.change(hear)
    case = full_house.case(second.order_id)
    assert (case.code, case.evidence["other"]) == ("label_invalid", first.id)
    assert full_house.shipment(second.id).label is None
    await full_house.one("shipment.void_label", shipment_id=second.id)
    assert [label["tracking_number"] for label in live_labels(full_house)] == [taken.tracking_number]


async def test_a_purchase_answered_with_another_parcels_label_never_leaves_the_house(full_house: House) -> None:
    await only_carrier(full_house, "swiftparcel")
    await full_house.labelled("N1")
    second = await full_house.packed("N2", ("MUG", 1))
    await full_house.through(second.id, "check_post_pick", "check_packing", "rate")
    faults(full_house, "swiftparcel", other_label=True)
    answer = await full_house.one("shipment.buy_label", shipment_id=second.id)
    assert answer["status"] == "exception"
    assert full_house.shipment(second.id).label is None


@pytest.mark.parametrize(("rise", "verdict"), [(0.5, "hold"), (0.1, "warn"), (0.02, "pass")])
async def test_a_label_dearer_than_its_offer_is_judged_by_the_shipping_gate(
    full_house: House, rise: float, verdict: str
) -> None:
    await only_carrier(full_house, "swiftparcel")
    shipment = await full_house.packed()
    await full_house.through(shipment.id, "check_post_pick", "check_packing", "rate")
    faults(full_house, "swiftparcel", price_rise=rise)
    await full_house.through(shipment.id, "buy_label", "check_label")
    assert full_house.shipment(shipment.id).qa_checks[-1].verdict == verdict


async def test_a_price_in_another_currency_is_kept_but_never_taken_for_cheaper(full_house: House) -> None:
    faults(full_house, "swiftparcel", rate_currency="JPY")
    shipment = await full_house.packed()
    await full_house.through(shipment.id, "rate")
    offers = full_house.shipment(shipment.id).offers
    currencies = [offer.currency for offer in offers]
    assert set(currencies) == {"USD", "JPY"}
    assert currencies == sorted(currencies, reverse=True)


async def test_an_offer_for_nothing_is_not_believed(full_house: House) -> None:
    faults(full_house, "swiftparcel", zero_rate=True)
    shipment = await full_house.packed()
    await full_house.through(shipment.id, "rate")
    assert {offer.carrier for offer in full_house.shipment(shipment.id).offers} == {"terrapost"}
