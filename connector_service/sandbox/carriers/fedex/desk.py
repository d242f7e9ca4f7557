"""FedEx's pickups, address check and end of day: what is neither priced nor carried."""

from __future__ import annotations

import base64
from typing import Any

from connector_service.sandbox.carrier import Carrier
from connector_service.sandbox.carriers.addresses import Place, found, is_po_box
from connector_service.sandbox.carriers.fedex.asked import Close, PickupAsked, PickupCancel, Resolve
from connector_service.sandbox.carriers.fedex.services import GROUND
from connector_service.sandbox.gate import Call, Refusal
from connector_service.sandbox.world import Pickup, Sold, World

REPRINT = "RGCD"


class Desk:
    """Handlers that answer with the `output` of FedEx's envelope."""

    def __init__(self, slug: str, world: World, carrier: Carrier) -> None:
        self._slug = slug
        self._world = world
        self._carrier = carrier

    def schedule(self, call: Call) -> dict[str, Any]:
        """`POST /pickup/v1/pickups`."""
        asked = PickupAsked.model_validate_json(call.body)
        day, ready = asked.originDetail.readyDateTimestamp[:10], asked.originDetail.readyDateTimestamp[11:19]
        if ready >= asked.originDetail.customerCloseTime:
            raise Refusal(400, "PICKUP.TIME.INVALID", "The ready time must be before the customer's close time.")
        if day < self._world.now()[:10]:
            raise Refusal(400, "PICKUP.DATE.INVALID", "The pickup date is in the past.")
        number = str(self._world.serial())
        self._world.keep_pickup(Pickup(self._slug, call.account, number, day, asked.model_dump(mode="json")))
        return {"pickupConfirmationCode": number, "location": "SBXA", "message": "Courier is notified"}

    def cancel(self, call: Call) -> dict[str, Any]:
        """`PUT /pickup/v1/pickups/cancel`."""
        asked = PickupCancel.model_validate_json(call.body)
        pickup = self._world.pickups.get((self._slug, asked.pickupConfirmationCode))
        if pickup is None or pickup.account != call.account or pickup.cancelled or pickup.day != asked.scheduledDate:
            code = asked.pickupConfirmationCode
            raise Refusal(400, "PICKUP.NOT.FOUND", f"There is no pickup {code} on {asked.scheduledDate}.")
        pickup.cancelled = True
        self._world.keep_pickup(pickup)
        message = f"Requested pickup has been cancelled Successfully. {pickup.number}"
        return {"pickupConfirmationCode": pickup.number, "cancelConfirmationMessage": message}

    def resolve(self, call: Call) -> dict[str, Any]:
        """`POST /address/v1/addresses/resolve`."""
        asked = Resolve.model_validate_json(call.body)
        return {"resolvedAddresses": [_resolved(each.address) for each in asked.addressesToValidate]}

    def close(self, call: Call) -> dict[str, Any]:
        """`PUT /ship/v1/endofday/`: tells the driver what ground parcels there are; express needs no close."""
        asked = Close.model_validate_json(call.body)
        ground = [sold for sold in self._mine(call.account) if sold.created[:10] == asked.closeDate]
        again = asked.closeReqType == REPRINT
        parcels = [sold for sold in ground if bool(sold.manifest) == again]
        if not parcels:
            raise Refusal(400, "CLOSE.NO.SHIPMENTS", "There are no ground shipments to close on this day.")
        number = parcels[0].manifest or f"MF{self._world.serial()}"
        for sold in parcels:
            sold.manifest = sold.manifest or number
            self._world.keep_sold(sold)
        return {"closeDocuments": [_manifest(number, asked.closeDate, parcels)]}

    def _mine(self, account: str) -> list[Sold]:
        return [
            sold
            for sold in self._world.sold.values()
            if sold.vendor == self._slug and sold.account == account and sold.service in GROUND and not sold.voided
        ]


def _manifest(number: str, day: str, parcels: list[Sold]) -> dict[str, Any]:
    lines = [f"FEDEX GROUND MANIFEST {number} {day}"]
    lines += [f"{each} {sold.receiver['postal_code']}" for sold in parcels for each in sold.numbers()]
    text = "\r\n".join(lines).encode()
    part = {"documentPartSequenceNumber": "1", "image": base64.b64encode(text).decode()}
    return {"type": "MANIFEST", "documentId": number, "docType": "TXT", "parts": [part]}


def _resolved(address: Any) -> dict[str, Any]:
    place = Place(
        tuple(address.streetLines), address.city, address.stateOrProvinceCode, address.postalCode, address.countryCode
    )
    candidates = found(place)
    best = candidates[0] if len(candidates) == 1 else place
    known = len(candidates) == 1
    messages: tuple[list[dict[str, str]], ...] = (
        [{"code": "STANDARDIZED.ADDRESS.NOTFOUND", "message": "Standardized address is not found."}],
        [],
        [{"code": "MULTIPLE.MATCHES", "message": "More than one address matches."}],
    )
    return {
        "streetLinesToken": list(best.lines),
        "city": best.city,
        "stateOrProvinceCode": best.region,
        "postalCode": best.postal_code,
        "countryCode": best.country,
        "classification": ("BUSINESS" if "SUITE" in " ".join(best.lines) else "RESIDENTIAL") if known else "UNKNOWN",
        "customerMessages": messages[len(candidates)],
        "attributes": {
            "Resolved": str(known).lower(),
            "DPV": str(known).lower(),
            "Matched": str(bool(candidates)).lower(),
            "MultipleMatches": str(len(candidates) > 1).lower(),
            "POBox": str(is_po_box(place)).lower(),
            "CountrySupported": "true",
        },
    }
