"""A good plan at once: open the shipment that helps most, until nothing is missing that could be filled.

Three starts are tried and the best one kept: the best single shipment, the one that fills most each time, and the one
that fills at the least cost per unit each time. Shipments that turn out not to pay are dropped. Then each shipment in
turn is replaced by the best one for what the others leave open, as long as that helps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import nsmallest

from connector_service.allocation.fill import Fill, fill
from connector_service.allocation.model import Model

Opened = tuple[int, ...]
Served = tuple[int, int, int]
"""An option, the units that it would fill, and its search cost for them."""
Measure = Callable[[Served], tuple[int, int, int]]
"""How good a choice that would be; the lowest wins."""

_SWAPS = 3
"""How often every shipment of a plan is looked at again."""

_PAIRS, _LOOKED_AT = 3_000, 4
"""How many pairs of shipments are considered, and how many of a kind closely."""


def greedy(model: Model) -> Fill:
    """How the shipments found fill the order. An order that nothing can fill has none."""
    first = _served(model, (), model.most)
    best = min([fill(model, opened) for opened in _singles(first)], key=_rank)
    two_cheapest = sum(nsmallest(2, [option.fixed for option in model.options]))
    # two shipments cost at least what the two cheapest do before anything is in them
    if len(first) > 1 and (best.unfilled > model.unfillable or best.cost > two_cheapest):
        for measure in (_most_units, _cheapest_unit):
            best = min(best, _without_useless(model, _open(model, measure, first)), key=_rank)
        best = min([best, *(fill(model, pair) for pair in _pairs(model))], key=_rank)
        best = _swapped(model, best)
    return best


def _rank(plan: Fill) -> tuple[int, int]:
    return plan.rank


def _most_units(served: Served) -> tuple[int, int, int]:
    index, units, cost = served
    return (-units, cost, index)


def _cheapest_unit(served: Served) -> tuple[int, int, int]:
    index, units, cost = served
    return (cost // units, -units, index)


def _served(model: Model, opened: Opened, left: Sequence[int]) -> list[Served]:
    """The options that can fill some of what is missing, as if demands did not compete for stock."""
    wanted = [(at, units) for at, units in enumerate(left) if units]
    found = []
    for index in model.may_still_open(opened, list(range(len(model.options)))):
        if index not in opened:
            option = model.options[index]
            filled, cost, segments = 0, option.fixed, option.segments
            for at, missing in wanted:
                for each, units in segments.get(at, ()):
                    units = units if units < missing else missing
                    missing -= units
                    filled += units
                    cost += units * each
            if filled:
                found.append((index, filled, cost))
    return found


def _singles(first: list[Served]) -> list[Opened]:
    """The plans of one shipment worth a closer look, and the plan of none."""
    return [(), *((index,) for index, _, _ in nsmallest(_LOOKED_AT, first, key=_most_units))]


def _pairs(model: Model) -> list[Opened]:
    """The pairs of shipments with the lowest fixed costs that fill everything, line by line from one of the two."""
    full = (1 << len(model.lines)) - 1
    carries = [sum([1 << at for at, units in option.reach if units >= model.most[at]]) for option in model.options]
    rarest = min(range(len(model.lines)), key=lambda at: sum([mask >> at & 1 for mask in carries]), default=0)
    first = [index for index, mask in enumerate(carries) if mask >> rarest & 1]
    fixed = [option.fixed for option in model.options]
    pairs = [
        (fixed[one] + fixed[two], one, two)
        for one in first[: 1 + _PAIRS // (len(carries) + 1)]
        for two, mask in enumerate(carries)
        if carries[one] | mask == full and one != two
    ]
    best = nsmallest(_LOOKED_AT, pairs)
    return [(one, two) for _, one, two in best if model.may_open((), one) and model.may_open((one,), two)]


def _open(model: Model, measure: Measure, served: list[Served]) -> Opened:
    opened: Opened = ()
    left: Sequence[int] = model.most
    while served:
        opened = (*opened, min(served, key=measure)[0])
        left = fill(model, opened).left if model.shared else _after(model, opened[-1:], left)
        served = _served(model, opened, left)
    return opened


def _after(model: Model, opened: Opened, left: Sequence[int]) -> Sequence[int]:
    """What is missing once these options have given all they have."""
    missing = list(left)
    for index in opened:
        for at, units in model.options[index].reach:
            missing[at] = max(0, missing[at] - units)
    return missing


def _without_useless(model: Model, opened: Opened) -> Fill:
    """Close shipments as long as that makes the plan better."""
    best = fill(model, opened)
    for index in opened:
        used = best.used
        if index in used and len(used) > 1:
            best = min(best, fill(model, tuple(at for at in used if at != index)), key=_rank)
    return best


def _swapped(model: Model, best: Fill) -> Fill:
    """Replace one shipment by another as long as that makes the plan better."""
    for _ in range(_SWAPS):
        before = best
        for index in before.used:
            others = tuple(at for at in before.used if at != index)
            served = _served(model, others, _after(model, others, model.most))
            another = min(served, key=_most_units)[0] if served else index
            if another != index:
                best = min(best, fill(model, (*others, another)), key=_rank)
        if best is before:
            break
    return best
