"""Look at the orders of a batch and plan what is to be done: which tasks, what each needs first, how urgent it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from canonical_models import Order, Shipment, ShipmentStatus
from connector_service.errors import Conflict
from connector_service.orders.exceptions import blocking, open_exception
from connector_service.orders.progress import shipments_of
from connector_service.orders.quality import gate_passed
from connector_service.orders.work import Work
from connector_service.workers import Plan, Task

_S = ShipmentStatus
TO_PACK = (_S.PLANNED, _S.RELEASED, _S.PICKING, _S.PICKED, _S.PACKED, _S.LABELLED)
"""Shipments whose parcels are planned, or checked once they are packed."""
TO_LABEL = (_S.PACKED, _S.LABELLED)


@dataclass(frozen=True, slots=True)
class Found:
    """An order of the batch as it was found. `reason` says why it has nothing to do, empty when it has.

    `refused`: it may not move, by a state that no exception stands for.
    """

    order_id: str
    order: Order | None
    shipments: tuple[Shipment, ...] = ()
    reason: str = ""
    refused: bool = False

    @property
    def exceptions_before(self) -> list[str]:
        """The exceptions that were open before the batch."""
        return self.order.exception_ids if self.order else []


@dataclass(frozen=True, slots=True)
class Analysis:
    """The orders as found, the plan, and which SKUs to have counted at which location."""

    found: tuple[Found, ...]
    plan: Plan
    skus: dict[str, list[str]]
    wms_of: dict[str, str]

    def number_of(self, task_id: str) -> str:
        """The number of the first order that a task is for."""
        (order_id, *_) = next(task.order_ids for task in self.plan.tasks if task.id == task_id)
        return next(each.order.number for each in self.found if each.order_id == order_id and each.order is not None)


def analyse(work: Work, order_ids: Iterable[str]) -> Analysis:
    """The plan for these orders, each taken once. An order with nothing to do, or that may not move, has no task."""
    found = tuple(_look(work, order_id) for order_id in dict.fromkeys(order_ids))
    wms_of = {location.id: location.wms for location in work.tx.locations()}
    skus: dict[str, set[str]] = {}
    checked: dict[str, list[Found]] = {}
    for each in found:
        for shipment in _to_count(each):
            skus.setdefault(shipment.location_id, set()).update(line.sku for line in shipment.lines)
            users = checked.setdefault(shipment.location_id, [])
            if not users or users[-1] is not each:
                users.append(each)
    counts = [_inventory_task(location_id, users) for location_id, users in checked.items()]
    plan = Plan.of([*counts, *(task for each in found for task in _order_tasks(each))])
    return Analysis(found, plan, {location_id: sorted(wanted) for location_id, wanted in skus.items()}, wms_of)


def _look(work: Work, order_id: str) -> Found:
    order = work.tx.find(Order, order_id)
    if order is None:
        return Found(order_id, None, (), f"There is no order {order_id!r}.", refused=True)
    try:
        stopped = blocking(work, order)
    except Conflict as conflict:
        return Found(order_id, order, (), conflict.detail, refused=True)
    if stopped is not None:
        return Found(order_id, order, (), f"It was stopped before: {stopped.message}")
    shipments = tuple(each for each in shipments_of(work, order) if each.status in TO_PACK and not _labelled(each))
    return Found(order_id, order, shipments, "" if shipments else _idle(work, order))


def _labelled(shipment: Shipment) -> bool:
    return shipment.status == _S.LABELLED and gate_passed(shipment, "shipping")


def _idle(work: Work, order: Order) -> str:
    case = open_exception(work, order)
    if case is not None:
        return f"It was stopped before: {case.message}"
    if not order.shipment_ids:
        return f"The order is {order.status} and has no shipment yet: allocate it first."
    return f"The order is {order.status}: every shipment of it has its label, or has left."


def _to_count(found: Found) -> Iterator[Shipment]:
    """The shipments whose goods are still to be counted before picking."""
    for shipment in found.shipments:
        if shipment.status == _S.PLANNED and not gate_passed(shipment, "pre_pick"):
            yield shipment


def _inventory_task(location_id: str, users: list[Found]) -> Task:
    return Task(f"inventory:{location_id}", "inventory", location_id, tuple(each.order_id for each in users))


def _order_tasks(found: Found) -> Iterator[Task]:
    if found.order is None:
        return
    whose, priority = (found.order_id,), found.order.priority
    to_count = list(_to_count(found))
    check = f"check:{found.order_id}"
    if to_count:
        counts = tuple(dict.fromkeys(f"inventory:{shipment.location_id}" for shipment in to_count))
        yield Task(check, "check", found.order_id, whose, counts, priority)
    counted = {shipment.id for shipment in to_count}
    for shipment in found.shipments:
        packing = f"packing:{shipment.id}"
        yield Task(packing, "packing", shipment.id, whose, (check,) if shipment.id in counted else (), priority)
        if shipment.status in TO_LABEL:
            yield Task(f"label:{shipment.id}", "label", shipment.id, whose, (packing,), priority)
