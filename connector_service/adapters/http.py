"""The one transport to vendors: what every call has in common, and the only place where HTTP errors become ours."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson
from pydantic import ValidationError

from connector_service.adapters.breaker import Breaker, BreakerState
from connector_service.adapters.contracts import Connection
from connector_service.adapters.health import CALL_KINDS, CallKind, Health, Outcome
from connector_service.adapters.http_errors import (
    HTTP_ERRORS,
    Busy,
    CircuitOpen,
    NoAnswer,
    Refused,
    UnreadableAnswer,
    client_error,
    outcome_of,
    status_error,
)
from connector_service.adapters.label_desk import LabelDesk
from connector_service.adapters.oauth import AccountToken, Tokens
from connector_service.adapters.patience import Patience
from connector_service.adapters.rate_limit import Bucket
from connector_service.adapters.shapes import Unreadable, explain
from connector_service.adapters.wire import TooLarge, Wire, open_client, url_of
from connector_service.clock import Clock
from connector_service.errors import Conflict, VendorError, VendorUnreachable

__all__ = ["TRACEPARENT", "CircuitOpen", "Refused", "Request", "TenantHttp", "Transport", "VendorHttp", "open_client"]

T = TypeVar("T")

TRACEPARENT: ContextVar[str | None] = ContextVar("traceparent", default=None)
"""The W3C trace context of the work at hand; whoever accepts a request sets it, and every vendor call carries it on."""

MAX_ANSWER = 1_000_000
"""Bytes of an answer, after decompression; no vendor answer we read is near it."""
ATTEMPTS = 3
FIRST_PAUSE = 0.05
"""Seconds before the second attempt; doubled each time, and shortened by up to half by the jitter."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call to a vendor; `path` starts with a slash. `repeatable`: doing it twice does no more than once.

    `kind` decides how long it may take (`Connection.limits`) and where its outcome is counted.
    """

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None
    params: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = False
    kind: CallKind = "other"
    content: str | None = None
    """A body that is not JSON; `headers` must then name its content-type."""


class Transport:
    """What all tenants share: the connections, the clocks, and each (tenant, vendor)'s breaker and rate limit.

    `monotonic` gives seconds that never run backwards, `jitter` numbers from 0 to 1, `sleep` waits for seconds.
    """

    def __init__(
        self,
        client: Wire,
        clock: Clock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        desk: LabelDesk | None = None,
    ) -> None:
        self.client = client
        self.desk = desk
        self.clock = clock
        self.jitter = jitter
        self.sleep = sleep
        self.health = Health()
        self.tokens = Tokens(clock)
        self.monotonic = monotonic
        self._breakers: dict[tuple[str, str], Breaker] = {}
        self._listeners: list[Callable[[str, str, BreakerState], None]] = []
        self._buckets: dict[tuple[str, str, float], Bucket] = {}

    def tenant(self, tenant_id: str) -> TenantHttp:
        """The transport as one tenant sees it."""
        return TenantHttp(self, tenant_id)

    def breaker(self, tenant_id: str, vendor: str) -> Breaker:
        """The breaker between a tenant and a vendor, the same one every time."""
        key = (tenant_id, vendor)
        if key not in self._breakers:
            self._breakers[key] = Breaker(self.monotonic, lambda state: self._tell(tenant_id, vendor, state))
        return self._breakers[key]

    def on_breaker(self, listener: Callable[[str, str, BreakerState], None]) -> None:
        """Tell `listener` the tenant, the vendor and the new state whenever a breaker opens or closes.

        It is called in the middle of a vendor call: it must be quick and must not raise.
        """
        self._listeners.append(listener)

    def _tell(self, tenant_id: str, vendor: str, state: BreakerState) -> None:
        for listener in self._listeners:
            listener(tenant_id, vendor, state)

    def rate_limit_used(self, tenant_id: str, vendor: str) -> float:
        """How much of its rate limit a tenant uses now: 0 nothing, 1 all of it, above 1 calls are waiting."""
        found = (bucket for key, bucket in self._buckets.items() if key[:2] == (tenant_id, vendor))
        return max((bucket.used for bucket in found), default=0.0)

    def bucket(self, tenant_id: str, vendor: str, per_second: float) -> Bucket:
        """The rate limit between a tenant and a vendor, the same one every time; another rate starts a new one."""
        return self._buckets.setdefault((tenant_id, vendor, per_second), Bucket(per_second, self.monotonic))

    async def aclose(self) -> None:
        """Close the connections."""
        await self.client.aclose()


@dataclass(frozen=True, slots=True)
class TenantHttp:
    """The transport as one tenant sees it; hand it to `registry.warehouse` or `registry.carrier`."""

    transport: Transport
    tenant_id: str

    @property
    def clock(self) -> Clock:
        """The wall clock, for the age of webhooks and tokens."""
        return self.transport.clock

    @property
    def desk(self) -> LabelDesk:
        """The memory of carriers that have no system of their own. Raises `Conflict` where there is none."""
        if self.transport.desk is None:
            raise Conflict("This transport has no desk for labels of our own; give it one: Transport(..., desk=...).")
        return self.transport.desk

    def vendor(self, slug: str, connection: Connection, said: Callable[[bytes], str]) -> VendorHttp:
        """The way to one vendor. `said` finds the vendor's words in the body of a refusal."""
        return VendorHttp(self.transport, self.tenant_id, slug, connection, said)


class VendorHttp:
    """Calls of one tenant to one vendor: rate limit, breaker, time limits, safe repeats, size cap, readable errors."""

    def __init__(
        self, transport: Transport, tenant_id: str, vendor: str, connection: Connection, said: Callable[[bytes], str]
    ) -> None:
        self._transport = transport
        self._tenant_id = tenant_id
        self._vendor = vendor
        self._connection = connection
        self._said = said
        self._root = connection.base_url.rstrip("/")
        self._breaker = transport.breaker(tenant_id, vendor)
        self._bucket = transport.bucket(tenant_id, vendor, connection.calls_per_second)
        self._secrets = _secrets(connection)
        self._limits = {kind: connection.limits(kind) for kind in CALL_KINDS}

    @property
    def vendor(self) -> str:
        """The vendor's slug."""
        return self._vendor

    def account(self, credential: str) -> AccountToken:
        """The access token that this tenant's `credential` gets from this vendor."""
        return self._transport.tokens.account(self._tenant_id, self._vendor, credential)

    def ends(self, kind: CallKind) -> float:
        """When a call of this kind that begins now must have ended, in the event loop's time."""
        return asyncio.get_running_loop().time() + self._limits[kind][1]

    async def call(
        self, request: Request, read: Callable[[bytes], T], *, ends: float | None = None, token: str = ""
    ) -> T:
        """What `read` makes of the answer. A GET, and what is `repeatable`, is tried up to three times.

        It ends at the deadline of its kind (or at `ends`), come what may: every wait in it is cut to what is left.
        `token` is the bearer token it carries. Raises `VendorUnreachable` when there was no answer or `read` could not
        read it (it raises ValidationError or `Unreadable`), and `Refused` for a final no.
        """
        ends = self.ends(request.kind) if ends is None else ends
        attempts = ATTEMPTS if request.repeatable or request.method == "GET" else 1
        for attempt in range(1, attempts):
            try:
                return await self._attempt(request, read, ends, token)
            except CircuitOpen:
                raise
            except VendorUnreachable as error:
                pause = self._pause(attempt, error)
                if pause >= _left(ends):
                    raise
                await self._transport.sleep(pause)
        return await self._attempt(request, read, ends, token)

    def _pause(self, attempt: int, error: VendorUnreachable) -> float:
        pause = FIRST_PAUSE * 2.0 ** (attempt - 1) * (1 - self._transport.jitter() / 2)
        return max(pause, error.pause) if isinstance(error, Busy) else pause

    async def _attempt(self, request: Request, read: Callable[[bytes], T], ends: float, token: str) -> T:
        """One try. The breaker is asked before; it and the health recorder are told the outcome after."""
        wait = self._bucket.take()
        if wait:
            await self._turn(request, wait, ends)
        ticket, began = self._admitted(request.kind), self._transport.monotonic()
        try:
            answer = await self._answer(request, read, ends, token)
        except VendorError as error:
            self._record(request.kind, outcome_of(error), self._transport.monotonic() - began)
            if isinstance(error, NoAnswer) and error.we_were_slow:
                self._breaker.abandoned(ticket)
            elif isinstance(error, VendorUnreachable) and not isinstance(error, Busy):
                self._breaker.failed(ticket)
            else:
                self._breaker.succeeded(ticket)
            raise
        except BaseException:
            self._breaker.abandoned(ticket)
            raise
        self._record(request.kind, "answered", self._transport.monotonic() - began)
        self._breaker.succeeded(ticket)
        return answer

    async def _answer(self, request: Request, read: Callable[[bytes], T], ends: float, token: str) -> T:
        timeout = self._limits[request.kind][0]
        patience = Patience(min(asyncio.get_running_loop().time() + timeout, ends))
        try:
            async with patience:
                return self._understood(await self._exchange(request, token), read)
        except HTTP_ERRORS as error:
            # `from None`: the client's error holds the request, and with it the credential.
            raise self._ours(error, patience) from None

    def _ours(self, error: Exception, patience: Patience) -> VendorError:
        ours = client_error(error, self._vendor)
        if isinstance(ours, NoAnswer):
            ours.we_were_slow = patience.was_put_off
        return ours

    async def _turn(self, request: Request, wait: float, ends: float) -> None:
        """Wait for our own rate limit, if the wait ends before the deadline."""
        if wait >= _left(ends):
            self._bucket.give_back()
            self._record(request.kind, "not_called", 0.0)
            text = (
                f"{self._vendor}: the rate limit of this connection leaves no time for the call; see calls_per_second"
            )
            raise Busy(text, vendor=self._vendor, pause=wait)
        await self._transport.sleep(wait)

    def _admitted(self, kind: CallKind) -> int:
        ticket = self._breaker.admit()
        if ticket is None:
            self._record(kind, "not_called", 0.0)
            text = f"{self._vendor} failed too often lately and is left alone for a moment"
            raise CircuitOpen(text, vendor=self._vendor)
        return ticket

    def _record(self, kind: CallKind, outcome: Outcome, seconds: float) -> None:
        self._transport.health.record(self._tenant_id, self._vendor, kind, outcome, seconds)

    async def _exchange(self, request: Request, token: str) -> bytes:
        headers = self._headers(request, token)
        content: bytes | str | None = request.content
        if request.body is not None:
            headers["content-type"], content = "application/json", orjson.dumps(request.body)
        elif request.form is not None:
            headers["content-type"], content = "application/x-www-form-urlencoded", urlencode(request.form)
        try:
            url = url_of(self._root + request.path, request.params)
            answer = await self._transport.client.exchange(request.method, url, headers, content, MAX_ANSWER)
        except TooLarge:
            text = f"{self._vendor} answered with more than {MAX_ANSWER} bytes"
            raise UnreadableAnswer(text, vendor=self._vendor) from None
        if not 200 <= answer.status < 300:
            words = self._redacted(self._said(answer.body), headers)
            raise status_error(answer.status, answer.headers, words, self._vendor)
        return answer.body

    def _headers(self, request: Request, token: str) -> dict[str, str]:
        headers = {"accept": "application/json", "user-agent": "dockline", **request.headers}
        if token:
            headers["authorization"] = f"Bearer {token}"
        traceparent = TRACEPARENT.get()
        if traceparent:
            headers["traceparent"] = traceparent
        return headers

    def _understood(self, body: bytes, read: Callable[[bytes], T]) -> T:
        try:
            return read(body)
        except (ValidationError, Unreadable) as error:
            pointer, words = explain(error)
            text = f"{self._vendor} gave an answer that cannot be read, at {pointer or 'the top'}: {words}"
            raise UnreadableAnswer(text, vendor=self._vendor, pointer=pointer) from None

    def _redacted(self, text: str, headers: Mapping[str, str]) -> str:
        authorization = headers.get("authorization", "").rpartition(" ")[2]
        for secret in (*self._secrets, authorization):
            if secret:
                text = text.replace(secret, "[secret]")
        return text


def _left(ends: float) -> float:
    return max(0.0, ends - asyncio.get_running_loop().time())


def _secrets(connection: Connection) -> tuple[str, ...]:
    """What must not appear in an error, longest first. An API key may be an id and a secret with a colon between."""
    key, webhook = connection.api_key.get_secret_value(), connection.webhook_secret.get_secret_value()
    return tuple(sorted({key, webhook, *key.split(":")}, key=len, reverse=True))
