"""Canada Post's own codes: events as its tracking names them, and how long its services usually take.

Events are written with leading zeros (`0174`) or without (`174`). They are those of Canada Post's "Messages and code
tables" (canadapost-postescanada.ca, developers), read from the copy with both languages' words in karrio's repository
of 2026; the karrio that is installed is older, and guesses at many. Left out are those that say nothing of where a
parcel is: delivery preferences (1200-1234), signatures and photographs (20, 21, 2001), money (152, 190, 2101).
"""

from __future__ import annotations

from datetime import timedelta, timezone

from canonical_models import TrackingType

_NUMBERS: dict[TrackingType, tuple[int, ...]] = {
    TrackingType.LABEL_CREATED: (3000, 3002),
    TrackingType.PICKED_UP: (101, 103, *range(1300, 1304), *range(1400, 1405), 2300),
    TrackingType.IN_TRANSIT: (
        *(100, 102, 104, 105, 106, 107, 113, 114, 115, 116, 130, 170, 175, 198, 400, 405, 410, *range(610, 621)),
        *(700, 701, 800, 804, 815, 900, 910, 1240, 1241, 1244, 1480, 1490, 1703, 1705, 2500, 2501),
        *(4000, 4100, 4202, 4310, 4311, 4330, 4400, 4450, 4500, 4550, 4600, 4900, 4950, 5201, 8901),
        *(1407, 1410, *range(1435, 1439), 1479, 1488, 1701, 2407, 2410),  # it is the receiver's turn
    ),
    TrackingType.OUT_FOR_DELIVERY: (174, 500),
    TrackingType.DELIVERED: (
        *(1405, 1406, 1408, 1409, *range(1421, 1435), 1441, 1442, 1461, 1462, 1463, *range(1465, 1470)),
        *(1471, 1472, 1473, 1475, 1476, *range(1496, 1500), 5300),
    ),
    TrackingType.DELIVERY_FAILED: (121, 179, 1411, 1443, 1450, 1483, 1493, 2411, 4650),
    TrackingType.ADDRESS_CORRECTION: (120, 171, 173, 1412, 2412),
    TrackingType.DELAYED: (
        *(117, 118, 127, 156, *range(159, 164), 172, *range(621, 631), 810, 1245, 1414, 1444, 1484, 1487, 1494, 1495),
        *(2414, 2601, 4700),
    ),
    TrackingType.DAMAGED: (710,),
    TrackingType.LOST: (150,),
    TrackingType.RETURN_TO_SENDER: (
        *(167, 168, 169, *range(181, 185), 1100, *range(1415, 1421), 1481, 1482, 1491, 1492, 2600, 2802, 3001),
    ),
}
EVENTS = {number: kind for kind, numbers in _NUMBERS.items() for number in numbers}
UNVERIFIED = frozenset({101, 103, *range(1400, 1405)})
"""In none of Canada Post's lists that were found; karrio has them."""
ZONES = {
    name: timezone(timedelta(hours=hours))
    for name, hours in (
        *(("NST", -3.5), ("NDT", -2.5), ("AST", -4), ("ADT", -3), ("EST", -5), ("EDT", -4)),
        *(("CST", -6), ("CDT", -5), ("MST", -7), ("MDT", -6), ("PST", -8), ("PDT", -7), ("UTC", 0), ("GMT", 0)),
    )
}
EASTERN = ZONES["EST"]
"""For an event that names no zone: Canada Post is at home in Ottawa."""
USUAL_DAYS = {
    "DOM.PC": 2,
    "DOM.XP": 2,
    "DOM.EP": 5,
    "DOM.RP": 7,
    "USA.XP": 4,
    "USA.EP": 8,
    "USA.TP": 8,
    "USA.SP.AIR": 10,
    "INT.XP": 6,
    "INT.TP": 10,
    "INT.IP.AIR": 10,
    "INT.SP.AIR": 12,
    "INT.IP.SURF": 60,
    "INT.SP.SURF": 60,
}
"""Business days, for answers that name none: an estimate at the slow end, not checked against its service guide."""
OTHERWISE_DAYS = 7
"""For a service that is not in the table."""
EXPORT_REASONS = {"sale": "SOG", "sample": "SAM", "repair": "REP", "documents": "DOC"}
"""`OTH` and the reason in words for every other."""


def meaning(code: str) -> TrackingType | None:
    """What an event is to us, None when it is nothing."""
    return EVENTS.get(int(code)) if code.isascii() and code.isdigit() else None
