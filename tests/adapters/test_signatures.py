from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from connector_service.adapters import signatures
from connector_service.errors import Unauthorized

NOW = datetime(2026, 11, 9, tzinfo=UTC)
DIGEST = hmac.new(b"key", b"message", hashlib.sha256).digest()


def test_one_right_signature_among_several_is_enough() -> None:
    signatures.require_signature("v", b"key", b"message", [b"", b"\0" * 32, DIGEST])


@pytest.mark.parametrize("given", [[], [b""], [DIGEST[:-1]], [DIGEST + b"\0"]])
def test_no_right_signature_is_refused(given: list[bytes]) -> None:
    with pytest.raises(Unauthorized):
        signatures.require_signature("v", b"key", b"message", given)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_five_minutes_either_way_are_recent(seconds: int) -> None:
    signatures.require_recent("v", str(int((NOW + timedelta(seconds=seconds)).timestamp())), NOW)


@pytest.mark.parametrize("timestamp", ["", "-1", "1e9", "²", "1" * 5_000, str(int(NOW.timestamp()) - 301)])
def test_another_time_is_refused(timestamp: str) -> None:
    with pytest.raises(Unauthorized):
        signatures.require_recent("v", timestamp, NOW)


def test_unreadable_digests_are_empty() -> None:
    assert signatures.from_hex("zz") == signatures.from_base64("é") == signatures.from_base64("a") == b""
