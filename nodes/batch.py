"""The batch node: prepare many orders of one step of a flow together, with a few workers.

It is no second workflow engine: it does one step of a flow for a list of orders that are allocated, released or packed,
by the nodes that a flow would call (plan, check the counts, pack, label), within a bounded time, and hands every order
back to the flow. It releases nothing, waits for no warehouse, and confirms nothing: the sequence stays in the flow.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from canonical_models import ExceptionCode
from connector_service.errors import KeyReused
from connector_service.orders.work import Work
from connector_service.store import idempotency
from connector_service.workers import Limits, run_plan
from nodes.batch_analysis import analyse
from nodes.batch_answer import answer, may_help_to_repeat
from nodes.batch_models import BatchInput, BatchOutput
from nodes.batch_packing import planned_parcels
from nodes.batch_settling import settle
from nodes.batch_steps import Crew, PlanParcels
from nodes.contract import Composed, Node
from nodes.runner import Answer, Caller, Runner, failure, key_of, success

ANSWER_WITHIN = 110.0
"""Seconds in which a call begins tasks and lets them end; n8n waits for 120."""
_C = ExceptionCode


@dataclass(frozen=True, slots=True)
class Batches:
    """Runs batches. `packing` plans parcels, `clock` gives seconds that never run backwards, `sleep` waits for some."""

    packing: PlanParcels = planned_parcels
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def answers(self, runner: Runner, caller: Caller, items: Sequence[BatchInput]) -> list[Answer]:
        """One answer per batch; the batches of a call share its time and run one after the other."""
        until = self.clock() + ANSWER_WITHIN
        return [await self._keyed(runner, caller, item, until) for item in items]

    async def _keyed(self, runner: Runner, caller: Caller, item: BatchInput, until: float) -> Answer:
        """The first answer to this key, or a new one, kept unless something of it is worth repeating."""
        key, fingerprint = key_of(BATCH_RUN, item)
        tx = runner.store.read(caller.tenant_id)
        try:
            known = idempotency.recall(tx.connection, tx.tenant_id, key, fingerprint) if key else None
        except KeyReused as reused:
            return failure(reused)
        if known is not None:
            return {**known, "replayed": True}
        output = await self.run(runner, caller, item, until)
        if may_help_to_repeat(output):
            return success(output)
        keeping = replace(BATCH_RUN, run=lambda work, same: output)
        (kept,) = await runner.run(keeping, caller, [item.model_dump(mode="json")])
        return kept

    async def run(self, runner: Runner, caller: Caller, item: BatchInput, until: float) -> BatchOutput:
        """Analyse, do, raise what hung as exceptions, and put the answer together; no task begins close to `until`."""
        began = self.clock()
        analysis = analyse(_reading(runner, caller), item.order_ids)
        limits = Limits(item.workers, item.timeout_seconds, max(0.0, until - began - item.timeout_seconds))
        crew = Crew(runner, caller, analysis, limits, self.packing, self.clock, self.sleep)
        ended = await run_plan(analysis.plan, crew.work, limits, clock=self.clock, sleep=self.sleep)
        await settle(crew, ended)
        return answer(_reading(runner, caller), analysis, ended, limits, self.clock() - began)


def _reading(runner: Runner, caller: Caller) -> Work:
    return Work(runner.store.read(caller.tenant_id), runner.rules.of(caller.tenant_id), caller.label)


async def _answers(runner: Any, caller: Any, items: list[Any]) -> list[Answer]:
    return await Batches().answers(runner, caller, items)


BATCH_RUN = Node(
    name="batch.run",
    title="Run",
    action="Prepare a batch of orders together",
    description="Check counts per location, plan parcels and buy labels for many orders at once, express first. "
    "What fails becomes an exception of its order; the rest goes on.",
    input=BatchInput,
    output=BatchOutput,
    run=Composed(_answers),
    raises=(
        _C.SKU_UNKNOWN,
        _C.INVENTORY_MISMATCH,
        _C.LOT_MISMATCH,
        _C.BARCODE_MISMATCH,
        _C.PICK_FAILED,
        _C.WEIGHT_MISMATCH,
        _C.NO_BOX_FITS,
        _C.WMS_UNREACHABLE,
        _C.WMS_REJECTED,
        _C.CARRIER_REJECTED,
        _C.CARRIER_UNREACHABLE,
        _C.LABEL_INVALID,
        _C.TRANSIT_TOO_SLOW,
    ),
)

NODES = (BATCH_RUN,)
