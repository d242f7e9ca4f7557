"""What would be right, for every field of an update."""

from __future__ import annotations

HINTS = {
    "sku": "the SKU of a product, 1 to 128 characters",
    "location_id": "the id of a location, 1 to 128 characters",
    "lot": "the lot, up to 64 characters, or nothing for a SKU that is not kept by lot",
    "expires_on": "a day such as 2027-03-31",
    "on_hand": "the whole number of units on the shelf, from 0 to 1000000000, such as 12",
    "as_of": "when it was counted, with its zone, such as 2026-11-21T08:00:00Z",
    "sequence": "the source's own rising whole number, from 0 on",
    "source": "the name of the system that counted, 1 to 64 characters",
}
