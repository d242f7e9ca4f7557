"""An order's warehouse choice as a problem: what is open, who could ship it at what cost, and who may not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from canonical_models import InventoryPosition, Location, Order, OrderLine
from connector_service import allocation
from connector_service.inventory import kits
from connector_service.inventory.lots import may_be_sold
from connector_service.orders.choice_rules import Judgement, Need, judge
from connector_service.orders.choice_ways import Way, way
from connector_service.orders.progress import shipments_of
from connector_service.orders.work import Work

PRICES = allocation.Prices(merit_minor=200)
"""What the rules' weights are worth beside money: a location that no rule speaks for costs so much more than one that
all speak for, which is what one more shipment costs."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The problem, with what its numbers came from: positions by id, and judgements and ways by location."""

    problem: allocation.Problem
    lines: dict[str, OrderLine]
    positions: dict[str, InventoryPosition]
    judgements: dict[str, Judgement]
    ways: dict[str, Way]


def positions_for(work: Work, lines: list[OrderLine]) -> list[InventoryPosition]:
    """Every position that holds a SKU of these lines and may be sold from."""
    found = work.tx.find_by(InventoryPosition, limit=100_000, sku=sorted({line.sku for line in lines}))
    return [position for position in found if may_be_sold(position, work.now)]


def ask(work: Work, order: Order, avoid: frozenset[str]) -> Asked:
    """Everything that is known when the warehouse of an order is chosen."""
    lines = kits.open_lines(order)
    positions = positions_for(work, lines)
    numbered = {line.sku for line in lines if line.serial_required}
    at: dict[str, list[allocation.Position]] = defaultdict(list)
    for position in positions:
        at[position.location_id].append(_position(position, position.sku in numbered))
    where = work.tx.locations()
    units = sum(line.quantity_open for line in lines)
    need = Need(units, min((each.handling_minor for each in where), default=0))
    judged = {each.id: judge(work, order, each, need, promised(lines, at[each.id]), each.id in avoid) for each in where}
    weights_g = _weights(work, lines)
    weight_g = sum(weights_g[line.sku] * line.quantity_open for line in lines)
    ways = {each.id: way(order, each, weight_g) for each in where}
    locked = _picked(work, order, {line.line_id for line in lines})
    problem = allocation.Problem(
        order_id=order.id,
        lines=tuple(_line(line, weights_g[line.sku], locked) for line in lines),
        locations=tuple(_location(each, at[each.id], ways[each.id], judged[each.id]) for each in where),
        promise_days=_promise_days(work, order),
        vetoes={name: judgement.vetoes for name, judgement in judged.items() if judgement.vetoes},
        locked=locked,
        prices=PRICES,
    )
    by_id = {position.id: position for position in positions}
    return Asked(problem, {line.line_id: line for line in lines}, by_id, judged, ways)


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


def _position(position: InventoryPosition, numbered: bool) -> allocation.Position:
    """A SKU that must go out with serial numbers is there as often as a number of it is known."""
    available = min(position.available, len(position.serials)) if numbered else position.available
    return allocation.Position(position.id, position.sku, available, position.lot, position.expires_on)


def _line(line: OrderLine, weight_g: int, locked: Iterable[allocation.Take]) -> allocation.Line:
    picked = sum(take.quantity for take in locked if take.line_id == line.line_id)
    return allocation.Line(line.line_id, line.sku, line.quantity_open + picked, line.lot, unit_weight_g=weight_g)


def _location(
    location: Location, positions: list[allocation.Position], known: Way, judgement: Judgement
) -> allocation.Location:
    return allocation.Location(
        id=location.id,
        positions=tuple(positions),
        handling_minor=location.handling_minor,
        carriage_minor=known.carriage_minor,
        carriage_per_kg_minor=known.per_kg_minor,
        transit_days=known.days,
        merit=judgement.merit,
    )


def _weights(work: Work, lines: list[OrderLine]) -> dict[str, int]:
    """Grams of one unit by SKU: what the catalog says, else the most that the order says."""
    said: dict[str, int] = defaultdict(int)
    for line in lines:
        said[line.sku] = max(said[line.sku], line.unit_weight_g)
    catalog = work.tx.products(said)
    return {sku: catalog[sku].weight_g if sku in catalog else grams for sku, grams in said.items()}


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
