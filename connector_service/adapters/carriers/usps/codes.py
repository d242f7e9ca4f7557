"""The Postal Service's own codes: events as its tracking names them, and what it sells in whose packaging.

An event's words decide where they say more than its code: `NT` is both on its way and late. Codes are those of the
Postal Service's list of its scans (Product Tracking and Reporting), as USPS::WebTools::Tracking on CPAN and the
documentation of eHub's API have it. Left out are those that say nothing of where a parcel is: 19, 43, 44 (recalled by
the sender), 83, 89, DX and GC.
"""

from __future__ import annotations

import re

from canonical_models import TrackingType

_EVENTS: dict[TrackingType, str] = {
    TrackingType.LABEL_CREATED: "GX MA",
    TrackingType.PICKED_UP: "03 80 OA PA TM UA",
    TrackingType.IN_TRANSIT: "06 07 10 14 16 41 42 81 82 A1 AD AE AX B1 EF L1 NT PC SF T1 TL U1",
    TrackingType.OUT_FOR_DELIVERY: "OF",
    TrackingType.DELIVERED: "01 17",
    TrackingType.DELIVERY_FAILED: "02 04 30 51 52 53 54 55 56 57",
    TrackingType.ADDRESS_CORRECTION: "05",
    TrackingType.DELAYED: "08 15 71",
    TrackingType.LOST: "11",
    TrackingType.RETURN_TO_SENDER: "09 21 22 23 24 25 26 27 28 29 31",
}
EVENTS = {code: kind for kind, codes in _EVENTS.items() for code in codes.split()}
UNVERIFIED = frozenset({"57", "A1", "AE", "AX", "B1", "L1", "NT", "T1", "TL", "U1"})
"""Codes that were seen in answers and that none of the lists has."""
TELLING = (
    (re.compile("original sender|return(ed|ing)? to sender", re.I), TrackingType.RETURN_TO_SENDER),
    (re.compile("damage", re.I), TrackingType.DAMAGED),
    (re.compile("mail recovery|lost", re.I), TrackingType.LOST),
    (re.compile("arriving late|delay", re.I), TrackingType.DELAYED),
)
OWN_PACKAGING = frozenset({"SP", "PA", "DR", "DN", "OS", "CP", "C1", "C2", "C3", "C4", "C5", "NP"})
"""Rate indicators for parcels in any box; the others are prices of the Postal Service's own boxes and bags."""
USUAL_DAYS = {
    "PRIORITY_MAIL_EXPRESS": 2,
    "PRIORITY_MAIL": 3,
    "USPS_GROUND_ADVANTAGE": 5,
    "PARCEL_SELECT": 7,
    "MEDIA_MAIL": 8,
    "LIBRARY_MAIL": 8,
    "BOUND_PRINTED_MATTER": 8,
}
"""Business days, for answers that name none: an estimate at the slow end, not checked against its service guide."""
OTHERWISE_DAYS = 5
"""For a mail class that is not in the table."""


def meaning(code: str, words: str) -> TrackingType | None:
    """What an event is to us, None when it is nothing."""
    told = next((kind for pattern, kind in TELLING if pattern.search(words)), None)
    return told or EVENTS.get(code)
