"""Rate questions and carriers for tests of shopping."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from canonical_models import Address, Dimensions, Location, Parcel
from connector_service.adapters.carrier_contract import Rate, RateRequest
from connector_service.carriers.shopping import CarrierAccount
from connector_service.errors import DocklineError
from connector_service.rate_tables import RateTable

TENANT = "acme"
KIEL = Location(id="north", name="North", country="DE", city="Kiel", postal_code="24103", wms="northdock")


def a_request(**changes: Any) -> RateRequest:
    """One parcel of 1,200 g from Kiel to Munich."""
    fields: dict[str, Any] = {
        "reference": "shp-1",
        "order_number": "N1",
        "ship_from": KIEL,
        "ship_to": Address(name="Ana", line1="Am Markt 1", city="München", postal_code="80331", country="DE"),
        "parcels": (
            Parcel(parcel_id="P1", weight_g=1_200, dims_mm=Dimensions(length_mm=300, width_mm=200, height_mm=100)),
        ),
        "currency": "EUR",
        "promised_days": 3,
    }
    return RateRequest(**{**fields, **changes})


def a_rate(carrier: str, cost_minor: int = 500) -> Rate:
    return Rate(carrier, "standard", cost_minor, "EUR", 2, f"Q-{carrier}")


@dataclass
class FakeCarrier:
    """Answers after `seconds` (None: never) with a rate or with `error`; counts what happens to its calls."""

    slug: str
    seconds: float | None = 0.05
    error: DocklineError | None = None
    rates_given: tuple[Rate, ...] | None = None
    begun: int = 0
    ended: int = 0
    cancelled: int = 0
    requests: list[RateRequest] = field(default_factory=list)

    async def rates(self, req: RateRequest) -> tuple[Rate, ...]:
        self.begun += 1
        self.requests.append(req)
        try:
            if self.seconds is None:
                await asyncio.get_running_loop().create_future()
            else:
                await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.ended += 1
        if self.error is not None:
            raise self.error
        return (a_rate(self.slug),) if self.rates_given is None else self.rates_given

    @property
    def under_way(self) -> int:
        return self.begun - self.ended


def accounts(*carriers: FakeCarrier, rate_timeout: float = 0.2) -> list[CarrierAccount]:
    return [CarrierAccount(each.slug, each, "main", rate_timeout) for each in carriers]


def a_table(**changes: Any) -> RateTable:
    """Standard and express within Germany, 4.90 and 9.90 EUR for up to 2 kg, without surcharge."""
    fields: dict[str, Any] = {
        "currency": "EUR",
        "valid_from": date(2026, 1, 1),
        "zones": [{"zone": "1", "ship_to": ["DE"]}],
        "services": [
            {
                "service": name,
                "prices": [{"zone": "1", "transit_days": days, "steps": [{"up_to_g": 2_000, "cost_minor": cost}]}],
            }
            for name, days, cost in (("standard", 3, 490), ("express", 1, 990))
        ],
    }
    return RateTable.model_validate({**fields, **changes})


@dataclass
class Agreed:
    """Tables by carrier, for one tenant."""

    by_carrier: dict[str, Sequence[RateTable]]

    def tables(self, tenant_id: str, carrier: str) -> Sequence[RateTable]:
        return self.by_carrier.get(carrier, ()) if tenant_id == TENANT else ()
