"""MyDHL API's answers."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

from connector_service.sandbox.carriers.dhl_express.numbers import piece
from connector_service.sandbox.carriers.dhl_express.tariffs import FUEL_SHARE, NAMES
from connector_service.sandbox.carriers.paper import LETTER, pdf
from connector_service.sandbox.carriers.printing import label as printed
from connector_service.sandbox.pricing import Price, decimal
from connector_service.sandbox.world import Scan, Sold

CODES = {
    "label_created": ("SD", "Shipment information received"),
    "picked_up": ("PU", "Shipment picked up"),
    "in_transit": ("DF", "Shipment has departed from a DHL facility"),
    "out_for_delivery": ("WC", "Shipment is out with courier for delivery"),
    "delivered": ("OK", "Delivered"),
    "delivery_failed": ("NH", "Delivery attempted; recipient not home"),
    "address_correction": ("BA", "Address information needed"),
    "delayed": ("TD", "Shipment is delayed in transit"),
    "damaged": ("DM", "Shipment is damaged"),
    "lost": ("LO", "Shipment cannot be located"),
    "return_to_sender": ("RT", "Returned to shipper"),
}


def amount(minor: int, currency: str) -> float:
    """Money as MyDHL API writes it: a number."""
    return float(decimal(minor, currency))


def product(price: Price, ship_day: datetime, weight_kg: float) -> dict[str, Any]:
    """One offer; the price in the billing currency comes first, as BILLC."""
    fuel = round(price.cost_minor * FUEL_SHARE)
    parts = [("SPRQT", price.cost_minor - fuel), ("FF", fuel)]
    delivery = ship_day + timedelta(days=price.days)
    money = {"currencyType": "BILLC", "priceCurrency": price.currency}
    return {
        "productName": NAMES[price.service],
        "productCode": price.service,
        "localProductCode": price.service,
        "networkTypeCode": "TD",
        "isCustomerAgreement": False,
        "weight": {"volumetric": 0, "provided": weight_kg, "unitOfMeasurement": "metric"},
        "totalPrice": [{**money, "price": amount(price.cost_minor, price.currency)}],
        "totalPriceBreakdown": [
            {
                **money,
                "priceBreakdown": [{"typeCode": code, "price": amount(minor, price.currency)} for code, minor in parts],
            }
        ],
        "deliveryCapabilities": {
            "deliveryTypeCode": "QDDC",
            "estimatedDeliveryDateAndTime": delivery.strftime("%Y-%m-%dT18:00:00"),
            "totalTransitDays": price.days,
            "deliveryAdditionalDays": 0,
            "deliveryDayOfWeek": delivery.isoweekday(),
        },
        "pricingDate": ship_day.date().isoformat(),
    }


def shipment(sold: Sold) -> dict[str, Any]:
    """What was bought, with its papers."""
    number = sold.tracking_number
    to = sold.receiver
    return {
        "url": f"https://express.api.dhl.com/mydhlapi/shipments/{number}",
        "shipmentTrackingNumber": number,
        "trackingUrl": f"https://express.api.dhl.com/mydhlapi/shipments/{number}/tracking",
        "packages": [
            {"referenceNumber": at, "trackingNumber": name} for at, name in enumerate(piece_numbers(sold), start=1)
        ],
        "documents": documents(sold),
        "shipmentDetails": [
            {
                "packagesCount": len(piece_numbers(sold)),
                "customerDetails": {
                    "receiverDetails": {
                        "postalAddress": _postal(to),
                        "contactInformation": {
                            "companyName": to["company"],
                            "fullName": to["name"],
                            "phone": to["phone"],
                        },
                    }
                },
            }
        ],
        "shipmentCharges": [
            {
                "currencyType": "BILLC",
                "priceCurrency": sold.currency,
                "price": amount(sold.cost_minor, sold.currency),
                "serviceBreakdown": [
                    {"name": NAMES[sold.service], "price": amount(sold.cost_minor, sold.currency), "typeCode": ""}
                ],
            }
        ],
    }


def piece_numbers(sold: Sold) -> list[str]:
    """The licence plate of each piece."""
    first = int(sold.tracking_number) * 1_000
    return [piece(first + at) for at in range(len(sold.details["pieces"]))]


def documents(sold: Sold) -> list[dict[str, Any]]:
    """The label of all pieces, and the invoice when one was asked for and there is something to declare."""
    wanted = sold.details["format"]
    label = _zpl(sold) if wanted == "zpl" else pdf([_label_lines(sold, name) for name in piece_numbers(sold)])
    papers = [("label", wanted.upper(), label)]
    if sold.details["invoice"]:
        papers.append(("invoice", "PDF", pdf([sold.details["invoice"]], LETTER)))
    return [
        {"typeCode": kind, "imageFormat": form, "content": base64.b64encode(content).decode()}
        for kind, form, content in papers
    ]


def _zpl(sold: Sold) -> bytes:
    sheet = printed(sold, sold.tracking_number, "ZPL", "DHL", NAMES[sold.service]).removesuffix(b"^XZ")
    return b"".join(sheet + f"^FO40,700^FD{name}^FS^XZ".encode() for name in piece_numbers(sold))


def _label_lines(sold: Sold, name: str) -> list[str]:
    to = sold.receiver
    place = f"{to['country']} {to['postal_code']} {to['city']}"
    return [NAMES[sold.service], to["name"], to["line1"], place, f"WAYBILL {sold.tracking_number}", f"({name})"]


def _postal(end: dict[str, Any]) -> dict[str, Any]:
    return {
        "postalCode": end["postal_code"],
        "cityName": end["city"],
        "countryCode": end["country"],
        "provinceCode": end["region"],
        "addressLine1": end["line1"],
        "addressLine2": end["line2"],
    }


def tracking(sold: Sold) -> dict[str, Any]:
    """A shipment with its checkpoints, the latest first."""
    details = sold.details
    return {
        "shipmentTrackingNumber": sold.tracking_number,
        "status": "Success",
        "shipmentTimestamp": _moment(sold.created).strftime("%Y-%m-%dT%H:%M:%S"),
        "productCode": sold.service,
        "description": details["description"],
        "shipperDetails": {"name": "", "postalAddress": {"countryCode": sold.sender["country"]}},
        "receiverDetails": {"name": "", "postalAddress": {"countryCode": sold.receiver["country"]}},
        "totalWeight": sold.weight_g / 1_000,
        "unitOfMeasurements": "metric",
        "shipperReferences": [{"value": sold.reference, "typeCode": "CU"}],
        "numberOfPieces": len(details["pieces"]),
        "events": [_event(scan) for scan in reversed(sold.scans)],
    }


def _event(scan: Scan) -> dict[str, Any]:
    code, words = CODES[scan.kind]
    at = _moment(scan.at)
    return {
        "date": at.date().isoformat(),
        "time": at.strftime("%H:%M:%S"),
        "GMTOffset": "+00:00",
        "typeCode": code,
        "description": words,
        "serviceArea": [{"code": "DEP", "description": scan.place}],
        "signedBy": "",
    }


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
