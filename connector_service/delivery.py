"""Delivers events to flows: at least once, in order per object, express first, in batches, signed.

An answer of 200 only means that a flow has begun: a delivery is handled when a node call moved its object on. What
nobody moved on within a lease is delivered again, and after a few fruitless tries becomes an exception with an owner.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import orjson
from standardwebhooks.webhooks import Webhook

from canonical_models import CanonicalObject, ExceptionCase, ExceptionCode, Order, Pickup, Shipment
from connector_service.adapters.http_errors import HTTP_ERRORS
from connector_service.errors import DocklineError
from connector_service.orders.exceptions import raise_exception
from connector_service.orders.handover import waits_for_flow
from connector_service.orders.views import view_of
from connector_service.orders.work import Work
from connector_service.rules_engine import RuleBook
from connector_service.store import Store, Transaction, outbox

_log = logging.getLogger(__name__)
MAX_TRIES = 5
BATCHES_IN_FLIGHT = 5
EVENTS_IN_FLIGHT = 20
_PAUSES = [timedelta(seconds=s) for s in (0.5, 1, 2, 5, 10)]
_MODELS: dict[str, type[CanonicalObject]] = {
    "ord": Order,
    "shp": Shipment,
    "pck": Pickup,
    "exc": ExceptionCase,
}


async def send(client: httpx.AsyncClient, url: str, body: str, headers: dict[str, str]) -> str | None:
    """Post a message; None when the other side took it, else what went wrong in words."""
    try:
        answer = await client.post(url, content=body, headers=headers, timeout=15)
    except HTTP_ERRORS as error:
        return f"{type(error).__name__} {error}".strip()
    return None if answer.is_success else f"HTTP {answer.status_code}"


@dataclass(slots=True)
class _Line:
    """How the way to one subscription is doing."""

    failures: int = 0
    retry_at: datetime | None = None


@dataclass(slots=True)
class Dispatcher:
    """Hands events to the subscriptions of all tenants; `tick` does one round, for tests too."""

    store: Store
    rules: RuleBook
    client: httpx.AsyncClient
    lease: timedelta = timedelta(seconds=30)
    interval: float = 0.1
    gather: float = 0.03
    """For how long events gather after a batch that was not full, in seconds: a call of a few costs nearly as much as
    one of many, so that under load orders are through sooner when they wait a little for each other."""
    _lines: dict[str, _Line] = field(default_factory=dict)
    _serving: set[str] = field(default_factory=set)

    async def run(self) -> None:
        """Deliver until cancelled; a subscription that is slow to answer holds up no other."""
        self._serving.clear()
        async with asyncio.TaskGroup() as group:
            while True:
                try:
                    for subscription in await self._round():
                        if subscription.id not in self._serving:
                            self._serving.add(subscription.id)
                            group.create_task(self._serve_until_empty(subscription))
                except DocklineError as error:
                    _log.error("deliveries wait: %s", error.detail)
                await asyncio.sleep(self.interval)

    async def _serve_until_empty(self, subscription: outbox.Subscription) -> None:
        try:
            while taken := await self._serve(subscription):
                if taken < subscription.batch_size:
                    await asyncio.sleep(self.gather)
        except DocklineError as error:
            _log.error("deliveries to %s wait: %s", subscription.name, error.detail)
        finally:
            self._serving.discard(subscription.id)

    async def tick(self) -> int:
        """One round over all subscriptions; returns how many events were handed over."""
        return sum(await asyncio.gather(*(self._serve(subscription) for subscription in await self._round())))

    async def _round(self) -> list[outbox.Subscription]:
        """Take back what nobody moved on, then say which subscriptions have something to be handed over."""
        now = self.store.clock.now()
        for delivery in outbox.overdue(self.store.reader, now):
            await self.store.write(delivery.tenant_id, lambda tx, d=delivery: self._again(tx, d))  # type: ignore[misc]
        ready = [s for s in outbox.subscriptions(self.store.reader) if self._may_try(s, now)]
        return [s for s in ready if outbox.has_pending(self.store.reader, s.id, now)]

    def _may_try(self, subscription: outbox.Subscription, now: datetime) -> bool:
        line = self._lines.setdefault(subscription.id, _Line())
        return line.retry_at is None or line.retry_at <= now

    async def _serve(self, subscription: outbox.Subscription) -> int:
        now = self.store.clock.now()
        limit = max(EVENTS_IN_FLIGHT, BATCHES_IN_FLIGHT * subscription.batch_size)
        batch = await self.store.administer(lambda c: outbox.lease(c, subscription, now, now + self.lease, limit))
        if not batch:
            return 0
        error = await self._post(subscription, batch)
        line = self._lines[subscription.id]
        if error is None:
            came_back, line.failures, line.retry_at = line.failures > 0, 0, None
            await self.store.administer(lambda c: self._handed_over(c, subscription, batch, came_back))
            return len(batch)
        pause = _PAUSES[min(line.failures, len(_PAUSES) - 1)]
        line.failures += 1
        line.retry_at = self.store.clock.now() + pause
        _log.warning("%s does not take events (%s); they wait", subscription.name, error)
        await self.store.administer(lambda c: outbox.put_back(c, batch, error))
        return 0

    def _handed_over(
        self, connection: Any, subscription: outbox.Subscription, batch: list[outbox.Delivery], came_back: bool
    ) -> None:
        if subscription.acknowledge == "on_receipt":
            outbox.set_state(connection, batch, "handled", due_at=None)
        if came_back:
            # It was away: whatever it was working on before is gone, so that is due again at once.
            outbox.expire_leases(connection, subscription.id, {d.event_position for d in batch}, self.store.clock.now())

    async def _post(self, subscription: outbox.Subscription, batch: list[outbox.Delivery]) -> str | None:
        now = self.store.clock.now()
        body = orjson.dumps({"events": [self._as_sent(delivery) for delivery in batch]}).decode()
        message_id = f"{batch[0].id}-{len(batch)}"
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(subscription.secret).sign(message_id, now, body),
        }
        return await send(self.client, subscription.url, body, headers)

    def _as_sent(self, delivery: outbox.Delivery) -> dict[str, Any]:
        tx = self.store.glance(delivery.tenant_id)
        found = tx.find(_MODELS[delivery.subject[:3]], delivery.subject)
        view = view_of(found).model_dump(mode="json") if found is not None else {}
        data = {key: value for key, value in delivery.event.data.items() if key != "changes"}
        envelope = delivery.event.model_copy(update={"data": data}).model_dump(mode="json")
        return {**envelope, "object": {**view, "delivery_id": delivery.id}}

    def _again(self, tx: Transaction, delivery: outbox.Delivery) -> None:
        """A lease is over: deliver again, or give up with an exception that somebody owns."""
        now = tx.now
        if outbox.leased(tx.connection, tx.tenant_id, delivery.id) is None:
            return  # handled meanwhile
        newest = outbox.newest_sequence(tx.connection, delivery.tenant_id, delivery.subject)
        tries = 0 if newest > delivery.seen_version else delivery.tries + 1
        if tries < MAX_TRIES:
            outbox.count_try(tx.connection, delivery, tries, now)
            return
        outbox.set_state(tx.connection, [delivery], "dead", due_at=None, error="no flow moved it on")
        if waits_for_flow(tx, delivery.subject):
            self._stalled(tx, delivery)

    def _stalled(self, tx: Transaction, delivery: outbox.Delivery) -> None:
        order_id = delivery.subject
        if delivery.subject.startswith("shp_"):
            order_id = tx.get(Shipment, delivery.subject).order_id
        order = tx.get(Order, order_id)
        words = f"{delivery.event.type} was handed to a flow {MAX_TRIES} times and nothing moved the order on."
        raise_exception(
            Work(tx, self.rules.of(tx.tenant_id), "outbox"),
            order,
            ExceptionCode.FLOW_STALLED,
            words,
            event=delivery.event_id,
        )
