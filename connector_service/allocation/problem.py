"""What is known when a warehouse is chosen: small frozen values, integers only, no store and no clock.

Money is in minor units of the order's one currency, weight in grams, time in whole days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Line:
    """What the order wants of one SKU. `quantity` includes what is locked already."""

    line_id: str
    sku: str
    quantity: int
    lot: str | None = None
    """Only this lot will do; None takes any, first expiry first."""
    ships_alone: bool = False
    """It may not travel in one shipment with other lines."""
    unit_weight_g: int = 0


@dataclass(frozen=True, slots=True)
class Position:
    """What may be promised of one SKU and lot at the location it is listed under."""

    id: str
    sku: str
    available: int
    lot: str = ""
    expires_on: str | None = None
    """`YYYY-MM-DD`; None never expires."""

    @property
    def first_expiry(self) -> tuple[str, str, str]:
        """Sorts positions so that what expires first is taken first; lot and id make the order total."""
        return (self.expires_on or "9999-12-31", self.lot, self.id)


@dataclass(frozen=True, slots=True)
class Location:
    """A place that could ship, with what one shipment from there to this customer costs and how long it takes."""

    id: str
    positions: tuple[Position, ...] = ()
    handling_minor: int = 0
    carriage_minor: int = 0
    """The part of the estimated carriage that does not depend on weight, per shipment."""
    carriage_per_kg_minor: int = 0
    dispatch_days: int = 0
    """Days until a shipment decided now leaves: 0 when today's cut-off is met."""
    transit_days: int = 0
    capacity: int | None = None
    """Shipments it can make today; None: no limit is known."""
    used: int = 0
    """How many of them are taken."""
    merit: int = 1000
    """The sum of the rules' weights for it, per mille; 1,000 is a perfect candidate."""
    keep: Mapping[str, int] = field(default_factory=dict)
    """By SKU, the units it should keep for its own customers; 0 where the SKU does not sell."""

    @property
    def capacity_left(self) -> int | None:
        """Shipments it can still make today, never negative; None: no limit."""
        return None if self.capacity is None else max(0, self.capacity - self.used)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each term of the objective counts, per mille: 1000 counts it once, 0 ignores it. From the rule file."""

    landed_cost: int = 1000
    lateness: int = 1000
    shipments: int = 1000
    utilisation: int = 1000
    balance: int = 1000
    merit: int = 1000


@dataclass(frozen=True, slots=True)
class Prices:
    """What makes days, splits and shelves comparable with money, in minor units. From the rule file."""

    late_day_minor: int = 300
    """One shipment that arrives one day after the promise."""
    shipment_minor: int = 200
    """One more shipment, beside its handling and carriage."""
    full_minor: int = 100
    """One shipment from a location whose day is full; half of it from one half full."""
    drained_minor: int = 100
    """One unit taken out of what a location should keep for its own customers."""
    merit_minor: int = 0
    """One shipment from a location that no rule speaks for (merit 0); nothing at merit 1,000."""


@dataclass(frozen=True, slots=True, order=True)
class Take:
    """Take a quantity for an order line from one position."""

    line_id: str
    location_id: str
    position_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One order, and every location that could ship it."""

    order_id: str
    lines: tuple[Line, ...]
    locations: tuple[Location, ...]
    promise_days: int | None = None
    """Whole days from today to the promised day; None: nothing was promised."""
    max_splits: int | None = None
    """How many locations more than one may ship, those of locked takes included; None: no limit."""
    vetoes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By location, the reasons in words why it may not ship."""
    locked: tuple[Take, ...] = ()
    """What is picked already: it stays. Its stock is no longer in `available`."""
    weights: Weights = Weights()
    prices: Prices = Prices()
    spread: int = 50
    """Locations whose cost differs by up to this (per mille, 0 to 100) share the load; 0: only equal ones do."""

    def without(self, location_id: str, reason: str) -> Problem:
        """The same order decided again without one location (a failed pick, an outage); locked takes stay."""
        reasons = (*self.vetoes.get(location_id, ()), reason)
        return replace(self, vetoes={**self.vetoes, location_id: reasons})
