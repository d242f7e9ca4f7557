"""The best plan by trying every one, written without the code under test: slow, simple, independent.

A plan here is the number of units of each line at each location. Which lots they come from does not change the cost;
they only have to exist: every demanded lot for itself, and all units together.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from connector_service.allocation.problem import Line, Location, Problem

Units = tuple[int, ...]
"""By location."""


def best_rank(problem: Problem) -> tuple[int, int]:
    """Unfilled units and score of the best plan."""
    locked = {line.line_id: 0 for line in problem.lines}
    for take in problem.locked:
        locked[take.line_id] += take.quantity
    wanted = [line.quantity - locked[line.line_id] for line in problem.lines]
    ways = [
        list(_spreads(need, [_stock(at, line.sku, line.lot) for at in problem.locations]))
        for need, line in zip(wanted, problem.lines, strict=True)
    ]
    plans = (plan for plan in product(*ways) if _allowed(problem, plan))
    return min((sum(wanted) - sum(map(sum, plan)), _score(problem, plan)) for plan in plans)


def _spreads(need: int, limits: list[int]) -> Iterator[Units]:
    """All ways to take up to `need` units from places that have so many."""
    if not limits:
        yield ()
        return
    for units in range(min(need, limits[0]) + 1):
        for rest in _spreads(need - units, limits[1:]):
            yield (units, *rest)


def _stock(location: Location, sku: str, lot: str | None) -> int:
    return sum(p.available for p in location.positions if p.sku == sku and (lot is None or p.lot == lot))


def _allowed(problem: Problem, plan: tuple[Units, ...]) -> bool:
    shipping = {take.location_id for take in problem.locked}
    fresh = set()
    for at, location in enumerate(problem.locations):
        here = [(line, units[at]) for line, units in zip(problem.lines, plan, strict=True) if units[at]]
        if not here:
            continue
        fresh.add(location.id)
        if location.id in problem.vetoes or not _enough(location, here):
            return False
        if location.capacity is not None and _shipments(here) > location.capacity - location.used:
            return False
    if problem.max_splits is None or fresh <= shipping:
        return True
    return len(fresh | shipping) <= problem.max_splits + 1


def _enough(location: Location, here: list[tuple[Line, int]]) -> bool:
    for sku in {line.sku for line, _ in here}:
        of_sku = [(line, units) for line, units in here if line.sku == sku]
        for lot in {line.lot for line, _ in of_sku}:
            wanted = sum(units for line, units in of_sku if lot is None or line.lot == lot)
            if wanted > _stock(location, sku, lot):
                return False
    return True


def _shipments(here: list[tuple[Line, int]]) -> int:
    return sum(line.ships_alone for line, _ in here) + any(not line.ships_alone for line, _ in here)


def _score(problem: Problem, plan: tuple[Units, ...]) -> int:
    weights, prices = problem.weights, problem.prices
    score = 0
    for at, location in enumerate(problem.locations):
        here = [(line, units[at]) for line, units in zip(problem.lines, plan, strict=True) if units[at]]
        late = 0
        if problem.promise_days is not None:
            late = max(0, location.dispatch_days + location.transit_days - problem.promise_days)
        full = 0 if location.capacity is None else min(1000, location.used * 1000 // location.capacity)
        score += _shipments(here) * (
            weights.landed_cost * (location.handling_minor + location.carriage_minor)
            + weights.lateness * prices.late_day_minor * late
            + weights.shipments * prices.shipment_minor
            + weights.utilisation * prices.full_minor * full // 1000
            + weights.merit * prices.merit_minor * (1000 - location.merit) // 1000
        )
        for line, units in here:
            score += units * (weights.landed_cost * location.carriage_per_kg_minor * line.unit_weight_g // 1000)
        for sku in {line.sku for line, _ in here}:
            remains = _stock(location, sku, None) - sum(units for line, units in here if line.sku == sku)
            kept_before = min(location.keep.get(sku, 0), _stock(location, sku, None))
            score += weights.balance * prices.drained_minor * max(0, kept_before - remains)
    return score
