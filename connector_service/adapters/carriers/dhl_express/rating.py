"""The question for DHL Express's prices, written without karrio: it is asked for every order.

A test holds it against what karrio writes for random shipments. It differs on purpose where karrio is wrong: it rounds
weights, and sides down to whole centimetres where DHL Express bills every centimetre that is begun.
"""

from __future__ import annotations

from typing import Any

from canonical_models import Address, Location, Parcel
from connector_service.adapters.carrier_contract import RateRequest
from connector_service.adapters.karrio_bridge import without_nothing


def rate_body(req: RateRequest, account_number: str, day: str, *, declarable: bool) -> dict[str, Any]:
    """The body of Rates; `day` is YYYY-MM-DD, `declarable` whether customs wants to know of it."""
    body: dict[str, Any] = {
        "customerDetails": {"shipperDetails": _origin(req.ship_from), "receiverDetails": _receiver(req.ship_to)},
        "accounts": [{"typeCode": "shipper", "number": account_number}],
        "plannedShippingDateAndTime": f"{day}T00:00:00 GMT+00:00",
        "unitOfMeasurement": "metric",
        "isCustomsDeclarable": declarable,
        "packages": [package(parcel) for parcel in req.parcels],
    }
    if req.service is not None:
        body["productCode"] = req.service
    return body


def package(parcel: Parcel) -> dict[str, Any]:
    """Kilograms to the gram, and centimetres begun."""
    size, made = parcel.dims_mm, {"weight": parcel.weight_g / 1_000}
    if size is None:
        return made
    sides = {"length": size.length_mm, "width": size.width_mm, "height": size.height_mm}
    return {**made, "dimensions": {name: max(1, -(-side // 10)) for name, side in sides.items()}}


def _origin(place: Location) -> dict[str, Any]:
    return _place(place.postal_code, place.city, place.country, place.region, (place.name or place.city, ""))


def _receiver(to: Address) -> dict[str, Any]:
    return _place(to.postal_code, to.city, to.country, to.region, (to.line1, to.line2))


def _place(postal_code: str, city: str, country: str, region: str, lines: tuple[str, str]) -> dict[str, Any]:
    return without_nothing(
        (
            ("postalCode", postal_code),
            ("cityName", city),
            ("countryCode", country),
            ("provinceCode", region),
            ("addressLine1", lines[0]),
            ("addressLine2", lines[1]),
        )
    )
