"""The pilot's orders sent from the background while a test breaks things, and the pilot's invariants afterwards."""

import asyncio
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from connector_service.demo.facts import collect, glance
from connector_service.demo.invariants import Violation, check
from connector_service.demo.orders import PlannedOrder, generate
from connector_service.demo.run import settled_orders
from connector_service.demo.sending import Answer, Sender
from connector_service.local.stack import put, send
from connector_service.local.tenant_setup import open_database
from connector_service.store import outbox
from tests.end_to_end.installation import Installation, until


@dataclass
class Traffic:
    """All orders that were sent to one installation so far; a shop repeats what was not answered."""

    site: Installation
    orders: list[PlannedOrder] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def send(self, count: int) -> threading.Thread:
        """Begin to send `count` more orders; the thread ends when all were answered."""
        fresh = generate(count, seed=len(self.orders) + 1, first_number=20_001 + len(self.orders))
        scenarios = {order.number: order.scenario for order in fresh if order.scenario}
        put(self.site.sandbox, "scenarios", scenarios)
        self.orders += fresh
        thread = threading.Thread(target=lambda: asyncio.run(self._send(fresh)))
        thread.start()
        return thread

    async def _send(self, orders: list[PlannedOrder]) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            sender = Sender(
                str(self.site.connector.base_url).rstrip("/"), self.site.home.access(), client, self.answers
            )
            await sender.send(orders)

    def status_count(self, *statuses: str) -> int:
        """How many of all orders have one of these statuses now."""
        seen = glance(self.site.home.database, self.site.home.access().tenant_id, datetime.now(UTC))
        return sum(seen.statuses[status] for status in statuses)

    def await_count(self, count: int, *statuses: str) -> None:
        """Wait until so many orders have one of these statuses."""
        until(f"{count} orders {' or '.join(statuses)}", lambda: self.status_count(*statuses) >= count)

    def settle(self, seconds: float = 120.0) -> None:
        """Wait until every order is where it was planned to end, and no flow has anything left to do."""

        def settled() -> bool:
            seen = glance(self.site.home.database, self.site.home.access().tenant_id, datetime.now(UTC))
            return settled_orders(self.orders, seen, self.answers) == len(self.orders) and self._underway() == 0

        until("every order where it must end", settled, seconds)

    def _underway(self) -> int:
        """Events that a flow has not handled yet."""
        with open_database(self.site.home.database) as database:
            counts = outbox.counts(database, self.site.home.access().tenant_id)
        return counts.get("pending", 0) + counts.get("leased", 0)

    def violations(self) -> list[Violation]:
        """What the run left behind that must not be: lost or doubled orders, second labels, missing stock, gaps."""
        ledger = send(self.site.sandbox, "GET", "ledger")
        tenant_id = self.site.home.access().tenant_id
        evidence = collect(self.site.home.database, tenant_id, datetime.now(UTC), self.orders, self.answers, ledger)
        return check(evidence)
