"""Our figure beside the warehouse's own count: do they agree, and if not, what happened in between?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from canonical_models import Event, InventoryPosition
from connector_service.inventory.history import on_hand_at
from connector_service.inventory.work import StockWork


@dataclass(frozen=True, slots=True)
class Drift:
    """A position whose count is not what we expected: both figures in units, and every event since the last count."""

    position_id: str
    sku: str
    location_id: str
    lot: str
    expected: int
    counted: int
    counted_at: datetime
    events: list[Event]

    @property
    def evidence(self) -> dict[str, Any]:
        """What an exception `inventory_mismatch` keeps of it."""
        return {
            "sku": self.sku,
            "location_id": self.location_id,
            "lot": self.lot,
            "expected": self.expected,
            "counted": self.counted,
            "counted_at": self.counted_at.isoformat(),
            "events_between": [f"{event.time.isoformat()} {event.type}: {_because(event)}" for event in self.events],
        }


def reconcile(work: StockWork, position: InventoryPosition, counted: int, counted_at: datetime) -> Drift | None:
    """Compare what a warehouse counted at a moment with what we had on hand then; None when both agree.

    `counted` is all that is there, in units, picked goods that have not left included.
    """
    expected = on_hand_at(work, position.id, counted_at) if counted_at < position.as_of else position.on_hand
    if expected == counted:
        return None
    return Drift(
        position.id,
        position.sku,
        position.location_id,
        position.lot,
        expected,
        counted,
        counted_at,
        _since_last_count(work.tx.stream(position.id), counted_at),
    )


def _since_last_count(events: list[Event], until: datetime) -> list[Event]:
    """From the last count, when both knew the same, to the moment of this one."""
    before = [event for event in events if event.time <= until]
    counts = [at for at, event in enumerate(before) if event.type == "dockline.position.counted.v1"]
    return before[counts[-1] if counts else 0 :]


def _because(event: Event) -> str:
    return str(event.data["because"])
