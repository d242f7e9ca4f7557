"""What it about costs to carry an order from a location to its customer, and how many days that takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from canonical_models import Location, Order, Priority
from connector_service.carriers.settings import CarrierSettings
from connector_service.geography import Place, carriage, place, place_of, standard_table


@dataclass(frozen=True, slots=True)
class Way:
    """The cost of a shipment (minor units: fixed part, per kg), its business days, and in words what was assumed."""

    carriage_minor: int
    per_kg_minor: int
    days: int
    because: str
    currency: str = ""
    unpriced: str = ""
    """Why its carriage counts nothing although the table has a price."""


UNKNOWN = Way(0, 0, 0, "It is not known where one of the two places is; carriage counts nothing.")


def way(order: Order, location: Location, weight_g: int, settled: CarrierSettings) -> Way:
    """The way of one shipment; at `weight_g` grams, fixed part and cost per kg together are what the table says.

    They are in the order's currency, by the tenant's rate of exchange; without one carriage counts nothing.
    """
    here = place_of(location)
    to = order.ship_to
    there = place(to.country, to.region, to.postal_code, to.city)
    if here is None or there is None:
        return UNKNOWN
    found = _between(here, there, weight_g, "express" if order.priority == Priority.EXPRESS else "standard")
    return found if found.currency == order.currency else _exchanged(found, order.currency, settled)


def _exchanged(found: Way, currency: str, settled: CarrierSettings) -> Way:
    fixed = settled.in_currency(found.carriage_minor, found.currency, currency)
    per_kg = settled.in_currency(found.per_kg_minor, found.currency, currency)
    if fixed is None or per_kg is None:
        words = f"There is no rate of exchange from {found.currency} to {currency}: carriage is not compared."
        return replace(found, carriage_minor=0, per_kg_minor=0, unpriced=words, because=f"{found.because} {words}")
    because = f"{found.because} Carriage is exchanged from {found.currency}."
    return replace(found, carriage_minor=fixed, per_kg_minor=per_kg, currency=currency, because=because)


@lru_cache(maxsize=16_384)
def _between(here: Place, there: Place, weight_g: int, service: str) -> Way:
    table = standard_table()
    whole = carriage(table, here, there, weight_g, service)
    fixed = carriage(table, here, there, 0, service).cost_minor
    per_kg = -(-(whole.cost_minor - fixed) * 1000 // weight_g) if weight_g else 0
    because = " ".join(part for part in (f"{whole.reason}.", there.note) if part)
    return Way(fixed, per_kg, whole.transit_days, because, table.currency)
