"""The Postal Service's own codes: events as its tracking names them, and what it sells in whose packaging.

An event's words decide where they say more than its code: `NT` is both on its way and late. Karrio's tables are not
used: they look for words that the Postal Service does not write.
"""

from __future__ import annotations

import re

from canonical_models import TrackingType

EVENTS = {
    **dict.fromkeys(("GX", "MA"), TrackingType.LABEL_CREATED),
    **dict.fromkeys(("03", "OA", "TM", "80", "81", "82"), TrackingType.PICKED_UP),
    **dict.fromkeys(("06", "07", "10", "14", "16", "A1", "AD", "AE", "AX", "B1"), TrackingType.IN_TRANSIT),
    **dict.fromkeys(("EF", "L1", "NT", "PC", "SF", "T1", "TL", "U1", "UA"), TrackingType.IN_TRANSIT),
    **dict.fromkeys(("OF",), TrackingType.OUT_FOR_DELIVERY),
    **dict.fromkeys(("01", "17"), TrackingType.DELIVERED),
    **dict.fromkeys(("02", "04", "51", "52", "53", "54", "55", "56", "57"), TrackingType.DELIVERY_FAILED),
    **dict.fromkeys(("05",), TrackingType.ADDRESS_CORRECTION),
    **dict.fromkeys(("08", "15"), TrackingType.DELAYED),
    **dict.fromkeys(("11",), TrackingType.LOST),
    **dict.fromkeys(("09", "21", "22", "23", "24", "25", "26", "27", "28", "29", "31"), TrackingType.RETURN_TO_SENDER),
}
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
OTHERWISE_DAYS = 5
"""For a mail class that is not in the table."""


def meaning(code: str, words: str) -> TrackingType | None:
    """What an event is to us, None when it is nothing."""
    told = next((kind for pattern, kind in TELLING if pattern.search(words)), None)
    return told or EVENTS.get(code)
