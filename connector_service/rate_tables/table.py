"""The model of a rate table. It is checked whole when it is read; see `reading.read_json`."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from datetime import date
from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, PrivateAttr, model_validator

from canonical_models.base import CanonicalModel, Currency, Grams, Identifier, Text
from connector_service.rate_tables.areas import ANYWHERE, MOST_KEYS, Areas, keys_of

Cost = Annotated[int, Field(gt=0, le=10**12, description="minor units of the table's currency")]
Days = Annotated[int, Field(ge=0, le=365, description="business days on the road")]


def _area(value: str) -> str:
    next(keys_of(value))
    return value


Area = Annotated[str, Field(examples=["DE", "DE:24", "US:005-098", "*"]), AfterValidator(_area)]


class _Part(CanonicalModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Zone(_Part):
    """All lanes from one of `ship_from` to one of `ship_to`. Of two that fit, the narrower destination holds, then the
    narrower origin."""

    zone: Identifier
    ship_from: list[Area] = Field(default_factory=lambda: [ANYWHERE], min_length=1)
    ship_to: list[Area] = Field(min_length=1)


class Step(_Part):
    """A parcel of up to `up_to_g` grams, and heavier than the step before, costs `cost_minor`."""

    up_to_g: Grams
    cost_minor: Cost


class ZonePrices(_Part):
    """What one service costs in one zone. Heavier than the last step: by the started kg, or not at all (null)."""

    zone: Identifier
    transit_days: Days
    steps: list[Step] = Field(min_length=1, max_length=1_000)
    per_kg_over_minor: Cost | None = None

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if any(first.up_to_g >= second.up_to_g for first, second in pairwise(self.steps)):
            raise ValueError("`up_to_g` must rise from step to step")
        return self

    def cost_minor(self, billed_g: int) -> int | None:
        """The cost of one parcel before surcharges, None when it is too heavy."""
        at = bisect_left(self.steps, billed_g, key=lambda step: step.up_to_g)
        if at < len(self.steps):
            return self.steps[at].cost_minor
        if self.per_kg_over_minor is None:
            return None
        over = billed_g - self.steps[-1].up_to_g
        return self.steps[-1].cost_minor + -(-over // 1_000) * self.per_kg_over_minor


class Service(_Part):
    """A carrier's product, where it is offered."""

    service: Identifier
    prices: list[ZonePrices] = Field(min_length=1)


class RateTable(_Part):
    """What one carrier charges one tenant from `valid_from` to `valid_until`, both included (null: until further
    notice).

    `fuel_surcharge_per_mille` of 125 adds 12.5 %. `volume_divisor` is in cubic centimetres per kg: a parcel is billed
    by its volume when that weighs more; null bills the real weight.
    """

    description: Text = ""
    currency: Currency
    valid_from: date
    valid_until: date | None = None
    fuel_surcharge_per_mille: int = Field(default=0, ge=0, le=2_000)
    volume_divisor: int | None = Field(default=None, ge=1_000, le=10_000)
    zones: list[Zone] = Field(min_length=1, max_length=1_000)
    services: list[Service] = Field(min_length=1, max_length=100)
    _lanes: dict[tuple[str, str], str] = PrivateAttr(default_factory=dict)
    _origins: Areas = PrivateAttr()
    _destinations: Areas = PrivateAttr()

    @model_validator(mode="after")
    def _indexed(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("`valid_until` lies before `valid_from`")
        for zone in self.zones:
            self._add_lanes(zone)
        self._origins = Areas.of({origin for origin, _ in self._lanes})
        self._destinations = Areas.of({destination for _, destination in self._lanes})
        return self

    def _add_lanes(self, zone: Zone) -> None:
        destinations = [key for area in zone.ship_to for key in keys_of(area)]
        for origin in [key for area in zone.ship_from for key in keys_of(area)]:
            for destination in destinations:
                taken = self._lanes.setdefault((origin, destination), zone.zone)
                if taken != zone.zone:
                    raise ValueError(f"zones {taken} and {zone.zone} both hold the lane {origin} to {destination}")
            if len(self._lanes) > MOST_KEYS:
                raise ValueError(f"the zones hold more than {MOST_KEYS} pairs of areas: use shorter postal prefixes")

    def content_hash(self) -> str:
        """SHA-256 of the table as JSON, the same for the same content."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def holds(self, day: date) -> bool:
        """Whether the table is valid on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def zone_of(self, origin: tuple[str, str], destination: tuple[str, str]) -> str | None:
        """The zone between two (country, postal code), None when the table has none."""
        origins = self._origins.candidates(*origin)
        for to in self._destinations.candidates(*destination):
            for start in origins:
                zone = self._lanes.get((start, to))
                if zone is not None:
                    return zone
        return None
