"""FedEx's own codes: scans as Track and the visibility webhook name them, and what it says when it refuses.

Scans are those of FedEx's guide of its tracking services (status codes, 2015 to 2020), which Track still writes.
Exceptions are numbers, with leading zeros in one answer and without in the next (`07`, `007`). FedEx publishes no list
of them: 3, 7, 83 and 99 are explained by its own numbers for testing, 8 and 84 by answers of Track.
"""

from __future__ import annotations

from canonical_models import TrackingType

_SCANS: dict[TrackingType, str] = {
    TrackingType.LABEL_CREATED: "OC OX EP MD",
    TrackingType.PICKED_UP: "PU PX OF AP",
    # HL and HP: it waits for the receiver.
    TrackingType.IN_TRANSIT: "IT IX IP DP AR AF AA AC AX AE AO EA EO FD LO Ow PF PL PM SF TR CC CP CH HL HP HA",
    TrackingType.OUT_FOR_DELIVERY: "OD AD ED",
    TrackingType.DELIVERED: "DL DO",
    TrackingType.DELIVERY_FAILED: "DE",
    TrackingType.ADDRESS_CORRECTION: "AS",
    TrackingType.DELAYED: "SE DY DD PY PD CD",
    TrackingType.RETURN_TO_SENDER: "RS RT",
}
SCANS = {scan: kind for kind, scans in _SCANS.items() for scan in scans.split()}
"""What a scan is; one that is not here has no meaning to us, such as CA (cancelled) or RD (a link that expired)."""
EXCEPTIONS = {
    "3": TrackingType.ADDRESS_CORRECTION,
    "7": TrackingType.DELIVERY_FAILED,
    "8": TrackingType.DELIVERY_FAILED,
    "10": TrackingType.DAMAGED,
    "14": TrackingType.RETURN_TO_SENDER,
    "44": TrackingType.LOST,
    "83": TrackingType.DELAYED,
    "84": TrackingType.DELAYED,
    "99": TrackingType.DELIVERY_FAILED,
}
"""What the number behind an exception (SE, DE) says more precisely."""
UNVERIFIED = frozenset({"10", "14", "44"})
"""Exceptions for which no public source was found; the scan is an exception in any case."""
UNKNOWN = frozenset(
    {
        "TRACKING.TRACKINGNUMBER.NOTFOUND",
        "TRACKING.TRACKINGNUMBER.EMPTY",
        "TRACKING.TRACKINGNUMBER.INVALID",
    }
)
"""A number that Track does not know."""
GONE = frozenset({"SHIPMENT.ALREADY.CANCELLED"})
"""A shipment that was cancelled before, as a refusal."""
GONE_BEFORE = "8159"
"""The same as an alert in an answer that says that nothing was cancelled."""
NO_PICKUP = frozenset({"PICKUP.NOT.FOUND", "PICKUP.ALREADY.CANCELLED", "NOT.FOUND.ERROR"})
"""A collection that is not there any more. Only the last, which FedEx has for all of its APIs, could be looked up."""


def meaning(scan: str, exception: str = "") -> TrackingType | None:
    """What a scan is to us, None when it is nothing."""
    kind = SCANS.get(scan)
    return EXCEPTIONS.get(exception.lstrip("0"), kind) if scan in ("SE", "DE") else kind
