"""UPS's own codes of what happens to a parcel.

An activity has a type (`X`), a code of two characters (`DM`) and, in Tracking and Track Alert alike, a detail of three
digits (`059`): the most precise first. Types are those of UPS's OpenAPI document of Track Alert (github.com/UPS-API/
api-documentation, July 2026), whose examples show `OT` with `021` and `FS` with `011`; P, O, RS, W, NA, DO and DD are
older than it and still sent. Details are the appendix "API Codes" that the document of Tracking points to, as recorded
in 2018; they have been added to since, never given another meaning. Codes of two characters UPS shows to account
holders alone: those here are karrio's where the code fits the word, and stand for what they meant in the guides of
Tracking.
"""

from __future__ import annotations

from canonical_models import TrackingType

TYPES: dict[str, TrackingType | None] = {
    "M": TrackingType.LABEL_CREATED,
    "MV": None,  # the label was voided
    "U": None,  # another day or hour of delivery, early or late
    "P": TrackingType.PICKED_UP,
    "I": TrackingType.IN_TRANSIT,
    "O": TrackingType.OUT_FOR_DELIVERY,
    "D": TrackingType.DELIVERED,
    "RS": TrackingType.RETURN_TO_SENDER,
    "X": TrackingType.DELAYED,
    "NA": None,
    "DO": TrackingType.IN_TRANSIT,
    "DD": TrackingType.IN_TRANSIT,
    "W": TrackingType.IN_TRANSIT,
}
"""The type of a status; an exception (X) that nothing explains is at least a delay."""
CODES = {
    "OR": TrackingType.PICKED_UP,
    "PU": TrackingType.PICKED_UP,
    "OT": TrackingType.OUT_FOR_DELIVERY,
    "SR": TrackingType.IN_TRANSIT,
    "DM": TrackingType.DAMAGED,
    "DA": TrackingType.DAMAGED,
    "LO": TrackingType.LOST,
    "LP": TrackingType.LOST,
    "IA": TrackingType.ADDRESS_CORRECTION,
    "NH": TrackingType.DELIVERY_FAILED,
    "NI": TrackingType.DELIVERY_FAILED,
    "RF": TrackingType.DELIVERY_FAILED,
    "BC": TrackingType.DELIVERY_FAILED,
    "UR": TrackingType.DELIVERY_FAILED,
    "RS": TrackingType.RETURN_TO_SENDER,
    "RT": TrackingType.RETURN_TO_SENDER,
}
"""What a code says more precisely than its type I or X does."""
_DETAILS: dict[TrackingType | None, str] = {
    TrackingType.LABEL_CREATED: "003",
    TrackingType.IN_TRANSIT: "005 010 012 014 017 018 025 027 028 039 040 041 042 044 045 054 056 057 063",
    TrackingType.OUT_FOR_DELIVERY: "006 021",
    TrackingType.DELIVERED: "011 026",
    TrackingType.DELIVERY_FAILED: "022 023 024 060 061 062 064 066 069",
    TrackingType.ADDRESS_CORRECTION: "050",
    TrackingType.DELAYED: "016 019 020 029 030 032 046 047 048 049 051 052 053 055 058",
    TrackingType.DAMAGED: "059",
    TrackingType.LOST: "068",
    TrackingType.RETURN_TO_SENDER: "033 034 035 036 037 067",
    None: "007 043 065",
}
DETAILS = {detail: kind for kind, details in _DETAILS.items() for detail in details.split()}
"""Left to the type, which says more: `000` (none), `013` (an exception), `038` (picked up: by whom?)."""


def meaning(type_: str, code: str, detail: str = "") -> TrackingType | None:
    """What an activity is to us, None when it is nothing."""
    detail = detail.zfill(3)
    if detail in DETAILS:
        return DETAILS[detail]
    kind = TYPES.get(type_)
    return CODES.get(code, kind) if type_ in ("I", "X") else kind
