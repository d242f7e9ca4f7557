"""UPS's Address Validation at street level, which knows the United States and Puerto Rico only."""

from __future__ import annotations

from typing import Any

from connector_service.sandbox.carriers.addresses import Place, found, is_po_box
from connector_service.sandbox.carriers.ups.asked import AddressValidation
from connector_service.sandbox.carriers.ups.rates import SUCCESS
from connector_service.sandbox.gate import Call, Refusal

KNOWN = frozenset({"US", "PR"})
COMMERCIAL = {"Code": "1", "Description": "Commercial"}
RESIDENTIAL = {"Code": "2", "Description": "Residential"}
UNKNOWN = {"Code": "0", "Description": "UnClassified"}


def check(call: Call) -> Any:
    """`POST /api/addressvalidation/v2/{1 validates, 2 classifies, 3 does both}`."""
    asked = AddressValidation.model_validate_json(call.body).XAVRequest.AddressKeyFormat
    if asked.CountryCode not in KNOWN:
        raise Refusal(400, "COUNTRY", f"Address validation does not know the country {asked.CountryCode}.")
    place = Place(
        tuple(asked.AddressLine),
        asked.PoliticalDivision2,
        asked.PoliticalDivision1,
        asked.PostcodePrimaryLow,
        asked.CountryCode,
    )
    candidates = found(place)
    indicator = ("NoCandidatesIndicator", "ValidAddressIndicator", "AmbiguousAddressIndicator")[len(candidates)]
    answer: dict[str, Any] = {"Response": {"ResponseStatus": SUCCESS}, indicator: ""}
    kind = _kind(place) if len(candidates) == 1 else UNKNOWN
    if call.path["option"] in ("2", "3"):
        answer["AddressClassification"] = kind
    answer["Candidate"] = [{"AddressClassification": kind, "AddressKeyFormat": _key(each)} for each in candidates]
    return {"XAVResponse": answer}


def _kind(place: Place) -> dict[str, str]:
    text = " ".join(place.lines).upper()
    return COMMERCIAL if is_po_box(place) or "SUITE" in text or "STE " in text else RESIDENTIAL


def _key(place: Place) -> dict[str, Any]:
    primary, _, extended = place.postal_code.partition("-")
    return {
        "AddressLine": list(place.lines),
        "PoliticalDivision2": place.city,
        "PoliticalDivision1": place.region,
        "PostcodePrimaryLow": primary,
        "PostcodeExtendedLow": extended or "0001",
        "Region": f"{place.city} {place.region} {primary}-{extended or '0001'}",
        "CountryCode": place.country,
    }
