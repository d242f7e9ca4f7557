"""The signature on a Shopify webhook: base64 of HMAC-SHA256 over the raw body (header `X-Shopify-Hmac-Sha256`)."""

from __future__ import annotations

import base64
import hashlib
import hmac

from connector_service.errors import Unauthorized

HEADER = "X-Shopify-Hmac-Sha256"


def sign(secret: str, raw_body: bytes) -> str:
    """The header value Shopify would send with this body."""
    return base64.b64encode(hmac.new(secret.encode(), raw_body, hashlib.sha256).digest()).decode()


def verify(secret: str, raw_body: bytes, header: str | None) -> None:
    """Return when `header` signs exactly these bytes with `secret`.

    Raises:
        Unauthorized: the header is missing or does not fit, or there is no secret to check it with.
    """
    if not secret:
        raise Unauthorized(
            "This tenant has no Shopify webhook secret; set one, because an empty secret checks nothing."
        )
    if not header:
        raise Unauthorized(f"The header {HEADER} is missing; Shopify sends it with every webhook.")
    # Bytes on both sides: compare_digest refuses text that is not ASCII, and a header may hold anything.
    if not hmac.compare_digest(sign(secret, raw_body).encode(), header.strip().encode("utf-8", "replace")):
        raise Unauthorized(f"The header {HEADER} does not sign this body; check that the secret is the shop's own.")
