"""What the plans of a batch have taken from the same shelves and the same day's capacity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from connector_service.allocation.objective import shipments_of
from connector_service.allocation.problem import Location, Problem, Take


@dataclass(slots=True)
class Ledger:
    """Units by position and shipments by location. All problems of a batch speak of the same stock."""

    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(location id, position id) -> units."""
    made: Counter[str] = field(default_factory=Counter)

    def add(self, problem: Problem, takes: Iterable[Take], sign: int = 1) -> None:
        """Count a plan in (1) or out again (-1)."""
        takes = tuple(takes)
        for take in takes:
            self.taken[take.location_id, take.position_id] += sign * take.quantity
        for location_id, _ in shipments_of(problem, takes):
            self.made[location_id] += sign

    def left_for(self, problem: Problem) -> Problem:
        """The problem with what is left, where more was taken than the problem knows of nothing."""
        return replace(problem, locations=tuple(self._left(location) for location in problem.locations))

    def _left(self, location: Location) -> Location:
        made = self.made[location.id]
        if not made:
            return location
        positions = tuple(
            replace(position, available=max(0, position.available - taken))
            if (taken := self.taken[location.id, position.id])
            else position
            for position in location.positions
        )
        return replace(location, positions=positions, used=location.used + made)
