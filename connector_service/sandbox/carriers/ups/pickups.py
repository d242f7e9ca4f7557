"""Collections by UPS: ordered and called off by their PRN; there is no changing one."""

from __future__ import annotations

from typing import Any

from connector_service.sandbox.carriers.ups.asked import PickupCreation
from connector_service.sandbox.carriers.ups.rates import head
from connector_service.sandbox.gate import Call, Refusal
from connector_service.sandbox.pricing import currency_of, decimal
from connector_service.sandbox.world import Pickup, World

CHARGE = 775
"""Minor units for a collection on the same or a later day."""
BY_PRN = "02"


class Pickups:
    """The handlers of UPS's Pickup API."""

    def __init__(self, slug: str, world: World) -> None:
        self._slug = slug
        self._world = world

    def schedule(self, call: Call) -> Any:
        """`POST /api/pickupcreation/v2409/pickup`."""
        asked = PickupCreation.model_validate_json(call.body).PickupCreationRequest
        times = asked.PickupDateInfo
        if int(times.ReadyTime) >= int(times.CloseTime):
            raise Refusal(400, "PICKUP_TIME", "The ready time must be before the close time.")
        if times.PickupDate < self._world.now()[:10].replace("-", ""):
            raise Refusal(400, "PICKUP_DATE", "The pickup date is in the past.")
        number = f"29{self._world.serial() % 10**9:09}"
        pickup = Pickup(self._slug, call.account, number, times.PickupDate, asked.model_dump(mode="json"))
        self._world.keep_pickup(pickup)
        currency = currency_of(str(asked.PickupAddress.get("CountryCode", "")))
        cost = decimal(CHARGE, currency)
        rate = {"RateType": "SD", "CurrencyCode": currency, "GrandTotalOfAllCharge": cost}
        answer = {"Response": head(asked.Request.context()), "PRN": number, "RateResult": rate}
        return {"PickupCreationResponse": {**answer, "RateStatus": {"Code": "01", "Description": "Success"}}}

    def cancel(self, call: Call) -> Any:
        """`DELETE /api/shipments/v2409/pickup/02` with the PRN in a header."""
        if call.path["by"] != BY_PRN:
            raise Refusal(400, "CANCEL_BY", "A pickup is cancelled by its PRN: CancelBy must be 02.")
        number = call.headers.get("prn", "")
        pickup = self._world.pickups.get((self._slug, number))
        if pickup is None or pickup.account != call.account or pickup.cancelled:
            raise Refusal(400, "NO_PICKUP", f"There is no pickup with the PRN {number}.")
        pickup.cancelled = True
        self._world.keep_pickup(pickup)
        return {"PickupCancelResponse": {"Response": head(""), "PickupType": "01"}}
