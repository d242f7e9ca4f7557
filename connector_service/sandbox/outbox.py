"""Webhooks out: gathers news per account, sends it in batches, and repeats until it is received.

A vendor's faults may have news lost, repeated, or kept back until other news has overtaken it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aiohttp

from connector_service.sandbox.world import News, World

BATCH = 200
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
"""Seconds between attempts to reach a receiver that does not answer."""
TIMEOUT = aiohttp.ClientTimeout(total=15)


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a vendor writes its news: `write(news, secret)` makes headers and a body of `batch` news at most."""

    write: Callable[[list[News], str], tuple[dict[str, str], bytes]]
    batch: int = BATCH


class Outbox:
    """One lane per (vendor, account), each with one request under way at most, so that news arrives in order."""

    def __init__(self, world: World, envelopes: Mapping[str, Envelope]) -> None:
        self._world = world
        self._envelopes = envelopes
        self._lanes: dict[tuple[str, str], _Lane] = {}
        self._session: aiohttp.ClientSession | None = None

    def start(self) -> None:
        """Begin to send, first what was not received before the last stop."""
        self._session = aiohttp.ClientSession(timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar())
        for news in list(self._world.untold.values()):
            self._lane(news).put(news)

    def put(self, news: News) -> None:
        """Send this when its turn comes, if anybody wants it."""
        faults = self._world.fault(news.vendor)
        if faults.webhook_loss and self._world.rng.random() < faults.webhook_loss:
            return
        if self._world.tell(news):
            wait = faults.webhook_shuffle_ms * self._world.rng.random() / 1_000
            for _ in range(1 + faults.webhook_copies):
                if wait:
                    asyncio.get_running_loop().call_later(wait, self._put_late, news)
                else:
                    self._lane(news).put(news)

    def _put_late(self, news: News) -> None:
        if news.event_id in self._world.untold and self._session is not None and not self._session.closed:
            self._lane(news).put(news)

    def _lane(self, news: News) -> _Lane:
        key = (news.vendor, news.account)
        lane = self._lanes.get(key)
        if lane is None:
            if self._session is None:
                raise RuntimeError("the outbox must be started first")
            lane = _Lane(self._world, self._session, *key, self._envelopes[news.vendor])
            self._lanes[key] = lane
        return lane

    async def stop(self) -> None:
        """Stop sending; what was not received stays in the journal."""
        await self.clear()
        if self._session is not None:
            await self._session.close()

    async def clear(self) -> None:
        """Drop all lanes with what waits in them."""
        lanes, self._lanes = self._lanes, {}
        for lane in lanes.values():
            await lane.stop()


class _Lane:
    def __init__(
        self, world: World, session: aiohttp.ClientSession, vendor: str, account: str, envelope: Envelope
    ) -> None:
        self._world = world
        self._session = session
        self._vendor = vendor
        self._account = account
        self._envelope = envelope
        self._waiting: deque[News] = deque()
        self._woken = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run())

    def put(self, news: News) -> None:
        self._waiting.append(news)
        self._woken.set()

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        largest = self._envelope.batch
        size, failures = largest, 0
        while True:
            await self._woken.wait()
            if not failures:
                await asyncio.sleep(self._world.timing.webhook_ms / 1_000)
            batch = [self._waiting[at] for at in range(min(size, len(self._waiting)))]
            status = await self._send(batch)
            if 200 <= status < 300:
                size, failures = min(largest, size * 2), 0
                self._done(batch)
                continue
            if 400 <= status < 500:
                # One event may be what the receiver does not like: go on one by one, and let it not block the others.
                if len(batch) == 1:
                    self._waiting.rotate(-1)
                size = 1
            failures += 1
            await asyncio.sleep(min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures - 1, 10)))

    def _done(self, batch: list[News]) -> None:
        for _ in batch:
            self._waiting.popleft()
        self._world.told([news.event_id for news in batch])
        if not self._waiting:
            self._woken.clear()

    async def _send(self, batch: list[News]) -> int:
        """The receiver's HTTP status, 0 when it could not be reached."""
        webhook = self._world.webhook(self._vendor, self._account)
        if webhook is None:
            return 0
        headers, body = self._envelope.write(batch, webhook.secret)
        headers["Content-Type"] = "application/json"
        try:
            async with self._session.post(webhook.url, data=body, headers=headers, allow_redirects=False) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, OSError):
            return 0
