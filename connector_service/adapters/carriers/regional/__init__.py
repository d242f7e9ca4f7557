"""Regional: a carrier without an API. Its rates are a table that the tenant has agreed with it, its labels are made
here, and its scans are told by operators or by signed webhooks.

Tracking numbers: the tenant's prefix, ten digits of a serial number, three of the parcel, and a Luhn check digit.
Webhooks are signed as Standard Webhooks say; their body is `{"scans": [{"event_id", "tracking_number", "type",
"occurred_at", "place"}]}` with Dockline's own tracking types.
"""

from __future__ import annotations

from pydantic import Field, SecretStr

from connector_service.adapters.carrier_contract import CarrierConnection
from connector_service.adapters.contracts import Capability

SLUG = "regional"
NAME = "Regional carrier"
CAPABILITIES = frozenset(
    {
        Capability.RATE,
        Capability.LABEL,
        Capability.VOID,
        Capability.TRACK,
        Capability.WEBHOOKS,
        Capability.MULTI_PIECE,
        Capability.DEDUPES_BY_REFERENCE,
        Capability.LOOKUP_BY_REFERENCE,
    }
)


class Settings(CarrierConnection):
    """`webhook_secret` signs the carrier's scans; there is no API, so address and key are not looked at."""

    base_url: str = Field(default="http://no.api", pattern=r"^https?://[^\s?#]+$")
    api_key: SecretStr = SecretStr("")
    name: str = Field(default=NAME, min_length=1, max_length=60, description="as printed on the label")
    prefix: str = Field(default="RG", pattern=r"^[A-Z]{2,4}$", description="begins every tracking number")
