"""Our figure beside the warehouse's own count: do they agree, and if not, what happened in between?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from canonical_models import Event, InventoryPosition
from connector_service.inventory.work import StockWork
from connector_service.store import feed_marks


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
    expected = position.on_hand - moved_since(work, position, counted_at).moved
    return None if expected == counted else drift_of(work, position, expected, counted, counted_at)


NOTHING = feed_marks.Since(moved=0, counted=False, set_aside=False)


def moved_since(work: StockWork, position: InventoryPosition, moment: datetime) -> feed_marks.Since:
    """What has happened to a position since a moment."""
    if not position.version or position.as_of <= moment:
        return NOTHING
    return feed_marks.since(work.tx.connection, work.tenant_id, position.id, moment)


def drift_of(work: StockWork, position: InventoryPosition, expected: int, counted: int, counted_at: datetime) -> Drift:
    """Both figures, and the events between."""
    return Drift(
        position.id,
        position.sku,
        position.location_id,
        position.lot,
        expected,
        counted,
        counted_at,
        since_last_count(work.tx.stream(position.id), counted_at),
    )


def since_last_count(events: list[Event], until: datetime) -> list[Event]:
    """From the last count, when both knew the same, to the moment of this one."""
    before = [event for event in events if event.time <= until]
    counts = [at for at, event in enumerate(before) if event.type == "dockline.position.counted.v1"]
    return before[counts[-1] if counts else 0 :]


def _because(event: Event) -> str:
    return str(event.data["because"])
