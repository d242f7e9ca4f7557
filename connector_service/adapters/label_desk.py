"""What a carrier without a system of its own keeps with us: its rates, its labels, its scans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from canonical_models import Label, TrackingEvent
from connector_service.rate_tables import RateTable

Sold = tuple[Label, datetime | None]
"""A label, and when it was voided."""


class LabelDesk(Protocol):
    """Lasting memory, each tenant's and carrier's apart."""

    def tables(self, tenant_id: str, carrier: str) -> Sequence[RateTable]:
        """The rate tables agreed with the carrier."""
        ...

    async def sell(self, tenant_id: str, carrier: str, reference: str, make: Callable[[int], Label]) -> Label | None:
        """The label of a reference: the one there is, else the one that `make` makes of a serial number that no other
        label has. None when the one there is was voided."""
        ...

    async def void(self, tenant_id: str, carrier: str, reference: str) -> None:
        """Note that the label of a reference is void."""
        ...

    def find(self, tenant_id: str, carrier: str, reference: str) -> Sold | None:
        """The label of a reference."""
        ...

    def of_number(self, tenant_id: str, carrier: str, number: str) -> Sold | None:
        """The label with a tracking number."""
        ...

    def scans(self, tenant_id: str, carrier: str, number: str) -> tuple[TrackingEvent, ...]:
        """The scans of one parcel, oldest first."""
        ...
