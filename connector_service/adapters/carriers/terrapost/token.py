"""Terrapost's access token: fetched once, kept until shortly before it ends."""

from __future__ import annotations

import asyncio
import base64
from datetime import datetime, timedelta

from connector_service.adapters.carriers.terrapost import mapping
from connector_service.adapters.http import Request, VendorHttp
from connector_service.clock import Clock

MARGIN = timedelta(seconds=30)
"""A token is renewed this long before its end, so that it cannot end on the way."""


class Token:
    """One tenant's token. Many calls may need it at once; one of them fetches it."""

    def __init__(self, credential: str, http: VendorHttp, clock: Clock) -> None:
        self._basic = "Basic " + base64.b64encode(credential.encode()).decode()
        self._http = http
        self._clock = clock
        self._lock = asyncio.Lock()
        self._value = ""
        self._fresh_until: datetime | None = None

    async def headers(self) -> dict[str, str]:
        """The header that authorizes a call."""
        async with self._lock:
            if self._fresh_until is None or self._clock.now() >= self._fresh_until:
                await self._fetch()
            return {"authorization": f"Bearer {self._value}"}

    def forget(self) -> None:
        """The vendor did not take it: fetch another."""
        self._fresh_until = None

    async def _fetch(self) -> None:
        request = Request(
            "POST",
            "/oauth/token",
            form={"grant_type": "client_credentials"},
            headers={"authorization": self._basic},
            repeatable=True,
        )
        self._value, seconds = await self._http.call(request, mapping.token)
        self._fresh_until = self._clock.now() + timedelta(seconds=seconds) - MARGIN
