from __future__ import annotations

import pytest

from connector_service.adapters.commerce.shopify import sign, verify
from connector_service.errors import Unauthorized

BODY = '{"name":"#1001","note":"日本"}'.encode()


def test_a_body_signed_with_the_secret_passes() -> None:
    verify("hush", BODY, sign("hush", BODY))


def test_the_signature_is_what_an_independent_hmac_gives() -> None:
    # printf '%s' hello | openssl dgst -sha256 -hmac key -binary | base64
    assert sign("key", b"hello") == "kwezuRXvtRcf8U2MtV+8x5jGwO8UVtZt7RpqpyOli3s="


@pytest.mark.parametrize("header", [None, "", "no base64", "ünïcödé", sign("other", BODY), sign("hush", BODY + b" ")])
def test_any_other_header_is_refused(header: str | None) -> None:
    with pytest.raises(Unauthorized):
        verify("hush", BODY, header)


def test_an_empty_secret_checks_nothing_and_is_refused() -> None:
    with pytest.raises(Unauthorized, match="empty secret"):
        verify("", BODY, sign("", BODY))
