"""Fill the order from shipments that are open already: as much as possible, then at the least cost. Exact.

A demand that competes with no other takes the cheapest units first. Demands for the same SKU compete: units are drawn
in the order of their cost, each pushed through to a demand, rerouting what was pushed before (augmenting paths). The
sets of units that can be used together form a matroid, so taking the cheapest that still fits is optimal.
"""

from __future__ import annotations

from dataclasses import dataclass

from connector_service.allocation.lots import share_stock
from connector_service.allocation.model import Model

Amounts = dict[tuple[int, int], int]
"""(demand, option) -> units."""


@dataclass(frozen=True, slots=True)
class Fill:
    """The best use of some open shipments; those that carry nothing cost nothing."""

    unfilled: int
    cost: int
    """Search cost, shipments included."""
    amounts: Amounts
    left: tuple[int, ...]
    """By demand, the units not filled."""
    dearest: tuple[int | None, ...]
    """By demand, the cost of the dearest unit used; None where stock is competed for or nothing was filled."""

    @property
    def rank(self) -> tuple[int, int]:
        """Fewer unfilled units first, then the lower cost."""
        return (self.unfilled, self.cost)

    @property
    def used(self) -> tuple[int, ...]:
        """The shipments that carry something."""
        return tuple(sorted({option for _, option in self.amounts}))


def fill(model: Model, opened: tuple[int, ...]) -> Fill:
    """Fill every demand from the options opened, whatever the splits or the capacity say about opening them."""
    amounts: Amounts = {}
    left = list(model.needs)
    dearest: list[int | None] = [None] * len(left)
    options = [model.options[index] for index in opened]
    cost = 0
    for at in model.simple:
        found = [
            (each, option.index, units)
            for option in options
            if at in option.segments
            for each, units in option.segments[at]
        ]
        if len(options) > 1:
            found.sort()
        missing = left[at]
        for each, index, units in found:
            if not missing:
                break
            units = min(units, missing)
            missing -= units
            cost += each * units
            amounts[at, index] = amounts.get((at, index), 0) + units
            dearest[at] = each
        left[at] = missing
    for demands in model.shared:
        cost += share_stock(model, options, demands, amounts, left)
    cost += sum(model.options[index].fixed for index in {option for _, option in amounts})
    return Fill(sum(left), cost, amounts, tuple(left), tuple(dearest))
