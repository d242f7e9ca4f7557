"""What an error of the HTTP client, or a status that is not 2xx, means to us."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp
import httpx

from connector_service.adapters.health import Outcome
from connector_service.errors import VendorError, VendorRejected, VendorUnreachable

BUSY = frozenset({408, 425, 429})

HTTP_ERRORS = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.CookieConflict,
    httpx.StreamError,
    # httpx-aiohttp lets those through that it has no httpx name for, such as an answer that is not HTTP.
    aiohttp.ClientError,
    OSError,
)
"""Everything the client raises. `OSError` covers the timeout of an attempt too."""


class Refused(VendorRejected):
    """A refusal with its HTTP status, so that an adapter can tell an unknown object from a wrong one."""

    def __init__(self, detail: str, *, vendor: str, http_status: int) -> None:
        super().__init__(detail, vendor=vendor)
        self.http_status = http_status


class CredentialRefused(Refused):
    """The vendor does not take our credential, so it did nothing of what was asked."""


class Busy(VendorUnreachable):
    """The vendor asks for patience: `pause` seconds of it, 0 when it did not say."""

    def __init__(self, detail: str, *, vendor: str, pause: float) -> None:
        super().__init__(detail, vendor=vendor)
        self.pause = pause


class NoAnswer(VendorUnreachable):
    """The time was up before the answer had come whole. `we_were_slow`: that may have been our own doing."""

    we_were_slow = False


class UnreadableAnswer(VendorUnreachable):
    """An answer came, but it is not what this vendor's answers look like."""


class NotAsked(VendorUnreachable):
    """The vendor was not asked, so it did nothing of what it would have been asked."""


class CircuitOpen(NotAsked):
    """The vendor failed too often lately, so it was not called."""


class NoToken(NotAsked):
    """There was no access token to ask with."""


class LateToken(NoToken, NoAnswer):
    """There was none before the call's time was up."""


def client_error(error: Exception, vendor: str) -> VendorError:
    """A wrong address can never work; everything else may the next time. The client's own text may hold secrets."""
    kind = type(error).__name__
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | aiohttp.InvalidURL):
        return VendorRejected(f"{vendor}: the address of its API is not usable ({kind}); check base_url", vendor=vendor)
    if isinstance(error, httpx.HTTPStatusError):
        return status_error(error.response.status_code, error.response.headers, "", vendor)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return NoAnswer(f"{vendor} did not answer in time ({kind})", vendor=vendor)
    return VendorUnreachable(f"{vendor} could not be reached ({kind})", vendor=vendor)


def status_error(status: int, headers: Mapping[str, str], words: str, vendor: str) -> VendorError:
    """The error for an answer; `words` are the vendor's own."""
    said = f": {words}" if words else ""
    if status in BUSY:
        pause = headers.get("retry-after", "")
        seconds = float(pause) if pause.isascii() and pause.isdigit() else 0.0
        return Busy(f"{vendor} is busy (HTTP {status}){said}", vendor=vendor, pause=seconds)
    if status >= 500:
        return VendorUnreachable(f"{vendor} failed (HTTP {status}){said}", vendor=vendor)
    if status in (401, 403):
        said = f"{vendor} refused our credential (HTTP {status}){said}"
        return CredentialRefused(said, vendor=vendor, http_status=status)
    if status < 400:
        said = f"{vendor} answered HTTP {status}, and redirects are never followed; check base_url"
    else:
        said = f"{vendor} refused (HTTP {status}){said}"
    return Refused(said, vendor=vendor, http_status=status)


def outcome_of(error: VendorError) -> Outcome:
    """Where the health recorder counts an attempt that ended so."""
    if isinstance(error, Busy):
        return "busy"
    if isinstance(error, NoAnswer):
        return "timeout"
    if isinstance(error, UnreadableAnswer):
        return "unreadable"
    return "error" if isinstance(error, VendorUnreachable) else "refused"
