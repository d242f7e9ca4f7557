"""Terrapost: an economy carrier with a JSON API in nested snake_case, weights in kilograms as strings.

It authenticates by OAuth2 client credentials (RFC 6749, 4.4) and reports scans by webhooks signed as Standard Webhooks
say. It does NOT know a repeated purchase: two purchases with one customer reference are two labels, found by it.
Tracking numbers follow UPU S10: `TE`, eight digits, a check digit, `TP`.
"""

from __future__ import annotations

import base64
import binascii
from typing import Self

from pydantic import model_validator

from connector_service.adapters.carrier_contract import CarrierConnection
from connector_service.adapters.contracts import Capability

SLUG = "terrapost"
NAME = "Terrapost"
CAPABILITIES = frozenset(
    {
        Capability.RATE,
        Capability.LABEL,
        Capability.MULTI_PIECE,
        Capability.VOID,
        Capability.TRACK,
        Capability.WEBHOOKS,
        Capability.LOOKUP_BY_REFERENCE,
    }
)
PREFIX = "whsec_"


class Settings(CarrierConnection):
    """`api_key` is `<client id>:<client secret>`; `webhook_secret` is text, or base64 after `whsec_`."""

    @model_validator(mode="after")
    def _secrets_have_their_form(self) -> Self:
        client_id, colon, client_secret = self.api_key.get_secret_value().partition(":")
        if not (client_id and colon and client_secret):
            raise ValueError("api_key must read <client id>:<client secret>")
        signing_key(self.webhook_secret.get_secret_value())
        return self


def signing_key(secret: str) -> bytes:
    """The bytes that webhooks are signed with. Raises ValueError when `whsec_` is followed by something not base64."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("webhook_secret must be base64 after whsec_") from None
