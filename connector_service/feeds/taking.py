"""Take a batch of updates over: the source's sequence or time decides what is newer, never the order of arrival.

A position holds the newest count of any source. A count that arrives late is moved on by what has come and gone at the
position since it was made, so that goods shipped meanwhile are not promised again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from canonical_models import InventoryPosition
from connector_service.feeds.counting import CannotBe, Outcome, set_to
from connector_service.feeds.update import Refused, Update
from connector_service.inventory.positions import Shelf, position_id
from connector_service.orders.work import Work
from connector_service.store import feed_marks
from connector_service.store.feed_marks import Mark

FUTURE_TOLERANCE = timedelta(minutes=5)
"""How far a source's clock may be ahead."""


class Taking:
    """What is known of the positions that a batch is about, read at once; `keep` writes what was learned."""

    def __init__(self, work: Work, updates: Sequence[Update]) -> None:
        self._work = work
        keys = sorted({_key(update) for update in updates})
        tx = work.tx
        self._locations = {location.id for location in tx.locations()}
        self._products = tx.products(update.sku for update in updates)
        self._marks = feed_marks.newest(tx.connection, tx.tenant_id, keys)
        tx.find_by(InventoryPosition, id=keys)
        self._learned: dict[tuple[str, str], Mark] = {}

    def take(self, update: Update) -> Outcome | Refused:
        """Take one update over; one that is refused or stale changes nothing."""
        wrong = self._wrong(update)
        if wrong is not None:
            return wrong
        new = Mark(_key(update), update.source, update.sequence, update.as_of, update.on_hand, update.expires_on)
        marks = self._marks.get(new.position_id, {})
        known = marks.get(new.source)
        if known is not None and known.age == new.age:
            return Outcome.REPLAYED if known == new else _other_content(known, new)
        if known is not None and known.age > new.age:
            return Outcome.STALE
        return self._learn(update, marks, new)

    def _learn(self, update: Update, marks: dict[str, Mark], new: Mark) -> Outcome | Refused:
        before, after = _leader(marks), _leader({**marks, new.source: new}) or new
        outcome = Outcome.STALE
        if after != before:
            # When a source corrects its time backwards, it is another source's count that is the newest again.
            shelf = Shelf(update.sku, update.location_id, update.lot)
            try:
                done = set_to(self._work, shelf, after)
            except CannotBe as error:
                return Refused("on_hand", str(error))
            outcome = done if after is new else Outcome.STALE
        self._marks.setdefault(new.position_id, {})[new.source] = new
        self._learned[new.position_id, new.source] = new
        return outcome

    def _wrong(self, update: Update) -> Refused | None:
        if update.as_of > self._work.now + FUTURE_TOLERANCE:
            now = self._work.now.isoformat(timespec="seconds")
            return Refused(
                "as_of", f"{update.as_of.isoformat()} has not come yet, it is {now}: set the source's clock right."
            )
        if update.location_id not in self._locations:
            known = ", ".join(sorted(self._locations)[:5])
            return Refused("location_id", f"There is no location {update.location_id!r}; there are {known or 'none'}.")
        product = self._products.get(update.sku)
        if product is None:
            return Refused("sku", f"There is no product {update.sku!r}: add it with PUT /v1/products, then send again.")
        return _wrong_lot(update, product.lot_tracked)

    def keep(self) -> None:
        """Write what was learned."""
        feed_marks.keep(self._work.tx.connection, self._work.tenant_id, self._learned.values())


def _key(update: Update) -> str:
    return position_id(update.sku, update.location_id, update.lot)


def _leader(marks: dict[str, Mark]) -> Mark | None:
    """The newest count of any source."""
    return max(marks.values(), key=lambda mark: mark.moment, default=None)


def _wrong_lot(update: Update, lot_tracked: bool) -> Refused | None:
    if lot_tracked and not update.lot:
        return Refused("lot", f"{update.sku} is kept by lot: say which lot was counted.")
    if update.lot and not lot_tracked:
        return Refused("lot", f"{update.sku} is not kept by lot: leave the lot out, or set the product's lot_tracked.")
    if update.expires_on is not None and not update.lot:
        return Refused("expires_on", "Only a lot expires: say which lot, or leave expires_on out.")
    return None


def _other_content(known: Mark, new: Mark) -> Refused:
    field, said = ("as_of", new.as_of.isoformat()) if new.sequence is None else ("sequence", str(new.sequence))
    return Refused(
        field,
        f"{new.source} has said {known.on_hand} at {known.as_of.isoformat()} under the {field} {said} before, and says "
        f"{new.on_hand} at {new.as_of.isoformat()} now: a correction needs a newer {field}.",
    )
