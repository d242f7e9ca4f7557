"""What a position held at a moment, from its events."""

from __future__ import annotations

from datetime import datetime

from canonical_models import Event
from connector_service.inventory.work import StockWork


def on_hand_at(work: StockWork, position_id: str, moment: datetime) -> int:
    """How many units were on hand at a moment; 0 before the position was known."""
    found = 0
    for event in work.tx.stream(position_id):
        if event.time > moment:
            break
        found = _changed(event, found)
    return found


def _changed(event: Event, before: int) -> int:
    changes = event.data["changes"]
    said = changes.get("on_hand", before) if isinstance(changes, dict) else before
    return said if isinstance(said, int) else before
