"""Take a batch of updates over: the source's sequence or time decides what is newer, never the order of arrival.

A position holds the newest count of any source, and what was moved since it was made. A count that arrives late is
moved on by what has come and gone at the position meanwhile, so that goods shipped are not promised again; a movement
that arrives late, when a newer count has found it, is kept and changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from canonical_models import InventoryPosition, Transfer
from connector_service.errors import Conflict, InvalidInput
from connector_service.feeds.checks import Catalog, wrong_transfer
from connector_service.feeds.counting import CannotBe, Outcome, set_to
from connector_service.feeds.moving import move
from connector_service.feeds.update import Arrived, Count, Movement, OnShelf, Refused, Sent, Update
from connector_service.inventory.positions import Shelf, position_id
from connector_service.inventory.reconciliation import moved_since
from connector_service.orders.work import Work
from connector_service.store import feed_marks
from connector_service.store.feed_marks import Mark


class Taking:
    """What is known of the positions that a batch is about, read at once; `keep` writes what was learned."""

    def __init__(self, work: Work, updates: Sequence[Update]) -> None:
        self._work = work
        tx = work.tx
        self._catalog = Catalog(work, updates)
        keys = sorted(self._positions_of(updates))
        self._marks = feed_marks.newest(tx.connection, tx.tenant_id, keys)
        tx.find_by(InventoryPosition, id=keys)
        self._learned: dict[tuple[str, str], Mark] = {}

    def _positions_of(self, updates: Sequence[Update]) -> set[str]:
        """The ids of all positions that updates are about, those where transfers end included."""
        ended = sorted({update.transfer_id for update in updates if isinstance(update, Arrived)})
        found = {transfer.to_position_id for transfer in self._work.tx.find_by(Transfer, id=ended)} if ended else set()
        for update in updates:
            if isinstance(update, OnShelf):
                found.add(_key(update))
            if isinstance(update, Sent):
                found.add(position_id(update.sku, update.to_location_id, update.lot))
        return found

    def take(self, update: Update) -> Outcome | Refused:
        """Take one update over; one that is refused or stale changes nothing that is on hand."""
        wrong = self._catalog.wrong(update)
        if wrong is not None:
            return wrong
        return self._count(update) if isinstance(update, Count) else self._move(update)

    def _count(self, update: Count) -> Outcome | Refused:
        new = Mark(_key(update), update.source, update.sequence, update.as_of, update.on_hand, update.expires_on)
        marks = self._marks.get(new.position_id, {})
        known = marks.get(new.source)
        if known is not None and known.age == new.age:
            return Outcome.REPLAYED if known == new else _other_content(known, new)
        if known is not None and known.age > new.age:
            return Outcome.STALE
        return self._learn(update, marks, new)

    def _learn(self, update: Count, marks: dict[str, Mark], new: Mark) -> Outcome | Refused:
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

    def _move(self, update: Movement) -> Outcome | Refused:
        if isinstance(update, Arrived):
            transfer = self._work.tx.find(Transfer, update.transfer_id)
            target = self._work.tx.find(InventoryPosition, transfer.to_position_id) if transfer else None
            wrong = wrong_transfer(update, transfer, target)
            if wrong is not None:
                return wrong
        try:
            with self._work.tx.savepoint():
                return move(self._work, update, lambda key: self._is_counted(key, update.as_of))
        except (Conflict, InvalidInput) as error:
            # What this handle has loaded may have been changed before it was refused.
            self._work = replace(self._work, tx=self._work.tx.part())
            return Refused((error.pointer or "").removeprefix("/"), error.detail)

    def _is_counted(self, key: str, moment: datetime) -> bool:
        leader = _leader(self._marks.get(key, {}))
        if leader is not None and leader.as_of >= moment:
            return True
        position = self._work.tx.find(InventoryPosition, key)
        return position is not None and moved_since(self._work, position, moment).counted

    def keep(self) -> None:
        """Write what was learned."""
        feed_marks.keep(self._work.tx.connection, self._work.tenant_id, self._learned.values())


def _key(update: OnShelf) -> str:
    return position_id(update.sku, update.location_id, update.lot)


def _leader(marks: dict[str, Mark]) -> Mark | None:
    """The newest count of any source."""
    return max(marks.values(), key=lambda mark: mark.moment, default=None)


def _other_content(known: Mark, new: Mark) -> Refused:
    field, said = ("as_of", new.as_of.isoformat()) if new.sequence is None else ("sequence", str(new.sequence))
    return Refused(
        field,
        f"{new.source} has said {known.on_hand} at {known.as_of.isoformat()} under the {field} {said} before, and says "
        f"{new.on_hand} at {new.as_of.isoformat()} now: a correction needs a newer {field}.",
    )
