"""Which lots may be promised to an order line, and in which order: what expires first goes first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from canonical_models import InventoryPosition, LotStatus, OrderLine


def may_be_sold(position: InventoryPosition, now: datetime) -> bool:
    """Whether a lot is usable and its day of expiry (UTC) has not passed."""
    if position.lot_status != LotStatus.USABLE:
        return False
    return position.expires_on is None or position.expires_on >= now.date().isoformat()


def promisable(line: OrderLine, position: InventoryPosition, now: datetime) -> int:
    """How many units of a position an order line may claim; 0 of another SKU, lot, or a lot that may not be sold."""
    if position.sku != line.sku or line.lot not in (None, position.lot) or not may_be_sold(position, now):
        return 0
    return min(position.available, len(position.serials)) if line.serial_required else position.available


def first_expired_first(positions: Iterable[InventoryPosition]) -> list[InventoryPosition]:
    """Positions in the order in which to take from them; what never expires goes last."""
    return sorted(positions, key=lambda position: (position.expires_on or "9999", position.lot))
