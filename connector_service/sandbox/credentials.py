"""Credentials as vendors check them: HTTP Basic pairs, and bearer tokens that end."""

from __future__ import annotations

import base64
import binascii
import secrets
import time

from starlette.datastructures import Headers

from connector_service.sandbox.world import World

TOKEN_SECONDS = 3_600
MANY_TOKENS = 10_000
"""With so many tokens in memory the ended ones are thrown away."""


def sandbox_pair(client_id: str, client_secret: str) -> str | None:
    """`<client id>:<client secret>`, which names the account, when both begin as sandbox credentials do."""
    good = client_id.startswith("sandbox") and client_secret.startswith("sandbox")
    return f"{client_id}:{client_secret}" if good else None


def basic_pair(headers: Headers) -> str | None:
    """The account of an `Authorization: Basic` header, None when it is missing or wrong."""
    scheme, _, credential = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, client_secret = base64.b64decode(credential, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return sandbox_pair(client_id, client_secret)


class Tokens:
    """The bearer tokens of one vendor. They end with this process, as they would at a vendor that restarts."""

    def __init__(self, vendor: str, world: World) -> None:
        self._vendor = vendor
        self._world = world
        self._ends: dict[str, tuple[str, float]] = {}

    def issue(self, account: str) -> tuple[str, int]:
        """A new token for the account, and the seconds it is good."""
        asked = self._world.fault(self._vendor).token_seconds
        seconds = TOKEN_SECONDS if asked is None else asked
        now = time.monotonic()
        if len(self._ends) >= MANY_TOKENS:
            self._ends = {token: each for token, each in self._ends.items() if now < each[1]}
        token = secrets.token_urlsafe(32)
        self._ends[token] = (account, now + seconds)
        return token, seconds

    def account(self, headers: Headers) -> str | None:
        """Whose token the `Authorization: Bearer` header carries, None when it is not good any more."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        account, ends = self._ends.get(token, ("", 0.0))
        return account if scheme.lower() == "bearer" and time.monotonic() < ends else None

    def withdraw(self) -> None:
        """No token given out so far is good any more."""
        self._ends.clear()
