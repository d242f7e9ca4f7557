"""Whatever comes in, is ordered, told, left or let go, in whatever order: nobody overtakes, and no stock lies idle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_models import InventoryPosition, KitPart, NewOrder, Order, Product
from connector_service.inventory.backorders import WAITING, promised_at, turns_end
from connector_service.inventory.positions import Shelf, receive
from connector_service.orders import cancellation, intake, validation
from connector_service.orders.allocation import allocate_order, can_serve
from connector_service.orders.exceptions import blocking
from connector_service.orders.expiry import expire_claims
from connector_service.orders.shortages import wake_waiting
from connector_service.orders.work import Work
from connector_service.store import backorders, claims
from tests.house import PRODUCTS, TENANT, check_house, new_order
from tests.inventory.desk import Desk, shipped_rules

SKUS = ("TEE", "MUG")
SET = Product(sku="SET", weight_g=1, kit=[KitPart(sku="TEE", quantity=1), KitPart(sku="MUG", quantity=1)])


class Shop:
    """Orders, arrivals and a flow that works late, on one desk."""

    def __init__(self, path: Path) -> None:
        self.desk = Desk(path)
        self.desk.do(lambda work: work.tx.put_products([*PRODUCTS, SET]))
        self.orders: list[str] = []
        self.told: list[str] = []

    def order(self, sku: str, units: int, express: bool) -> None:
        wanted = new_order(f"N{len(self.orders)}", (sku, units), priority="express" if express else "standard")
        order_id = self.desk.do(lambda work: _receive(work, wanted))
        assert order_id is not None, self.desk.refused
        self.orders.append(order_id)
        self.allocate(order_id)

    def allocate(self, order_id: str) -> None:
        before, ahead = self.there(), self.wanted_ahead(order_id)
        self.desk.do(lambda work: allocate_order(work, work.tx.get(Order, order_id)))
        after = self.there()
        for sku in SKUS:
            assert after[sku] >= min(before[sku], ahead[sku]), (sku, before, after, ahead)

    def comes_in(self, sku: str, units: int) -> None:
        self.desk.do(lambda work: receive(work, Shelf(sku, "east"), units))

    def cancel(self, at: int) -> None:
        if self.orders:
            order_id = self.orders[at % len(self.orders)]
            self.desk.do(lambda work: cancellation.cancel_order(work, work.tx.get(Order, order_id), "not wanted"))

    def hold_or_let_go(self, at: int) -> None:
        if self.orders:
            order_id = self.orders[at % len(self.orders)]
            self.desk.do(lambda work: _hold_or_let_go(work, order_id))
            self.told += [order_id]

    def clock_looks(self) -> None:
        """The scheduler's look; flows hear of whom it tells."""
        for _, order_id in claims.due(self.desk.connection, self.desk.clock.now()):
            self.desk.do(lambda work, order_id=order_id: expire_claims(work, order_id))  # type: ignore[misc]
            self.told.append(order_id)
        begin = self._events()
        for arrival in backorders.arrivals(self.desk.connection, self.desk.clock.now()):
            self.desk.do(lambda work, arrival=arrival: wake_waiting(work, arrival))  # type: ignore[misc]
            assert self.desk.refused is None
        rows = self.desk.connection.execute(
            "SELECT subject FROM events WHERE position > ? AND type = 'dockline.order.requeued.v1'", (begin,)
        )
        self.told += [subject for (subject,) in rows]

    def flow(self, at: int) -> None:
        """A flow allocates one of those it was told of, in any order."""
        if self.told:
            self.allocate(self.told.pop(at % len(self.told)))

    def settle(self) -> None:
        """Flows do all they were told, and every turn ends."""
        for _ in range(3):
            for _ in range(100):
                self.clock_looks()
                if not self.told:
                    break
                while self.told:
                    self.flow(0)
            else:
                raise AssertionError("orders are told of the same stock again and again")
            self.desk.later(10)

    def there(self) -> dict[str, int]:
        found = self.desk.read().find_by(InventoryPosition)
        return {sku: sum(each.available for each in found if each.sku == sku) for sku in SKUS}

    def wanted_ahead(self, order_id: str) -> dict[str, int]:
        """Units for which others ahead have their turn."""
        tx = self.desk.read()
        order, work = tx.get(Order, order_id), Work(tx, shipped_rules().of(TENANT), "tests")
        rank = 0 if order.priority == "express" else 1
        place = backorders.Backorder(order_id, "", 0, rank, promised_at(order), order.created_at).place
        return {
            sku: sum(backorders.wanted_ahead(self.desk.connection, TENANT, place, sku, turns_end(work)).values())
            for sku in SKUS
        }

    def _events(self) -> int:
        return int(self.desk.connection.execute("SELECT COALESCE(MAX(position), 0) FROM events").fetchone()[0])


def _receive(work: Work, wanted: dict[str, object]) -> str:
    order = intake.receive_order(work, NewOrder.model_validate(wanted))[0]
    validation.validate_order(work, order)
    return order.id


def _hold_or_let_go(work: Work, order_id: str) -> None:
    order = work.tx.get(Order, order_id)
    if order.hold is not None:
        cancellation.resume_order(work, order, "let go")
    else:
        cancellation.hold_order(work, order, "legal", "asked to")


@contextmanager
def open_shop() -> Iterator[Shop]:
    with TemporaryDirectory() as folder:
        shop = Shop(Path(folder) / "shop.sqlite")
        try:
            yield shop
        finally:
            shop.desk.close()


UNITS = st.integers(1, 4)
STEPS = st.one_of(
    st.tuples(st.just("order"), st.sampled_from([*SKUS, "SET"]), UNITS, st.booleans()),
    st.tuples(st.just("comes_in"), st.sampled_from(SKUS), UNITS),
    st.tuples(st.just("cancel"), st.integers(0, 9)),
    st.tuples(st.just("hold_or_let_go"), st.integers(0, 9)),
    st.tuples(st.just("clock_looks")),
    st.tuples(st.just("flow"), st.integers(0, 9)),
    st.tuples(st.just("later"), st.integers(0, 40)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, min_size=5, max_size=40))
def test_nobody_overtakes_and_nothing_lies_idle(steps: list[tuple[object, ...]]) -> None:
    with open_shop() as shop:
        for name, *given_ in steps:
            getattr(shop.desk if name == "later" else shop, str(name))(*given_)
        shop.settle()
        for order in shop.desk.read().find_by(Order):
            if order.status in WAITING and order.hold is None:
                assert shop.desk.do(lambda work, order=order: _could(work, order.id)) is False  # type: ignore[misc]
        check_house(shop.desk.store)


def _could(work: Work, order_id: str) -> bool:
    order = work.tx.get(Order, order_id)
    return blocking(work, order) is None and can_serve(work, order)
