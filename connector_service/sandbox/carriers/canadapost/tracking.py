"""Tracking as Canada Post shows it: the latest first, in the local time of Ottawa in winter."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from connector_service.sandbox.carriers.canadapost.tariffs import NAMES
from connector_service.sandbox.carriers.canadapost.xml import Markup, answer, tag
from connector_service.sandbox.gate import Raw
from connector_service.sandbox.world import Scan, Sold

EASTERN = timezone(timedelta(hours=-5))
EVENTS = {
    "label_created": ("3000", "Electronic information submitted by shipper"),
    "picked_up": ("2300", "Item picked up by Canada Post"),
    "in_transit": ("0100", "Item processed at postal facility"),
    "out_for_delivery": ("0174", "Item out for delivery"),
    "delivered": ("1496", "Item successfully delivered"),
    "delivery_failed": ("1443", "Attempted delivery. Item rescheduled for delivery next business day."),
    "address_correction": ("0173", "Customer addressing error found; attempting to correct"),
    "delayed": ("0159", "Item delayed by the weather"),
    "damaged": ("0710", "Item arrived in Canada damaged. Sent for further processing."),
    "lost": ("0150", "Hold period expired; Item has been disposed of"),
    "return_to_sender": ("1417", "Item refused by recipient. Item being returned to sender."),
}


def detail(sold: Sold) -> Raw:
    """`tracking-detail`."""
    return answer(
        tag(
            "tracking-detail",
            tag("pin", sold.tracking_number),
            tag("active-exists", "1"),
            tag("archive-exists", ""),
            tag("changed-expected-date", ""),
            tag("destination-postal-id", sold.receiver["postal_code"]),
            tag("expected-delivery-date", ""),
            tag("service-name", NAMES[sold.service]),
            tag("customer-ref-1", sold.order_number),
            tag("signature-image-exists", "false"),
            tag("significant-events", *(_occurrence(scan) for scan in reversed(sold.scans))),
            xmlns="http://www.canadapost.ca/ws/track-v2",
        ),
        "track-v2",
    )


def _occurrence(scan: Scan) -> Markup:
    code, words = EVENTS[scan.kind]
    at = datetime.fromisoformat(scan.at).astimezone(EASTERN)
    return tag(
        "occurrence",
        tag("event-identifier", code),
        tag("event-date", at.date().isoformat()),
        tag("event-time", at.strftime("%H:%M:%S")),
        tag("event-time-zone", "EST"),
        tag("event-description", words),
        tag("signatory-name", ""),
        tag("event-site", scan.place),
        tag("event-province", "ON"),
    )
