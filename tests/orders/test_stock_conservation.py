"""Random lives of orders: stock is conserved and never negative, and a rebuild finds exactly the same."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from canonical_models import (
    ExceptionCase,
    InventoryPosition,
    NewOrder,
    Order,
    Shipment,
    ShipmentStatus,
)
from connector_service.adapters.contracts import WarehouseReport, WarehouseReportLine
from connector_service.clock import FakeClock
from connector_service.errors import Conflict
from connector_service.inventory import claims, positions
from connector_service.orders import (
    allocation,
    cancellation,
    exceptions,
    intake,
    progress,
    rerouting,
    resolving,
    validation,
)
from connector_service.orders.changes import change_shipment
from connector_service.orders.warehouse_reports import apply_report
from connector_service.orders.work import Work
from connector_service.rules_engine import RuleBook
from connector_service.store import Store, Transaction, rebuild
from tests.house import RULES, TENANT, check_house, furnish, new_order

_RULES: list[RuleBook] = []


def rules() -> RuleBook:
    if not _RULES:
        _RULES.append(RuleBook.load(RULES))
    return _RULES[0]


class Lives(RuleBasedStateMachine):
    """Each rule is one step on one order, as nodes and webhooks take them."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name) / "lives.sqlite", FakeClock())
        self.store.memory.verify = True
        self.orders = 0
        self.gone = 0
        self.counted = 0
        self.do(furnish)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    def do(self, step: Any) -> Any:
        """One transaction; what it refuses is rolled back, as a node does."""
        connection = self.store.reader
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = step(Work(Transaction(connection, TENANT, self.store.clock.now()), rules().of(TENANT), "tests"))
            connection.execute("COMMIT")
        except Conflict:
            connection.execute("ROLLBACK")
            return None
        return result

    def pick(self, at: int) -> str:
        found = self.store.read(TENANT).find_by(Order)
        return found[at % len(found)].id

    @rule(lines=st.lists(st.tuples(st.sampled_from(["TEE", "MUG"]), st.integers(1, 15)), min_size=1, max_size=3))
    def receive_and_allocate(self, lines: list[tuple[str, int]]) -> None:
        self.orders += 1
        new = NewOrder.model_validate(new_order(f"N{self.orders}", *lines))

        def step(work: Work) -> None:
            order = intake.receive_order(work, new)[0]
            validation.validate_order(work, order)
            allocation.allocate_order(work, order)

        self.do(step)

    @precondition(lambda self: self.orders)
    @rule(at=st.integers(0, 9))
    def allocate(self, at: int) -> None:
        self.do(lambda work: allocation.allocate_order(work, work.tx.get(Order, self.pick(at))))

    @precondition(lambda self: self.orders)
    @rule(at=st.integers(0, 9))
    def cancel(self, at: int) -> None:
        self.do(lambda work: cancellation.cancel_order(work, work.tx.get(Order, self.pick(at)), "asked to"))

    @precondition(lambda self: self.orders)
    @rule(at=st.integers(0, 9))
    def hold_and_resume(self, at: int) -> None:
        self.do(lambda work: cancellation.hold_order(work, work.tx.get(Order, self.pick(at)), "legal", "asked to"))
        self.do(lambda work: cancellation.resume_order(work, work.tx.get(Order, self.pick(at)), "let go"))

    @precondition(lambda self: self.orders)
    @rule(at=st.integers(0, 9), first_only=st.booleans())
    def ship(self, at: int, first_only: bool) -> None:
        """The warehouse takes, picks and packs what is planned, and it leaves."""
        self.do(lambda work: release(work, self.pick(at)))
        self.do(lambda work: report(work, self.pick(at), "packed", 0))
        self.gone += self.do(lambda work: send(work, self.pick(at), first_only)) or 0

    @precondition(lambda self: self.orders)
    @rule(at=st.integers(0, 9), missing=st.integers(1, 3))
    def pick_short_and_reroute(self, at: int, missing: int) -> None:
        self.do(lambda work: release(work, self.pick(at)))
        self.do(lambda work: report(work, self.pick(at), "short", missing))
        self.do(lambda work: reroute(work, self.pick(at)))

    @precondition(lambda self: self.orders)
    @rule(at=st.integers(0, 9), choice=st.sampled_from(["wait", "cancel"]))
    def resolve(self, at: int, choice: str) -> None:
        def step(work: Work) -> None:
            order = work.tx.get(Order, self.pick(at))
            for exception_id in list(order.exception_ids):
                case = work.tx.get(ExceptionCase, exception_id)
                resolving.resolve(work, case, "ada", {"short_lines": choice}, [], "")
                resolving.requeue(work, work.tx.get(ExceptionCase, exception_id))

        self.do(step)

    @rule(sku=st.sampled_from(["TEE", "MUG"]), location=st.sampled_from(["east", "west"]), units=st.integers(0, 30))
    def count(self, sku: str, location: str, units: int) -> None:
        before = self.on_hand()
        arguments = {"sku": sku, "location_id": location, "lot": "", "expires_on": None, "on_hand": units}
        self.do(lambda work: positions.take_count(work, **arguments))
        self.counted += self.on_hand() - before

    def on_hand(self) -> int:
        return sum(position.on_hand for position in self.store.read(TENANT).find_by(InventoryPosition))

    @invariant()
    def the_house_is_in_order(self) -> None:
        if not hasattr(self, "store"):
            return
        check_house(self.store)
        assert self.on_hand() == 70 + self.counted - self.gone
        for order in self.store.read(TENANT).find_by(Order):
            for line in order.lines:
                assert 0 <= line.quantity_fulfilled <= line.quantity_allocated, order
                assert line.quantity_open >= 0, order

    @invariant()
    def a_rebuild_gives_the_same_bytes(self) -> None:
        if not hasattr(self, "store"):
            return
        connection = self.store.reader
        connection.execute("BEGIN IMMEDIATE")
        before = rows(self.store)
        rebuild.rebuild(connection)
        assert rows(self.store) == before
        connection.execute("ROLLBACK")


def release(work: Work, order_id: str) -> None:
    order = work.tx.get(Order, order_id)
    if exceptions.blocking(work, order) is None:
        for shipment in progress.shipments_of(work, order):
            if shipment.status == "planned":
                change_shipment(work, order, shipment, "released", "given", status=ShipmentStatus.RELEASED)
        progress.follow_shipments(work, order, "given")


def report(work: Work, order_id: str, status: Any, missing: int) -> None:
    for shipment in progress.shipments_of(work, work.tx.get(Order, order_id)):
        found = max(0, shipment.lines[0].quantity - missing)
        apply_report(work, report_of(work, shipment, status, found))


def reroute(work: Work, order_id: str) -> None:
    order = work.tx.get(Order, order_id)
    for shipment in progress.shipments_of(work, order):
        if shipment.status == "exception" and exceptions.open_exception(work, order, shipment=shipment) is None:
            rerouting.reroute(work, order, shipment)
            return


def send(work: Work, order_id: str, first_only: bool) -> int:
    order = work.tx.get(Order, order_id)
    if exceptions.blocking(work, order) is not None:
        return 0
    packed = [shipment for shipment in progress.shipments_of(work, order) if shipment.status == "packed"]
    sent = packed[:1] if first_only else packed
    for shipment in sent:
        claims.consume(work, order, shipment)
        change_shipment(work, order, shipment, "labelled", "bought", status=ShipmentStatus.LABELLED)
        change_shipment(work, order, shipment, "shipped", "gone", status=ShipmentStatus.SHIPPED)
        progress.follow_shipments(work, order, "gone")
    return sum(line.quantity for shipment in sent for line in shipment.lines)


def rows(store: Store) -> list[Any]:
    tables = ("orders", "shipments", "positions", "reservations", "exceptions")
    return [store.reader.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall() for table in tables]  # noqa: S608


def report_of(work: Work, shipment: Shipment, status: Any, found: int) -> WarehouseReport:
    first, *others = shipment.lines
    lines = [WarehouseReportLine(first.line_id, first.sku, found, found, None, None)]
    lines += [WarehouseReportLine(line.line_id, line.sku, line.quantity, line.quantity, None, None) for line in others]
    return WarehouseReport("e", shipment.id, "w", status, tuple(lines), (), work.now)


Lives.TestCase.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
test_lives_of_orders_conserve_stock_and_keep_one_owner = Lives.TestCase
