"""A plan of what to take from where, and what it comes to per order line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from canonical_models import InventoryPosition, Order, OrderLine
from connector_service.inventory import kits


@dataclass(frozen=True, slots=True)
class Take:
    """Take a quantity of an order line from one position."""

    line: OrderLine
    position: InventoryPosition
    quantity: int


Plan = dict[str, list[Take]]
"""What to take, by location."""


def units_by_line(plan: Plan) -> Counter[str]:
    """Units that a plan covers, by line id."""
    units: Counter[str] = Counter()
    for takes in plan.values():
        for take in takes:
            units[take.line.line_id] += take.quantity
    return units


def covers(order: Order, plan: Plan) -> bool:
    """Whether a plan leaves nothing of an order open."""
    units = units_by_line(plan)
    return all(units[line.line_id] == line.quantity_open for line in kits.open_lines(order))


def whole_kits_only(order: Order, plan: Plan) -> Plan:
    """The plan without parts that would not make a whole kit with the others: a kit ships complete or waits."""
    parts = kits.parts_of(order)
    if not parts or covers(order, plan):
        return plan
    units = units_by_line(plan)
    surplus: Counter[str] = Counter()
    for kit in order.lines:
        of_kit = parts.get(kit.line_id, [])
        if of_kit:
            there = {part.line_id: part.quantity_allocated + units[part.line_id] for part in of_kit}
            complete = kits.whole(kit, ((part, there[part.line_id]) for part in of_kit))
            for part in of_kit:
                surplus[part.line_id] = max(0, there[part.line_id] - kits.units_for(kit, part, complete))
    return _without(plan, surplus)


def _without(plan: Plan, surplus: Counter[str]) -> Plan:
    """Give up the last takes first: they are from the locations that were chosen last."""
    kept: Plan = {}
    for location_id, takes in reversed(plan.items()):
        for take in reversed(takes):
            dropped = min(take.quantity, surplus[take.line.line_id])
            surplus[take.line.line_id] -= dropped
            if take.quantity > dropped:
                kept.setdefault(location_id, []).insert(0, replace(take, quantity=take.quantity - dropped))
    return {location_id: kept[location_id] for location_id in plan if location_id in kept}
