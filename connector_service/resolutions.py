"""Tells flows that wait for an exception's resolution, until they have heard it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import orjson

from canonical_models import ExceptionCase
from connector_service.delivery import send
from connector_service.errors import DocklineError
from connector_service.orders.case_orders import order_of
from connector_service.orders.views import ExceptionView, OrderView
from connector_service.store import Store, callbacks

_log = logging.getLogger(__name__)
PAUSES = [timedelta(seconds=s) for s in (1, 5, 30, 300, 1800)]
AT_ONCE = 20


@dataclass(slots=True)
class Resolutions:
    """Posts resolutions to the addresses that waiting flows gave; `tick` does one round, for tests too."""

    store: Store
    client: httpx.AsyncClient
    interval: float = 0.2
    _calls: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            try:
                await self.tick()
            except DocklineError as error:
                _log.error("waiting flows are told later: %s", error.detail)
            await asyncio.sleep(self.interval)

    async def tick(self) -> int:
        """Tell every flow that is to be told now; returns how many were tried."""
        due = callbacks.due(self.store.reader, self.store.clock.now())
        await asyncio.gather(*(self._tell(callback) for callback in due))
        return len(due)

    async def _tell(self, callback: callbacks.Callback) -> None:
        tx = self.store.read(callback.tenant_id)
        case = tx.get(ExceptionCase, callback.subject)
        order = order_of(tx, case)
        about = OrderView.of(order).model_dump(mode="json") if order is not None else {}
        news = {**about, **ExceptionView.of(case).model_dump(mode="json")}
        async with self._calls:
            body = orjson.dumps(news).decode()
            error = await send(self.client, callback.url, body, {"content-type": "application/json"})
        # n8n says 409 of a flow that is over, and of one that has not come to its Wait node yet.
        gone = error in ("HTTP 404", "HTTP 409", "HTTP 410") and callback.tries >= len(PAUSES)
        if error is None or gone:
            await self.store.administer(lambda c: callbacks.forget(c, callback.tenant_id, callback.subject))
            return
        later = self.store.clock.now() + PAUSES[min(callback.tries, len(PAUSES) - 1)]
        await self.store.administer(lambda c: callbacks.put_off(c, callback, later))
