"""What the Postal Service knows of addresses: every street but Nowhere Street, and no ZIP of zeros."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connector_service.sandbox.gate import Refusal

SUFFIXES = {"STREET": "ST", "AVENUE": "AVE", "ROAD": "RD", "BOULEVARD": "BLVD", "DRIVE": "DR", "LANE": "LN"}


def check(params: Mapping[str, str]) -> dict[str, Any]:
    """`GET /addresses/v3/address`."""
    street, state = params.get("streetAddress", ""), params.get("state", "")
    if not street or not re.fullmatch("[A-Z]{2}", state) or not (params.get("city") or params.get("ZIPCode")):
        raise Refusal(400, "010002", "streetAddress, state, and city or ZIPCode are needed.")
    if "nowhere" in street.lower() or (params.get("ZIPCode") and not params["ZIPCode"].strip("0")):
        raise Refusal(404, "010005", "Address Not Found")
    written = " ".join(SUFFIXES.get(word, word) for word in street.upper().replace(".", "").split())
    whole = re.match(r"\d", written) is not None
    corrections = [] if whole else [{"code": "32", "text": "More information, such as a house number, is needed."}]
    return {
        "firm": params.get("firm"),
        "address": {
            "streetAddress": written,
            "secondaryAddress": params.get("secondaryAddress", "").upper(),
            "city": params.get("city", "").upper(),
            "state": state,
            "ZIPCode": params.get("ZIPCode", ""),
            "ZIPPlus4": f"{sum(written.encode()) % 10_000:04}",
        },
        "additionalInfo": {
            "deliveryPoint": "01",
            "carrierRoute": "C001",
            "DPVConfirmation": "Y" if whole else "D",
            "DPVCMRA": "N",
            "business": "Y" if params.get("firm") else "N",
            "centralDeliveryPoint": "N",
            "vacant": "N",
        },
        "corrections": corrections,
        "matches": [{"code": "31", "text": "Single Response - exact match"}] if whole else [],
    }
