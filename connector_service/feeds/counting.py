"""Set a position to a count, moved on by what has happened since it was made."""

from __future__ import annotations

from enum import StrEnum

from canonical_models import InventoryPosition
from connector_service.inventory.positions import Shelf, position_at, set_count
from connector_service.inventory.reconciliation import drift_of, moved_since
from connector_service.inventory.work import MOST_UNITS, Source, save_position
from connector_service.orders.recounts import make_room
from connector_service.orders.work import Work
from connector_service.store.feed_marks import Mark


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

    Where fewer are there than are claimed, the newest orders give theirs back as an `inventory_mismatch`; what
    warehouses have been given stays claimed.

    Raises:
        CannotBe: more have left since than were counted, or it is more than a position holds; nothing was changed.
    """
    position = position_at(work, shelf)
    since = moved_since(work, position, mark.as_of)
    if since.counted:
        return Outcome.STALE
    on_hand = mark.on_hand + since.moved
    _check(position, mark, on_hand)
    expected = position.on_hand - since.moved
    if on_hand < position.reserved:
        make_room(work, position, on_hand, drift_of(work, position, expected, mark.on_hand, mark.as_of))
        on_hand = max(on_hand, position.reserved)
    kept_aside = min(position.unavailable, on_hand - position.reserved) if since.set_aside else 0
    expires_on = mark.expires_on or position.expires_on
    if position.version and (position.on_hand, position.unavailable, position.expires_on) == (
        on_hand,
        kept_aside,
        expires_on,
    ):
        return Outcome.CONFIRMED
    position.expires_on = expires_on
    source = Source(mark.source, sequence=mark.sequence, at=mark.as_of)
    set_count(work, position, on_hand, source=source, counted=mark.on_hand, expected=expected)
    if kept_aside:
        position.unavailable = kept_aside
        save_position(work, position, "set_aside", f"Set aside after it was counted at {mark.as_of.isoformat()}.")
    return Outcome.CHANGED


def _check(position: InventoryPosition, mark: Mark, on_hand: int) -> None:
    if on_hand < 0:
        raise CannotBe(
            f"{position.id}: {mark.on_hand} were counted, and {mark.on_hand - on_hand} have left since. Count again, "
            "or send what came in meanwhile first."
        )
    if on_hand > MOST_UNITS:
        raise CannotBe(f"{position.id} would hold {on_hand} units; it holds at most {MOST_UNITS}. Split it by lot.")
