"""The question for the Postal Service's prices, written without karrio: it is asked for every order.

A test holds it against what karrio writes for random shipments. It differs on purpose where karrio rounds the weight to
a hundredth of a pound, leaves out a size that nobody measured, and passes on nine digits of a ZIP code.
"""

from __future__ import annotations

from typing import Any

from canonical_models import Parcel
from connector_service.adapters.carrier_contract import RateRequest
from connector_service.adapters.carriers.usps import SLUG, Settings
from connector_service.adapters.carriers.usps.mapping import describe, zip5
from connector_service.adapters.karrio_words import CM_PER_INCH
from connector_service.errors import VendorRejected

HOME = "US"


def rate_body(req: RateRequest, settings: Settings, day: str) -> dict[str, Any]:
    """The body of a search for all services; `day` is YYYY-MM-DD. Raises `VendorRejected` beyond the United States."""
    for pointer, place in (("/ship_from/country", req.ship_from), ("/ship_to/country", req.ship_to)):
        if place.country != HOME:
            text = f"{SLUG} would not take this rate: it is asked for the United States only, not for {place.country}"
            raise VendorRejected(text, vendor=SLUG, pointer=pointer)
    account = {"accountType": settings.account_type, "accountNumber": settings.account_number}
    package: dict[str, Any] = {
        **_sides(req.parcels[0]),
        "mailClass": req.service.rpartition("-")[0] if req.service else "ALL",
        "mailingDate": day,
    }
    describe(package, req.parcels[0])
    return {
        "pricingOptions": [{"priceType": settings.price_type, "paymentAccount": account}],
        "originZIPCode": zip5(req.ship_from.postal_code),
        "destinationZIPCode": zip5(req.ship_to.postal_code),
        "destinationEntryFacilityType": "NONE",
        "packageDescription": package,
    }


def _sides(parcel: Parcel) -> dict[str, float]:
    size, per = parcel.dims_mm, 10 * CM_PER_INCH
    if size is None:
        return {}
    sides = {"length": size.length_mm, "height": size.height_mm, "width": size.width_mm}
    return {name: round(side / per, 2) for name, side in sides.items()}
