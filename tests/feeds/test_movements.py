"""Receipts, adjustments and transfers through a feed: once each, beside counts, and refused in words."""

from datetime import timedelta
from typing import Any

import pytest

from canonical_models import Order
from connector_service.feeds.counting import Outcome
from connector_service.feeds.update import Refused, read_update
from connector_service.orders.release import record_release
from tests.feeds.senders import moved, on_hand, refused, take, update
from tests.house import House, check_house

pytestmark = pytest.mark.anyio


async def test_each_movement_happens_once_per_reference(house: House) -> None:
    house.clock.advance(timedelta(minutes=1))
    now = house.clock.now()
    receipt = moved("receipt", 5, reference="ASN-1", as_of=now)
    damaged = moved("adjustment", -2, reference="D-1", reason="damaged", as_of=now)
    sent = moved("transfer_sent", 4, transfer_id="T-1", to_location_id="west", as_of=now)
    arrived = moved("transfer_arrived", 3, transfer_id="T-1", reference="in-1", as_of=now)
    lost = moved("transfer_lost", 1, transfer_id="T-1", reference="gone-1", as_of=now)
    for wanted in (Outcome.CHANGED, Outcome.REPLAYED):
        assert await take(house, receipt, damaged, sent, arrived, lost) == [wanted] * 5
    west = house.positions()["west", "TEE", ""]
    assert (on_hand(house), west.on_hand, west.in_transit) == (19, 23, 0)
    check_house(house.store)


async def test_the_same_reference_with_other_content_is_refused(house: House) -> None:
    now = house.clock.now()
    await take(house, moved("receipt", 5, reference="ASN-1", as_of=now))
    wrong = await refused(house, moved("receipt", 6, reference="ASN-1", as_of=now))
    assert (wrong.field, "ASN-1" in wrong.detail) == ("reference", True)
    assert on_hand(house) == 25


async def test_what_a_newer_count_has_found_is_not_added_again(house: House) -> None:
    began = house.clock.now()
    house.clock.advance(timedelta(minutes=10))
    await take(house, update(30, as_of=began + timedelta(minutes=5)))
    before, after = began + timedelta(minutes=4), began + timedelta(minutes=6)
    assert await take(house, moved("receipt", 8, reference="old", as_of=before)) == [Outcome.STALE]
    assert await take(house, moved("receipt", 8, reference="new", as_of=after)) == [Outcome.CHANGED]
    assert on_hand(house) == 38


async def test_what_was_counted_here_since_is_not_added_again_either(house: House) -> None:
    early = house.clock.now() - timedelta(minutes=5)
    assert await take(house, moved("receipt", 8, reference="old", as_of=early)) == [Outcome.STALE]
    assert on_hand(house) == 20


async def test_a_count_that_arrives_after_a_later_receipt_keeps_it(house: House) -> None:
    began = house.clock.now()
    house.clock.advance(timedelta(minutes=10))
    await take(house, moved("receipt", 8, reference="new", as_of=began + timedelta(minutes=6)))
    assert await take(house, update(30, as_of=began + timedelta(minutes=5))) == [Outcome.CHANGED]
    assert on_hand(house) == 38


@pytest.mark.parametrize(
    ("kind", "said", "field", "words"),
    [
        ("receipt", {"reference": "r", "location_id": "mars"}, "location_id", "there are east, west"),
        ("receipt", {"reference": "r", "sku": "NONE"}, "sku", "PUT /v1/products"),
        ("receipt", {"reference": "r", "lot": "L"}, "lot", "not kept by lot"),
        ("receipt", {"reference": "r", "serials": ["A", "B"]}, "serials", "too many"),
        ("adjustment", {"reference": "r", "reason": "lost", "quantity": -21}, "quantity", "cannot change by -21"),
        ("transfer_sent", {"transfer_id": "t", "to_location_id": "mars"}, "to_location_id", "there are east"),
        ("transfer_sent", {"transfer_id": "t", "to_location_id": "east"}, "quantity", "another location"),
        ("transfer_sent", {"transfer_id": "t", "to_location_id": "west", "quantity": 21}, "quantity", "20 free"),
        ("transfer_arrived", {"transfer_id": "t", "reference": "r"}, "transfer_id", "what was sent"),
    ],
)
async def test_what_cannot_be_is_refused_and_leaves_nothing_behind(
    house: House, kind: str, said: dict[str, Any], field: str, words: str
) -> None:
    wrong = await refused(house, moved(kind, as_of=house.clock.now(), **said))
    assert (wrong.field, words in wrong.detail) == (field, True), wrong
    for table in ("stock_movements", "stock_references", "transfers"):
        assert house.store.reader.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (0,)  # noqa: S608
    assert on_hand(house) == 20


async def test_a_refused_movement_costs_its_neighbours_nothing(house: House) -> None:
    from tests.feeds.senders import feed

    now = house.clock.now()
    good = [moved("receipt", 1, reference=f"R{number}", as_of=now) for number in range(3)]
    bad = moved("adjustment", -100, reference="bad", reason="lost", as_of=now)
    summary = await feed(house, [good[0], bad, good[1], bad, good[2]])  # type: ignore[list-item]
    assert (summary.changed, [index for index, _ in summary.refusals]) == (3, [1, 3])
    assert on_hand(house) == 23


async def test_a_movement_in_the_future_is_refused_beyond_five_minutes(house: House) -> None:
    late = house.clock.now() + timedelta(minutes=6)
    assert (await refused(house, moved("receipt", reference="r", as_of=late))).field == "as_of"


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("receipt", "quantity", -1),
        ("receipt", "quantity", 0),
        ("receipt", "quantity", 2.0),
        ("receipt", "reference", ""),
        ("receipt", "on_hand", 3),
        ("adjustment", "quantity", 0),
        ("adjustment", "reason", "bored"),
        ("transfer_sent", "to_location_id", None),
        ("gift", "kind", "gift"),
    ],
)
def test_a_value_of_a_wrong_kind_is_refused_with_its_field(kind: str, field: str, value: Any) -> None:
    here = {"sku": "TEE", "location_id": "east", "source": "wms", "as_of": "2026-11-09T14:00:00Z", "quantity": 1}
    more = {
        "receipt": {"reference": "r"},
        "adjustment": {"reference": "r", "reason": "lost"},
        "transfer_sent": {"transfer_id": "t", "to_location_id": "west"},
    }
    read = read_update({"kind": kind, **here, **more.get(kind, {}), field: value}, {})
    assert isinstance(read, Refused), read
    assert read.field == field
    assert "give " in read.detail or "known are " in read.detail


async def test_an_arrival_that_does_not_fit_its_transfer_is_refused(house: House) -> None:
    now = house.clock.now()
    await take(house, moved("transfer_sent", 4, transfer_id="T-1", to_location_id="west", as_of=now))
    end = {"transfer_id": "T-1", "as_of": now, "reference": "in-1"}
    for said, field in (
        ({"sku": "MUG"}, "sku"),
        ({"location_id": "east"}, "location_id"),
        ({"quantity": 5}, "quantity"),
    ):
        wrong = await refused(house, moved("transfer_arrived", **{"quantity": 1, **end, **said}))
        assert wrong.field == field
    assert await take(house, moved("transfer_arrived", 4, location_id="west", sku="TEE", **end)) == [Outcome.CHANGED]


async def test_an_adjustment_below_the_claims_gives_the_newest_order_a_mismatch(house: House) -> None:
    await take(house, update(0, as_of=house.clock.now(), location_id="west"))
    first, second = await house.allocated("N1", ("TEE", 5)), await house.allocated("N2", ("TEE", 6))
    stolen = moved("adjustment", -13, reference="T-9", reason="stolen", as_of=house.clock.now())
    for wanted in (Outcome.CHANGED, Outcome.REPLAYED):
        assert await take(house, stolen) == [wanted]
    assert (house.order(first).status, house.order(second).status) == ("allocated", "on_hold")
    case = house.case(second)
    assert (case.code, case.evidence["expected"], case.evidence["counted"]) == ("inventory_mismatch", 20, 7)
    assert "stolen" in case.message
    check_house(house.store)


async def test_what_a_warehouse_is_picking_cannot_be_adjusted_away(house: House) -> None:
    await take(house, update(0, as_of=house.clock.now(), location_id="west"))
    order_id = await house.allocated("N1", ("TEE", 5))
    (shipment,) = house.shipments(order_id)
    await house.change(lambda work: record_release(work, work.tx.get(Order, order_id), {shipment.id: "W1"}))
    wrong = await refused(house, moved("adjustment", -16, reference="x", reason="lost", as_of=house.clock.now()))
    assert (wrong.field, "5 reserved" in wrong.detail) == ("quantity", True)
    check_house(house.store)


async def test_serial_numbers_come_in_with_a_receipt(house: House) -> None:
    await take(house, moved("receipt", 2, reference="r", serials=["S-1", "S-2"], as_of=house.clock.now()))
    assert house.positions()["east", "TEE", ""].serials == ["S-1", "S-2"]
