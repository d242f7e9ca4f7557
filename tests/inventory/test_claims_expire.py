"""Claims last for a time: renewed while the order moves, bound at release, given back by the clock."""

from datetime import timedelta

import pytest

from canonical_models import Order, Reservation
from connector_service.errors import InvalidInput, VendorUnreachable
from connector_service.orders import release
from connector_service.orders.work import Work
from connector_service.scheduler import Scheduler
from connector_service.store import tenants
from tests.house import TENANT, House, check_house

pytestmark = pytest.mark.anyio


def claims(house: House, order_id: str) -> list[Reservation]:
    return house.store.read(TENANT).find_by(Reservation, order_id=order_id)


async def later(house: House, minutes: int) -> int:
    house.clock.advance(timedelta(minutes=minutes))
    return await Scheduler(house.store, house.rules).move_stock()


async def test_an_allocated_order_holds_its_stock_for_twenty_minutes(house: House) -> None:
    order_id = await house.allocated()
    (claim,) = claims(house, order_id)
    assert (claim.state, claim.expires_at) == ("held", house.clock.now() + timedelta(minutes=20))
    assert await later(house, 19) == 0
    assert await later(house, 1) == 1
    (claim,) = claims(house, order_id)
    assert (claim.state, claim.expires_at) == ("released", None)
    assert {position.reserved for position in house.positions().values()} == {0}
    check_house(house.store)


async def test_an_order_whose_claims_ran_out_is_put_before_a_flow_again(house: House) -> None:
    order_id = await house.allocated()
    await later(house, 20)
    order = house.order(order_id)
    assert (order.status, order.shipment_ids) == ("validated", [])
    assert house.events(order_id)[-1] == "order.requeued"
    assert [shipment.status for shipment in house.shipments(order_id)] == ["cancelled"]
    await house.one("order.allocate", order_id=order_id)
    assert house.order(order_id).status == "allocated"
    check_house(house.store)


async def test_of_an_order_whose_claims_ran_out_nothing_is_left_when_its_lot_has_expired(house: House) -> None:
    today = house.clock.now().date().isoformat()
    for lot in ("L1", "L2"):
        await house.change(lambda work, lot=lot: _expire_after(work, lot, today))
    order_id = await house.allocated("N1", ("SERUM", 2))
    await later(house, 24 * 60)
    order = house.order(order_id)
    assert (order.status, house.case(order_id).code) == ("backordered", "inventory_short")
    check_house(house.store)


def _expire_after(work: Work, lot: str, day: str) -> None:
    from connector_service.inventory.positions import take_count

    take_count(work, sku="SERUM", location_id="east", lot=lot, expires_on=day, on_hand=5)


async def test_every_step_of_an_order_renews_its_claims(house: House) -> None:
    order_id = await house.allocated()
    house.clock.advance(timedelta(minutes=15))
    await house.one("order.hold", order_id=order_id, reason="customer", because="asked to")
    await house.one("order.resume", order_id=order_id, because="goes on")
    assert {claim.expires_at for claim in claims(house, order_id)} == {house.clock.now() + timedelta(minutes=20)}
    assert await later(house, 19) == 0


async def test_an_escalation_is_no_step_and_renews_nothing(house: House) -> None:
    order_id = await house.allocated()
    before = claims(house, order_id)
    deadline = house.order(order_id).deadline_at
    assert deadline is not None
    house.clock.advance(deadline - house.clock.now())
    assert await Scheduler(house.store, house.rules).tick() == 1
    assert claims(house, order_id) == before


async def test_an_order_on_hold_loses_its_claims_and_is_allocated_again_when_it_is_let_go(house: House) -> None:
    order_id = await house.allocated()
    await house.one("order.hold", order_id=order_id, reason="fraud", because="looks odd")
    assert await later(house, 20) == 1
    order = house.order(order_id)
    assert (order.status, order.hold, order.shipment_ids) == ("on_hold", "fraud", [])
    check_house(house.store)
    await house.one("order.resume", order_id=order_id, because="is fine")
    for node in ("order.validate", "order.allocate"):
        assert (await house.one(node, order_id=order_id))["status"] == "done"
    assert house.order(order_id).status == "allocated"
    check_house(house.store)


async def test_a_quarantined_order_resumes_before_its_claims_when_they_ran_out(house: House) -> None:
    order_id = await house.allocated()
    await house.one("exception.raise", order_id=order_id, code="inventory_mismatch", message="Look at it.")
    assert house.order(order_id).status in ("quarantined", "on_hold")
    assert house.case(order_id).resume_order_status == "allocated"
    await later(house, 20)
    assert house.case(order_id).resume_order_status == "validated"
    check_house(house.store)


async def test_what_the_warehouse_has_does_not_expire(house: House) -> None:
    order_id = await house.allocated()
    (shipment,) = house.shipments(order_id)
    await house.change(lambda w: release.record_release(w, w.tx.get(Order, order_id), {shipment.id: "W1"}))
    assert [(claim.state, claim.expires_at) for claim in claims(house, order_id)] == [("allocated", None)]
    assert await later(house, 24 * 60) == 0
    check_house(house.store)


async def test_what_a_silent_warehouse_may_have_does_not_expire(house: House) -> None:
    order_id = await house.allocated()
    (shipment,) = house.shipments(order_id)
    silent = VendorUnreachable("No answer.", vendor="northdock")
    await house.change(lambda w: release.record_release(w, w.tx.get(Order, order_id), {shipment.id: silent}))
    assert [claim.state for claim in claims(house, order_id)] == ["allocated"]
    assert await later(house, 60) == 0
    check_house(house.store)


async def test_a_shipment_past_its_last_gate_is_not_given_away(full_house: House) -> None:
    house = full_house
    order_id = await house.allocated()
    await house.one("order.check_pre_pick", order_id=order_id)
    assert await later(house, 20) == 1
    assert [claim.state for claim in claims(house, order_id)] == ["allocated"]
    assert (await house.one("order.release", order_id=order_id))["output"]["status"] == "released"
    check_house(house.store)


async def test_a_tenant_says_how_long_claims_last_between_15_and_30_minutes(house: House) -> None:
    await house.store.administer(lambda c: tenants.set_stock_settings(c, TENANT, tenants.StockSettings(30)))
    order_id = await house.allocated()
    assert await later(house, 29) == 0
    assert await later(house, 1) == 1
    assert house.order(order_id).status == "validated"
    for minutes in (14, 31):
        with pytest.raises(InvalidInput, match="15 to 30"):
            tenants.set_stock_settings(house.store.reader, TENANT, tenants.StockSettings(minutes))


async def test_of_two_orders_that_race_for_the_last_unit_one_wins_and_the_other_waits(house: House) -> None:
    await house.allocated("N0", ("MUG", 19))
    ids = [await house.receive(number, ("MUG", 1)) for number in ("N1", "N2")]
    for order_id in ids:
        await house.one("order.validate", order_id=order_id)
    answers = await house.call("order.allocate", [{"order_id": order_id} for order_id in ids])
    assert sorted(answer["status"] for answer in answers) == ["done", "exception"]
    assert sorted(house.order(order_id).status for order_id in ids) == ["allocated", "backordered"]
    check_house(house.store)
