"""Swiftparcel: an express carrier with a JSON API in camelCase and money as decimal strings.

It authenticates by the header `X-Api-Key`, treats a repeated `clientReference` as the same label, and reports scans by
webhooks signed with HMAC-SHA256 over `<Unix seconds>`, a line feed, and the body. Tracking numbers: `SW`, ten digits,
and a Luhn check digit.
"""

from __future__ import annotations

from connector_service.adapters.carrier_contract import CarrierConnection
from connector_service.adapters.contracts import Capability

SLUG = "swiftparcel"
NAME = "Swiftparcel"
CAPABILITIES = frozenset(
    {
        Capability.RATE,
        Capability.LABEL,
        Capability.MULTI_PIECE,
        Capability.VOID,
        Capability.TRACK,
        Capability.WEBHOOKS,
        Capability.DEDUPES_BY_REFERENCE,
    }
)


class Settings(CarrierConnection):
    """`api_key` is the value of `X-Api-Key`; `webhook_secret` is the account's signing key, as text."""
