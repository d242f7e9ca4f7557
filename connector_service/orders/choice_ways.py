"""What it about costs to carry an order from a location to its customer, and how many days that takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from canonical_models import Location, Order, Priority
from connector_service.geography import Place, carriage, place, place_of, standard_table


@dataclass(frozen=True, slots=True)
class Way:
    """The cost of a shipment (minor units: fixed part, per kg), its business days, and in words what was assumed."""

    carriage_minor: int
    per_kg_minor: int
    days: int
    because: str


UNKNOWN = Way(0, 0, 0, "It is not known where one of the two places is; carriage counts nothing.")


def way(order: Order, location: Location, weight_g: int) -> Way:
    """The way of one shipment; at `weight_g` grams, fixed part and cost per kg together are what the table says."""
    here = place_of(location)
    to = order.ship_to
    there = place(to.country, to.region, to.postal_code, to.city)
    if here is None or there is None:
        return UNKNOWN
    return _between(here, there, weight_g, "express" if order.priority == Priority.EXPRESS else "standard")


@lru_cache(maxsize=16_384)
def _between(here: Place, there: Place, weight_g: int, service: str) -> Way:
    table = standard_table()
    whole = carriage(table, here, there, weight_g, service)
    fixed = carriage(table, here, there, 0, service).cost_minor
    per_kg = -(-(whole.cost_minor - fixed) * 1000 // weight_g) if weight_g else 0
    because = " ".join(part for part in (f"{whole.reason}.", there.note) if part)
    return Way(fixed, per_kg, whole.transit_days, because)
