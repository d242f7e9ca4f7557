"""The Postal Service's answers."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from connector_service.sandbox.carriers.paper import LETTER, pdf
from connector_service.sandbox.carriers.printing import label as printed
from connector_service.sandbox.carriers.usps.products import PRODUCTS
from connector_service.sandbox.gate import Raw
from connector_service.sandbox.pricing import Price
from connector_service.sandbox.world import Scan, Sold

POUND_G = 453.59237
BOUNDARY = "usps-parts-5850fEfX"
EVENTS = {
    "label_created": ("GX", "Shipping Label Created, USPS Awaiting Item", "Pre-Shipment"),
    "picked_up": ("03", "USPS in possession of item", "Accepted"),
    "in_transit": ("10", "Arrived at USPS Regional Facility", "In Transit"),
    "out_for_delivery": ("OF", "Out for Delivery", "Out for Delivery"),
    "delivered": ("01", "Delivered, Front Door/Porch", "Delivered"),
    "delivery_failed": ("02", "Notice Left (No Authorized Recipient Available)", "Delivery Attempt"),
    "address_correction": ("05", "Undeliverable as Addressed", "Alert"),
    "delayed": ("NT", "In Transit, Arriving Late", "In Transit"),
    "damaged": ("DG", "Damaged in Handling", "Alert"),
    "lost": ("11", "Sent to Mail Recovery Center", "Alert"),
    "return_to_sender": ("09", "Return to Sender", "Alert"),
}


def options(asked_class: str, offers: list[Price], mailing: date, pounds: float) -> list[dict[str, Any]]:
    """Offers by mail class."""
    classes: dict[str, list[dict[str, Any]]] = {}
    for price in offers:
        mail_class = PRODUCTS[price.service].mail_class
        if asked_class in ("ALL", mail_class):
            classes.setdefault(mail_class, []).append(_rate_option(price, mailing, pounds))
    return [{"mailClass": name, "rateOptions": rates} for name, rates in classes.items()]


def _rate_option(price: Price, mailing: date, pounds: float) -> dict[str, Any]:
    product, cost = PRODUCTS[price.service], price.cost_minor / 100
    rate = {
        "description": f"{product.name} {product.category.capitalize()}",
        "startDate": "2026-01-18",
        "endDate": "",
        "price": cost,
        "zone": "04",
        "weight": round(pounds, 3),
        "dimensionalWeight": 0,
        "dimWeight": 0,
        "fees": [],
        "priceType": "COMMERCIAL",
        "mailClass": product.mail_class,
        "productName": product.name,
        "productDefinition": "",
        "processingCategory": product.category,
        "rateIndicator": product.indicator,
        "destinationEntryFacilityType": "NONE",
        "SKU": f"D{product.indicator}X0XXXXC04000",
    }
    tracking = {"name": "USPS Tracking", "price": 0, "extraService": "920", "priceType": "COMMERCIAL", "warnings": []}
    return {
        "commitment": {
            "name": f"{price.days} Day{'s' if price.days > 1 else ''}",
            "scheduleDeliveryDate": (mailing + timedelta(days=price.days)).isoformat(),
            "guaranteedDelivery": False,
        },
        "totalPrice": cost,
        "totalBasePrice": cost,
        "rates": [rate],
        "extraServices": [tracking],
    }


def label_metadata(sold: Sold) -> dict[str, Any]:
    """What was bought."""
    to, product = sold.receiver, PRODUCTS[sold.service]
    return {
        "labelAddress": {
            "streetAddress": to["line1"],
            "secondaryAddress": to["line2"],
            "city": to["city"],
            "state": to["region"],
            "ZIPCode": to["postal_code"],
            "firstName": to["name"],
            "firm": to["company"],
            "phone": to["phone"],
            "ignoreBadAddress": True,
        },
        "routingInformation": f"420{to['postal_code']}",
        "trackingNumber": sold.tracking_number,
        "postage": sold.cost_minor / 100,
        "extraServices": [{"name": "USPS Tracking", "price": 0.0, "SKU": "DXTP0EXXXCX0000"}],
        "zone": "04",
        "commitment": {
            "name": f"{sold.days} Days",
            "scheduleDeliveryDate": (_moment(sold.created) + timedelta(days=sold.days)).date().isoformat(),
        },
        "weightUOM": "LB",
        "weight": round(sold.weight_g / POUND_G, 4),
        "dimensionalWeight": 0,
        "fees": [],
        "bannerText": "USPS TRACKING # USPS Ship",
        "serviceTypeCode": product.type_code,
        "SKU": f"D{product.indicator}X0XXXXC04000",
        "mailClass": product.mail_class,
    }


def label_image(sold: Sold) -> str:
    """The label in base64, as PDF or ZPL."""
    form = "ZPL" if sold.details["image"].startswith("ZPL") else "PDF"
    return base64.b64encode(printed(sold, sold.tracking_number, form, "USPS", PRODUCTS[sold.service].name)).decode()


def label(sold: Sold, back: Sold | None, *, as_json: bool) -> Any:
    """A label and, with `back`, the label to send the piece back with: as JSON, or as parts of one answer."""
    data: dict[str, Any] = {"labelMetadata": label_metadata(sold), "labelImage": label_image(sold)}
    if back is not None:
        data |= {"returnLabelMetadata": label_metadata(back), "returnLabelImage": label_image(back)}
    return data if as_json else _parts(data, "pdf" if sold.details["image"] == "PDF" else "zpl")


def _parts(data: dict[str, Any], extension: str) -> Raw:
    parts = []
    for name, value in data.items():
        if isinstance(value, str):
            head = f'application/{extension}\r\nContent-Disposition: form-data; filename="{name}.{extension}"'
            body = value.encode()
        else:
            head, body = "application/json\r\nContent-Disposition: form-data", orjson.dumps(value)
        parts.append(f'--{BOUNDARY}\r\nContent-Type: {head}; name="{name}"\r\n\r\n'.encode() + body + b"\r\n")
    return Raw(b"".join(parts) + f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}", 200)


def tracking(sold: Sold) -> dict[str, Any]:
    """A piece with its events, the latest first."""
    _, words, category = EVENTS[sold.scans[-1].kind]
    return {
        "destinationCity": sold.receiver["city"],
        "destinationState": sold.receiver["region"],
        "destinationZIP": sold.receiver["postal_code"],
        "destinationCountryCode": "US",
        "originCountry": "US",
        "originZIP": sold.sender["postal_code"],
        "mailClass": PRODUCTS[sold.service].name,
        "serviceTypeCode": PRODUCTS[sold.service].type_code,
        "status": words,
        "statusCategory": category,
        "statusSummary": f"{words}.",
        "trackingNumber": sold.tracking_number,
        "trackingEvents": [_event(scan) for scan in reversed(sold.scans)],
    }


def _event(scan: Scan) -> dict[str, Any]:
    code, words, _ = EVENTS[scan.kind]
    at = _moment(scan.at).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "eventType": words,
        "eventTimestamp": at,
        "GMTTimestamp": at,
        "GMTOffset": "+00:00",
        "eventCountry": None,
        "eventCity": scan.place,
        "eventState": None,
        "eventZIP": None,
        "eventCode": code,
    }


def scan_form(number: str, asked: dict[str, Any], tracking_numbers: list[str]) -> dict[str, Any]:
    """The sheet whose single scan accepts all pieces."""
    sheet = pdf([["PS FORM 5630", number, *tracking_numbers]], LETTER)
    metadata = {**asked, "manifestNumber": number, "trackingNumbers": tracking_numbers}
    return {"SCANFormMetadata": metadata, "SCANFormImage": base64.b64encode(sheet).decode()}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
