"""Our words in karrio's: addresses, parcels and customs as the payloads of `karrio_bridge` want them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from canonical_models import Address, Location, Parcel
from canonical_models.base import Country
from canonical_models.money import DECIMALS
from connector_service.adapters.carrier_contract import CarrierConnection, Customs, PickupRequest
from connector_service.adapters.karrio_bridge import without_nothing
from connector_service.errors import VendorRejected

EVERYWHERE = "*"
LEAST_G = 10
"""Karrio rounds to a hundredth of a kilogram, and so down to nothing: parcels are rounded up to it before."""
LB_PER_KG, CM_PER_INCH = 2.205, 2.54
"""As karrio has them; carriers take hundredths."""


class Site(BaseModel):
    """What a carrier wants to know of a location that is not in its own record."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    line1: str = Field(min_length=1, max_length=200)
    line2: str = Field(default="", max_length=200)
    contact: str = Field(default="", max_length=100)
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=254)


class KarrioConnection(CarrierConnection):
    """A carrier account as most carriers want it."""

    account_number: str = Field(min_length=1, max_length=64, description="the account that pays")
    account_country: Country = Field(default="US", description="where the account was opened")
    sites: Mapping[str, Site] = Field(
        default_factory=dict, description="street and telephone by location id; `*` stands for every other location"
    )

    def site(self, carrier: str, location: Location) -> Site:
        """Raises `VendorRejected` when nothing is known of the location."""
        found = self.sites.get(location.id) or self.sites.get(EVERYWHERE)
        if found is None:
            text = f"{carrier} needs the street of location {location.id}: add it to `sites` of the connection"
            raise VendorRejected(text, vendor=carrier, pointer=f"/sites/{location.id}")
        return found


def receiver(address: Address) -> dict[str, Any]:
    """A buyer."""
    return without_nothing(
        (
            ("person_name", address.name or address.company),
            ("company_name", address.company),
            ("address_line1", address.line1),
            ("address_line2", address.line2),
            ("city", address.city),
            ("state_code", address.region),
            ("postal_code", address.postal_code),
            ("country_code", address.country),
            ("phone_number", address.phone),
            ("email", address.email),
            ("residential", address.residential),
        )
    )


def sender(location: Location, site: Site | None) -> dict[str, Any]:
    """A location; without its site a carrier can price, but not print."""
    return without_nothing(
        (
            ("person_name", (site and site.contact) or location.name),
            ("company_name", location.name),
            # Karrio fails without a street, even for a price, which no carrier wants the street for.
            ("address_line1", site.line1 if site else location.name or location.city),
            ("address_line2", site and site.line2),
            ("city", location.city),
            ("state_code", location.region),
            ("postal_code", location.postal_code),
            ("country_code", location.country),
            ("phone_number", site and site.phone),
            ("email", site and site.email),
        )
    )


def kilograms(parcel: Parcel) -> float:
    """The weight, rounded up to ten grams."""
    return max(1, -(-parcel.weight_g // LEAST_G)) / 100


def pounds(parcel: Parcel) -> float:
    """The same weight in pounds."""
    return round(kilograms(parcel) * LB_PER_KG, 2)


def parcels(found: tuple[Parcel, ...], reference: str = "", *, imperial: bool = False) -> list[dict[str, Any]]:
    """Kilograms, rounded up to ten grams, and centimetres; or the same in pounds and inches."""
    return [_parcel(each, reference, imperial=imperial) for each in found]


def _parcel(parcel: Parcel, reference: str, *, imperial: bool) -> dict[str, Any]:
    size, per = parcel.dims_mm, 10 * (CM_PER_INCH if imperial else 1)
    sides = (
        {"length": size.length_mm / per, "width": size.width_mm / per, "height": size.height_mm / per} if size else {}
    )
    return {
        "weight": pounds(parcel) if imperial else kilograms(parcel),
        "weight_unit": "LB" if imperial else "KG",
        "dimension_unit": "IN" if imperial else "CM",
        "reference_number": reference or None,
        **sides,
    }


def customs(declared: Customs | None) -> dict[str, Any] | None:
    """What the customs office wants to know; None when it does not ask."""
    if declared is None:
        return None
    currency = declared.lines[0].currency if declared.lines else None
    lines = [
        {
            "sku": line.sku or None,
            "title": line.description,
            "description": line.description,
            "hs_code": line.hs_code,
            "origin_country": line.origin_country,
            "quantity": line.quantity,
            "value_amount": _major(line.value_minor, line.currency),
            "value_currency": line.currency,
            "weight": line.weight_g / 1_000,
            "weight_unit": "KG",
        }
        for line in declared.lines
    ]
    value = sum(line.value_minor * line.quantity for line in declared.lines)
    payer = "sender" if declared.incoterm == "DDP" else "recipient"
    return {
        "commodities": lines,
        "incoterm": declared.incoterm,
        "content_type": _CONTENT[declared.reason],
        "invoice": declared.invoice_number or None,
        "commercial_invoice": True,
        "duty": {"paid_by": payer, "currency": currency, "declared_value": _major(value, currency or "")},
    }


_CONTENT = {
    "sale": "merchandise",
    "gift": "gift",
    "sample": "sample",
    "return": "return_merchandise",
    "repair": "repair",
    "documents": "documents",
}


def _major(minor: int, currency: str) -> float:
    return float(minor / 10 ** DECIMALS.get(currency, 2))


def pickup_payload(req: PickupRequest, origin: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """A collection, in the location's own time."""
    zone = ZoneInfo(req.location.timezone)
    ready, close = req.ready_at.astimezone(zone), req.close_at.astimezone(zone)
    each = Parcel(parcel_id="any", weight_g=-(-req.weight_g // max(1, req.pieces)))
    return {
        "pickup_date": f"{ready:%Y-%m-%d}",
        "ready_time": f"{ready:%H:%M}",
        "closing_time": f"{close:%H:%M}",
        "address": origin,
        "parcels": parcels((each,) * max(1, req.pieces)),
        "instruction": req.instruction or None,
        "options": options,
    }


def local_day(moment: datetime, location: Location) -> str:
    """The location's own day of a moment, YYYY-MM-DD."""
    return moment.astimezone(ZoneInfo(location.timezone)).date().isoformat()
