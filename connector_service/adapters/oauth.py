"""OAuth2 client credentials (RFC 6749, 4.4): one token per tenant, vendor and account, however many calls need it.

Whoever needs a token first starts fetching it; everybody else waits for the same fetch. A call that gives up does not
stop the fetch, so that the next call finds the token. Near its end the token is renewed by one call while the others
still use it. The tokens live in memory only and print as nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import Field

from connector_service.adapters.http_errors import CredentialRefused, LateToken, NoAnswer, NoToken, Refused
from connector_service.adapters.shapes import VendorShape
from connector_service.clock import Clock
from connector_service.errors import VendorError, VendorRejected

MARGIN = timedelta(seconds=30)
"""A token is no longer used this long before its end, so that it cannot end on the way."""
PATIENCE = timedelta(seconds=5)
"""How long a renewal that failed is left alone while the token still holds."""
HANGING = timedelta(seconds=1)
"""A token that has been asked for so long, and for longer than a caller has time, will hardly come within that time."""
RENEWED_AT = 0.8
"""The share of a token's life after which it is renewed in the background."""


class TokenAnswer(VendorShape):
    """What RFC 6749 (5.1) says a token endpoint answers; UPS sends the seconds as text."""

    access_token: str = Field(min_length=1, max_length=8_000, repr=False)
    expires_in: int = Field(ge=1, le=366 * 86_400)


def read_token(body: bytes) -> TokenAnswer:
    """Raises ValidationError when it is not a token."""
    return TokenAnswer.model_validate_json(body)


def no_token(vendor: str, error: VendorRejected) -> VendorRejected:
    """What a refusal of the token endpoint means: `invalid_client` comes with 400 or 401 (RFC 6749, 5.2)."""
    text = f"{vendor} gave no access token: {error.detail}; check the client id and secret"
    if isinstance(error, Refused) and error.http_status in (400, 401, 403):
        return CredentialRefused(text, vendor=vendor, http_status=error.http_status)
    return VendorRejected(text, vendor=vendor)


@dataclass(slots=True)
class _Held:
    """One account's token. `value` is empty before the first fetch; `asked_since` is from when on the vendor has been
    asked for one and has not answered."""

    value: str = field(default="", repr=False)
    renew_at: datetime | None = None
    ends_at: datetime | None = None
    fetching: asyncio.Task[None] | None = None
    asked_since: datetime | None = None


class Tokens:
    """All tokens of a transport."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: dict[tuple[str, str, str], _Held] = {}

    def account(self, tenant_id: str, vendor: str, credential: str) -> AccountToken:
        """The token of one account, shared by everybody who names the same credential."""
        # By its digest: a new secret is another account, and the dictionary holds no secret.
        key = (tenant_id, vendor, hashlib.sha256(credential.encode()).hexdigest())
        return AccountToken(vendor, self._held.setdefault(key, _Held()), self._clock)


class AccountToken:
    """The token of one account."""

    def __init__(self, vendor: str, held: _Held, clock: Clock) -> None:
        self._vendor = vendor
        self._held = held
        self._clock = clock

    async def get(self, fetch: Callable[[], Awaitable[TokenAnswer]], patience: timedelta = timedelta.max) -> str:
        """A token that still holds; `fetch` is called when there is none, by one caller only.

        A caller with `patience` does not even begin to wait for a token that hangs. Raises `NoToken` or
        `VendorRejected` in words that name the token endpoint.
        """
        held, now = self._held, self._clock.now()
        usable = held.ends_at is not None and now < held.ends_at
        if held.renew_at is None or now >= held.renew_at:
            fetching = self._fetching(fetch)
            if not usable:
                self._expect_one(now, patience)
                await self._wait(fetching)
        return held.value

    def _expect_one(self, now: datetime, patience: timedelta) -> None:
        since = self._held.asked_since
        if since is not None and now - since > max(HANGING, patience):
            text = f"{self._vendor} has not answered for a while when asked for an access token; it is still waited for"
            raise LateToken(text, vendor=self._vendor)

    def at_hand(self) -> str | None:
        """A token that holds and need not be renewed yet; None when `get` has something to do."""
        held = self._held
        return held.value if held.renew_at is not None and self._clock.now() < held.renew_at else None

    def refused(self, value: str) -> None:
        """The vendor did not take this token: fetch another, unless somebody has done so already."""
        if self._held.value == value:
            self._held.renew_at = self._held.ends_at = None

    def _fetching(self, fetch: Callable[[], Awaitable[TokenAnswer]]) -> asyncio.Task[None]:
        if self._held.fetching is None or self._held.fetching.done():
            self._held.fetching = asyncio.create_task(self._fetch(fetch))
            # Nobody may be waiting for a renewal that fails; the next call will say so once the token has ended.
            self._held.fetching.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._held.fetching

    async def _fetch(self, fetch: Callable[[], Awaitable[TokenAnswer]]) -> None:
        asked_at = self._clock.now()
        # Should the fetch fail while the old token still holds, the next try comes a little later.
        self._held.renew_at = None if self._held.ends_at is None else asked_at + PATIENCE
        self._held.asked_since = self._held.asked_since or asked_at
        try:
            answer = await fetch()
        except NoAnswer:
            raise
        except VendorError:
            self._held.asked_since = None
            raise
        self._held.asked_since = None
        life = timedelta(seconds=answer.expires_in)
        self._held.value = answer.access_token
        self._held.ends_at = asked_at + max(life - MARGIN, life / 2)
        self._held.renew_at = min(asked_at + life * RENEWED_AT, self._held.ends_at)

    async def _wait(self, fetching: asyncio.Task[None]) -> None:
        try:
            # Shielded: a caller whose time is up leaves, the others go on waiting.
            await asyncio.shield(fetching)
        except VendorRejected as error:
            raise no_token(self._vendor, error) from None
        except VendorError as error:
            text = f"{self._vendor} could not be asked because it gave no access token: {error.detail}"
            raise NoToken(text, vendor=self._vendor) from None
