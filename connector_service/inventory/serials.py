"""Serial numbers: a position knows those of its unclaimed units, a claim takes them along."""

from __future__ import annotations

from collections.abc import Sequence

from canonical_models import InventoryPosition
from connector_service.errors import Conflict


def take(position: InventoryPosition, quantity: int, *, demanded: bool = False) -> list[str]:
    """Take the serial numbers of units that leave the free ones; ask before the position's figures change.

    Units without a known number go first, unless numbers are demanded.

    Raises:
        Conflict: fewer units with a number are free than are demanded.
    """
    known = position.serials
    wanted = quantity if demanded else max(0, quantity - (position.free - len(known)))
    if wanted > len(known):
        raise Conflict(f"{position.id} has {len(known)} units with a serial number, not {wanted}.")
    if wanted:
        position.serials = known[wanted:]
    return known[:wanted]


def put(position: InventoryPosition, serials: Sequence[str]) -> None:
    """Add numbers of units that are free from now on.

    Raises:
        Conflict: a number is there already, or told twice.
    """
    if not serials:
        return
    merged = [*position.serials, *serials]
    twice = next((serial for at, serial in enumerate(merged) if serial in merged[:at]), None)
    if twice is not None:
        raise Conflict(f"{position.id} has the serial number {twice!r} already; each unit has its own.")
    position.serials = merged


def trim(position: InventoryPosition) -> None:
    """Forget numbers of units that are not there any more: nobody said which are left, so the oldest stay."""
    if len(position.serials) > position.free:
        position.serials = position.serials[: max(0, position.free)]
