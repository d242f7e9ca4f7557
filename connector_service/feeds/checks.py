"""What a tenant has, for an update to be held against before anything is changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from canonical_models import InventoryPosition, Transfer
from connector_service.feeds.update import Arrived, Count, OnShelf, Receipt, Refused, Sent, Update
from connector_service.orders.work import Work

FUTURE_TOLERANCE = timedelta(minutes=5)
"""How far a source's clock may be ahead."""


class Catalog:
    """The locations of a tenant, and the products that a batch of updates is about."""

    def __init__(self, work: Work, updates: Sequence[Update]) -> None:
        self._now = work.now
        self._locations = {location.id for location in work.tx.locations()}
        self._products = work.tx.products(update.sku for update in updates if isinstance(update, OnShelf))

    def wrong(self, update: Update) -> Refused | None:
        """Why an update cannot be, whatever lies there; None when it can."""
        if update.as_of > self._now + FUTURE_TOLERANCE:
            now = self._now.isoformat(timespec="seconds")
            return Refused(
                "as_of", f"{update.as_of.isoformat()} has not come yet, it is {now}: set the source's clock right."
            )
        if not isinstance(update, OnShelf):
            return None
        wrong = self._wrong_place("location_id", update.location_id)
        if wrong is None and isinstance(update, Sent):
            wrong = self._wrong_place("to_location_id", update.to_location_id)
        if wrong is not None:
            return wrong
        product = self._products.get(update.sku)
        if product is None:
            return Refused("sku", f"There is no product {update.sku!r}: add it with PUT /v1/products, then send again.")
        return _wrong_lot(update.sku, update.lot, product.lot_tracked) or _wrong_expiry(update)

    def _wrong_place(self, field: str, location_id: str) -> Refused | None:
        if location_id in self._locations:
            return None
        known = ", ".join(sorted(self._locations)[:5])
        return Refused(field, f"There is no location {location_id!r}; there are {known or 'none'}.")


def _wrong_lot(sku: str, lot: str, lot_tracked: bool) -> Refused | None:
    if lot_tracked and not lot:
        return Refused("lot", f"{sku} is kept by lot: say which lot it is.")
    if lot and not lot_tracked:
        return Refused("lot", f"{sku} is not kept by lot: leave the lot out, or set the product's lot_tracked.")
    return None


def _wrong_expiry(update: Update) -> Refused | None:
    if isinstance(update, Count | Receipt) and update.expires_on is not None and not update.lot:
        return Refused("expires_on", "Only a lot expires: say which lot, or leave expires_on out.")
    return None


def wrong_transfer(update: Arrived, transfer: Transfer | None, target: InventoryPosition | None) -> Refused | None:
    """Why units of a transfer cannot have come to an end as an update says; None when they can."""
    if transfer is None or target is None:
        words = f"There is no transfer {update.transfer_id!r}: tell first what was sent, then send this again."
        return Refused("transfer_id", words)
    for field, said, known in (
        ("sku", update.sku, transfer.sku),
        ("lot", update.lot, transfer.lot),
        ("location_id", update.location_id, target.location_id),
    ):
        if said not in (None, known):
            return Refused(field, f"Transfer {transfer.id} is about {known!r}, not {said!r}.")
    return None
