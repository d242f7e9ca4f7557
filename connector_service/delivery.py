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

from canonical_models import CanonicalObject, ExceptionCase, ExceptionCode, Order, Shipment
from connector_service.adapters.http_errors import HTTP_ERRORS
from connector_service.errors import DocklineError
from connector_service.orders.exceptions import raise_exception
from connector_service.orders.handover import waits_for_flow
from connector_service.orders.views import ExceptionView, OrderView, view_of
from connector_service.orders.work import Work
from connector_service.rules_engine import RuleBook
from connector_service.store import Store, Transaction, callbacks, outbox

_log = logging.getLogger(__name__)
MAX_TRIES = 5
BATCHES_IN_FLIGHT = 5
EVENTS_IN_FLIGHT = 20
_PAUSES = [timedelta(seconds=s) for s in (0.5, 1, 2, 5, 10)]
_MODELS: dict[str, type[CanonicalObject]] = {"ord": Order, "shp": Shipment, "exc": ExceptionCase}
_CALLBACK_PAUSES = [timedelta(seconds=s) for s in (1, 5, 30, 300, 1800)]


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
    _lines: dict[str, _Line] = field(default_factory=dict)

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            try:
                busy = await self.tick()
            except DocklineError as error:
                _log.error("deliveries wait: %s", error.detail)
                busy = 0
            await asyncio.sleep(0 if busy else self.interval)

    async def tick(self) -> int:
        """One round over all subscriptions; returns how many events were handed over."""
        now = self.store.clock.now()
        for delivery in outbox.overdue(self.store.reader, now):
            await self.store.write(delivery.tenant_id, lambda tx, d=delivery: self._again(tx, d))  # type: ignore[misc]
        ready = [s for s in outbox.subscriptions(self.store.reader) if self._may_try(s, now)]
        waiting = [s for s in ready if outbox.has_pending(self.store.reader, s.id, now)]
        sent = await asyncio.gather(*(self._serve(subscription) for subscription in waiting))
        await self._tell_waiting_flows(now)
        return sum(sent)

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
        await self.store.administer(lambda c: outbox.set_state(c, batch, "pending", due_at=None, error=error))
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
        return await self._send(subscription.url, body, headers)

    async def _send(self, url: str, body: str, headers: dict[str, str]) -> str | None:
        """None when the other side took it, else what went wrong in words."""
        try:
            answer = await self.client.post(url, content=body, headers=headers, timeout=15)
        except HTTP_ERRORS as error:
            return f"{type(error).__name__} {error}".strip()
        return None if answer.is_success else f"HTTP {answer.status_code}"

    def _as_sent(self, delivery: outbox.Delivery) -> dict[str, Any]:
        tx = self.store.read(delivery.tenant_id)
        found = tx.find(_MODELS[delivery.subject[:3]], delivery.subject)
        view = view_of(found).model_dump(mode="json") if found is not None else {}
        data = {key: value for key, value in delivery.event.data.items() if key != "changes"}
        envelope = delivery.event.model_copy(update={"data": data}).model_dump(mode="json")
        return {**envelope, "object": {**view, "delivery_id": delivery.id}}

    def _again(self, tx: Transaction, delivery: outbox.Delivery) -> None:
        """A lease is over: deliver again, or give up with an exception that somebody owns."""
        now = tx.now
        if outbox.subject_of(tx.connection, tx.tenant_id, delivery.id) is None:
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
            Work(tx, self.rules, "outbox"), order, ExceptionCode.FLOW_STALLED, words, event=delivery.event_id
        )

    async def _tell_waiting_flows(self, now: datetime) -> None:
        for callback in callbacks.due(self.store.reader, now):
            tx = self.store.read(callback.tenant_id)
            case = tx.get(ExceptionCase, callback.subject)
            order = tx.get(Order, case.order_id)
            news = {**OrderView.of(order).model_dump(mode="json"), **ExceptionView.of(case).model_dump(mode="json")}
            error = await self._send(callback.url, orjson.dumps(news).decode(), {"content-type": "application/json"})
            # n8n says 409 of a flow that is over, and of one that has not come to its Wait node yet.
            gone = error in ("HTTP 404", "HTTP 409", "HTTP 410") and callback.tries >= len(_CALLBACK_PAUSES)
            done = error is None or gone
            pause = _CALLBACK_PAUSES[min(callback.tries, len(_CALLBACK_PAUSES) - 1)]
            await self.store.administer(
                lambda c, callback=callback, done=done, pause=pause: (  # type: ignore[misc]
                    callbacks.forget(c, callback.tenant_id, callback.subject)
                    if done
                    else callbacks.put_off(c, callback, now + pause)
                )
            )
