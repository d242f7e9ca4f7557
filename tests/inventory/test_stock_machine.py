"""No interleaving oversells or leaks stock: random lives of stock against a simple model, with crashes and replays.

`STOCK_PROOF=10000` (as `make stock-proof` sets it) takes at least that many steps.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from canonical_models import (
    AdjustmentReason,
    InventoryPosition,
    LotStatus,
    NewOrder,
    Order,
    Reservation,
    Transfer,
)
from connector_service.feeds.counting import Outcome
from connector_service.feeds.taking import Taking
from connector_service.feeds.update import Count
from connector_service.inventory import positions, transfers
from connector_service.inventory.positions import Shelf
from connector_service.inventory.work import Source
from connector_service.orders import allocation, cancellation, intake, validation
from connector_service.orders.expiry import expire_claims
from connector_service.orders.shortages import wake_waiting
from connector_service.orders.work import Work
from connector_service.store import backorders, claims, rebuild
from tests.house import TENANT, check_house, new_order
from tests.inventory import warehouse
from tests.inventory.desk import Desk
from tests.inventory.ledger import Ledger

WANTED = int(os.environ.get("STOCK_PROOF", "300"))
TAKEN = [0]
SHELVES = [Shelf("TEE", "east"), Shelf("TEE", "west"), Shelf("SERUM", "east", "L1"), Shelf("SERUM", "east", "L2")]
shelves = st.sampled_from(SHELVES)
units = st.integers(1, 12)
at = st.integers(0, 5)


class Stock(RuleBasedStateMachine):
    """Each rule is one thing that happens to stock."""

    @initialize(first=st.lists(st.integers(0, 20), min_size=4, max_size=4))
    def open(self, first: list[int]) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.desk = Desk(Path(self.folder.name) / "stock.sqlite")
        self.ledger = Ledger()
        self.orders = 0
        self.told: list[Any] = []
        for shelf, quantity in zip(SHELVES, first, strict=True):
            self.count(shelf, quantity)

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.close()
            self.folder.cleanup()

    # What orders do

    def follow(self) -> tuple[int, set[str]]:
        return self.ledger.follow(self.desk.read().find_by(Reservation))

    def waited(self, sku: str, but: str = "") -> int:
        """Units that other orders in the queue wait for: some of what came in may be kept for them."""
        rows = backorders.waiting(self.desk.store.reader, TENANT, sku, limit=1_000)
        return sum(row.quantity for row in rows if row.order_id != but)

    def follows_within(self, wanted: int, there: int, waited: int) -> None:
        """An order gets all that is there and not kept for others, and no claim ends."""
        added, ended = self.follow()
        assert min(wanted, max(0, there - waited)) <= added <= min(wanted, there)
        assert ended == set()

    def order_id(self, number: int) -> str:
        found = self.desk.read().find_by(Order)
        return found[number % len(found)].id

    @rule(sku=st.sampled_from(["TEE", "SERUM"]), wanted=units)
    def reserve(self, sku: str, wanted: int) -> None:
        self.orders += 1
        new = NewOrder.model_validate(new_order(f"N{self.orders}", (sku, wanted)))
        there, waited = self.ledger.of_sku(sku), self.waited(sku)
        self.desk.do(lambda work: ordered(work, new))
        self.follows_within(wanted, there, waited)

    @precondition(lambda self: self.orders)
    @rule(number=at)
    def allocate_again(self, number: int) -> None:
        order_id = self.order_id(number)
        order = self.desk.read().get(Order, order_id)
        (line,) = order.lines
        there, waited = self.ledger.of_sku(line.sku), self.waited(line.sku, but=order_id)
        self.desk.do(lambda work: allocation.allocate_order(work, work.tx.get(Order, order_id)))
        may = order.status in allocation.ALLOCATABLE
        self.follows_within(line.quantity_open if may else 0, there, waited)

    @precondition(lambda self: self.orders)
    @rule(number=at)
    def cancel(self, number: int) -> None:
        order_id = self.order_id(number)
        self.desk.do(lambda work: cancellation.cancel_order(work, work.tx.get(Order, order_id), "asked to"))
        mine = {key for key, claim in self.ledger.claims.items() if claim.order_id == order_id}
        assert self.follow() == (0, set() if self.desk.refused else mine)

    @precondition(lambda self: self.orders)
    @rule(number=at)
    def hold_or_let_go(self, number: int) -> None:
        self.desk.do(lambda work: warehouse.hold_or_let_go(work, self.order_id(number)))
        assert self.follow() == (0, set())

    @precondition(lambda self: self.orders)
    @rule(number=at)
    def release(self, number: int) -> None:
        self.desk.do(lambda work: warehouse.take(work, self.order_id(number)))
        assert self.follow() == (0, set())

    @precondition(lambda self: self.orders)
    @rule(number=at)
    def pick(self, number: int) -> None:
        self.packed(self.order_id(number))
        assert self.follow() == (0, set())

    def packed(self, order_id: str) -> None:
        self.desk.do(lambda work: warehouse.take(work, order_id))
        self.desk.do(lambda work: warehouse.report(work, order_id, "packed", 0))

    @precondition(lambda self: self.orders)
    @rule(number=at)
    def ship(self, number: int) -> None:
        order_id = self.order_id(number)
        self.packed(order_id)
        self.desk.do(lambda work: warehouse.send(work, order_id))
        assert self.follow()[0] == 0

    @precondition(lambda self: self.orders)
    @rule(number=at, missing=st.integers(1, 3))
    def pick_short_and_reroute(self, number: int, missing: int) -> None:
        order_id = self.order_id(number)
        self.desk.do(lambda work: warehouse.take(work, order_id))
        self.desk.do(lambda work: warehouse.report(work, order_id, "short", missing))
        before = {key: (claim.key, claim.quantity) for key, claim in self.ledger.claims.items()}
        aside = {p.id: p.unavailable for p in self.positions()}
        failed = self.desk.do(lambda work: warehouse.reroute(work, order_id))
        for position in self.positions():
            self.ledger.cells[position.id].unavailable = position.unavailable
        ended = self.follow()[1]
        given_up = sum(position.unavailable - aside[position.id] for position in self.positions())
        assert given_up == min(failed or 0, sum(before[key][1] for key in ended))

    @rule(minutes=st.integers(1, 25))
    def time_passes(self, minutes: int) -> None:
        self.desk.later(minutes)
        now = self.desk.clock.now()
        due = {
            each.id
            for each in self.desk.read().find_by(Reservation)
            if each.expires_at is not None and each.expires_at <= now
        }
        for _, order_id in claims.due(self.desk.connection, now):
            self.desk.do(lambda work, order_id=order_id: expire_claims(work, order_id))  # type: ignore[misc]
            assert self.desk.refused is None
        added, ended = self.follow()
        assert (added, due <= ended) == (0, True)
        assert claims.due(self.desk.connection, now) == []

    @rule()
    def who_waits_is_woken(self) -> None:
        for arrival in backorders.arrivals(self.desk.connection, self.desk.clock.now()):
            self.desk.do(lambda work, arrival=arrival: wake_waiting(work, arrival))  # type: ignore[misc]
            assert self.desk.refused is None
        assert self.follow() == (0, set())
        assert backorders.arrivals(self.desk.connection, self.desk.clock.now()) == []

    # What the warehouse does

    def positions(self) -> list[InventoryPosition]:
        return self.desk.read().find_by(InventoryPosition)

    def tell(self, step: Any, may: bool) -> bool:
        """Tell of a change, which must be refused exactly when it may not be; keep it to be told again."""
        self.told.append(step)
        self.desk.do(step)
        assert (self.desk.refused is None) == may, self.desk.refused
        if not may:
            self.told.pop()
        return may

    def source(self) -> Source:
        return Source("wms", f"r{len(self.told)}-{TAKEN[0]}")

    @rule(shelf=shelves, on_hand=st.integers(0, 25))
    def count(self, shelf: Shelf, on_hand: int) -> None:
        """A feed counts; where that is less than what is claimed, orders give theirs back as far as they can."""
        told = Count(
            source="counts",
            sequence=TAKEN[0] * 10 + len(self.told),
            as_of=self.desk.clock.now(),
            sku=shelf.sku,
            location_id=shelf.location_id,
            lot=shelf.lot,
            on_hand=on_hand,
        )
        self.tell(lambda work: fed(work, told), True)
        cell = self.cell(shelf)
        assert self.follow()[0] == 0
        now_there = max(on_hand, self.ledger.reserved(shelf.position_id))
        self.ledger.came += now_there - cell.on_hand
        cell.on_hand, cell.unavailable = now_there, 0

    def cell(self, shelf: Shelf) -> Any:
        return self.ledger.cell(self.desk.read().get(InventoryPosition, shelf.position_id))

    @rule(shelf=shelves, quantity=units)
    def receive(self, shelf: Shelf, quantity: int) -> None:
        source = self.source()
        self.tell(lambda work: positions.receive(work, shelf, quantity, source=source), True)
        self.cell(shelf).on_hand += quantity
        self.ledger.came += quantity

    @rule(shelf=shelves, delta=st.sampled_from([-9, -5, -2, -1, 1, 3, 8]))
    def adjust(self, shelf: Shelf, delta: int) -> None:
        source, cell, held = self.source(), self.cell(shelf), self.ledger.reserved(shelf.position_id)

        def step(work: Work) -> bool:
            position = work.tx.get(InventoryPosition, shelf.position_id)
            return positions.adjust(work, position, delta, AdjustmentReason.CORRECTION, source=source)

        if self.tell(step, cell.on_hand + delta >= held):
            cell.on_hand += delta
            cell.unavailable = min(cell.unavailable, cell.on_hand - held)
            self.ledger.came += delta

    @rule(shelf=shelves, safety=st.integers(0, 4))
    def keep_back(self, shelf: Shelf, safety: int) -> None:
        self.desk.do(lambda work: positions.set_safety_stock(work, position_of(work, shelf), safety, "safer"))
        self.cell(shelf).safety = safety

    @rule(shelf=shelves, status=st.sampled_from(LotStatus))
    def judge_lot(self, shelf: Shelf, status: LotStatus) -> None:
        self.desk.do(lambda work: positions.set_lot_status(work, position_of(work, shelf), status, "looked at"))
        self.cell(shelf).usable = status == LotStatus.USABLE

    @rule(shelf=shelves, quantity=units)
    def send_over(self, shelf: Shelf, quantity: int) -> None:
        other = "west" if shelf.location_id == "east" else "east"
        may = quantity <= self.ledger.free(shelf.position_id)
        name = f"T{TAKEN[0]}-{len(self.told)}"
        if self.tell(
            lambda work: transfers.send(work, position_of(work, shelf), other, quantity, transfer_id=name), may
        ):
            self.cell(shelf).on_hand -= quantity
            self.cell(Shelf(shelf.sku, other, shelf.lot)).coming += quantity

    @rule(number=at, quantity=units, lost=st.booleans())
    def end_transfer(self, number: int, quantity: int, lost: bool) -> None:
        found = self.desk.read().find_by(Transfer)
        if not found:
            return
        transfer, source = found[number % len(found)], self.source()
        end = transfers.give_up if lost else transfers.arrive
        step = lambda work: end(work, work.tx.get(Transfer, transfer.id), quantity, source=source)  # noqa: E731
        if self.tell(step, quantity <= transfer.in_transit):
            cell = self.ledger.cells[transfer.to_position_id]
            cell.coming -= quantity
            cell.on_hand += 0 if lost else quantity
            self.ledger.gone += quantity if lost else 0

    # What goes wrong

    @precondition(lambda self: self.told)
    @rule(number=at)
    def tell_again(self, number: int) -> None:
        """Whatever was told before changes nothing."""
        before = self.desk.rows()
        self.desk.do(self.told[-1 - number % len(self.told)])
        assert self.desk.refused is None
        assert self.desk.rows() == before

    @rule(shelf=shelves, wanted=units)
    def die(self, shelf: Shelf, wanted: int) -> None:
        before = self.desk.rows()
        new = NewOrder.model_validate(new_order("dies", (shelf.sku, wanted)))

        def step(work: Work) -> None:
            positions.receive(work, shelf, wanted, source=Source("wms", "never"))
            ordered(work, new)

        self.desk.die_in(step)
        assert self.desk.rows() == before

    # What must hold

    @invariant()
    def stock_is_as_the_ledger_says(self) -> None:
        if hasattr(self, "ledger"):
            TAKEN[0] += 1
            self.ledger.check(self.positions())
            check_house(self.desk.store)

    @invariant()
    def a_rebuild_gives_the_same_bytes(self) -> None:
        if not hasattr(self, "ledger"):
            return
        before = self.desk.rows()
        self.desk.connection.execute("BEGIN IMMEDIATE")
        rebuild.rebuild(self.desk.connection)
        assert self.desk.rows() == before
        self.desk.connection.execute("ROLLBACK")


def ordered(work: Work, new: NewOrder) -> None:
    order = intake.receive_order(work, new)[0]
    validation.validate_order(work, order)
    allocation.allocate_order(work, order)


def fed(work: Work, told: Count) -> None:
    taking = Taking(work, [told])
    assert isinstance(taking.take(told), Outcome)
    taking.keep()


def position_of(work: Work, shelf: Shelf) -> InventoryPosition:
    return work.tx.get(InventoryPosition, shelf.position_id)


Stock.TestCase.settings = settings(
    max_examples=max(8, WANTED // 40),
    stateful_step_count=60,
    deadline=None,
    derandomize=False,
    suppress_health_check=list(HealthCheck),
)
test_no_interleaving_oversells_or_leaks_stock = Stock.TestCase


def test_the_proof_took_as_many_steps_as_were_asked_for() -> None:
    assert TAKEN[0] >= WANTED
