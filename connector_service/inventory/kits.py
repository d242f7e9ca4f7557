"""Kits: a line that has parts is not picked itself; it is as far as the least advanced of its parts."""

from __future__ import annotations

from collections.abc import Iterable

from canonical_models import Order, OrderLine


def parts_of(order: Order) -> dict[str, list[OrderLine]]:
    """The lines that are parts, by the id of their kit's line; empty for an order without kits."""
    if not any(line.parent_line_id for line in order.lines):
        return {}
    known = {line.line_id for line in order.lines}
    found: dict[str, list[OrderLine]] = {}
    for line in order.lines:
        if line.parent_line_id is not None and line.parent_line_id in known:
            found.setdefault(line.parent_line_id, []).append(line)
    return found


def open_lines(order: Order) -> list[OrderLine]:
    """The lines of which units are still to be claimed; a kit's parts in the place of the kit."""
    kits = parts_of(order)
    return [line for line in order.lines if line.quantity_open > 0 and line.line_id not in kits]


def roll_up(order: Order) -> None:
    """Set what is allocated and fulfilled of each kit to what its parts allow, whole kits only."""
    kits = parts_of(order)
    if not kits:
        return
    for line in order.lines:
        parts = kits.get(line.line_id)
        if parts:
            allocated = whole(line, ((part, part.quantity_allocated) for part in parts))
            line.quantity_allocated = min(allocated, line.quantity_ordered - line.quantity_cancelled)
            line.quantity_fulfilled = whole(line, ((part, part.quantity_fulfilled) for part in parts))


def whole(kit: OrderLine, there: Iterable[tuple[OrderLine, int]]) -> int:
    """How many whole kits come of so many units of each part."""
    return min(units * kit.quantity_ordered // part.quantity_ordered for part, units in there)


def units_for(kit: OrderLine, part: OrderLine, kits: int) -> int:
    """How many units of a part so many kits need."""
    return -(-kits * part.quantity_ordered // kit.quantity_ordered)
