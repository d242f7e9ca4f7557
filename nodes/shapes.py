"""Ready shapes for declarations: a step on one order or shipment becomes a node's `run`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from canonical_models import ExceptionCase, Order, Shipment
from connector_service.orders.systems import Systems
from connector_service.orders.views import OrderView, ShipmentView
from connector_service.orders.work import Outside, Work
from nodes.contract import Exceptional, OrderInput, Result, Run, ShipmentInput

FROM_ITEM_ORDER = ("order_id", "version")
FROM_ITEM_SHIPMENT = ("shipment_id", "version")
OrderStep = Callable[[Work, Order], ExceptionCase | None]
ShipmentStep = Callable[[Work, Order, Shipment], ExceptionCase | None]


def order_result(work: Work, order_id: str, case: ExceptionCase | None) -> Result:
    """The order as it is now, with the exception if it ended in one."""
    view = OrderView.of(work.tx.get(Order, order_id))
    return view if case is None else Exceptional(case, view)


def shipment_result(work: Work, shipment_id: str, case: ExceptionCase | None) -> Result:
    """The shipment as it is now, with the exception if it ended in one."""
    view = ShipmentView.of(work.tx.get(Shipment, shipment_id))
    return view if case is None else Exceptional(case, view)


def on_order(step: OrderStep) -> Run:
    """A `run` that loads the order and gives its view."""

    def run(work: Work, item: OrderInput) -> Result:
        return order_result(work, item.order_id, step(work, work.tx.get(Order, item.order_id)))

    return run


def on_shipment(step: ShipmentStep) -> Run:
    """A `run` that loads the shipment with its order and gives the shipment's view."""

    def run(work: Work, item: ShipmentInput) -> Result:
        shipment = work.tx.get(Shipment, item.shipment_id)
        return shipment_result(work, shipment.id, step(work, work.tx.get(Order, shipment.order_id), shipment))

    return run


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an outside step will ask for."""

    plan: Any


def order_outside(
    prepare: Callable[[Work, Order], Any],
    act: Callable[[Systems, Any], Awaitable[Any]],
    record: Callable[[Work, Order, Any], ExceptionCase | None],
) -> Outside:
    """An outside step on an order: `prepare` gives a plan, the exception that blocks it, or None for nothing to do."""

    def begin(work: Work, item: OrderInput) -> Prepared | Result:
        plan = prepare(work, work.tx.get(Order, item.order_id))
        finished = plan is None or isinstance(plan, ExceptionCase)
        return order_result(work, item.order_id, plan) if finished else Prepared(plan)

    async def ask(systems: Systems, prepared: Prepared) -> Any:
        return await act(systems, prepared.plan)

    def keep(work: Work, item: OrderInput, prepared: Prepared, answer: Any) -> Result:
        return order_result(work, item.order_id, record(work, work.tx.get(Order, item.order_id), answer))

    return Outside(begin, ask, keep)


def shipment_outside(
    prepare: Callable[..., Any],
    act: Callable[[Systems, Any], Awaitable[Any]],
    record: Callable[[Work, Order, Shipment, Any], ExceptionCase | None],
    *told: str,
) -> Outside:
    """An outside step on a shipment, as `order_outside`; `prepare` is told these fields of the item, too."""

    def load(work: Work, item: ShipmentInput) -> tuple[Order, Shipment]:
        shipment = work.tx.get(Shipment, item.shipment_id)
        return work.tx.get(Order, shipment.order_id), shipment

    def begin(work: Work, item: ShipmentInput) -> Prepared | Result:
        plan = prepare(work, *load(work, item), **{name: getattr(item, name) for name in told})
        finished = plan is None or isinstance(plan, ExceptionCase)
        return shipment_result(work, item.shipment_id, plan) if finished else Prepared(plan)

    async def ask(systems: Systems, prepared: Prepared) -> Any:
        return await act(systems, prepared.plan)

    def keep(work: Work, item: ShipmentInput, prepared: Prepared, answer: Any) -> Result:
        return shipment_result(work, item.shipment_id, record(work, *load(work, item), answer))

    return Outside(begin, ask, keep)
