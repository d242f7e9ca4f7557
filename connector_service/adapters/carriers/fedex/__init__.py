"""FedEx: rates, labels, tracking and collections over its REST APIs (Rate, Ship, Track and Pickup v1).

It authenticates by OAuth2 client credentials in a form. It sells a label as often as it is asked, and nothing gives a
label back that was bought before: Track by reference tells its number only, and that with a delay. So it declares
neither DEDUPES_BY_REFERENCE nor LOOKUP_BY_REFERENCE. FedEx bills a label when the parcel is handed over, so one that
was never used costs nothing.
A collection is changed by calling a new one first. Scans are pushed with `fdx-signature`, the HMAC of the body.
Tracking numbers have 12 or 15 digits with a check digit.
"""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from connector_service.adapters.contracts import Capability
from connector_service.adapters.karrio_words import KarrioConnection

SLUG = "fedex"
NAME = "FedEx"
KARRIO = "fedex"
CAPABILITIES = frozenset(
    {
        Capability.RATE,
        Capability.LABEL,
        Capability.VOID,
        Capability.TRACK,
        Capability.WEBHOOKS,
        Capability.SCHEDULE_PICKUP,
        Capability.CHANGE_PICKUP,
        Capability.CANCEL_PICKUP,
        Capability.ADDRESS_CHECK,
        Capability.RETURN_LABEL,
        Capability.MULTI_PIECE,
    }
)


class Settings(KarrioConnection):
    """`api_key` is `<API key>:<secret key>` of the project; `webhook_secret` the security token of its webhook."""

    base_url: str = Field(default="https://apis.fedex.com", pattern=r"^https?://[^\s?#]+$")

    @model_validator(mode="after")
    def _the_key_is_a_pair(self) -> Self:
        key, _, secret = self.api_key.get_secret_value().partition(":")
        if not (key and secret):
            raise ValueError("api_key must read <API key>:<secret key>")
        return self
