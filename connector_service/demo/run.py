"""Run the pilot on a started stack: furnish, send, wait until every order has settled, check, report."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from connector_service.clock import Clock, SystemClock
from connector_service.demo.facts import Glance, collect, glance
from connector_service.demo.furnish import furnish
from connector_service.demo.invariants import Evidence, Result, check_each
from connector_service.demo.orders import PlannedOrder, generate
from connector_service.demo.progress import LiveProgress
from connector_service.demo.report import ReportData, write_report
from connector_service.demo.sending import Answer, Sender
from connector_service.demo.stories import stories
from connector_service.demo.summary import print_summary
from connector_service.errors import InvalidInput
from connector_service.local.home import Home
from connector_service.local.stack import Addresses, put, send

LOOK_EVERY_S = 1.0
CALM_S = 2.0
"""How long everything must stay as planned before the run counts as settled."""
LEFT = frozenset({"shipped", "delivered", "closed"})


@dataclass(frozen=True)
class Pilot:
    """One run: `count` orders of a seed through the stack at `addresses`, the report written to `report`.

    It ends when nothing has moved for `patience_s` seconds, whatever the orders have reached by then.
    """

    home: Home
    addresses: Addresses
    count: int
    seed: int
    report: Path
    patience_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Settled:
    """How the waiting ended: the answers to all webhooks, and seconds from the first webhook to the last change."""

    answers: Sequence[Answer]
    seconds: float


def run_pilot(pilot: Pilot, screen: Console, clock: Clock | None = None) -> bool:
    """Run it and tell about it; whether every order reached its outcome and every invariant holds.

    Raises:
        InstallationProblem: the connector or the sandbox does not answer.
        InvalidInput: the stack has no sandbox, or the report cannot be written.
    """
    clock = clock or SystemClock()
    orders = generate(pilot.count, pilot.seed)
    sandbox_url = prepare(pilot, orders)
    screen.print(f"Sending {len(orders)} orders (seed {pilot.seed}) to {pilot.addresses.connector}")
    settled = asyncio.run(_send_and_wait(pilot, orders, screen, clock))
    with httpx.Client(trust_env=False, timeout=60) as http:
        ledger = send(http, "GET", f"{sandbox_url}/control/ledger")
    tenant_id = pilot.home.access().tenant_id
    evidence = collect(pilot.home.database, tenant_id, clock.now(), orders, settled.answers, ledger)
    results = check_each(evidence)
    print_summary(screen, evidence, settled.answers, results, settled.seconds)
    _write(pilot, evidence, results, settled, clock)
    screen.print(f"\nThe whole story with pictures: {pilot.report.absolute()}")
    return not any(result.violations for result in results)


def prepare(pilot: Pilot, orders: Sequence[PlannedOrder]) -> str:
    """Stock the shelves, and tell the sandbox what goes wrong with which order; returns the sandbox's address."""
    sandbox_url = pilot.addresses.sandbox
    if sandbox_url is None:
        raise InvalidInput("The pilot needs the sandbox's warehouse and carriers; start the stack with it.")
    headers = {"authorization": f"Bearer {pilot.home.access().api_key}"}
    with httpx.Client(trust_env=False, timeout=60, headers=headers) as http:
        furnish(http, pilot.addresses.connector, sandbox_url)
        scenarios: dict[str, Any] = {order.number: order.scenario for order in orders if order.scenario}
        put(http, f"{sandbox_url}/control/scenarios", scenarios)
    return sandbox_url


async def _send_and_wait(pilot: Pilot, orders: Sequence[PlannedOrder], screen: Console, clock: Clock) -> Settled:
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        sender = Sender(pilot.addresses.connector, pilot.home.access(), client)
        began = time.monotonic()
        sending = asyncio.create_task(sender.send(orders))
        with LiveProgress(screen, len(orders)) as progress:
            ended = await _watch(pilot, orders, sender, sending, progress, clock)
        await sending
    return Settled(sender.answers, ended - began)


async def _watch(
    pilot: Pilot,
    orders: Sequence[PlannedOrder],
    sender: Sender,
    sending: asyncio.Task[None],
    progress: LiveProgress,
    clock: Clock,
) -> float:
    """Look until all is as planned and calm, or nothing has moved for long; returns when the last change was seen."""
    tenant_id = sender.access.tenant_id
    began = changed_at = time.monotonic()
    before: tuple[int, int] | None = None
    while True:
        seen = glance(pilot.home.database, tenant_id, clock.now())
        done = settled_orders(orders, seen, sender.answers)
        now = time.monotonic()
        state = (len(sender.answers), seen.pulse)
        if state != before:
            before, changed_at = state, now
        progress.show(len(sender.answers), done, seen, now - began)
        calm = now - changed_at
        if sending.done() and (calm >= pilot.patience_s or (done == len(orders) and calm >= CALM_S)):
            return changed_at
        await asyncio.sleep(LOOK_EVERY_S)


def settled_orders(orders: Sequence[PlannedOrder], seen: Glance, answers: Sequence[Answer]) -> int:
    """How many orders are where they were planned to end."""
    refused = {answer.number for answer in answers if answer.rejected_id}
    return sum(_as_planned(order, seen, refused) for order in orders)


def _as_planned(order: PlannedOrder, seen: Glance, refused: set[str]) -> bool:
    expected = order.expected
    if expected.outcome == "refused":
        return order.number in refused
    status, codes = seen.ends.get(order.number, ("", frozenset()))
    wanted = LEFT if expected.order_status == "shipped" else {expected.order_status}
    return status in wanted and codes == ({expected.code} if expected.code else set())


def _write(pilot: Pilot, evidence: Evidence, results: Sequence[Result], settled: Settled, clock: Clock) -> None:
    data = ReportData(
        finished_at=clock.now(),
        took_s=settled.seconds,
        seed=pilot.seed,
        sent=len(evidence.expected),
        replayed=sum(answer.replayed for answer in settled.answers),
        refused=len(set(evidence.rejected)),
        orders=evidence.orders,
        exceptions=evidence.exceptions,
        events=evidence.events,
        results=results,
        timelines=stories(evidence),
    )
    try:
        write_report(pilot.report, data)
    except OSError as problem:
        raise InvalidInput(f"The report cannot be written to {pilot.report}: {problem}.") from problem
