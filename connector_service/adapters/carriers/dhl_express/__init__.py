"""DHL Express: MyDHL API, JSON over HTTP Basic, one waybill for a shipment however many pieces it has.

It does not know a repeated purchase, and what was bought cannot be fetched again: `get-image` gives a waybill document
to who has that enabled, and never the label. So a purchase whose answer was lost is in doubt, and is not repeated under
its reference. It cannot be taken back either; DHL Express bills what it collects, and what is never handed over costs
nothing. There are no webhooks: callers ask. `address-validate` knows places and no streets, so it is no address check.
Waybill numbers have ten digits, the last being what is left of the first nine divided by seven.
"""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from connector_service.adapters.contracts import Capability
from connector_service.adapters.karrio_words import KarrioConnection

SLUG = "dhl_express"
NAME = "DHL Express"
CAPABILITIES = frozenset(
    {
        Capability.RATE,
        Capability.LABEL,
        Capability.MULTI_PIECE,
        Capability.RETURN_LABEL,
        Capability.TRACK,
        Capability.SCHEDULE_PICKUP,
        Capability.CHANGE_PICKUP,
        Capability.MOVE_PICKUP,
        Capability.CANCEL_PICKUP,
    }
)


class Settings(KarrioConnection):
    """`api_key` is `<user>:<password>`; `webhook_secret` is not used."""

    base_url: str = Field(default="https://express.api.dhl.com/mydhlapi", pattern=r"^https?://[^\s?#]+$")

    @model_validator(mode="after")
    def _the_key_has_its_form(self) -> Self:
        user, colon, password = self.api_key.get_secret_value().partition(":")
        if not (user and colon and password):
            raise ValueError("api_key must read <user>:<password>")
        return self
