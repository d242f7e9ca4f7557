"""A problem made ready for searching: the shipments that are possible, with what each could carry at which cost.

Everything is in a canonical order (lines by id; locations by draw, then id), so that the order in which a caller lists
lines, locations or positions cannot change an answer. Costs are search costs (see `ties`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from connector_service.allocation.objective import drained_cost, open_quantities, shipment_terms, unit_cost
from connector_service.allocation.problem import Line, Location, Problem
from connector_service.allocation.ties import draw, rate, search_cost

Segment = tuple[int, int]
"""Up to so many units at this cost each: (cost, units)."""


@dataclass(frozen=True, slots=True)
class Option:
    """One shipment that may be made: a location, and either all ordinary lines (group 0) or one line alone."""

    index: int
    location: Location
    group: int
    fixed: int
    """Search cost of the shipment before anything is in it."""
    segments: dict[int, tuple[Segment, ...]]
    """By demand: units it can carry, the cheapest first; the dear ones come out of what the location keeps."""
    reach: tuple[tuple[int, int], ...]
    """(demand, units it can carry of it), without looking at other demands for the same stock."""
    offers: tuple[tuple[int, int, int], ...]
    """(demand, units, cost) of all segments."""
    room: int | None
    """How many shipments its location can still make today."""


@dataclass(frozen=True, slots=True)
class Model:
    """All possible shipments of a problem."""

    problem: Problem
    lines: tuple[Line, ...]
    """What is still open, by line id."""
    needs: tuple[int, ...]
    """By demand (index into `lines`), the units wanted."""
    most: tuple[int, ...]
    """By demand, the units that all options together could fill of it."""
    options: tuple[Option, ...]
    shared: tuple[tuple[int, ...], ...]
    """Demands that want the same SKU, where there are two or more: they compete for stock."""
    simple: tuple[int, ...]
    """The demands that compete with no other."""
    limit: int | None
    """How many locations may ship, those of locked takes included."""
    locked_at: frozenset[str]
    one_group: bool
    """No line ships alone beside others: every location has one option at most."""

    def may_open(self, opened: tuple[int, ...], index: int) -> bool:
        """Whether an option may join those opened: its location has room today, and the splits allow it."""
        where = self.options[index].location.id
        used = [self.options[at].location.id for at in opened]
        room = self.options[index].room
        if room is not None and used.count(where) >= room:
            return False
        return self.limit is None or len({where, *used, *self.locked_at}) <= self.limit or where in self.locked_at

    def may_still_open(self, opened: tuple[int, ...], free: list[int]) -> list[int]:
        """Which of the free options may join those opened."""
        if self.one_group and (self.limit is None or len(opened) + len(self.locked_at) < self.limit):
            return free
        return [index for index in free if self.may_open(opened, index)]

    def most_shipments(self, opened: tuple[int, ...], free: list[int]) -> int:
        """How many of the free options a plan may open at most."""
        if self.limit is None or not self.one_group or self.locked_at:
            return len(free)
        return min(len(free), self.limit - len(opened))

    @property
    def unfillable(self) -> int:
        """Units that no plan can fill, because too few are there."""
        return sum(self.needs) - sum(self.most)

    def without(self, location_id: str, reason: str) -> Model:
        """The model of the same problem with one location vetoed, at a fraction of what building it costs."""
        kept = [option for option in self.options if option.location.id != location_id]
        totals = [0] * len(self.needs)
        for option in kept:
            for at, units in option.reach:
                totals[at] += units
        return replace(
            self,
            problem=self.problem.without(location_id, reason),
            most=tuple(map(min, self.needs, totals)),
            options=tuple(replace(option, index=index) for index, option in enumerate(kept)),
        )


def build(problem: Problem) -> Model:
    """Everything the search asks for, computed once."""
    wanted = open_quantities(problem)
    lines = tuple(sorted((line for line in problem.lines if wanted[line.line_id] > 0), key=lambda line: line.line_id))
    needs = tuple(wanted[line.line_id] for line in lines)
    by_sku: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        by_sku.setdefault(line.sku, []).append(at)
    groups = _groups(lines)
    builder = _Builder(problem, lines, needs, groups, frozenset(line.sku for line in lines if line.lot is not None))
    drawn = [
        (draw(problem.order_id, location.id), location.id, location)
        for location in problem.locations
        if not problem.vetoes.get(location.id) and location.capacity_left != 0
    ]
    for number, _, location in sorted(drawn, key=lambda known: known[:2]):
        builder.add(location, number)
    return Model(
        problem=problem,
        lines=lines,
        needs=needs,
        most=tuple(map(min, needs, builder.totals)),
        options=tuple(builder.options),
        shared=tuple(tuple(same) for same in by_sku.values() if len(same) > 1),
        simple=tuple(sorted(same[0] for same in by_sku.values() if len(same) == 1)),
        limit=None if problem.max_splits is None else problem.max_splits + 1,
        locked_at=frozenset(take.location_id for take in problem.locked),
        one_group=len(groups) <= 1,
    )


def _groups(lines: tuple[Line, ...]) -> list[list[int]]:
    """The demands that may travel together: all ordinary ones, and each that ships alone."""
    ordinary = [at for at, line in enumerate(lines) if not line.ships_alone]
    return [ordinary] * bool(ordinary) + [[at] for at, line in enumerate(lines) if line.ships_alone]


@dataclass(slots=True)
class _Builder:
    problem: Problem
    lines: tuple[Line, ...]
    needs: tuple[int, ...]
    groups: list[list[int]]
    by_lot: frozenset[str]
    """SKUs of which some line demands a lot."""
    options: list[Option] = field(default_factory=list)
    totals: list[int] = field(init=False)
    """By demand, the units that all options carry."""
    dear: int = field(init=False)

    def __post_init__(self) -> None:
        self.totals = [0] * len(self.lines)
        self.dear = drained_cost(self.problem)

    def add(self, location: Location, drawn: int) -> None:
        """Add the shipments that are possible from a location."""
        stock, lots = self.stock(location)
        at_rate = rate(drawn, self.problem.spread)
        fixed: int | None = None
        for number, group in enumerate(self.groups):
            segments: dict[int, tuple[Segment, ...]] = {}
            for at in group:
                line = self.lines[at]
                units = stock.get(line.sku, 0) if line.lot is None else lots.get((line.sku, line.lot), 0)
                if units:
                    spare = stock[line.sku] - location.keep.get(line.sku, 0)
                    segments[at] = self.segments(at, location, at_rate, min(units, self.needs[at]), spare)
            if segments:
                if fixed is None:
                    fixed = search_cost(shipment_terms(self.problem, location).score, at_rate) + drawn
                self.options.append(self.option(location, number, fixed, segments))

    def stock(self, location: Location) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
        """Units by SKU, and by SKU and lot where lots are asked for."""
        stock: dict[str, int] = {}
        lots: dict[tuple[str, str], int] = {}
        for position in location.positions:
            sku, units = position.sku, position.available
            stock[sku] = stock.get(sku, 0) + units
            if sku in self.by_lot:
                lots[sku, position.lot] = lots.get((sku, position.lot), 0) + units
        return stock, lots

    def segments(self, at: int, location: Location, at_rate: int, units: int, spare: int) -> tuple[Segment, ...]:
        """What a location asks for the units of one demand, the cheapest first."""
        each = unit_cost(self.problem, location, self.lines[at])
        if spare >= units:
            return ((search_cost(each, at_rate), units),)
        kept = search_cost(each + self.dear, at_rate)
        if spare <= 0:
            return ((kept, units),)
        return ((search_cost(each, at_rate), spare), (kept, units - spare))

    def option(self, location: Location, group: int, fixed: int, segments: dict[int, tuple[Segment, ...]]) -> Option:
        """One possible shipment, with the views on its segments that the search needs."""
        reach, offers = [], []
        for at, parts in segments.items():
            total = 0
            for cost, units in parts:
                total += units
                offers.append((at, units, cost))
            reach.append((at, total))
            self.totals[at] += total
        room = location.capacity_left
        return Option(len(self.options), location, group, fixed, segments, tuple(reach), tuple(offers), room)
