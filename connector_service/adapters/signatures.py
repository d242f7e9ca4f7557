"""Checks that a webhook was sent by the vendor, and lately."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime

from connector_service.errors import Unauthorized

TOLERANCE = 300
"""Seconds a webhook's time may differ from ours, the figure that Standard Webhooks recommends."""


def header(vendor: str, headers: Mapping[str, str], name: str) -> str:
    """A header by its name in any case. Raises `Unauthorized` when it is missing."""
    for given, value in headers.items():
        if given.lower() == name:
            return value
    raise Unauthorized(f"{vendor} webhook: the header {name} is missing")


def require_recent(vendor: str, timestamp: str, now: datetime) -> None:
    """Raises `Unauthorized` unless `timestamp` (Unix seconds) is within the tolerance of `now`."""
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise Unauthorized(f"{vendor} webhook: the timestamp must be Unix seconds")
    if abs(int(timestamp[:20]) - now.timestamp()) > TOLERANCE:
        raise Unauthorized(f"{vendor} webhook: its time is more than {TOLERANCE} s away from ours")


def require_signature(vendor: str, secret: bytes, message: bytes, given: Iterable[bytes]) -> None:
    """Raises `Unauthorized` unless one of the `given` digests is the HMAC-SHA256 of the message."""
    expected = hmac.new(secret, message, hashlib.sha256).digest()
    if not any(hmac.compare_digest(expected, digest) for digest in given):
        raise Unauthorized(f"{vendor} webhook: the signature does not fit the message; is the webhook secret right?")


def from_hex(text: str) -> bytes:
    """The digest, or nothing when it is not hexadecimal: an unreadable signature is a wrong one."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def from_base64(text: str) -> bytes:
    """The digest, or nothing when it is not base64: an unreadable signature is a wrong one."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
