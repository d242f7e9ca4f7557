"""What the carrier contract asks of every carrier."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from canonical_models import Dimensions, Location, Parcel
from connector_service.adapters.carrier_contract import (
    Customs,
    CustomsLine,
    LabelRequest,
    PickupRequest,
    Rate,
    RateRequest,
)
from tests.contracts.adapter_contract import BUYER

WAREHOUSE = Location(id="LOC-A", name="North", country="DE", city="Kiel", postal_code="24103", wms="northdock")
PARCELS = (
    Parcel(parcel_id="P1", weight_g=1_234, dims_mm=Dimensions(length_mm=305, width_mm=200, height_mm=95)),
    Parcel(parcel_id="P2", weight_g=66),
)


def a_rate_request(**changes: Any) -> RateRequest:
    """Two parcels of 1,300 g together, from Kiel to Lyon."""
    fields = {
        "reference": "shp/1:a b&c",
        "order_number": "SO-1",
        "ship_from": WAREHOUSE,
        "ship_to": BUYER,
        "parcels": PARCELS,
        "currency": "EUR",
        "promised_days": 3,
    }
    return RateRequest(**{**fields, **changes})


CUSTOMS = Customs((CustomsLine("Cotton shirt", "610910", "PT", 2, 1_999, "EUR", 180, "TEE-M"),), invoice_number="INV-1")


def a_pickup(hours: int = 6, days: int = 2, location: Location = WAREHOUSE) -> PickupRequest:
    """Two days from now at nine, two parcels."""
    ready = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=days)
    return PickupRequest("pk-1", location, ready, ready + timedelta(hours=hours), 2, 1_300)


def a_label_request(rate: Rate, reference: str = "shp/1:a b&c", **changes: Any) -> LabelRequest:
    """Buy the rate."""
    fields = {
        "reference": reference,
        "rate": rate,
        "order_number": "SO-1",
        "ship_from": WAREHOUSE,
        "ship_to": BUYER,
        "parcels": PARCELS,
    }
    return LabelRequest(**{**fields, **changes})
