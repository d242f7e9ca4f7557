"""The question for UPS's prices, written without karrio: it is asked for every order, and asking costs a tenth so.

A test holds it against what karrio writes for random shipments. It differs on purpose where karrio is wrong: a parcel
that nobody measured has no dimensions (karrio writes "None"), and a street keeps the order of its words.
"""

from __future__ import annotations

from typing import Any

from canonical_models import Address, Dimensions, Location, Parcel
from connector_service.adapters.carrier_contract import RateRequest
from connector_service.adapters.karrio_bridge import without_nothing
from connector_service.adapters.karrio_words import CM_PER_INCH, Site, kilograms, pounds

LINE = 35
"""Characters of an address line."""
SEVERAL, ONE = "00", "02"
"""Packaging unknown, which UPS wants when there are several parcels, or the customer's own."""


def rate_body(req: RateRequest, account_number: str, site: Site | None, day: str) -> dict[str, Any]:
    """The body of Shop for all services; `day` is YYYY-MM-DD."""
    origin, compact = _origin(req.ship_from, site), day.replace("-", "")
    imperial = req.ship_from.country == "US"
    total = round(sum(kilograms(each) for each in req.parcels), 2)
    shipment = {
        "ShipmentDate": compact,
        "Shipper": {**origin, "ShipperNumber": account_number},
        "ShipTo": _receiver(req.ship_to),
        "ShipFrom": origin,
        "PaymentDetails": {"ShipmentCharge": [{"Type": "01", "BillShipper": {"AccountNumber": account_number}}]},
        # Shop answers with every service, whatever is named here.
        "Service": {"Code": "11", "Description": "Weight"},
        "ShipmentTotalWeight": _weight("KGS", total, "Dimension"),
        "Package": [_package(each, len(req.parcels), imperial=imperial) for each in req.parcels],
        "ShipmentRatingOptions": {"NegotiatedRatesIndicator": "Y"},
        "InvoiceLineTotal": {"CurrencyCode": req.currency, "MonetaryValue": "1.0"},
        "RatingMethodRequestedIndicator": "Y",
        "TaxInformationIndicator": "Y",
        "DeliveryTimeInformation": {"PackageBillType": "03", "Pickup": {"Date": compact}},
    }
    head = {
        "RequestOption": "Shoptimeintransit",
        "SubVersion": "2409",
        "TransactionReference": {"CustomerContext": req.order_number or req.reference},
    }
    return {"RateRequest": {"Request": head, "Shipment": shipment}}


def _origin(location: Location, site: Site | None) -> dict[str, Any]:
    lines = (site.line1, site.line2) if site else (location.name or location.city, "")
    contact = (site and site.contact) or location.name
    place = _place(lines, location.city, location.region, location.postal_code, location.country)
    return without_nothing((("AttentionName", contact), ("Address", place)))


def _receiver(to: Address) -> dict[str, Any]:
    place = _place((to.line1, to.line2), to.city, to.region, to.postal_code, to.country)
    if to.residential:
        place["ResidentialAddressIndicator"] = "Y"
    return without_nothing((("AttentionName", to.name or to.company), ("Address", place)))


def _place(lines: tuple[str, str], city: str, region: str, postal_code: str, country: str) -> dict[str, Any]:
    return without_nothing(
        (
            ("AddressLine", [line[:LINE] for line in lines if line]),
            ("City", city),
            ("StateProvinceCode", region),
            ("PostalCode", postal_code),
            ("CountryCode", country),
        )
    )


def _package(parcel: Parcel, count: int, *, imperial: bool) -> dict[str, Any]:
    made: dict[str, Any] = {
        "PackagingType": {"Code": SEVERAL if count > 1 else ONE, "Description": "Packaging Type"},
        "PackageWeight": _weight("LBS", pounds(parcel), "Weight")
        if imperial
        else _weight("KGS", kilograms(parcel), "Weight"),
    }
    if parcel.dims_mm:
        made["Dimensions"] = _sides(parcel.dims_mm, imperial=imperial)
    return made


def _weight(unit: str, value: float, description: str) -> dict[str, Any]:
    return {"UnitOfMeasurement": {"Code": unit, "Description": description}, "Weight": str(value)}


def _sides(size: Dimensions, *, imperial: bool) -> dict[str, Any]:
    unit, per = ("IN", CM_PER_INCH) if imperial else ("CM", 1.0)
    return {
        "UnitOfMeasurement": {"Code": unit, "Description": "Dimension"},
        "Length": str(round(size.length_mm / 10 / per, 2)),
        "Width": str(round(size.width_mm / 10 / per, 2)),
        "Height": str(round(size.height_mm / 10 / per, 2)),
    }
