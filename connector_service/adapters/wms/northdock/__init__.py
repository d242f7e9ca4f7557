"""Northdock: a warehouse system with a JSON API in PascalCase.

It authenticates by the header `X-Api-Key`, treats a repeated `ExternalId` as the same order, and reports progress by
webhooks signed with HMAC-SHA256 over `<Unix seconds>.<body>`.
"""

from __future__ import annotations

from connector_service.adapters.contracts import Capability, Connection

SLUG = "northdock"
NAME = "Northdock WMS"
CAPABILITIES = frozenset(
    {
        Capability.WEBHOOKS,
        Capability.DEDUPES_BY_REFERENCE,
        Capability.LOOKUP_BY_REFERENCE,
        Capability.CANCEL,
        Capability.COUNTS,
    }
)


class Settings(Connection):
    """`api_key` is the value of `X-Api-Key`; `webhook_secret` is the signing key of the Northdock account, as text."""
