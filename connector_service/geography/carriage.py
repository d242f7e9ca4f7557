"""What carriage about costs and how many business days it takes, from a table that is data.

A table belongs to a tenant and a currency; `standard_table()` is the one that comes with Dockline. Distance gives the
zone, the zone and the weight give the cost, the zone and the service give the days. It stands in until a carrier's rate
is known.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from canonical_models.base import CanonicalModel, Country, Currency, Grams, Identifier, Text
from connector_service.errors import InvalidInput
from connector_service.geography.distance import distance_km
from connector_service.geography.places import Place

STANDARD_TABLE = Path(__file__).parent / "data" / "carriage.json"
Cost = Annotated[int, Field(ge=0, le=10**12)]
Days = Annotated[int, Field(ge=0, le=365)]


class Zone(CanonicalModel):
    """All that lies between the zone before and `up_to_km` (null: no end): costs by weight step, days by service."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zone: Identifier
    up_to_km: Annotated[int, Field(gt=0)] | None
    cost_minor: list[Cost] = Field(min_length=1)
    per_kg_over_minor: Cost = Field(description="for every started kg over the last weight step")
    days: dict[str, Days] = Field(min_length=1)


class CarriageTable(CanonicalModel):
    """Zones by distance, within a country and across a border, and what they cost in one currency.

    Countries in one group of `borderless` have no border between them: carriage there is domestic.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    description: Text = ""
    currency: Currency
    borderless: list[list[Country]] = Field(default_factory=list)
    weight_steps_g: list[Grams] = Field(min_length=1)
    domestic: list[Zone] = Field(min_length=1)
    cross_border: list[Zone] = Field(min_length=1)
    _group_of: dict[str, int] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _rising(self.weight_steps_g, "weight_steps_g")
        for name, zones in (("domestic", self.domestic), ("cross_border", self.cross_border)):
            _check_zones(name, zones, len(self.weight_steps_g))
        self._group_of.update({country: at for at, group in enumerate(self.borderless) for country in group})
        if len(self._group_of) != sum(map(len, self.borderless)):
            raise ValueError("a country stands twice in `borderless`; write it in one group only")
        return self

    def is_domestic(self, origin: str, destination: str) -> bool:
        """Whether no border lies between two countries."""
        group = self._group_of.get(origin)
        return origin == destination or (group is not None and group == self._group_of.get(destination))


@dataclass(frozen=True, slots=True)
class Carriage:
    """An estimate: `cost_minor` in `currency`, `transit_days` in business days, `reason` in words."""

    zone: str
    domestic: bool
    distance_km: int
    cost_minor: int
    currency: str
    transit_days: int
    reason: str


def read_table(definition: Any) -> CarriageTable:
    """A carriage table from its JSON (text or object). Raises InvalidInput that names the first wrong place."""
    try:
        if isinstance(definition, str | bytes):
            return CarriageTable.model_validate_json(definition)
        return CarriageTable.model_validate(definition)
    except ValidationError as error:
        first = error.errors()[0]
        pointer = "".join(f"/{part}" for part in first["loc"])
        raise InvalidInput(f"The carriage table is not valid: {first['msg']}.", pointer=pointer or None) from error


@lru_cache(maxsize=1)
def standard_table() -> CarriageTable:
    """The table that comes with Dockline, in US dollars."""
    return read_table(STANDARD_TABLE.read_bytes())


def carriage(
    table: CarriageTable, origin: Place, destination: Place, weight_g: int, service: str = "standard"
) -> Carriage:
    """What it about costs and how long it takes to carry one parcel of `weight_g` grams.

    Raises InvalidInput for a negative weight or a service that the table does not name.
    """
    if weight_g < 0:
        raise InvalidInput(f"A parcel cannot weigh {weight_g} g; write its weight in grams, 0 or more.")
    distance = distance_km(origin.point, destination.point)
    domestic = table.is_domestic(origin.country, destination.country)
    zone = _zone(table.domestic if domestic else table.cross_border, distance)
    days = zone.days.get(service)
    if days is None:
        known = ", ".join(sorted(zone.days))
        raise InvalidInput(
            f"Carriage table {table.id!r} has no service {service!r} in zone {zone.zone}; it has {known}."
        )
    cost = cost_minor(table, zone, weight_g)
    border = "within" if domestic else "across the border from"
    reason = f"{distance} km {border} {origin.country} to {destination.country}: zone {zone.zone}, {weight_g} g"
    return Carriage(zone.zone, domestic, distance, cost, table.currency, days, reason)


def cost_minor(table: CarriageTable, zone: Zone, weight_g: int) -> int:
    """The cost in the zone of a parcel: that of the first step that holds it, and by the started kg over the last."""
    steps = table.weight_steps_g
    over = max(0, weight_g - steps[-1])
    return (
        zone.cost_minor[min(bisect_left(steps, weight_g), len(steps) - 1)] + -(-over // 1000) * zone.per_kg_over_minor
    )


def _zone(zones: list[Zone], distance: int) -> Zone:
    return next(zone for zone in zones if zone.up_to_km is None or distance <= zone.up_to_km)


def _rising(numbers: list[int], name: str) -> None:
    if any(first >= second for first, second in pairwise(numbers)):
        raise ValueError(f"`{name}` must rise from entry to entry")


def _check_zones(name: str, zones: list[Zone], steps: int) -> None:
    limits = [zone.up_to_km for zone in zones if zone.up_to_km is not None]
    if zones[-1].up_to_km is not None or len(limits) != len(zones) - 1:
        raise ValueError(f"`up_to_km` must be null in the last zone of `{name}`, and only there")
    _rising(limits, f"{name}/up_to_km")
    for zone in zones:
        if len(zone.cost_minor) != steps:
            raise ValueError(
                f"zone {zone.zone} needs {steps} costs, one per weight step, and has {len(zone.cost_minor)}"
            )
