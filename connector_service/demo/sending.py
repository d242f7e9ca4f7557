"""Send the pilot's webhooks as the shop would: signed, several at once, again when the connector was not there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import httpx
import orjson

from connector_service.adapters.commerce.shopify import sign
from connector_service.demo.orders import PlannedOrder
from connector_service.errors import InstallationProblem
from connector_service.local.home import Access

AT_ONCE = 16
ATTEMPTS = 60
PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the connector said to one webhook: HTTP status, whether it had it before, and what it keeps it as if
    refused."""

    number: str
    status: int
    replayed: bool
    rejected_id: str | None


@dataclass(slots=True)
class Sender:
    """One shop sending to one connector; `answers` grows as it goes."""

    url: str
    access: Access
    client: httpx.AsyncClient
    answers: list[Answer] = field(default_factory=list)

    async def send(self, orders: Sequence[PlannedOrder]) -> None:
        """Send every webhook as often as it is to be sent, in order, `AT_ONCE` at a time.

        Raises:
            InstallationProblem: the connector did not answer for a minute.
        """
        waiting = sendings(orders)
        await asyncio.gather(*(self._work(waiting) for _ in range(AT_ONCE)))

    async def _work(self, waiting: Iterator[PlannedOrder]) -> None:
        for order in waiting:
            answer = await self._deliver(order)
            said = answer.json()
            replayed, rejected_id = said.get("replayed") is True, said.get("rejected_id")
            self.answers.append(Answer(order.number, answer.status_code, replayed, rejected_id))

    async def _deliver(self, order: PlannedOrder) -> httpx.Response:
        """A shop repeats a webhook that got no answer, or one of the 500s."""
        body = orjson.dumps(order.payload)
        headers = {
            "content-type": "application/json",
            "x-shopify-topic": "orders/create",
            "x-shopify-shop-domain": self.access.shop,
            "x-shopify-webhook-id": order.webhook_id,
            "x-shopify-hmac-sha256": sign(self.access.shop_secret, body),
        }
        trouble = ""
        for _ in range(ATTEMPTS):
            try:
                answer = await self.client.post(f"{self.url}/v1/webhooks/shopify", content=body, headers=headers)
            except httpx.TransportError as problem:
                trouble = repr(problem)
            else:
                if answer.status_code < 500:
                    return answer
                trouble = f"HTTP {answer.status_code}: {answer.text[:300]}"
            await asyncio.sleep(PAUSE_S)
        raise InstallationProblem(f"The connector did not take order {order.number}: {trouble}. Look: dockline doctor")


def sendings(orders: Sequence[PlannedOrder]) -> Iterator[PlannedOrder]:
    """What to send in which order: of the webhooks sent twice, half come again at once, the others at the end."""
    later: list[PlannedOrder] = []
    at_once = True
    for order in orders:
        yield order
        if order.sends > 1:
            if at_once:
                yield order
            else:
                later.append(order)
            at_once = not at_once
    yield from later
