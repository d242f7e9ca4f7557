"""UPS's words for what happens to a parcel, in answers to Tracking and in what Track Alert sends.

| scan | type | code | detail |        | scan | type | code | detail |
|---|---|---|---|---|---|---|---|---|
| label_created | M | MP | 003 |       | delayed | X | DY | 046 |
| picked_up | P | PU | 038 |           | damaged | X | DM | 059 |
| in_transit | I | DP | 005 |          | lost | X | LO | 068 |
| out_for_delivery | I | OT | 021 |    | delivery_failed | X | NH | 060 |
| delivered | D | FS | 011 |           | address_correction | X | IA | 050 |
|  |  |  |  |                          | return_to_sender | RS | RS | 035 |
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from connector_service.sandbox.carriers.measures import weight_in, workday_after
from connector_service.sandbox.carriers.ups.services import NAMES
from connector_service.sandbox.world import News, Scan, Sold

NOT_FOUND = {"code": "TW0001", "message": "Tracking Information Not Found"}


class Status(NamedTuple):
    """A type of status, the code within it, the three digits of the detail, and words."""

    type: str
    code: str
    detail: str
    words: str


STATUS = {
    "label_created": Status("M", "MP", "003", "Shipper created a label, UPS has not received the package yet."),
    "picked_up": Status("P", "PU", "038", "Pickup Scan"),
    "in_transit": Status("I", "DP", "005", "Departed from Facility"),
    "out_for_delivery": Status("I", "OT", "021", "Out For Delivery Today"),
    "delivered": Status("D", "FS", "011", "DELIVERED"),
    "delivery_failed": Status("X", "NH", "060", "The receiver was not available at the time of delivery."),
    "address_correction": Status("X", "IA", "050", "The street number is incorrect. This may delay delivery."),
    "delayed": Status("X", "DY", "046", "A late trailer has caused a delay."),
    "damaged": Status("X", "DM", "059", "The package was damaged and is being inspected."),
    "lost": Status("X", "LO", "068", "The package cannot be found; an investigation was started."),
    "return_to_sender": Status("RS", "RS", "035", "Returned to shipper."),
}


def details(sold: Sold, number: str) -> dict[str, Any]:
    """The answer about one package; the others of its shipment follow it."""
    others = [each for each in sold.numbers() if each != number]
    packages = [_package(sold, each) for each in (number, *others)]
    return _answer({"inquiryNumber": number, "package": packages, "userRelation": ["SHIPPER"]})


def unknown(number: str) -> dict[str, Any]:
    """The answer about a number nobody knows: UPS says so in a warning, with HTTP 200."""
    return _answer({"inquiryNumber": number, "warnings": [NOT_FOUND]})


def _answer(shipment: dict[str, Any]) -> dict[str, Any]:
    return {"trackResponse": {"shipment": [shipment]}}


def _package(sold: Sold, number: str) -> dict[str, Any]:
    last = STATUS[sold.scans[-1].kind]
    unit = sold.details["unit"]
    grams = next(piece.weight_g for piece in sold.pieces if piece.tracking_number == number)
    promised = workday_after(datetime.fromisoformat(sold.created).date(), sold.days)
    delivered = sold.scans[-1].kind == "delivered"
    return {
        "trackingNumber": number,
        "deliveryDate": [{"type": "DEL" if delivered else "SDD", "date": f"{promised:%Y%m%d}"}],
        "deliveryTime": {"type": "EOD", "endTime": "230000"},
        "activity": [_activity(sold, scan) for scan in reversed(sold.scans)],
        "currentStatus": {"type": last.type, "code": last.detail, "description": last.words},
        "packageAddress": [_address("ORIGIN", sold.sender), _address("DESTINATION", sold.receiver)],
        "weight": {"unitOfMeasurement": unit, "weight": str(weight_in(grams, unit))},
        "service": {"code": sold.service, "description": NAMES[sold.service]},
        "referenceNumber": [{"type": "SHIPMENT", "number": sold.reference}],
        "packageCount": len(sold.numbers()),
        **({"deliveryInformation": {"location": "Front Door", "receivedBy": "RECEIVER"}} if delivered else {}),
    }


def _address(kind: str, party: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "name": party["name"], "address": _place(party)}


def _place(party: dict[str, Any]) -> dict[str, str]:
    return {
        "city": party["city"],
        "stateProvince": party["region"],
        "postalCode": party["postal_code"],
        "countryCode": party["country"],
        "country": party["country"],
    }


def _activity(sold: Sold, scan: Scan) -> dict[str, Any]:
    status, at = STATUS[scan.kind], _utc(scan)
    return {
        "location": {"address": _place(_where(sold, scan)), "slic": "0000"},
        "status": {
            "type": status.type,
            "description": status.words,
            "code": status.code,
            "statusCode": status.detail,
        },
        "date": f"{at:%Y%m%d}",
        "time": f"{at:%H%M%S}",
        "gmtDate": f"{at:%Y%m%d}",
        "gmtTime": f"{at:%H:%M:%S}",
        "gmtOffset": "+00:00",
    }


def _where(sold: Sold, scan: Scan) -> dict[str, Any]:
    return sold.sender if scan.kind in ("label_created", "picked_up", "return_to_sender") else sold.receiver


def _utc(scan: Scan) -> datetime:
    return datetime.fromisoformat(scan.at).astimezone(UTC)


def alerts(sold: Sold, scan: Scan) -> list[News]:
    """What Track Alert sends of one scan: a message for each package, which has no id of its own."""
    status, at, place = STATUS[scan.kind], _utc(scan), _place(_where(sold, scan))
    promised = workday_after(datetime.fromisoformat(sold.created).date(), sold.days)
    delivered = scan.kind == "delivered"
    return [
        News(
            "ups",
            sold.account,
            f"{scan.scan_id}-{number}",
            {
                "trackingNumber": number,
                "localActivityDate": f"{at:%Y%m%d}",
                "localActivityTime": f"{at:%H%M%S}",
                "activityLocation": {key: place[key] for key in ("city", "stateProvince", "postalCode", "country")},
                "activityStatus": {
                    "type": status.type,
                    "code": status.code,
                    "description": status.words,
                    "descriptionCode": status.detail,
                },
                "scheduledDeliveryDate": f"{promised:%Y%m%d}",
                "actualDeliveryDate": f"{at:%Y%m%d}" if delivered else "",
                "actualDeliveryTime": f"{at:%H%M%S}" if delivered else "",
                "gmtActivityDate": f"{at:%Y%m%d}",
                "gmtActivityTime": f"{at:%H%M%S}",
            },
        )
        for number in sold.numbers()
    ]


def written(news: list[News], secret: str) -> tuple[dict[str, str], bytes]:
    """A message as Track Alert sends it: the receiver's own credential comes back in a header, nothing is signed."""
    headers = {"credential": secret, "User-Agent": "UPSPubSubTrackingService"}
    return headers, orjson.dumps(news[0].payload)
