"""Positions: found by what they are, and changed by counts, receipts, adjustments and lot decisions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from canonical_models import AdjustmentReason, InventoryPosition, LotStatus
from connector_service.errors import Conflict, InvalidInput
from connector_service.inventory import serials as numbers
from connector_service.inventory.sources import note_movement, told_before
from connector_service.inventory.work import MOST_UNITS, Source, StockWork, save_position

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a lot of a SKU lies; `lot` is empty when the SKU is not kept by lot."""

    sku: str
    location_id: str
    lot: str = ""
    expires_on: str | None = None

    @property
    def position_id(self) -> str:
        """The id of the position there."""
        return position_id(self.sku, self.location_id, self.lot)


@lru_cache(maxsize=4_096)
def position_id(sku: str, location_id: str, lot: str = "") -> str:
    """Positions are named by what they are, so that a feed finds them again; a name that gets too long by its hash."""
    name = "/".join(part.replace("~", "~0").replace("/", "~1") for part in (location_id, sku, lot))
    return name if len(name) <= _LONGEST_NAME else "pos_" + hashlib.blake2b(name.encode(), digest_size=20).hexdigest()


def position_at(work: StockWork, shelf: Shelf) -> InventoryPosition:
    """The position at a shelf; a new and empty one, not saved yet, when there is none."""
    found = work.tx.find(InventoryPosition, shelf.position_id)
    if found is not None:
        return found
    return InventoryPosition(
        tenant_id=work.tenant_id,
        id=shelf.position_id,
        version=0,
        created_at=work.now,
        updated_at=work.now,
        as_of=work.now,
        on_hand=0,
        sku=shelf.sku,
        location_id=shelf.location_id,
        lot=shelf.lot,
        expires_on=shelf.expires_on,
    )


def take_count(work: StockWork, *, sku: str, location_id: str, lot: str, expires_on: str | None, on_hand: int) -> bool:
    """Take over what somebody counts now, making the position if it is new; False when that is what was known.

    Raises:
        Conflict: less was counted than is reserved.
    """
    position = position_at(work, Shelf(sku, location_id, lot, expires_on))
    same = position.on_hand == on_hand and not position.unavailable and expires_on in (None, position.expires_on)
    if position.version and same:
        return False
    position.expires_on = expires_on or position.expires_on
    set_count(work, position, on_hand)
    return True


def set_count(
    work: StockWork,
    position: InventoryPosition,
    on_hand: int,
    *,
    source: Source | None = None,
    counted: int | None = None,
    expected: int | None = None,
) -> None:
    """Set what lies on the shelf to what was counted there; what was set aside until a count is found or gone now.

    A count of a moment in the past gives, beside what it comes to now, what was `counted` then and was `expected`.

    Raises:
        Conflict: less was counted than is reserved.
    """
    if on_hand < position.reserved:
        raise Conflict(
            f"{position.id}: {on_hand} were counted, but {position.reserved} are reserved. "
            "Give reservations back first."
        )
    counted = on_hand if counted is None else counted
    expected = position.on_hand if expected is None else expected
    because = f"Counted {counted}, was {expected}." if position.version else f"First count: {counted}."
    told = {"counted": counted, "expected": expected if position.version else counted}
    position.on_hand, position.unavailable = on_hand, 0
    numbers.trim(position)
    save_position(work, position, "counted", because, more=True, source=source, **told)


def receive(
    work: StockWork,
    shelf: Shelf,
    quantity: int,
    *,
    source: Source | None = None,
    serials: Sequence[str] = (),
    counted: bool = False,
) -> bool:
    """Goods have come in from a supplier; False when the source had told of it before.

    `counted`: a newer count has found them already, so that nothing is added.

    Raises:
        InvalidInput: nothing came in, or the serial numbers are more than the units.
        Conflict: a serial number is there already.
    """
    _require_some(quantity)
    if len(serials) > quantity:
        raise InvalidInput(f"{len(serials)} serial numbers are too many for {quantity} units.", pointer="/serials")
    if told_before(work, source, shelf.position_id, change="received", quantity=quantity, serials=list(serials)):
        return False
    note_movement(work, source, shelf.position_id, quantity)
    if counted:
        return True
    position = position_at(work, shelf)
    position.expires_on = shelf.expires_on or position.expires_on
    position.on_hand += quantity
    numbers.put(position, serials)
    save_position(work, position, "received", f"{quantity} came in.", more=True, source=source, quantity=quantity)
    return True


MakeRoom = Callable[[int], None]
"""Has claims given back, so that no more are left than a number of units, as far as that can be."""


def adjust(
    work: StockWork,
    position: InventoryPosition,
    delta: int,
    reason: AdjustmentReason,
    *,
    because: str = "",
    source: Source | None = None,
    counted: bool = False,
    make_room: MakeRoom | None = None,
) -> bool:
    """Change what is on hand by `delta` units for a reason; False when the source had told of it before.

    What goes is taken from what is free, then from what was set aside, then from those whom `make_room` asks to give
    back. `counted`: a newer count has found it already, so that nothing is changed.

    Raises:
        InvalidInput: the change is none.
        Conflict: less would be left than is reserved.
    """
    if delta == 0:
        raise InvalidInput("An adjustment must change something: give a number other than 0.", pointer="/quantity")
    if told_before(work, source, position.id, change="adjusted", delta=delta, reason=reason.value):
        return False
    note_movement(work, source, position.id, delta)
    if counted:
        return True
    left = position.on_hand + delta
    if 0 <= left < position.reserved and make_room is not None:
        make_room(left)
    if left < position.reserved:
        raise Conflict(
            f"{position.id} has {position.on_hand} on hand and {position.reserved} reserved: it cannot change by "
            f"{delta}. Give reservations back first.",
            pointer="/quantity",
        )
    position.on_hand = left
    position.unavailable = min(position.unavailable, left - position.reserved)
    numbers.trim(position)
    words = because or f"{abs(delta)} {'more' if delta > 0 else 'fewer'}: {reason}."
    save_position(work, position, "adjusted", words, more=True, source=source, delta=delta, reason=reason.value)
    return True


def set_aside(work: StockWork, position: InventoryPosition, because: str) -> None:
    """Promise nothing more from a position until it is counted; what is reserved there stays reserved."""
    position.unavailable = position.on_hand - position.reserved
    numbers.trim(position)
    save_position(work, position, "set_aside", because)


def set_safety_stock(
    work: StockWork, position: InventoryPosition, units: int, because: str, *, source: Source | None = None
) -> None:
    """Keep `units` back from orders; what is reserved already stays reserved."""
    if not 0 <= units <= MOST_UNITS:
        raise InvalidInput(f"Safety stock must be 0 or more units, not {units}.", pointer="/safety_stock")
    if position.safety_stock != units:
        position.safety_stock = units
        save_position(work, position, "safety_stock_set", because, more=True, source=source)


def set_lot_status(
    work: StockWork, position: InventoryPosition, status: LotStatus, because: str, *, source: Source | None = None
) -> None:
    """Say what may be done with a lot; claims on it stay, for the orders' steps to withdraw."""
    if position.lot_status != status:
        before, position.lot_status = position.lot_status, status
        save_position(
            work, position, f"lot_{status}", because, more=True, source=source, lot_status_before=before.value
        )


def _require_some(quantity: int) -> None:
    if quantity <= 0:
        raise InvalidInput(f"The quantity must be 1 or more, not {quantity}.", pointer="/quantity")
