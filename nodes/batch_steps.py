"""The tasks of a batch, done by the nodes that a flow would call, with the same keys: a repeat does nothing twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from canonical_models import Product, Shipment, ShipmentStatus
from connector_service.carriers.outcome import CarrierAnswer, Shopped, Trouble
from connector_service.errors import DocklineError, VendorUnreachable
from connector_service.orders import labels, quality
from connector_service.orders.systems import Systems
from connector_service.orders.work import Outside
from connector_service.store import Transaction, boxes
from connector_service.workers import Limits, Plan, Task, run_plan
from nodes import order, shipment
from nodes.batch_analysis import Analysis
from nodes.batch_models import PlannedParcel
from nodes.batch_no_box import NO_BOX, said_otherwise
from nodes.batch_packing import NoBoxFits, Packaging
from nodes.contract import Node
from nodes.runner import Caller, Runner
from nodes.shapes import Prepared

STEPS = {node.name: node for node in (*order.NODES, *shipment.NODES)}
CARRIERS_SHARE = 0.6
"""Of a label task's time the share that the slowest carrier's rates are waited for; the rest is for buying."""
PlanParcels = Callable[[Shipment, Mapping[str, Product], Packaging], list[PlannedParcel]]
"""Which parcels a shipment will come to."""


class Diverted(DocklineError):
    """A step ended in an exception of the order, which is kept and has its owner."""

    title = "The order left the ordinary path"
    status = 409


class StepFailed(DocklineError):
    """A step could not be done; whether trying again can help is the step's own answer."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(error["detail"], pointer=error["pointer"])
        self.title, self.status, self.retryable = error["title"], error["status"], error["retryable"]


def asking(name: str, act: Callable[[Systems, Prepared], Awaitable[Any]]) -> Node:
    """The named node, which asks other systems by `act` instead: what it plans and keeps stays the same."""
    node = STEPS[name]
    if not isinstance(node.run, Outside):
        raise TypeError(f"{name} asks no other system")
    return replace(node, run=replace(node.run, act=act))


@dataclass(frozen=True, slots=True)
class Crew:
    """Does the tasks of one batch; `packing` plans the parcels of what is not packed yet."""

    runner: Runner
    caller: Caller
    analysis: Analysis
    limits: Limits
    packing: PlanParcels
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def work(self, task: Task, values: Mapping[str, Any]) -> Any:
        """Do one task; what a packing task gives are its parcels.

        Raises:
            DocklineError: the task failed.
        """
        if task.kind == "inventory":
            return await self._count(task.subject)
        if task.kind == "check":
            return await self._check(task.subject, {need.split(":", 1)[1]: counts for need, counts in values.items()})
        return await (self._pack if task.kind == "packing" else self._label)(task.subject)

    async def _count(self, location_id: str) -> Any:
        """One count for all orders of the batch that need it, in the name of the first of them: a warehouse system
        asks for one number."""
        systems = self.runner.systems.of(self.caller.tenant_id)
        warehouse = systems.warehouse(self.analysis.wms_of[location_id])
        number = self.analysis.number_of(f"inventory:{location_id}")
        return await warehouse.counts(location_id, self.analysis.skus[location_id], number)

    async def _check(self, order_id: str, counts: Mapping[str, Any]) -> None:
        async def look_up(systems: Systems, prepared: Prepared) -> Any:
            asked: quality.CountPlan = prepared.plan
            there = {where for where, skus in asked.skus.items() if self._counted(where, skus) and where in counts}
            # What has changed since the analysis is counted now.
            rest = {where: skus for where, skus in asked.skus.items() if where not in there}
            return {where: counts[where] for where in there} | await quality.count(systems, replace(asked, skus=rest))

        found = next(each.order for each in self.analysis.found if each.order_id == order_id)
        item = {"order_id": order_id, "version": found.version if found else None}
        await self._step(asking("order.check_pre_pick", look_up), item)

    def _counted(self, location_id: str, skus: list[str]) -> bool:
        return set(skus) <= set(self.analysis.skus.get(location_id, ()))

    async def _pack(self, shipment_id: str) -> list[PlannedParcel]:
        tx = self.runner.store.read(self.caller.tenant_id)
        found = tx.get(Shipment, shipment_id)
        if found.status not in (ShipmentStatus.PACKED, ShipmentStatus.LABELLED):
            return await self._plan_parcels(tx, found)
        await self._through(found, STEPS["shipment.check_post_pick"], STEPS["shipment.check_packing"])
        return [
            PlannedParcel(weight_g=parcel.weight_g, dims_mm=parcel.dims_mm, packed=True) for parcel in found.parcels
        ]

    async def _plan_parcels(self, tx: Transaction, found: Shipment) -> list[PlannedParcel]:
        packaging = Packaging(boxes.boxes_of(tx.connection, tx.tenant_id), said_otherwise(tx, found))
        try:
            return self.packing(found, tx.products(line.sku for line in found.lines), packaging)
        except NoBoxFits as none:
            await self._step(NO_BOX, {"shipment_id": found.id, "because": none.detail})
            raise

    async def _label(self, shipment_id: str) -> None:
        found = self.runner.store.read(self.caller.tenant_id).get(Shipment, shipment_id)
        rate = asking("shipment.rate", self._rates)
        await self._through(found, rate, STEPS["shipment.buy_label"], STEPS["shipment.check_label"])

    async def _through(self, found: Shipment, *nodes: Node) -> None:
        version = found.version
        for node in nodes:
            output = await self._step(node, {"shipment_id": found.id, "version": version})
            version = output["version"]

    async def _step(self, node: Node, item: dict[str, Any]) -> dict[str, Any]:
        (answer,) = await self.runner.run(node, self.caller, [item])
        if answer["status"] == "exception":
            raise Diverted(answer["exception"]["message"])
        if answer["status"] == "failed":
            raise StepFailed(answer["error"])
        output: dict[str, Any] = answer["output"]
        return output

    async def _rates(self, systems: Systems, prepared: Prepared) -> Shopped:
        """As `labels.ask_rates`, but a carrier that does not answer in its share of the time is left out."""
        slugs = list(systems.carriers())
        if not slugs:
            return await labels.ask_rates(systems, prepared.plan)

        async def ask(task: Task, values: Mapping[str, Any]) -> Shopped:
            only = replace(systems, connections={task.id: systems.connections[task.id]})
            return await labels.ask_rates(only, prepared.plan)

        seconds = self.limits.timeout * CARRIERS_SHARE
        plan = Plan.of(Task(slug, "rates", slug) for slug in slugs)
        ended = await run_plan(plan, ask, Limits(len(slugs), seconds), clock=self.clock, sleep=self.sleep)
        answers: list[CarrierAnswer] = []
        for slug, each in ended.items():
            if each.error is not None:
                raise each.error
            answers += each.value.answers if each.value is not None else (silent(slug, seconds),)
        return Shopped(tuple(answers), max((each.latency_ms for each in answers), default=0.0))


def silent(carrier: str, seconds: float) -> CarrierAnswer:
    """How a carrier fared that did not answer in its share of the time."""
    words = f"it did not answer within {seconds:g} s"
    return CarrierAnswer(carrier, (), None, Trouble.TIMED_OUT, words, seconds * 1_000)


def no_answer(vendor: str, seconds: float) -> VendorUnreachable:
    """The error of a system that did not answer in time."""
    return VendorUnreachable(f"{vendor} did not answer within {seconds:g} s.", vendor=vendor)
