"""DHL Express's own codes: checkpoints as its tracking names them, products and how long they usually take.

Checkpoint codes mean what DHL Express's list of them says. Karrio's table is not used: it has RD (refused) among the
delays, BN (broker notified) among the damages, and PU (picked up) as not begun yet.
"""

from __future__ import annotations

from canonical_models import TrackingType

CHECKPOINTS = {
    **dict.fromkeys(("SD",), TrackingType.LABEL_CREATED),
    **dict.fromkeys(("PU", "SA"), TrackingType.PICKED_UP),
    **dict.fromkeys(
        ("AF", "AR", "AD", "BL", "BN", "CC", "CI", "CR", "DF", "FD", "HI", "HO", "HP", "IC", "PD", "PL", "PO", "RR"),
        TrackingType.IN_TRANSIT,
    ),
    **dict.fromkeys(("SC", "SM", "TP", "TR"), TrackingType.IN_TRANSIT),
    **dict.fromkeys(("WC", "OO"), TrackingType.OUT_FOR_DELIVERY),
    **dict.fromkeys(("OK", "DD", "DL"), TrackingType.DELIVERED),
    **dict.fromkeys(("CA", "CM", "ND", "NH", "RD"), TrackingType.DELIVERY_FAILED),
    **dict.fromkeys(("BA",), TrackingType.ADDRESS_CORRECTION),
    **dict.fromkeys(("CD", "DY", "MC", "MD", "MS", "NA", "OH", "SS", "TD", "UD", "WX"), TrackingType.DELAYED),
    **dict.fromkeys(("DM", "DS"), TrackingType.DAMAGED),
    **dict.fromkeys(("LO", "LP"), TrackingType.LOST),
    **dict.fromkeys(("RT",), TrackingType.RETURN_TO_SENDER),
}
USUAL_DAYS = {
    **dict.fromkeys(("1", "I", "N", "O", "S"), 1),
    **dict.fromkeys(("E", "K", "T", "Y"), 2),
    **dict.fromkeys(("D", "P", "U", "X", "7", "8"), 3),
    **dict.fromkeys(("H", "W"), 5),
}
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
