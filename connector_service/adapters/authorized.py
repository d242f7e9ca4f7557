"""Calls that carry an OAuth2 access token."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from connector_service.adapters.http import Refused, Request, VendorHttp
from connector_service.adapters.http_errors import LateToken
from connector_service.adapters.oauth import AccountToken, TokenAnswer, no_token, read_token
from connector_service.errors import VendorRejected

T = TypeVar("T")

UNAUTHORIZED = 401


def basic(credential: str) -> str:
    """The value of `authorization` for `<user>:<password>` (RFC 7617)."""
    return "Basic " + base64.b64encode(credential.encode()).decode()


class AuthorizedHttp:
    """A `VendorHttp` that puts the account's token on every call. `ask` is the request for a token."""

    def __init__(self, http: VendorHttp, token: AccountToken, ask: Request) -> None:
        self._http = http
        self._token = token
        self._ask = replace(ask, kind="token", repeatable=True)

    async def call(self, request: Request, read: Callable[[bytes], T]) -> T:
        """As `VendorHttp.call`; the deadline counts the wait for a token, too.

        A token that the vendor no longer takes is replaced once: the refused call did nothing, so it may be made again.
        """
        ends = self._http.ends(request.kind)
        token = await self._fresh(ends)
        try:
            return await self._http.call(request, read, ends=ends, token=token)
        except Refused as error:
            if error.http_status != UNAUTHORIZED:
                raise
        self._token.refused(token)
        return await self._http.call(request, read, ends=ends, token=await self._fresh(ends))

    async def check_credential(self) -> None:
        """Get a token with the credential itself, whatever token is at hand. Raises `CredentialRefused`."""
        try:
            await self._fetch()
        except VendorRejected as error:
            raise no_token(self._http.vendor, error) from None

    async def _fresh(self, ends: float) -> str:
        at_hand = self._token.at_hand()
        if at_hand is not None:
            return at_hand
        try:
            async with asyncio.timeout_at(ends):
                left = timedelta(seconds=max(0.0, ends - asyncio.get_running_loop().time()))
                return await self._token.get(self._fetch, left)
        except TimeoutError:
            vendor = self._http.vendor
            raise LateToken(f"{vendor} gave no access token before the call's time was up", vendor=vendor) from None

    async def _fetch(self) -> TokenAnswer:
        return await self._http.call(self._ask, read_token)
