"""FedEx's words for what happens to a parcel, in answers to Track and in what its visibility webhook pushes.

| scan | event | exception |        | scan | event | exception |
|---|---|---|---|---|---|---|
| label_created | OC | |            | delivery_failed | DE | 08 |
| picked_up | PU | |                | address_correction | SE | 03 |
| in_transit | DP | |               | delayed | DY | 84 |
| out_for_delivery | OD | |         | damaged | SE | 10 |
| delivered | DL | |                | lost | SE | 44 |
|  |  |  |                          | return_to_sender | RS | 14 |
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from connector_service.sandbox.carriers.fedex.labels import carrier_code
from connector_service.sandbox.carriers.fedex.services import NAMES
from connector_service.sandbox.carriers.measures import weight_in, workday_after
from connector_service.sandbox.world import News, Scan, Sold

UNKNOWN = {
    "code": "TRACKING.TRACKINGNUMBER.NOTFOUND",
    "message": "Tracking number cannot be found. Please correct the tracking number and try again.",
}
REFERENCE_UNKNOWN = {"code": "TRACKING.REFERENCENUMBER.NOTFOUND", "message": "Reference number cannot be found."}


class Event(NamedTuple):
    """A type of event, the status it leads to, words, and the exception behind it."""

    type: str
    status: str
    words: str
    exception: str = ""
    because: str = ""


EVENTS = {
    "label_created": Event("OC", "IN", "Shipment information sent to FedEx"),
    "picked_up": Event("PU", "PU", "Picked up"),
    "in_transit": Event("DP", "IT", "Left FedEx origin facility"),
    "out_for_delivery": Event("OD", "IT", "On FedEx vehicle for delivery"),
    "delivered": Event("DL", "DL", "Delivered"),
    "delivery_failed": Event("DE", "DE", "Delivery exception", "08", "Customer not available or business closed"),
    "address_correction": Event("SE", "SE", "Shipment exception", "03", "Incorrect recipient address"),
    "delayed": Event("DY", "DY", "Delay", "84", "Delay beyond our control"),
    "damaged": Event("SE", "SE", "Shipment exception", "10", "Damaged, delivery not completed"),
    "lost": Event("SE", "SE", "Shipment exception", "44", "Package cannot be located"),
    "return_to_sender": Event("RS", "RS", "Returning package to shipper", "14", "Return tracking number assigned"),
}


def result(sold: Sold, number: str) -> dict[str, Any]:
    """Everything about one package."""
    return {"trackingNumber": number, "trackResults": [_result(sold, number, sold.scans)]}


def unknown(number: str) -> dict[str, Any]:
    """The answer about a number nobody knows, with HTTP 200."""
    return {
        "trackingNumber": number,
        "trackResults": [{"trackingNumberInfo": {"trackingNumber": number}, "error": UNKNOWN}],
    }


def _result(sold: Sold, number: str, scans: list[Scan]) -> dict[str, Any]:
    last = EVENTS[scans[-1].kind]
    grams = next(piece.weight_g for piece in sold.pieces if piece.tracking_number == number)
    promised = workday_after(datetime.fromisoformat(sold.created).date(), sold.days)
    weights = [{"unit": unit, "value": str(weight_in(grams, unit))} for unit in ("KG", "LB")]
    answer: dict[str, Any] = {
        "trackingNumberInfo": {
            "trackingNumber": number,
            "carrierCode": carrier_code(sold.service),
            "trackingNumberUniqueId": f"{sold.label_id}~{number}",
        },
        "latestStatusDetail": {
            "code": last.type,
            "derivedCode": last.status,
            "statusByLocale": last.words,
            "description": last.because or last.words,
            "scanLocation": _location(sold, scans[-1]),
        },
        "serviceDetail": {"type": sold.service, "description": NAMES[sold.service]},
        "shipperInformation": {"address": _place(sold.sender)},
        "recipientInformation": {"address": _place(sold.receiver)},
        "packageDetails": {"count": str(len(sold.numbers())), "weightAndDimensions": {"weight": weights}},
        "additionalTrackingInfo": {
            "packageIdentifiers": [{"type": "CUSTOMER_REFERENCE", "values": [sold.reference]}],
        },
        "standardTransitTimeWindow": {"window": {"ends": f"{promised:%Y-%m-%d}T20:00:00+00:00"}},
        "scanEvents": [_event(sold, scan) for scan in reversed(scans)],
    }
    if last.type == "DL":
        answer["deliveryDetails"] = {"receivedByName": "RECEIVER", "deliveryAttempts": "1"}
    return answer


def _event(sold: Sold, scan: Scan) -> dict[str, Any]:
    event = EVENTS[scan.kind]
    return {
        "date": f"{datetime.fromisoformat(scan.at).astimezone(UTC):%Y-%m-%dT%H:%M:%S}+00:00",
        "eventType": event.type,
        "eventDescription": event.words,
        "exceptionCode": event.exception,
        "exceptionDescription": event.because,
        "scanLocation": _location(sold, scan),
        "locationType": "FEDEX_FACILITY",
        "derivedStatusCode": event.status,
        "derivedStatus": event.words,
    }


def _location(sold: Sold, scan: Scan) -> dict[str, Any]:
    return _place(sold.sender if scan.kind in ("label_created", "picked_up", "return_to_sender") else sold.receiver)


def _place(party: dict[str, Any]) -> dict[str, Any]:
    return {
        "city": party["city"],
        "stateOrProvinceCode": party["region"],
        "postalCode": party["postal_code"],
        "countryCode": party["country"],
    }


def pushes(sold: Sold, scan: Scan) -> list[News]:
    """What is pushed of one scan: for each package an answer of Track with that scan only, and no id of its own."""
    return [
        News(
            "fedex",
            sold.account,
            f"{scan.scan_id}-{number}",
            {"trackingNumber": number, "trackResults": [_result(sold, number, [scan])]},
        )
        for number in sold.numbers()
    ]


def written(news: list[News], secret: str) -> tuple[dict[str, str], bytes]:
    """A push: `fdx-signature` is the HMAC-SHA256 of the body with the security token, in base64."""
    body = orjson.dumps({"output": {"completeTrackResults": [each.payload for each in news]}})
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {"fdx-signature": base64.b64encode(digest).decode()}, body
