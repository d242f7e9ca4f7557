"""A good plan at once: open the shipment that helps most, until nothing is missing that could be filled.

Three starts are tried and the best one kept: the best single shipment, the one that fills most each time, and the one
that fills at the least cost per unit each time. Shipments that turn out not to pay are dropped. Then each shipment in
turn is replaced by the best one for what the others leave open, as long as that helps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import nsmallest

from connector_service.allocation.fill import Fill, fill
from connector_service.allocation.model import Model, Option

Opened = tuple[int, ...]
Measure = Callable[[int, int], tuple[int, int]]
"""From the units that an option would fill and its search cost for them to how good it is; the lowest wins."""

_SWAPS = 3
"""How often every shipment of a plan is looked at again."""

_PAIRS, _PAIRS_FILLED = 3_000, 4
"""How many pairs of shipments are considered, and how many of them closely."""


def greedy(model: Model) -> Fill:
    """How the shipments found fill the order. An order that nothing can fill has none."""
    best = _single(model)
    if best.unfilled > model.unfillable:
        for measure in (_most_units, _cheapest_unit):
            best = min(best, _without_useless(model, _open(model, measure)), key=_rank)
        best = min([best, *(fill(model, pair) for pair in _pairs(model))], key=_rank)
        best = _swapped(model, best)
    return best


def _rank(plan: Fill) -> tuple[int, int]:
    return plan.rank


def _most_units(units: int, cost: int) -> tuple[int, int]:
    return (-units, cost)


def _cheapest_unit(units: int, cost: int) -> tuple[int, int]:
    return (cost // units, -units)


def _single(model: Model) -> Fill:
    """The best plan of one shipment; only those that fill most are looked at closely."""
    reach = [sum(units for _, units in option.reach) for option in model.options]
    most = max(reach, default=0)
    plans = [fill(model, (at,)) for at, units in enumerate(reach) if units == most and model.may_open((), at)]
    return min([fill(model, ()), *plans], key=_rank)


def _pairs(model: Model) -> list[Opened]:
    """The pairs of shipments with the lowest fixed costs that fill everything, line by line from one of the two."""
    full = (1 << len(model.lines)) - 1
    carries = [sum(1 << at for at, units in option.reach if units >= model.most[at]) for option in model.options]
    rarest = min(range(len(model.lines)), key=lambda at: sum(mask >> at & 1 for mask in carries), default=0)
    first = [index for index, mask in enumerate(carries) if mask >> rarest & 1]
    fixed = [option.fixed for option in model.options]
    pairs = [
        (fixed[one] + fixed[two], one, two)
        for one in first[: 1 + _PAIRS // (len(carries) + 1)]
        for two, mask in enumerate(carries)
        if carries[one] | mask == full and one != two
    ]
    best = nsmallest(_PAIRS_FILLED, pairs)
    return [(one, two) for _, one, two in best if model.may_open((), one) and model.may_open((one,), two)]


def _open(model: Model, measure: Measure) -> Opened:
    opened: Opened = ()
    left: Sequence[int] = model.most
    while any(left):
        best = _best_for(model, opened, left, measure)
        if best is None:
            break
        opened = (*opened, best)
        left = fill(model, opened).left if model.shared else _after(model, (best,), left)
    return opened


def _best_for(model: Model, opened: Opened, left: Sequence[int], measure: Measure) -> int | None:
    """The option to open next for what is missing; None when no option has any of it."""
    wanted = [(at, units) for at, units in enumerate(left) if units]
    offers = []
    for option in model.options:
        units, cost = _serve(option, wanted)
        if units and option.index not in opened and model.may_open(opened, option.index):
            offers.append((measure(units, cost), option.index))
    return min(offers)[1] if offers else None


def _serve(option: Option, wanted: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """How many of the missing units an option can fill, and at what cost."""
    filled, cost = 0, option.fixed
    segments = option.segments
    for at, missing in wanted:
        for each, units in segments.get(at, ()):
            units = units if units < missing else missing
            missing -= units
            filled += units
            cost += units * each
    return filled, cost


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
        if index in best.used and len(best.used) > 1:
            fewer = tuple(at for at in best.used if at != index)
            best = min(best, fill(model, fewer), key=_rank)
    return best


def _swapped(model: Model, best: Fill) -> Fill:
    """Replace one shipment by another as long as that makes the plan better."""
    for _ in range(_SWAPS):
        before = best
        for index in before.used:
            others = tuple(at for at in before.used if at != index)
            another = _best_for(model, others, _after(model, others, model.most), _most_units)
            if another is not None and another != index:
                best = min(best, fill(model, (*others, another)), key=_rank)
        if best is before:
            break
    return best
