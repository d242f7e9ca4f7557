"""Run a node on a list of items: each in its own savepoint, all in few commits, none failing its neighbours."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import orjson
from pydantic import BaseModel, ValidationError

from canonical_models import ExceptionCase, Shipment
from connector_service.errors import DocklineError, InvalidInput, VendorError
from connector_service.orders.handover import acknowledge_if_done
from connector_service.orders.systems import AllSystems, Systems
from connector_service.orders.views import view_of
from connector_service.orders.work import Outside, Work
from connector_service.rules_engine import RuleBook
from connector_service.store import Store, Transaction, idempotency
from nodes.contract import Composed, Exceptional, Node, NodeInput, Result, Run, Together

ITEMS_PER_TRANSACTION = 10
"""Items that one job holds the store for; the jobs of a call still share commits."""
CALLS_AT_ONCE = 32
SLICE_S = 0.005
T = TypeVar("T")
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the tenant of the credential, and the credential's label for the audit trail."""

    tenant_id: str
    label: str


@dataclass(slots=True)
class Runner:
    """Runs nodes for all tenants of one connector process."""

    store: Store
    rules: RuleBook
    systems: AllSystems
    _calls: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CALLS_AT_ONCE))
    _locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def run(self, node: Node, caller: Caller, items: Sequence[Any]) -> list[Answer]:
        """One answer per item, in the same order."""
        answers: list[Answer] = [{}] * len(items)
        valid: list[tuple[int, NodeInput]] = []
        for index, raw in enumerate(items):
            try:
                valid.append((index, node.input.model_validate(raw)))
            except ValidationError as error:
                answers[index] = failure(first_problem(error, f"/items/{index}"))
        if isinstance(node.run, Outside):
            results = await self._outside(node, node.run, caller, [item for _, item in valid])
        elif isinstance(node.run, Composed):
            results = await node.run.run(self, caller, [item for _, item in valid])
        elif isinstance(node.run, Together):
            results = await self._together(node, node.run, caller, [item for _, item in valid])
        else:
            results = await self._inside(node, caller, [(item, node.run) for _, item in valid])
        for (index, _), result in zip(valid, results, strict=True):
            answers[index] = result
        return answers

    async def _inside(self, node: Node, caller: Caller, items: Sequence[tuple[NodeInput, Run]]) -> list[Answer]:
        parts = [items[at : at + ITEMS_PER_TRANSACTION] for at in range(0, len(items), ITEMS_PER_TRANSACTION)]
        done = await asyncio.gather(*(self._part(node, caller, part) for part in parts))
        return [answer for part in done for answer in part]

    async def _part(self, node: Node, caller: Caller, items: Sequence[tuple[NodeInput, Run]]) -> list[Answer]:
        def one(tx: Transaction, item: NodeInput, run: Run) -> Answer:
            return self._keyed(tx, node, caller, item, lambda work: run(work, item))

        locks = {id(lock): lock for item, _ in items if node.exclusive and (lock := self._lock(node, caller, item))}
        async with AsyncExitStack() as held:
            # Always in the same order, so that two calls never wait for each other in a circle.
            for each in sorted(locks):
                await held.enter_async_context(locks[each])
            return await self.store.write(caller.tenant_id, lambda tx: [one(tx, item, run) for item, run in items])

    async def _together(self, node: Node, step: Together, caller: Caller, items: list[NodeInput]) -> list[Answer]:
        """The items in the order that the step plans for them; those it says nothing of come after them."""
        turns = await self._turns(step, caller, items) if len(items) > 1 else []
        planned = {at for at, _ in turns}
        turns += [(at, step.each) for at in range(len(items)) if at not in planned]
        done = await self._inside(node, caller, [(items[at], run) for at, run in turns])
        answers = {at: answer for (at, _), answer in zip(turns, done, strict=True)}
        return [answers[at] for at in range(len(items))]

    async def _turns(self, step: Together, caller: Caller, items: list[NodeInput]) -> list[tuple[int, Run]]:
        work = Work(self.store.read(caller.tenant_id), self.rules.of(caller.tenant_id), caller.label)
        try:
            return await in_slices(step.plan(work, items))
        except DocklineError:
            # Whatever is wrong with an item is said when it is done.
            return []

    async def _outside(self, node: Node, step: Outside, caller: Caller, items: list[NodeInput]) -> list[Answer]:
        systems = self.systems.of(caller.tenant_id)
        return list(await asyncio.gather(*(self._one_outside(node, step, caller, item, systems) for item in items)))

    async def _one_outside(
        self, node: Node, step: Outside, caller: Caller, item: NodeInput, systems: Systems
    ) -> Answer:
        async with self._lock(node, caller, item), self._calls:
            while True:
                plan = self._plan(node, step, caller, item)
                if plan is not None:
                    return await self._ask(node, step, caller, item, plan, systems)
                try:
                    return await self._commit(node, caller, item, lambda work: _nothing_left(step.prepare(work, item)))
                except _ChangedMeanwhile:
                    continue

    def _lock(self, node: Node, caller: Caller, item: NodeInput) -> asyncio.Lock:
        """Two calls about one order wait for each other, so that the second sees what the first one did: a label that
        is being given back is not on a parcel that leaves."""
        subject = getattr(item, node.subject or "shipment_id", "") or ""
        shipment = self.store.glance(caller.tenant_id).find(Shipment, subject) if subject.startswith("shp_") else None
        key = (caller.tenant_id, shipment.order_id if shipment is not None else subject)
        return self._locks.setdefault(key, asyncio.Lock())

    async def _ask(
        self, node: Node, step: Outside, caller: Caller, item: NodeInput, plan: Any, systems: Systems
    ) -> Answer:
        try:
            outcome = await step.act(systems, plan)
        except VendorError as error:
            outcome = error
        except DocklineError as error:
            return failure(error)
        return await self._commit(node, caller, item, lambda work: step.record(work, item, plan, outcome))

    def _plan(self, node: Node, step: Outside, caller: Caller, item: NodeInput) -> Any | None:
        """What to ask for outside; None when there is nothing to ask, which a transaction then answers and keeps."""
        tx = self.store.glance(caller.tenant_id)
        key, fingerprint = key_of(node, item)
        try:
            if key is not None and idempotency.recall(tx.connection, tx.tenant_id, key, fingerprint):
                return None
            plan = step.prepare(Work(tx, self.rules.of(tx.tenant_id), caller.label), item)
        except DocklineError:
            # Said again, and answered, inside the transaction.
            return None
        return None if isinstance(plan, BaseModel | Exceptional) else plan

    async def _commit(self, node: Node, caller: Caller, item: NodeInput, step: Callable[[Work], Result]) -> Answer:
        return await self.store.write(caller.tenant_id, lambda tx: self._keyed(tx, node, caller, item, step))

    def _keyed(
        self, tx: Transaction, node: Node, caller: Caller, item: NodeInput, step: Callable[[Work], Result]
    ) -> Answer:
        """The first answer to this key, or what `step` gives now; an error of one item leaves nothing behind."""
        key, fingerprint = key_of(node, item)
        # A handle of its own per item: what it has loaded must not outlive a rollback.
        tx = tx.part()
        tx.connection.execute("SAVEPOINT item")
        try:
            answer = self._recalled(tx, key, fingerprint) or success(step(self._work(tx, node, caller)))
            if key is not None and not answer["replayed"]:
                idempotency.remember(tx.connection, tx.tenant_id, key, fingerprint, answer, tx.now)
            if item.delivery_id is not None:
                acknowledge_if_done(tx, item.delivery_id, always=node.name == "event.acknowledge")
            tx.succeeded()
        except DocklineError as error:
            tx.connection.execute("ROLLBACK TO item")
            answer = failure(error)
        tx.connection.execute("RELEASE item")
        return answer

    def _recalled(self, tx: Transaction, key: str | None, fingerprint: str) -> Answer | None:
        found = idempotency.recall(tx.connection, tx.tenant_id, key, fingerprint) if key else None
        return {**found, "replayed": True} if found else None

    def _work(self, tx: Transaction, node: Node, caller: Caller) -> Work:
        actor = f"{caller.label} via {node.name}"
        return Work(tx, self.rules.of(tx.tenant_id), actor, answers=self.systems.answers)


async def in_slices(slices: Generator[None, None, T], monotonic: Callable[[], float] = time.perf_counter) -> T:
    """What a step that yields now and then comes to; others have the processor at least every few milliseconds."""
    until = monotonic() + SLICE_S
    while True:
        try:
            next(slices)
        except StopIteration as ended:
            result: T = ended.value
            return result
        if monotonic() >= until:
            await asyncio.sleep(0)
            until = monotonic() + SLICE_S


class _ChangedMeanwhile(Exception):
    """There was nothing to ask outside when it was read, and there is when it is to be answered."""


def _nothing_left(prepared: Any) -> Result:
    if not isinstance(prepared, BaseModel | Exceptional):
        raise _ChangedMeanwhile
    return prepared


def key_of(node: Node, item: NodeInput) -> tuple[str | None, str]:
    """The item's idempotency key (explicit, or from the object and the version seen; else None), and its content."""
    content = item.model_dump_json(exclude={"idempotency_key", "delivery_id"})
    fingerprint = hashlib.sha256(content.encode()).hexdigest()[:32]
    if node.read_only:
        return None, fingerprint
    if item.idempotency_key:
        return f"{node.name}:{item.idempotency_key}", fingerprint
    version = getattr(item, "version", None)
    if node.subject is None or version is None:
        return None, fingerprint
    return f"{node.name}:{getattr(item, node.subject)}:{version}:{fingerprint}", fingerprint


def success(result: Result) -> Answer:
    """An item's answer: done, or the exception it ended in."""
    if isinstance(result, Exceptional):
        case = result.case
        exception = (view_of(case) if isinstance(case, ExceptionCase) else case).model_dump(mode="json")
        return _answer("exception", output=result.output.model_dump(mode="json"), exception=exception)
    return _answer("done", output=result.model_dump(mode="json"))


def failure(error: DocklineError) -> Answer:
    """An item's answer when it could not be done at all."""
    words = {"title": error.title, "detail": error.detail, "pointer": error.pointer, "retryable": error.retryable}
    return _answer("failed", error={**words, "status": error.status})


def _answer(status: str, *, output: Any = None, exception: Any = None, error: Any = None) -> Answer:
    return {"status": status, "output": output, "exception": exception, "error": error, "replayed": False}


def first_problem(error: ValidationError, prefix: str = "") -> InvalidInput:
    """A pydantic error as one of ours: what is wrong, where (JSON pointer), and what was given."""
    first = error.errors(include_url=False)[0]
    pointer = prefix + "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in first["loc"])
    given = first.get("input")
    shown = "" if isinstance(given, dict | list) else f" (given: {str(given)[:80]!r})"
    return InvalidInput(f"{first['msg']}{shown}", pointer=pointer or "/")


def dumps(answers: list[Answer]) -> bytes:
    """The body of a node call's response."""
    return orjson.dumps({"results": answers})
