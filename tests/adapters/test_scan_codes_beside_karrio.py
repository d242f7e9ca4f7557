"""Each code of a scan that karrio knows means the same to us, or stands here with the reason why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from canonical_models import TrackingType
from connector_service.adapters.carriers.canadapost import codes as canadapost
from connector_service.adapters.carriers.dhl_express import codes as dhl_express
from connector_service.adapters.carriers.fedex import codes as fedex
from connector_service.adapters.carriers.ups import codes as ups
from connector_service.adapters.carriers.usps import codes as usps
from connector_service.adapters.karrio_bridge import table

Meaning = Callable[[str], TrackingType | None]

WAITS = TrackingType.IN_TRANSIT
"""Ready for pickup: it waits for the receiver, who has not got it yet."""
KARRIO = {
    **dict.fromkeys(("pending",), TrackingType.LABEL_CREATED),
    **dict.fromkeys(("picked_up",), TrackingType.PICKED_UP),
    **dict.fromkeys(("in_transit",), TrackingType.IN_TRANSIT),
    **dict.fromkeys(("ready_for_pickup",), WAITS),
    **dict.fromkeys(("out_for_delivery",), TrackingType.OUT_FOR_DELIVERY),
    **dict.fromkeys(("delivered",), TrackingType.DELIVERED),
    **dict.fromkeys(("return_to_sender",), TrackingType.RETURN_TO_SENDER),
    **dict.fromkeys(("cancelled",), None),
    **dict.fromkeys(("carrier_damaged_parcel",), TrackingType.DAMAGED),
    **dict.fromkeys(("carrier_parcel_lost",), TrackingType.LOST),
    **dict.fromkeys(("carrier_address_not_found", "consignee_incorrect_address"), TrackingType.ADDRESS_CORRECTION),
    **dict.fromkeys(
        (
            *("delivery_failed", "consignee_refused", "consignee_business_closed", "consignee_not_available"),
            *("consignee_not_home", "consignee_access_restricted", "delivery_exception_undeliverable"),
            *("delivery_attempted", "no_access_to_delivery_location", "signature_required", "recipient_moved"),
        ),
        TrackingType.DELIVERY_FAILED,
    ),
    **dict.fromkeys(
        (
            *("on_hold", "delivery_delayed", "carrier_sorting_error", "carrier_not_enough_time", "carrier_delay"),
            *("carrier_vehicle_issue", "customs_delay", "customs_documentation", "customs_duties_unpaid"),
            *("weather_delay", "natural_disaster", "delivery_exception_hold"),
        ),
        TrackingType.DELAYED,
    ),
}
"""What karrio's words for a status, and for the incident behind it, are among ours."""


def _ups(code: str) -> TrackingType | None:
    return ups.TYPES[code] if code in ups.TYPES else ups.CODES.get(code)


OURS: dict[str, Meaning] = {
    "ups": _ups,
    "canadapost": canadapost.meaning,
    "mydhl": dhl_express.CHECKPOINTS.get,
    "fedex": fedex.meaning,
    "usps": usps.EVENTS.get,
}
DIFFERS: dict[str, dict[str, str]] = {
    "ups": {
        "the label was voided": "MV",
        "no code but a type, which says nothing or that it is with a partner": "NA DD",
        "sent under a type (M, I, D or X) that says as much": (
            "MP FS KB F4 DP AA AF AL DS IH AP EX HX HD HI HS HU DY DE SD CD CH CI CM CP CU DU WE WD ND EM MR ME VB NT"
        ),
        "karrio has it twice, and it is the receiver who was not there": "NH",
        "in no guide of UPS's; the detail of three digits says it": (
            "XD OA OC OG AR OD OF DL UF CC RP UU AC WC RH RU DMG MSR NL ANF LT RJ RE CL NA1 NAH WA BA NS SC"
        ),
    },
    "canadapost": {
        "Canada Post's list has no such event": (
            "119 122 123 124 125 126 128 129 131 132 133 134 135 136 137 138 142 143 144 145 146 147 148 149 151 153 "
            "154 155 157 158 164 165 166 180 185 186 187 188 189 1413 1440 1485 1486 1489"
        ),
        "karrio's word for no code at all is not a code": "-",
        "item processed, at any facility and more than once": "100 102 104 105 106 107",
        "item held, as the receiver is where the partner does not go": "118",
        "on hold for the address": "120",
        "on hold: refused or unclaimed": "121",
        "released by customs": "130",
        "delivered to a parcel locker": "1405",
        "what was not collected was disposed of": "150",
        "money or a voided transaction, not the parcel": "152 190",
        "the last notice before it goes back": "156",
        "a word for what karrio calls failed: it is being returned": (
            "167 168 169 181 182 183 184 1100 1415 1416 1417 1418 1419 1420 1481 1482 1491 1492 2600 2802 3001"
        ),
        "re-routed after an error": "172",
        "the address is being corrected": "173",
        "it cannot be delivered, whatever is wrong with the address": "1483",
        "delivery was attempted": "1411 1443 2411",
        "redirected to the receiver's new address": "1490",
        "the address is being verified": "2412",
    },
    "mydhl": {
        "picked up, or processed, or weighed: DHL has it": "PU PL RW",
        "in none of DHL's lists": "HN HX OF PA PF HW LX DMG RF BC CL IA",
        "held for payment: somebody must pay first": "HP",
        "pieces are still out": "PD",
        "the parcel stands, or is late": "CD MC SS TD UD MS NA",
        "closed: it says nothing of where the parcel is": "CS",
        "destroyed: it will not arrive": "DS",
        "refused": "RD",
        "returned to the consignor": "RT",
        "out with the courier": "WC",
        "the address is bad": "BA",
        "the broker was told, and nothing is wrong": "BN",
        "clearance is over, or waits for nobody": "CR CC CI CU",
        "an appointment was agreed on, or the parcel moves on": "AD HO SM",
        "the receiver was not there, or has moved": "CA CM",
        "arrival in the delivery facility": "AR",
        "accepted from the sender": "SA",
    },
    "fedex": {
        "a request or a promise, and nothing is late": "HA",
        "FedEx's exceptions are numbers; its lists have no such code": (
            "MR MSR NA ANF RF RJ RE BC CL NA1 NI NH NAH IA WA BA NS SC WE WD PMX ND EM SEC HD UD"
        ),
        "a vehicle was furnished and not used; not the parcel": "DR",
        "clearance is in progress, and nothing is late": "CP",
        "a delayed pickup, not a delivery": "PD",
    },
    "usps": {
        "karrio looks for words; the Postal Service writes codes": (
            "on hold|delivered|in transit|delivery failed|delivery delayed|out for delivery|ready for pickup|PICKED_UP"
            "|PU|picked up|origin scan|acceptance|DAMAGED|DMG|MISROUTED|MSR|ADDRESS_NOT_FOUND|ANF|NO_SUCH_NUMBER|LOST"
            "|LO|LATE|LT|VEHICLE_BREAKDOWN|VB|REFUSED|RF|BUSINESS_CLOSED|BC|NOT_AVAILABLE|NA|NOT_HOME|NH"
            "|INCORRECT_ADDRESS|IA|WRONG_ADDRESS|ACCESS_RESTRICTED|AR|NO_SECURE_LOCATION|CUSTOMS_DELAY|CD|CUSTOMS_HOLD"
            "|CUSTOMS_DOCUMENTATION|CM|CUSTOMS_UNPAID|CU|DUTIES_UNPAID|WEATHER|WE|WEATHER_DELAY|NATURAL_DISASTER|ND"
            "|EMERGENCY|DELIVERY_ATTEMPTED|DA|ATTEMPTED|NO_ACCESS|NS|SIGNATURE_REQUIRED|SR|MOVED|MV|RECIPIENT_MOVED"
        ),
    },
}


def _known_to_karrio(vendor: str) -> Iterator[tuple[str, str]]:
    for name in ("TrackingStatus", "TrackingIncidentReason"):
        for word in table(vendor, name):
            yield from ((code, word.name) for code in word.value)


def _listed(vendor: str) -> dict[str, str]:
    """Code to reason."""
    written = ((why, codes.split("|" if "|" in codes else None)) for why, codes in DIFFERS[vendor].items())
    return {code: why for why, codes in written for code in codes}


@pytest.mark.parametrize("vendor", OURS)
def test_a_code_of_karrio_means_the_same_to_us_or_has_a_reason(vendor: str) -> None:
    theirs: dict[str, set[TrackingType | None]] = {}
    for code, word in _known_to_karrio(vendor):
        theirs.setdefault(code or "-", set()).add(KARRIO[word])
    differ = {code for code, kinds in theirs.items() if kinds != {OURS[vendor](code)}}
    assert differ == set(_listed(vendor))


UNVERIFIED = {
    "canadapost": {str(number) for number in canadapost.UNVERIFIED},
    "mydhl": dhl_express.UNVERIFIED,
    "fedex": fedex.UNVERIFIED,
    "usps": usps.UNVERIFIED,
}


@pytest.mark.parametrize("vendor", UNVERIFIED)
def test_what_is_called_unverified_is_used(vendor: str) -> None:
    used = fedex.EXCEPTIONS.get if vendor == "fedex" else OURS[vendor]
    assert all(used(code) is not None for code in UNVERIFIED[vendor])


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (("I", "OT", "021"), TrackingType.OUT_FOR_DELIVERY),
        (("D", "FS", "011"), TrackingType.DELIVERED),
        (("D", "ZP", "040"), TrackingType.IN_TRANSIT),  # it lies at an access point
        (("X", "48", "060"), TrackingType.DELIVERY_FAILED),
        (("X", "DM", "059"), TrackingType.DAMAGED),
        (("X", "DM", ""), TrackingType.DAMAGED),
        (("X", "??", "013"), TrackingType.DELAYED),
        (("MV", "VP", "007"), None),
        (("U", "", ""), None),
    ],
)
def test_ups_is_read_by_the_most_precise_of_its_three_codes(
    status: tuple[str, str, str], kind: TrackingType | None
) -> None:
    assert ups.meaning(*status) == kind


@pytest.mark.parametrize("number", ["3", "03", "003"])
def test_fedexs_numbers_of_exceptions_may_have_zeros_before_them(number: str) -> None:
    assert fedex.meaning("SE", number) == fedex.meaning("DE", number) == TrackingType.ADDRESS_CORRECTION
    assert fedex.meaning("OD", number) == TrackingType.OUT_FOR_DELIVERY


@pytest.mark.parametrize("number", ["174", "0174"])
def test_canada_posts_numbers_of_events_may_have_zeros_before_them(number: str) -> None:
    assert canadapost.meaning(number) == TrackingType.OUT_FOR_DELIVERY
