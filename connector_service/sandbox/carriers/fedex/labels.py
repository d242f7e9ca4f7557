"""What FedEx answers to Ship: the charges, and a printed label for each package."""

from __future__ import annotations

import base64
from typing import Any

from connector_service.sandbox.carriers.fedex.asked import Shipped
from connector_service.sandbox.carriers.fedex.rates import LIST, amount
from connector_service.sandbox.carriers.fedex.services import GROUND, NAMES
from connector_service.sandbox.carriers.paper import LETTER, pdf
from connector_service.sandbox.carriers.printing import label
from connector_service.sandbox.world import Sold

FORMS = {"ZPLII": "ZPL", "PDF": "PDF", "PNG": "PNG"}
RETURN = "RETURN_SHIPMENT"
INVOICE = "COMMERCIAL_INVOICE"


def remembered(asked: Shipped) -> dict[str, Any]:
    """What has to be known of the request to answer it."""
    special = asked.shipmentSpecialServices
    papers = asked.shippingDocumentSpecification
    customs = asked.customsClearanceDetail
    wants_invoice = papers is not None and INVOICE in papers.shippingDocumentTypes and customs is not None
    goods = [str(each.get("description") or "goods") for each in customs.commodities] if customs else []
    return {
        "image_type": asked.labelSpecification.imageType,
        "ship_day": asked.shipDatestamp or "",
        "packaging": asked.packagingType,
        "returns": special is not None and RETURN in special.specialServiceTypes,
        "invoice": ["COMMERCIAL INVOICE", *goods] if wants_invoice else [],
    }


def carrier_code(service: str) -> str:
    """Which of FedEx's companies carries it."""
    return "FDXG" if service in GROUND else "FDXE"


def transaction(sold: Sold) -> dict[str, Any]:
    """The `transactionShipments` entry of a label as sold."""
    category = "GROUND" if sold.service in GROUND else "EXPRESS"
    numbers = sold.numbers()
    return {
        "masterTrackingNumber": sold.tracking_number,
        "serviceType": sold.service,
        "serviceName": NAMES[sold.service],
        "serviceCategory": category,
        "shipDatestamp": sold.details["ship_day"] or sold.created[:10],
        "shipmentDocuments": _papers(sold),
        "pieceResponses": [_piece(sold, at, number, category) for at, number in enumerate(numbers)],
        "completedShipmentDetail": _completed(sold),
        "alerts": [],
    }


def _completed(sold: Sold) -> dict[str, Any]:
    kinds = {"PAYOR_ACCOUNT_SHIPMENT": sold.cost_minor, "PAYOR_LIST_SHIPMENT": round(sold.cost_minor * LIST)}
    prices = [(kind, amount(minor, sold.currency)) for kind, minor in kinds.items()]
    details = [
        {
            "rateType": kind,
            "totalBaseCharge": price,
            "totalNetCharge": price,
            "totalNetFedExCharge": price,
            "currency": sold.currency,
        }
        for kind, price in prices
    ]
    return {
        "usDomestic": (sold.sender["country"], sold.receiver["country"]) == ("US", "US"),
        "carrierCode": carrier_code(sold.service),
        "packagingDescription": sold.details["packaging"],
        "masterTrackingId": {"trackingIdType": "FEDEX", "trackingNumber": sold.tracking_number},
        "serviceDescription": {"serviceType": sold.service, "description": NAMES[sold.service]},
        "shipmentRating": {"actualRateType": "PAYOR_ACCOUNT_SHIPMENT", "shipmentRateDetails": details},
        "completedPackageDetails": [
            {"sequenceNumber": at, "trackingIds": [{"trackingIdType": "FEDEX", "trackingNumber": number}]}
            for at, number in enumerate(sold.numbers(), start=1)
        ],
    }


def _piece(sold: Sold, at: int, number: str, category: str) -> dict[str, Any]:
    image_type = sold.details["image_type"]
    printed = label(sold, number, FORMS[image_type], "FedEx", NAMES[sold.service])
    price = amount(sold.cost_minor, sold.currency) if at == 0 else 0.0
    return {
        "masterTrackingNumber": sold.tracking_number,
        "trackingNumber": number,
        "trackingIdType": "FEDEX",
        "packageSequenceNumber": at + 1,
        "serviceCategory": category,
        "netChargeAmount": price,
        "netRateAmount": price,
        "currency": sold.currency,
        "customerReferences": [{"customerReferenceType": "CUSTOMER_REFERENCE", "value": sold.reference}],
        "packageDocuments": [
            {
                "contentType": "LABEL",
                "docType": image_type,
                "copiesToPrint": 1,
                "trackingNumber": number,
                "encodedLabel": base64.b64encode(printed).decode(),
            }
        ],
    }


def _papers(sold: Sold) -> list[dict[str, Any]]:
    if not sold.details["invoice"]:
        return []
    sheet = pdf([[*sold.details["invoice"], f"Shipment {sold.tracking_number}"]], LETTER)
    encoded = base64.b64encode(sheet).decode()
    return [{"contentType": INVOICE, "docType": "PDF", "copiesToPrint": 1, "encodedLabel": encoded}]
