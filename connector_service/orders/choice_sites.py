"""How a location stands today: when it ships, how full its day is, how long its stock lasts, and who collects there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from canonical_models import Location
from connector_service import allocation
from connector_service.geography import Dispatch, arrival_day, dispatch
from connector_service.orders.choice_goods import Goods
from connector_service.orders.choice_numbers import Objective
from connector_service.orders.work import Work
from connector_service.store import tenants
from connector_service.store.workload import ByPlace


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of one location beside its stock and its place. None is unknown."""

    location: Location
    dispatch: Dispatch
    used: int
    """Shipments planned for the day on which it ships next; 0 when it has no capacity to compare them with."""
    answers: bool | None
    carrier_collects: bool | None
    cover_days: int | None
    keep: Mapping[str, int]
    """By SKU, units that its own customers are likely to want soon."""

    @property
    def capacity_used_pct(self) -> int | None:
        """How much of the day's capacity is taken."""
        capacity = self.location.capacity_per_day
        if capacity is None:
            return None
        return self.used * 100 // capacity if capacity else 100

    def travels(self, transit_days: int) -> int:
        """Calendar days from leaving there to arriving, for so many business days of carriage."""
        return (arrival_day(self.location, self.dispatch.day, transit_days) - self.dispatch.day).days

    def facts(self, goods: Goods) -> dict[str, Any]:
        """As the rules' vocabulary has it; what is unknown is None."""
        where = self.location
        return {
            "answers": self.answers,
            "carrier_collects": self.carrier_collects,
            "hazmat": goods.hazmat,
            "handles_hazmat": where.handles_hazmat,
            "lithium": goods.lithium,
            "handles_lithium": where.handles_lithium,
            "cold_chain": goods.cold_chain,
            "handles_cold_chain": where.handles_cold_chain,
            "cover_days": self.cover_days,
            "capacity_used_pct": self.capacity_used_pct,
            "minutes_to_cut_off": self.dispatch.minutes_to_cut_off,
        }


@dataclass(frozen=True, slots=True)
class Sites:
    """What all locations are asked with; `wait` says to send to a location whatever its system answers now, `later` to
    ask as it will be when the day is over: with room, and before the cut-off."""

    work: Work
    goods: Goods
    objective: Objective
    demand: ByPlace
    carriers: frozenset[str]
    wait: bool
    later: bool

    @classmethod
    def of(
        cls,
        work: Work,
        locations: Sequence[Location],
        goods: Goods,
        objective: Objective,
        *,
        wait: bool,
        later: bool = False,
    ) -> Sites:
        """Look up once what is the same for all of them."""
        demand = work.tx.recent_demand(goods.units)
        named = any(location.carriers for location in locations)
        accounts = tenants.connections(work.tx.connection, work.tenant_id) if named else []
        return cls(work, goods, objective, demand, frozenset(each.slug for each in accounts), wait, later)

    def site(self, location: Location, positions: Sequence[allocation.Position]) -> Site:
        """One location, with what it has of the open SKUs."""
        found = dispatch(location, self.work.now)
        limited = location.capacity_per_day is not None and not self.later
        if self.later:
            found = found._replace(minutes_to_cut_off=None)
        return Site(
            location=location,
            dispatch=found,
            used=self.work.tx.planned_since(location.id, found.since) if limited else 0,
            answers=None if self.wait else self.work.answers(self.work.tenant_id, location.wms),
            carrier_collects=not self.carriers.isdisjoint(location.carriers) if location.carriers else None,
            cover_days=self._cover_days(location, positions),
            keep=self._keep(location),
        )

    def _cover_days(self, location: Location, positions: Sequence[allocation.Position]) -> int | None:
        """For how many days its stock lasts after this order, of the SKU that lasts the shortest."""
        lasting = []
        for sku, wanted in self.goods.units.items():
            demand = self.demand.get((sku, location.id))
            if demand is not None:
                there = sum(position.available for position in positions if position.sku == sku)
                lasting.append(demand.lasts(there - wanted))
        return min(lasting, default=None)

    def _keep(self, location: Location) -> dict[str, int]:
        days = self.objective.keep_days
        if not self.demand or not days:
            return {}
        found = {sku: self.demand.get((sku, location.id)) for sku in self.goods.units}
        return {sku: demand.for_days(days) for sku, demand in found.items() if demand is not None}
