"""What a plan costs, term by term: the one place where the objective is written down.

A score is an integer in thousandths of a minor unit; lower is better. It is the sum, over the shipments of a plan, of

| term        | amount, times its weight (per mille)                                                          |
|-------------|-----------------------------------------------------------------------------------------------|
| landed_cost | handling + fixed carriage + carriage per kg x weight (rounded down per unit)                  |
| lateness    | late_day_minor x whole days that dispatch and transit take beyond the promise                 |
| shipments   | shipment_minor                                                                                |
| utilisation | full_minor x the share of the location's capacity that is taken (rounded down to per mille)   |
| balance     | drained_minor x units taken out of what the location keeps for its own customers              |
| merit       | merit_minor x what the location's merit lacks to 1,000 per mille                              |

Filling comes first: a plan that leaves fewer units unfilled is better whatever it costs. `penalty` states that as an
amount per unfilled unit, above all that any plan for this problem could cost.

A shipment is one location and either all ordinary lines or one line that ships alone. What is locked is paid already
and counts in no term; what is taken now from a location with locked takes is a new shipment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from connector_service.allocation.problem import Line, Location, Problem, Take

MILLI = 1000


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a score, weighted, each in thousandths of a minor unit."""

    landed_cost: int = 0
    lateness: int = 0
    shipments: int = 0
    utilisation: int = 0
    balance: int = 0
    merit: int = 0

    @property
    def score(self) -> int:
        """Their sum."""
        return self.landed_cost + self.lateness + self.shipments + self.utilisation + self.balance + self.merit

    def plus(self, other: Terms) -> Terms:
        """Term by term."""
        return Terms(*(getattr(self, name) + getattr(other, name) for name in Terms.__slots__))


def days_late(problem: Problem, location: Location) -> int:
    """Whole days after the promise that a shipment from there arrives; 0 when nothing was promised."""
    if problem.promise_days is None:
        return 0
    return max(0, location.dispatch_days + location.transit_days - problem.promise_days)


def used_per_mille(location: Location) -> int:
    """How much of today's capacity is taken, 0 to 1,000; 0 when no limit is known."""
    if location.capacity is None:
        return 0
    return min(MILLI, location.used * MILLI // location.capacity) if location.capacity else MILLI


def shipment_terms(problem: Problem, location: Location) -> Terms:
    """What one shipment from there costs before anything is in it."""
    weights, prices = problem.weights, problem.prices
    return Terms(
        landed_cost=weights.landed_cost * (location.handling_minor + location.carriage_minor),
        lateness=weights.lateness * prices.late_day_minor * days_late(problem, location),
        shipments=weights.shipments * prices.shipment_minor,
        utilisation=weights.utilisation * prices.full_minor * used_per_mille(location) // MILLI,
        merit=weights.merit * prices.merit_minor * max(0, MILLI - location.merit) // MILLI,
    )


def unit_cost(problem: Problem, location: Location, line: Line) -> int:
    """What carrying one more unit of a line from there costs."""
    return problem.weights.landed_cost * location.carriage_per_kg_minor * line.unit_weight_g // MILLI


def drained_cost(problem: Problem) -> int:
    """What taking one unit out of what a location keeps for its own customers costs."""
    return problem.weights.balance * problem.prices.drained_minor


def drained_units(location: Location, sku: str, taken: int) -> int:
    """How many of the units taken there come out of what it keeps."""
    keep = location.keep.get(sku, 0)
    if not keep:
        return 0
    available = sum(position.available for position in location.positions if position.sku == sku)
    return max(0, taken - max(0, available - keep))


def shipments_of(problem: Problem, takes: Iterable[Take]) -> dict[tuple[str, str], list[Take]]:
    """Takes by shipment: (location id, id of the line that ships alone or "")."""
    alone = {line.line_id for line in problem.lines if line.ships_alone}
    found: dict[tuple[str, str], list[Take]] = {}
    for take in takes:
        found.setdefault((take.location_id, take.line_id if take.line_id in alone else ""), []).append(take)
    return found


def terms_of(problem: Problem, takes: Iterable[Take]) -> Terms:
    """What a plan (without the locked takes) costs, term by term."""
    takes = list(takes)
    lines = {line.line_id: line for line in problem.lines}
    locations = {location.id: location for location in problem.locations}
    total = Terms()
    for location_id, _ in shipments_of(problem, takes):
        total = total.plus(shipment_terms(problem, locations[location_id]))
    carried = 0
    taken: dict[tuple[str, str], int] = {}
    for take in takes:
        line = lines[take.line_id]
        carried += take.quantity * unit_cost(problem, locations[take.location_id], line)
        taken[take.location_id, line.sku] = taken.get((take.location_id, line.sku), 0) + take.quantity
    drained = sum(drained_units(locations[where], sku, units) for (where, sku), units in taken.items())
    return total.plus(Terms(landed_cost=carried, balance=drained * drained_cost(problem)))


def open_quantities(problem: Problem) -> dict[str, int]:
    """By line, what is wanted and not locked."""
    wanted = {line.line_id: line.quantity for line in problem.lines}
    for take in problem.locked:
        wanted[take.line_id] -= take.quantity
    return wanted


def unfilled_units(problem: Problem, takes: Iterable[Take]) -> int:
    """How many units of the order a plan leaves open, beside the locked takes."""
    return sum(open_quantities(problem).values()) - sum(take.quantity for take in takes)


def penalty(problem: Problem) -> int:
    """What one unfilled unit counts: a power of ten above the cost of any plan for this problem."""
    dearest_unit = drained_cost(problem)
    dearest_shipment = 0
    for location in problem.locations:
        dearest_shipment = max(dearest_shipment, shipment_terms(problem, location).score)
        heaviest = max((line.unit_weight_g for line in problem.lines), default=0)
        per_unit = problem.weights.landed_cost * location.carriage_per_kg_minor * heaviest // MILLI
        dearest_unit = max(dearest_unit, drained_cost(problem) + per_unit)
    # every unit in a shipment of its own, from the dearest place
    most = sum(line.quantity for line in problem.lines) * (dearest_shipment + dearest_unit)
    return int(10 ** len(str(most)))
