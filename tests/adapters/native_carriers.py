"""What the tests of DHL Express, the Postal Service and Canada Post share: a tenant's transport, parcels and goods."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from canonical_models import Address, Dimensions, Location, Parcel
from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import (
    CarrierAdapter,
    Customs,
    CustomsLine,
    LabelRequest,
    Rate,
    RateRequest,
)
from connector_service.adapters.http import Transport
from tests.contracts.sandbox_process import Sandbox

T = TypeVar("T")

KEY = "sandbox-user:sandbox-password"
SITE = {"line1": "1 Dock Road", "contact": "Nora North", "phone": "5035550100"}
NATIVE: dict[str, Any] = {"account_number": "123456789", "sites": {"*": SITE}}
"""What their connections want to know besides."""
PARCEL = Parcel(parcel_id="P1", weight_g=1_234, dims_mm=Dimensions(length_mm=305, width_mm=200, height_mm=95))
ONE_PARCEL = (PARCEL.model_copy(update={"weight_g": 1_300}),)
SMALL = Parcel(parcel_id="P2", weight_g=67)
KIEL = Location(id="LOC-A", name="North", country="DE", city="Kiel", postal_code="24103", wms="northdock")
PORTLAND = KIEL.model_copy(update={"country": "US", "region": "OR", "city": "Portland", "postal_code": "97201"})
OTTAWA = KIEL.model_copy(update={"country": "CA", "region": "ON", "city": "Ottawa", "postal_code": "K1A 0B1"})
LYON = Address(
    name="Ana ^Böll",
    company="Böll & Co",
    line1="12 Rue de l'Été",
    line2="2nd floor",
    city="Lyon",
    region="69",
    postal_code="69001",
    country="FR",
    phone="+33 1 23 45 67 89",
)
AUSTIN = Address(
    name="Ana Bell",
    company="Bell & Co",
    line1="12 Elm Street",
    line2="Apt 3",
    city="Austin",
    region="TX",
    postal_code="73301",
    country="US",
    phone="5125550100",
)
HALIFAX = Address(
    name="Ana Bell",
    company="Bell & Co",
    line1="12 Elm Street",
    line2="Apt 3",
    city="Halifax",
    region="NS",
    postal_code="B3L2C2",
    country="CA",
    phone="9025550100",
)
GOODS = Customs(
    lines=(
        CustomsLine("Tee, cotton", "610910", "PT", 2, 1_999, "EUR", 180, "TEE-M"),
        CustomsLine("Mug", "691110", "DE", 1, 750, "EUR", 350),
    ),
    incoterm="DAP",
    invoice_number="INV-7",
)


def adapter(slug: str, sandbox: Sandbox, transport: Transport, **changes: Any) -> Any:
    """The adapter of one tenant, in no hurry."""
    fields = {
        "base_url": f"{sandbox.url}/{slug}",
        "api_key": KEY,
        "webhook_secret": "unused",
        "rate_timeout": 10,
        **NATIVE,
        **changes,
    }
    settings = registry.CARRIERS[slug].settings.model_validate(fields)
    made: CarrierAdapter = registry.carrier(slug, settings, transport.tenant("tenant"))
    return made


def a_rate_request(ship_from: Location, ship_to: Address, **changes: Any) -> RateRequest:
    """One parcel of 1,234 g."""
    fields: dict[str, Any] = {
        "reference": "shp/1:a b&c",
        "order_number": "SO-1",
        "ship_from": ship_from,
        "ship_to": ship_to,
        "parcels": (PARCEL,),
        "currency": "EUR",
        "promised_days": 3,
        "ship_date": date(2026, 11, 23),
    }
    return RateRequest(**{**fields, **changes})


def a_label_request(rate: Rate, ship_from: Location, ship_to: Address, **changes: Any) -> LabelRequest:
    """Buy it for one parcel of 1,234 g."""
    fields: dict[str, Any] = {
        "reference": "shp/1:a b&c",
        "rate": rate,
        "order_number": "SO-1",
        "ship_from": ship_from,
        "ship_to": ship_to,
        "parcels": (PARCEL,),
        "ship_date": date(2026, 11, 23),
    }
    return LabelRequest(**{**fields, **changes})
