"""Pickups on the letter carrier's round."""

from __future__ import annotations

from typing import Any

from connector_service.sandbox.carriers.usps.asked import CarrierPickup, PickupUpdate
from connector_service.sandbox.gate import Call, Refusal
from connector_service.sandbox.world import Pickup, World


class Pickups:
    """The handlers under `/pickup/v3/carrier-pickup`."""

    def __init__(self, slug: str, world: World) -> None:
        self._slug = slug
        self._world = world

    def schedule(self, call: Call) -> Any:
        """Ask the letter carrier to take parcels along."""
        asked = CarrierPickup.model_validate_json(call.body)
        number = f"WTC{self._world.serial()}"
        pickup = Pickup(self._slug, call.account, number, asked.pickupDate, asked.model_dump())
        self._world.keep_pickup(pickup)
        return _answer(pickup)

    def get(self, call: Call) -> Any:
        """What was asked for."""
        return _answer(self._find(call))

    def change(self, call: Call) -> Any:
        """Another day, or other parcels."""
        asked = PickupUpdate.model_validate_json(call.body)
        pickup = self._find(call)
        pickup.day, pickup.asked = asked.pickupDate, asked.carrierPickupRequest.model_dump()
        self._world.keep_pickup(pickup)
        return _answer(pickup)

    def cancel(self, call: Call) -> Any:
        """Call it off."""
        pickup = self._find(call)
        pickup.cancelled = True
        self._world.keep_pickup(pickup)
        return {}

    def _find(self, call: Call) -> Pickup:
        pickup = self._world.pickups.get((self._slug, call.path["number"]))
        if pickup is None or pickup.account != call.account or pickup.cancelled:
            raise Refusal(404, "NOT_FOUND", f"There is no pickup {call.path['number']}.")
        return pickup


def _answer(pickup: Pickup) -> dict[str, Any]:
    request = pickup.asked
    return {"confirmationNumber": pickup.number, "pickupDate": pickup.day, "carrierPickupRequest": request}
