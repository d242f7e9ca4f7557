"""The United States Postal Service: its REST APIs of version 3, OAuth2, dollars, pounds and inches, within the country.

A label is for one parcel and is paid when it is made, from an account that a second token opens. The Postal Service
does not know a repeated purchase and cannot be asked what was bought under a reference, so a purchase whose answer was
lost is in doubt, and is not repeated. Labels are canceled by their tracking number. Its subscriptions are not used:
callers ask for scans. A return label is bought the other way round, and is paid at once as well.
Tracking numbers are Intelligent Mail package barcodes of 22 digits (or 20, 26, 30 and 34), the last a check digit.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from connector_service.adapters.contracts import Capability
from connector_service.adapters.karrio_words import KarrioConnection

SLUG = "usps"
NAME = "USPS"
CAPABILITIES = frozenset(
    {
        Capability.RATE,
        Capability.LABEL,
        Capability.VOID,
        Capability.RETURN_LABEL,
        Capability.TRACK,
        Capability.SCHEDULE_PICKUP,
        Capability.CHANGE_PICKUP,
        Capability.MOVE_PICKUP,
        Capability.CANCEL_PICKUP,
        Capability.MANIFEST,
        Capability.ADDRESS_CHECK,
    }
)


class Settings(KarrioConnection):
    """`api_key` is `<consumer key>:<consumer secret>`; `webhook_secret` is not used."""

    base_url: str = Field(default="https://apis.usps.com", pattern=r"^https?://[^\s?#]+$")
    account_type: Literal["EPS", "PERMIT", "METER"] = "EPS"
    crid: str = Field(default="", max_length=20, description="customer registration id; labels need it")
    mid: str = Field(default="", max_length=20, description="mailer id; labels need it")
    manifest_mid: str = Field(default="", max_length=20, description="mailer id of SCAN forms; `mid` when empty")
    price_type: Literal["RETAIL", "COMMERCIAL", "CONTRACT"] = "COMMERCIAL"

    @model_validator(mode="after")
    def _the_key_has_its_form(self) -> Self:
        key, colon, secret = self.api_key.get_secret_value().partition(":")
        if not (key and colon and secret):
            raise ValueError("api_key must read <consumer key>:<consumer secret>")
        return self
