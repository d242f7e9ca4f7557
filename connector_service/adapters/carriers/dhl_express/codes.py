"""DHL Express's own codes: checkpoints as its tracking names them, products and how long they usually take.

Checkpoint codes mean what DHL Express's list of them says ("Tracking Events (DHL Checkpoint Codes)", and the longer one
of its EDI status messages), as written down by several of its customers.
"""

from __future__ import annotations

from canonical_models import TrackingType

_CHECKPOINTS: dict[TrackingType, str] = {
    TrackingType.LABEL_CREATED: "SD",
    TrackingType.PICKED_UP: "PU SA",
    TrackingType.IN_TRANSIT: (
        "AD AF AR BL BN BR CC CI CR CU DF ES FD HO IC PD PL PO RR RW SC SI SM TP TR"  # CC: the receiver's turn
    ),
    TrackingType.OUT_FOR_DELIVERY: "WC OO",
    TrackingType.DELIVERED: "OK DD DL",
    TrackingType.DELIVERY_FAILED: "CA CM ND NH RD",
    TrackingType.ADDRESS_CORRECTION: "BA",
    TrackingType.DELAYED: "CD DY HI HP MC MD MS NA OH SS ST TD TI UD WX",
    TrackingType.DAMAGED: "DM",
    TrackingType.LOST: "DS LO LP",
    TrackingType.RETURN_TO_SENDER: "RT",
}
CHECKPOINTS = {code: kind for kind, codes in _CHECKPOINTS.items() for code in codes.split()}
"""A checkpoint that is not here has no meaning to us, such as CS (the file is closed) or IA (an image is there)."""
UNVERIFIED = frozenset({"DL", "DY", "LO", "LP", "OO", "WX"})
"""In none of DHL's lists that were found; karrio has them."""
USUAL_DAYS = {
    **dict.fromkeys(("1", "I", "N", "O", "S"), 1),
    **dict.fromkeys(("E", "K", "T", "Y"), 2),
    **dict.fromkeys(("D", "P", "U", "X", "7", "8"), 3),
    **dict.fromkeys(("H", "W"), 5),
}
"""Business days, for answers that name none: an estimate at the slow end, not checked against its service guide."""
OTHERWISE_DAYS = 4
"""For a product that is not in the table."""
# fmt: off
EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})
# fmt: on


def crosses_customs(origin: str, destination: str) -> bool:
    """Whether goods are declared on the way: not within a country, nor within the customs union of the EU."""
    return origin != destination and not {origin, destination} <= EU
