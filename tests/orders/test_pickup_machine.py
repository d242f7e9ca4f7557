"""No interleaving calls two vans where one is wanted: random lives of pickups, with lost answers and kills."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from canonical_models import (
    FINAL_PICKUP_STATUSES,
    VAN_MAY_COME,
    Address,
    Label,
    NewOrder,
    Parcel,
    Pickup,
    Shipment,
    ShipmentLine,
    TrackingEvent,
    TrackingType,
)
from connector_service.orders import intake, pickup_deadlines
from connector_service.orders.pickup_asking import Asking, Begun, record
from connector_service.orders.pickup_moving import WantedChange, plan_change, settle
from connector_service.orders.pickup_retries import begin_again
from connector_service.orders.pickup_window import AskedWindow
from connector_service.orders.pickups import Wanted, plan_cancel, plan_schedule
from connector_service.orders.tracking import apply_tracking
from connector_service.orders.work import Work
from connector_service.store import deadlines, pickups, rebuild
from tests.house import TENANT, new_order
from tests.inventory.desk import Desk
from tests.orders.carrier_books import FATES, Books, Fate

CARRIERS = ("ups", "fedex", "dhl_express")
carriers, fates, at = st.sampled_from(CARRIERS), st.sampled_from(FATES), st.integers(0, 5)
hours = st.sampled_from([None, "09:00", "12:00", "15:00", "16:00", "18:00", "20:00"])
windows = st.builds(AskedWindow, st.none(), hours, hours)


class Pickups(RuleBasedStateMachine):
    """Each rule is one thing that happens."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.desk = Desk(Path(self.folder.name) / "pickups.sqlite")
        self.books = Books()
        self.shipments: list[Shipment] = []
        for carrier in CARRIERS:
            self.label(carrier)

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.close()
            self.folder.cleanup()

    def all(self) -> list[Pickup]:
        return self.desk.read().find_by(Pickup)

    def one(self, at: int) -> str:
        found = self.all()
        return found[at % len(found)].id

    def asked(self, plan: Any, fate: Fate) -> None:
        """Go the way that a node goes: prepare, write down, ask, keep the answer."""
        asking = self.desk.do(plan)
        if isinstance(asking, Asking):
            self.begun(asking.begin, fate)

    def begun(self, begin: Any, fate: Fate) -> None:
        begun = self.desk.do(begin)
        if isinstance(begun, Begun):
            said = self.books.call(begun, fate)
            if said is not None:
                self.desk.do(lambda work: record(work, said))

    # What happens

    @rule(carrier=carriers)
    def label(self, carrier: str) -> None:
        number = f"N{len(self.shipments) + 1}"
        order = NewOrder.model_validate(new_order(number, ("TEE", len(self.shipments) + 1)))
        made = self.desk.do(lambda work: _labelled(work, intake.receive_order(work, order)[0].id, carrier, number))
        assert made is not None
        self.shipments.append(made)

    @rule(at=at)
    def scan(self, at: int) -> None:
        label = self.shipments[at % len(self.shipments)].label
        assert label is not None
        scan = TrackingEvent(
            event_id=f"scan-{label.tracking_number}",
            carrier=label.carrier,
            tracking_number=label.tracking_number,
            type=TrackingType.PICKED_UP,
            occurred_at=self.desk.clock.now(),
        )
        self.desk.do(lambda work: apply_tracking(work, scan))

    @rule(carrier=carriers, window=windows, fate=fates)
    def schedule(self, carrier: str, window: AskedWindow, fate: Fate) -> None:
        wanted = Wanted(carrier, "east", window)
        self.asked(lambda work: plan_schedule(work, wanted), fate)

    @precondition(lambda self: self.all())
    @rule(at=at, window=windows, fate=fates)
    def change(self, at: int, window: AskedWindow, fate: Fate) -> None:
        wanted = WantedChange(self.one(at), window)
        self.asked(lambda work: plan_change(work, wanted), fate)

    @precondition(lambda self: self.all())
    @rule(at=at, fate=fates)
    def cancel(self, at: int, fate: Fate) -> None:
        pickup_id = self.one(at)
        self.asked(lambda work: plan_cancel(work, work.tx.get(Pickup, pickup_id)), fate)

    @precondition(lambda self: self.all())
    @rule(at=at)
    def settle(self, at: int) -> None:
        """A person asks the carrier, which has all but the newest van called off, and says what stands."""
        pickup_id = self.one(at)
        standing = self.books.of(pickup_id)
        if self.desk.read().get(Pickup, pickup_id).status == "in_doubt":
            for number in standing[:-1]:
                del self.books.standing[number]
        found = standing[-1] if standing else ""
        self.desk.do(lambda work: settle(work, work.tx.get(Pickup, pickup_id), found))

    @rule(minutes=st.sampled_from([1, 5, 30, 180, 600]), fate=fates)
    def later(self, minutes: int, fate: Fate) -> None:
        self.books.forget(self.desk.clock.advance(timedelta(minutes=minutes)))
        for _, pickup_id in pickups.due(self.desk.store.reader, self.desk.clock.now()):
            self.begun(lambda work, pickup_id=pickup_id: begin_again(work, pickup_id), fate)
        for _ in range(10):
            for deadline in deadlines.due(self.desk.store.reader, self.desk.clock.now()):
                if deadline.kind == "pickup":
                    self.desk.do(lambda work, deadline=deadline: pickup_deadlines.fire(work, deadline))

    # What holds, always

    @invariant()
    def no_two_may_come_at_one_time(self) -> None:
        live = [each for each in self.all() if each.status in VAN_MAY_COME]
        for one, other in combinations(live, 2):
            if one.carrier == other.carrier:
                assert one.window_end <= other.window_start or other.window_end <= one.window_start, (one, other)

    @invariant()
    def no_parcel_is_in_two_that_may_come(self) -> None:
        held = [each for pickup in self.all() if pickup.status in VAN_MAY_COME for each in pickup.shipment_ids]
        assert len(held) == len(set(held))

    @invariant()
    def a_carrier_stands_ready_once_for_each(self) -> None:
        for pickup in self.all():
            assert len(self.books.of(pickup.id)) <= 1, pickup
            if pickup.status == "confirmed" and pickup.call is None and pickup.window_end > self.desk.clock.now():
                assert self.books.of(pickup.id) == [pickup.confirmation]

    @invariant()
    def every_one_has_an_owner_and_a_deadline_until_it_is_over(self) -> None:
        rows = self.desk.store.reader.execute("SELECT subject, due_at FROM deadlines WHERE kind = 'pickup'")
        due = dict(rows.fetchall())
        for pickup in self.all():
            assert pickup.owner
            ends = pickup.deadline_at.isoformat(timespec="microseconds") if pickup.deadline_at else None
            assert due.get(pickup.id) == ends
            assert (ends is None) == (pickup.status in FINAL_PICKUP_STATUSES)
        assert rebuild.differences(self.desk.store.reader) == []


def _labelled(work: Work, order_id: str, carrier: str, number: str) -> Shipment:
    label = Label(
        label_id=number,
        carrier=carrier,
        service="ground",
        tracking_number=f"{carrier}-{number}",
        cost_minor=900,
        currency="USD",
        transit_days=2,
        weight_g=480,
        ship_to=Address(country="US"),
        reference=f"{number}-1",
        bought_at=work.now,
    )
    shipment = Shipment(
        tenant_id=TENANT,
        id=work.new_id("shp"),
        version=0,
        created_at=work.now,
        updated_at=work.now,
        order_id=order_id,
        location_id="east",
        status="labelled",
        status_since=work.now,
        lines=[ShipmentLine(line_id="1", sku="TEE", quantity=1)],
        parcels=[Parcel(parcel_id="1", weight_g=480)],
        label=label,
        carrier=carrier,
        service="ground",
    )
    work.tx.save(
        shipment, "shipment.labelled", {"actor": "tests", "because": "it has its label", "priority": "standard"}
    )
    return shipment


Pickups.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestPickups = Pickups.TestCase
