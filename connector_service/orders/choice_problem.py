"""An order's warehouse choice as a problem: what is open, who could ship it at what cost, and who may not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from canonical_models import InventoryPosition, Order, OrderLine
from connector_service import allocation
from connector_service.carriers.settings import NOTHING_SETTLED
from connector_service.geography import standard_table
from connector_service.inventory import kits
from connector_service.inventory.backorders import kept_for_others
from connector_service.inventory.lots import may_be_sold
from connector_service.orders.carrier_knowledge import carrier_settings_of
from connector_service.orders.choice_goods import Goods, goods_of
from connector_service.orders.choice_numbers import objective
from connector_service.orders.choice_rules import Judgement, Need, judge
from connector_service.orders.choice_sites import Site, Sites
from connector_service.orders.choice_ways import Way, way
from connector_service.orders.progress import shipments_of
from connector_service.orders.work import Work


@dataclass(frozen=True, slots=True)
class Asked:
    """The problem, with what its numbers came from: positions by id, and judgements, ways and sites by location."""

    problem: allocation.Problem
    lines: dict[str, OrderLine]
    positions: dict[str, InventoryPosition]
    judgements: dict[str, Judgement]
    ways: dict[str, Way]
    sites: dict[str, Site]
    budget_ms: int
    kept: Counter[str]
    """By SKU, units that came in and are kept for orders ahead in the queue."""

    @property
    def silent(self) -> tuple[str, ...]:
        """Locations whose systems do not answer now."""
        return tuple(name for name, site in self.sites.items() if site.answers is False)


def positions_for(work: Work, lines: list[OrderLine]) -> list[InventoryPosition]:
    """Every position that holds a SKU of these lines and may be sold from."""
    found = work.tx.find_by(InventoryPosition, limit=100_000, sku=sorted({line.sku for line in lines}))
    return [position for position in found if may_be_sold(position, work.now)]


def ask(work: Work, order: Order, avoid: frozenset[str], *, wait: bool = False, later: bool = False) -> Asked:
    """Everything that is known when the warehouse of an order is chosen. `wait`: it is no matter that a location's
    system does not answer now; `later`: nor that its day is full or past its cut-off."""
    lines = kits.open_lines(order)
    positions = positions_for(work, lines)
    kept = kept_for_others(work, order, positions)
    at = _by_location(lines, positions, kept)
    where, goods, numbers = work.tx.locations(), goods_of(work, lines), objective(work, order)
    standing = Sites.of(work, where, goods, numbers, wait=wait, later=later)
    sites = {each.id: standing.site(each, at[each.id]) for each in where}
    need = Need(sum(goods.units.values()), min((each.handling_minor for each in where), default=0))
    judged = {
        name: judge(work, order, site.location, need, promised(lines, at[name]), name in avoid, site.facts(goods))
        for name, site in sites.items()
    }
    settled = carrier_settings_of(work) if order.currency != standard_table().currency else NOTHING_SETTLED
    ways = {each.id: way(order, each, goods.weight_g, settled) for each in where}
    locked = _picked(work, order, {line.line_id for line in lines})
    problem = allocation.Problem(
        order_id=order.id,
        lines=tuple(_line(line, goods, locked) for line in lines),
        locations=tuple(_location(sites[each.id], at[each.id], ways[each.id], judged[each.id]) for each in where),
        promise_days=_promise_days(work, order),
        max_splits=numbers.max_splits if numbers.max_splits < len(where) - 1 else None,
        vetoes={name: judgement.vetoes for name, judgement in judged.items() if judgement.vetoes},
        locked=locked,
        weights=numbers.weights,
        prices=numbers.prices,
        spread=numbers.spread,
    )
    by_id = {position.id: position for position in positions}
    by_line = {line.line_id: line for line in lines}
    kept_of = Counter[str]()
    for position_id, units in kept.items():
        kept_of[by_id[position_id].sku] += units
    return Asked(problem, by_line, by_id, judged, ways, sites, numbers.budget_ms, +kept_of)


def _by_location(
    lines: list[OrderLine], positions: Iterable[InventoryPosition], kept: Mapping[str, int]
) -> dict[str, list[allocation.Position]]:
    numbered = {line.sku for line in lines if line.serial_required}
    at: dict[str, list[allocation.Position]] = defaultdict(list)
    for position in positions:
        at[position.location_id].append(_position(position, position.sku in numbered, kept.get(position.id, 0)))
    return at


def promised(lines: list[OrderLine], positions: Iterable[allocation.Position]) -> int:
    """How many of the open units of these lines the positions of one location can fill."""
    stock: dict[str, list[allocation.Position]] = defaultdict(list)
    for position in positions:
        stock[position.sku].append(position)
    fitting: dict[str, int] = defaultdict(int)
    for line in lines:
        there = sum(position.available for position in stock[line.sku] if line.lot in (None, position.lot))
        fitting[line.sku] += min(line.quantity_open, there)
    return sum(min(units, sum(position.available for position in stock[sku])) for sku, units in fitting.items())


def _position(position: InventoryPosition, numbered: bool, kept: int) -> allocation.Position:
    """A SKU that must go out with serial numbers is there as often as a number of it is known."""
    available = min(position.available, len(position.serials)) if numbered else position.available
    available = max(0, available - kept)
    return allocation.Position(position.id, position.sku, available, position.lot, position.expires_on)


def _line(line: OrderLine, goods: Goods, locked: Iterable[allocation.Take]) -> allocation.Line:
    picked = sum(take.quantity for take in locked if take.line_id == line.line_id)
    grams, alone = goods.weights_g[line.sku], line.sku in goods.alone
    return allocation.Line(line.line_id, line.sku, line.quantity_open + picked, line.lot, alone, grams)


def _location(
    site: Site, positions: list[allocation.Position], known: Way, judgement: Judgement
) -> allocation.Location:
    location = site.location
    return allocation.Location(
        id=location.id,
        positions=tuple(positions),
        handling_minor=location.handling_minor,
        carriage_minor=known.carriage_minor,
        carriage_per_kg_minor=known.per_kg_minor,
        dispatch_days=site.dispatch.waits,
        transit_days=site.travels(known.days),
        capacity=location.capacity_per_day,
        used=site.used,
        merit=judgement.merit,
        keep=site.keep,
    )


def _picked(work: Work, order: Order, lines: set[str]) -> tuple[allocation.Take, ...]:
    """What of the open lines is picked already, in shipments that stay."""
    return tuple(
        allocation.Take(line.line_id, shipment.location_id, shipment.id, line.quantity_picked)
        for shipment in shipments_of(work, order)
        for line in shipment.lines
        if line.quantity_picked > 0 and line.line_id in lines
    )


def _promise_days(work: Work, order: Order) -> int | None:
    promised_at = order.requested_delivery_at
    return None if promised_at is None else max(0, (promised_at.date() - work.now.date()).days)
