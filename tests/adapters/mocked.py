"""A client whose vendor is a Python function of httpx's values."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping

import httpx
from yarl import URL

from connector_service.adapters.wire import Answer

Answering = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


class Mocked:
    """Asks `answer` instead of the network."""

    def __init__(self, answer: Answering) -> None:
        self._answer = answer

    async def exchange(
        self, method: str, url: URL, headers: Mapping[str, str], content: bytes | str | None, most: int
    ) -> Answer:
        answer = self._answer(httpx.Request(method, str(url), headers=dict(headers), content=content))
        found = await answer if inspect.isawaitable(answer) else answer
        return Answer(found.status_code, found.headers, found.content)

    async def aclose(self) -> None:
        """Nothing is open."""
