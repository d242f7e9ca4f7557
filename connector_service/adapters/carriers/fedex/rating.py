"""The question for FedEx's prices, written without karrio: it is asked for every order, and asking costs a tenth so.

A test holds it against what karrio writes for random shipments. It differs on purpose where karrio is wrong: it changes
the order of a street's words, and from the United States it takes centimetres, given with kilograms, for inches. So the
United States hear pounds and inches.
"""

from __future__ import annotations

from typing import Any

from canonical_models import Address, Dimensions, Location, Parcel
from connector_service.adapters.carrier_contract import RateRequest
from connector_service.adapters.carriers.fedex import services
from connector_service.adapters.karrio_bridge import without_nothing
from connector_service.adapters.karrio_words import CM_PER_INCH, LB_PER_KG, Site, kilograms, pounds

LEAST_SIDE = 1.0
"""FedEx takes no side below one centimetre or inch."""


def rate_body(req: RateRequest, account_number: str, site: Site | None, day: str) -> dict[str, Any]:
    """The body of Rate; `day` is YYYY-MM-DD."""
    imperial = req.ship_from.country == "US"
    unit, weigh = ("LB", pounds) if imperial else ("KG", kilograms)
    weight = sum(weigh(each) for each in req.parcels)
    shipment = {
        "shipper": {"address": _origin(req.ship_from, site)},
        "recipient": {"address": _receiver(req.ship_to)},
        "preferredCurrency": req.currency,
        "rateRequestType": ["LIST", "ACCOUNT", "PREFERRED"],
        "shipDateStamp": day,
        "pickupType": "DROPOFF_AT_FEDEX_LOCATION",
        "requestedPackageLineItems": [_item(each, req.currency, imperial=imperial) for each in req.parcels],
        "documentShipment": False,
        "packagingType": "YOUR_PACKAGING",
        "totalWeight": round(weight if imperial else weight * LB_PER_KG, 2),
    }
    if req.service:
        shipment["serviceType"] = services.code_of(req.service)
    if req.ship_from.country != req.ship_to.country or req.ship_from.country == "IN":
        shipment["customsClearanceDetail"] = _customs(
            {"units": unit, "value": round(weight, 2)}, req.currency, account_number
        )
    return {
        "accountNumber": {"value": account_number},
        "rateRequestControlParameters": {
            "returnTransitTimes": True,
            "servicesNeededOnRateFailure": True,
            "rateSortOrder": "COMMITASCENDING",
        },
        "requestedShipment": shipment,
    }


def _origin(location: Location, site: Site | None) -> dict[str, Any]:
    lines = (site.line1, site.line2) if site else (location.name or location.city, "")
    return _place(lines, location.city, location.region, location.postal_code, location.country)


def _receiver(to: Address) -> dict[str, Any]:
    place = _place((to.line1, to.line2), to.city, to.region, to.postal_code, to.country)
    return {**place, "residential": bool(to.residential)}


def _place(lines: tuple[str, str], city: str, region: str, postal_code: str, country: str) -> dict[str, Any]:
    return without_nothing(
        (
            ("streetLines", [line for line in lines if line]),
            ("city", city),
            # FedEx's own letters for Quebec.
            ("stateOrProvinceCode", "PQ" if country == "CA" and region.upper() == "QC" else region),
            ("postalCode", postal_code),
            ("countryCode", country),
            ("residential", False),
        )
    )


def _item(parcel: Parcel, currency: str, *, imperial: bool) -> dict[str, Any]:
    made: dict[str, Any] = {
        "subPackagingType": "OTHER",
        "groupPackageCount": 1,
        "declaredValue": {"amount": 0.0, "currency": currency},
        "weight": {"units": "LB", "value": pounds(parcel)} if imperial else {"units": "KG", "value": kilograms(parcel)},
    }
    if parcel.dims_mm:
        made["dimensions"] = _sides(parcel.dims_mm, imperial=imperial)
    return made


def _sides(size: Dimensions, *, imperial: bool) -> dict[str, Any]:
    unit, per = ("IN", 10 * CM_PER_INCH) if imperial else ("CM", 10)
    sides = {"length": size.length_mm, "width": size.width_mm, "height": size.height_mm}
    made = {name: max(LEAST_SIDE, round(side / per, 2)) for name, side in sides.items()}
    return {**made, "units": unit}


def _customs(weight: dict[str, Any], currency: str, account_number: str) -> dict[str, Any]:
    """The goods are not known yet, and their value does not change the price of carriage: one thing worth one."""
    one = {"amount": 1.0, "currency": currency}
    payor = {"responsibleParty": {"accountNumber": {"value": account_number}}}
    thing = {
        "description": "N/A",
        "weight": weight,
        "quantity": 1,
        "customsValue": one,
        "unitPrice": one,
        "numberOfPieces": 1,
        "quantityUnits": "PCS",
        "partNumber": "0000",
    }
    return {
        "commercialInvoice": {"shipmentPurpose": "SOLD"},
        "dutiesPayment": {"payor": payor, "paymentType": "SENDER"},
        "commodities": [thing],
    }
