"""Canada Post: XML web services over HTTP Basic, Canadian dollars, kilograms, parcels from Canada.

A label is for one parcel. It sells a label as often as it is asked, but finds again what was bought under a
customer-request-id, so the client looks there first; what was voided is forgotten. A shipment is voided freely until
its group is transmitted by a manifest, after which a refund is asked for by email. A return within Canada is billed
when it is used, and cannot be found again. There are no webhooks and no address check: callers ask for scans.
Tracking PINs have sixteen digits with a check digit, or follow UPU S10 and end in `CA`.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from connector_service.adapters.contracts import Capability
from connector_service.adapters.karrio_words import KarrioConnection

SLUG = "canadapost"
NAME = "Canada Post"
CAPABILITIES = frozenset(
    {
        Capability.RATE,
        Capability.LABEL,
        Capability.VOID,
        Capability.RETURN_LABEL,
        Capability.TRACK,
        Capability.LOOKUP_BY_REFERENCE,
        Capability.SCHEDULE_PICKUP,
        Capability.CHANGE_PICKUP,
        Capability.MOVE_PICKUP,
        Capability.CANCEL_PICKUP,
        Capability.MANIFEST,
    }
)


class Settings(KarrioConnection):
    """`api_key` is `<user>:<password>`; `account_number` the customer number; `webhook_secret` is not used."""

    base_url: str = Field(default="https://soa-gw.canadapost.ca", pattern=r"^https?://[^\s?#]+$")
    contract_id: str = Field(default="", max_length=20, description="the parcel agreement; labels need it")
    payment: Literal["Account", "CreditCard", "SupplierAccount"] = "Account"
    refund_email: str = Field(default="", max_length=60, description="who is told what became of a refund")

    @model_validator(mode="after")
    def _the_key_has_its_form(self) -> Self:
        user, colon, password = self.api_key.get_secret_value().partition(":")
        if not (user and colon and password):
            raise ValueError("api_key must read <user>:<password>")
        return self
