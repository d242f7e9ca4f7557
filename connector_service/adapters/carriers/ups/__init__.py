"""UPS: rates, labels, tracking and collections over its REST APIs of 2024 (Rating and Shipping v2409).

It authenticates by OAuth2 client credentials, sent as HTTP Basic. It sells a label as often as it is asked; Label
Recovery finds one again by its reference number. A collection can be called off but
not changed. Track Alert sends scans with the `credential` that was given when subscribing, and signs nothing.
Tracking numbers are `1Z`, fifteen characters and a check digit.
"""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from connector_service.adapters.contracts import Capability
from connector_service.adapters.karrio_words import KarrioConnection

SLUG = "ups"
NAME = "UPS"
KARRIO = "ups"
CAPABILITIES = frozenset(
    {
        Capability.RATE,
        Capability.LABEL,
        Capability.VOID,
        Capability.TRACK,
        Capability.WEBHOOKS,
        Capability.LOOKUP_BY_REFERENCE,
        Capability.SCHEDULE_PICKUP,
        Capability.CANCEL_PICKUP,
        Capability.ADDRESS_CHECK,
        Capability.RETURN_LABEL,
        Capability.MULTI_PIECE,
    }
)


class Settings(KarrioConnection):
    """`api_key` is `<client id>:<client secret>`; `webhook_secret` the credential given to Track Alert.

    `account_number` is the shipper number.
    """

    base_url: str = Field(default="https://onlinetools.ups.com", pattern=r"^https?://[^\s?#]+$")

    @model_validator(mode="after")
    def _the_key_is_a_pair(self) -> Self:
        client_id, _, client_secret = self.api_key.get_secret_value().partition(":")
        if not (client_id and client_secret):
            raise ValueError("api_key must read <client id>:<client secret>")
        return self
