"""Collections by DHL Express: ordered, moved and called off by their confirmation number."""

from __future__ import annotations

from typing import Any

from connector_service.sandbox.carriers.dhl_express.asked import Pickup as Asked
from connector_service.sandbox.carriers.dhl_express.numbers import appointment
from connector_service.sandbox.gate import Call, Created, Raw, Refusal
from connector_service.sandbox.world import Pickup, World


class Pickups:
    """The handlers under `/pickups`."""

    def __init__(self, slug: str, world: World) -> None:
        self._slug = slug
        self._world = world

    def schedule(self, call: Call) -> Any:
        """`POST /pickups`."""
        asked = Asked.model_validate_json(call.body)
        country = asked.customerDetails.shipperDetails.postalAddress.countryCode
        number = appointment(self._world.serial(), country)
        pickup = Pickup(self._slug, call.account, number, asked.plannedPickupDateAndTime[:10], asked.model_dump())
        self._world.keep_pickup(pickup)
        times = {"readyByTime": asked.plannedPickupDateAndTime[11:16], "nextPickupDate": pickup.day}
        return Created({"dispatchConfirmationNumbers": [number], **times})

    def change(self, call: Call) -> Any:
        """`PATCH /pickups/{number}`."""
        asked = Asked.model_validate_json(call.body)
        pickup = self._find(call)
        pickup.day, pickup.asked = asked.plannedPickupDateAndTime[:10], asked.model_dump()
        self._world.keep_pickup(pickup)
        times = {"readyByTime": asked.plannedPickupDateAndTime[11:16], "nextPickupDate": pickup.day}
        return {"dispatchConfirmationNumber": pickup.number, **times}

    def cancel(self, call: Call) -> Any:
        """`DELETE /pickups/{number}`, which wants to know who and why, and says nothing back."""
        if not (call.params.get("requestorName") and call.params.get("reason")):
            raise Refusal(400, "INVALID", "requestorName and reason are needed to cancel a pickup.")
        pickup = self._find(call)
        pickup.cancelled = True
        self._world.keep_pickup(pickup)
        return Raw(b"", "application/json")

    def _find(self, call: Call) -> Pickup:
        pickup = self._world.pickups.get((self._slug, call.path["number"]))
        if pickup is None or pickup.account != call.account or pickup.cancelled:
            raise Refusal(404, "NOT_FOUND", f"There is no pickup {call.path['number']}.")
        return pickup
