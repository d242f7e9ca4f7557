"""Set a position to a count, moved on by what has happened since it was made."""

from __future__ import annotations

from enum import StrEnum

from canonical_models import InventoryPosition
from connector_service.inventory.positions import Shelf, position_at, set_count
from connector_service.inventory.work import MOST_UNITS, Source, save_position
from connector_service.orders.work import Work
from connector_service.store import feed_marks
from connector_service.store.feed_marks import Mark, Since

_NOTHING = Since(moved=0, counted=False, set_aside=False)


class Outcome(StrEnum):
    """What became of an update that was not refused."""

    CHANGED = "changed"
    CONFIRMED = "confirmed"
    REPLAYED = "replayed"
    STALE = "stale"


class CannotBe(Exception):
    """A count that contradicts what is known; says how."""


def set_to(work: Work, shelf: Shelf, mark: Mark) -> Outcome:
    """Set a position to what a source counted; stale when somebody has counted it here since.

    Raises:
        CannotBe: fewer than are claimed, or than have left since, or more than a position holds; nothing was changed.
    """
    position = position_at(work, shelf)
    since = _NOTHING
    if position.version and position.as_of > mark.as_of:
        since = feed_marks.since(work.tx.connection, work.tenant_id, position.id, mark.as_of)
    if since.counted:
        return Outcome.STALE
    on_hand = mark.on_hand + since.moved
    _check(position, mark, on_hand)
    kept_aside = min(position.unavailable, on_hand - position.reserved) if since.set_aside else 0
    expires_on = mark.expires_on or position.expires_on
    if position.version and (position.on_hand, position.unavailable, position.expires_on) == (
        on_hand,
        kept_aside,
        expires_on,
    ):
        return Outcome.CONFIRMED
    position.expires_on = expires_on
    set_count(work, position, on_hand, source=Source(mark.source, sequence=mark.sequence, at=mark.as_of))
    if kept_aside:
        position.unavailable = kept_aside
        save_position(work, position, "set_aside", f"Set aside after it was counted at {mark.as_of.isoformat()}.")
    return Outcome.CHANGED


def _check(position: InventoryPosition, mark: Mark, on_hand: int) -> None:
    gone = f", and {mark.on_hand - on_hand} have left since" if on_hand < mark.on_hand else ""
    if on_hand < position.reserved:
        raise CannotBe(
            f"{position.id}: {mark.on_hand} were counted{gone}, but {position.reserved} are reserved. "
            "Give reservations back first, or count again."
        )
    if on_hand > MOST_UNITS:
        raise CannotBe(f"{position.id} would hold {on_hand} units; it holds at most {MOST_UNITS}. Split it by lot.")
