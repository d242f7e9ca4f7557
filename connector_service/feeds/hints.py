"""What would be right, for every field of an update."""

from __future__ import annotations

from canonical_models import AdjustmentReason, LotStatus

HINTS = {
    "kind": "count (or nothing), receipt, adjustment, setting, transfer_sent, transfer_arrived or transfer_lost",
    "sku": "the SKU of a product, 1 to 128 characters",
    "location_id": "the id of a location, 1 to 128 characters",
    "lot": "the lot, up to 64 characters, or nothing for a SKU that is not kept by lot",
    "expires_on": "a day such as 2027-03-31",
    "on_hand": "the whole number of units on the shelf, from 0 to 1000000000, such as 12",
    "quantity": "a whole number of units from 1 to 1000000000; of an adjustment less than 0 when they are gone",
    "reason": f"one of {', '.join(AdjustmentReason)}",
    "safety_stock": "the whole number of units that are kept back from orders, from 0 on",
    "lot_status": f"one of {', '.join(LotStatus)}",
    "reference": "the sender's own name for this change, 1 to 128 characters: told again, it happens once",
    "transfer_id": "the name of the transfer, 1 to 128 characters, the same for what is sent, arrives and is lost",
    "to_location_id": "the id of the location to which it is sent",
    "serials": "a list of the serial numbers that came in, at most as many as units",
    "as_of": "when it was counted or happened, with its zone, such as 2026-11-21T08:00:00Z",
    "sequence": "the source's own rising whole number, from 0 on",
    "source": "the name of the system that tells, 1 to 64 characters",
}
