"""Bytes out, bytes in: the connections to vendors, and one exchange over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from urllib.parse import quote, urlencode

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from yarl import URL

PATH_SAFE = "/%:@!$&'()*+,;=-._~"


class TooLarge(Exception):
    """The answer is longer than the caller wants to read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `headers` are found whatever their letters' case; `body` is decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire(Protocol):
    """What the transport needs of a client."""

    async def exchange(
        self, method: str, url: URL, headers: Mapping[str, str], content: bytes | str | None, most: int
    ) -> Answer:
        """One request and its answer of at most `most` bytes, after which it raises `TooLarge`; redirects are not
        followed. What else it raises is one of `http_errors.HTTP_ERRORS`."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


def open_client(max_connections: int = 512, per_vendor: int = 128) -> Client:
    """A client for all calls of a process. It keeps no cookies, which would pass from tenant to tenant.

    A vendor (a host and its port) that keeps calls hanging holds no more than `per_vendor` connections, so that the
    others have theirs.
    """
    return Client(max_connections, per_vendor)


class _NoCookies(httpx.Cookies):
    def extract_cookies(self, response: httpx.Response) -> None:
        """Leave them where they are. A jar that refuses every domain does the same at a seventh of a call's cost."""


class Client(httpx.AsyncClient):
    """An httpx client over aiohttp's connections. `exchange` goes to them directly, at half the cost of a call."""

    def __init__(self, max_connections: int, per_vendor: int) -> None:
        self._connections = _Connections(max_connections, per_vendor)
        super().__init__(transport=self._connections, timeout=None, follow_redirects=False)

    async def exchange(
        self, method: str, url: URL, headers: Mapping[str, str], content: bytes | str | None, most: int
    ) -> Answer:
        """See `Wire`. It has no time limit of its own."""
        session = self._connections.session()
        async with session.request(method, url, headers=headers, data=content, allow_redirects=False) as answer:
            return Answer(answer.status, answer.headers, await _body(answer, most))

    @property
    def cookies(self) -> httpx.Cookies:
        """None, ever."""
        return _NoCookies()

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        """There are none to set."""


class _Connections(AiohttpTransport):
    def __init__(self, most: int, per_vendor: int) -> None:
        super().__init__(client=self.session)
        self._most, self._per_vendor = most, per_vendor

    def session(self) -> aiohttp.ClientSession:
        """Opened on first use, since it belongs to the event loop.

        Every attempt has its own time limit in VendorHttp, which also bounds an answer that comes drop by drop.
        """
        if not isinstance(self.client, aiohttp.ClientSession):
            self.client = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._most, limit_per_host=self._per_vendor, keepalive_timeout=20),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(),
                trust_env=False,
            )
        return self.client


async def _body(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """The body; most come in one piece, which is then not copied."""
    first, content = await answer.content.readany(), answer.content
    if len(first) <= most and content.at_eof():
        return first
    pieces, size = [first], len(first)
    while size <= most:
        piece = await content.readany()
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        size += len(piece)
    # What is still on its way must not be taken for the next call's answer.
    answer.close()
    raise TooLarge


@lru_cache(maxsize=256)
def url_of(address: str, params: tuple[tuple[str, str], ...]) -> URL:
    """Most calls go to few addresses, and reading one costs as much as building the rest of the request.

    Raises `aiohttp.InvalidURL` for what is no address.
    """
    root, separator, path = address.partition("//")
    query = f"?{urlencode(params)}" if params else ""
    try:
        URL(address)
        return URL(root + separator + quote(path, safe=PATH_SAFE) + query, encoded=True)
    except ValueError:
        raise aiohttp.InvalidURL(address) from None
