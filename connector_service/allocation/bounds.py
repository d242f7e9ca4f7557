"""How cheap a plan can be at best: a lower bound by Lagrangian relaxation, in integers and therefore never too high.

Give every demand a price per unit. Whatever the prices are, no plan that fills everything fillable costs less than

    sum(price x units) + sum over its shipments of (fixed cost - what its units save against the prices)

because a plan pays at least that for what it ships. Minimised over all sets of shipments that is: take every shipment
whose `gap` (the bracket) is negative, and as many more of the smallest as are needed for sure. Prices are improved
step by step (subgradients, steps after Polyak).
Method: Held, Wolfe and Crowder, "Validation of subgradient optimization", 1974.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from connector_service.allocation.model import Model, Option

WORK = 4_000
"""Offers looked at while prices are improved: some milliseconds, whatever the size of the problem."""


@dataclass(frozen=True, slots=True)
class Priced:
    """Prices of the demands, and what follows from them."""

    prices: tuple[int, ...]
    gaps: Mapping[int, int]
    """By option: fixed cost less savings; negative when it pays at these prices."""
    base: int
    """Sum of price x units."""

    def bound(self, opened: Iterable[int], free: Iterable[int], at_least: int, at_most: int) -> tuple[int, int]:
        """The least that a plan costs with these options open and between `at_least` and `at_most` of the free ones.

        Also the gap that another option displaces: a plan with it costs at least as much more as its gap is above that.
        """
        gaps = self.gaps
        total = self.base + sum([gaps[index] for index in opened])
        last = 0
        for taken, gap in enumerate(sorted([gaps[index] for index in free])):
            if taken >= at_most or (gap >= 0 and taken >= at_least):
                break
            total += gap
            last = gap
        return total, max(0, last)

    def relief(self, most: Sequence[int], tolerated: int) -> int:
        """By how much the bound falls when so many units may stay open: those with the highest prices."""
        total = 0
        for price, units in sorted(zip(self.prices, most, strict=True), reverse=True) if tolerated else ():
            units = min(units, tolerated)
            tolerated -= units
            total += price * units
        return total


def gap_of(option: Option, prices: Sequence[int]) -> int:
    """What one shipment costs beyond what its units are worth at these prices."""
    gap = option.fixed
    for at, units, cost in option.offers:
        saved = prices[at] - cost
        if saved > 0:
            gap -= units * saved
    return gap


def priced(model: Model, prices: Sequence[int]) -> Priced:
    """Work out every option at these prices."""
    base = sum(price * units for price, units in zip(prices, model.most, strict=True))
    return Priced(tuple(prices), dict(enumerate([gap_of(option, prices) for option in model.options])), base)


def plain_prices(model: Model) -> list[int]:
    """What the cheapest unit of every demand costs anywhere, shipments apart."""
    prices: list[int | None] = [None] * len(model.lines)
    for option in model.options:
        for at, parts in option.segments.items():
            known = prices[at]
            prices[at] = parts[0][0] if known is None else min(known, parts[0][0])
    return [price or 0 for price in prices]


def first_prices(model: Model) -> list[int]:
    """The least per unit that anyone asks, every shipment's fixed cost spread evenly over the lines it can carry.

    At these prices no gap is negative: no shipment earns more than its fixed cost.
    """
    prices: list[int | None] = [None] * len(model.lines)
    for option in model.options:
        share = option.fixed // max(1, len(option.reach))
        for at, units in option.reach:
            asked = option.segments[at][0][0] + share // units
            known = prices[at]
            prices[at] = asked if known is None else min(known, asked)
    return [price or 0 for price in prices]


def improve(model: Model, best_cost: int, at_least: int, at_most: int) -> Priced:
    """The best prices found within the work allowed. `best_cost` is that of a known plan that fills what can be."""
    now = priced(model, first_prices(model))
    free = range(len(model.options))
    best, best_bound = now, now.bound((), free, at_least, at_most)[0]
    pace, stuck = 1.0, 0
    rounds = WORK // max(1, sum(len(option.offers) for option in model.options))
    for _ in range(min(16, max(6, rounds))):
        bound = now.bound((), free, at_least, at_most)[0]
        if bound > best_bound:
            best, best_bound, stuck = now, bound, 0
        elif (stuck := stuck + 1) > 3:
            now, pace, stuck = best, pace / 2, 0
        if best_bound >= best_cost:
            break
        now = priced(model, _moved(model, now, _missing(model, now, at_least, at_most), pace * (best_cost - bound)))
    return best


def _moved(model: Model, now: Priced, missing: Sequence[int], distance: float) -> list[int]:
    """Prices raised where units are missing and lowered where a demand is filled twice."""
    shares = [units / most if most else 0.0 for units, most in zip(missing, model.most, strict=True)]
    length = sum(share * share for share in shares) or 1.0
    return [
        max(0, price + int(distance * share / (length * most))) if most else 0
        for price, share, most in zip(now.prices, shares, model.most, strict=True)
    ]


def _missing(model: Model, now: Priced, at_least: int, at_most: int) -> list[int]:
    """By demand, the units that the cheapest shipments at these prices leave open (negative: filled too often)."""
    missing = list(model.most)
    for taken, index in enumerate(sorted(now.gaps, key=now.gaps.__getitem__)):
        if taken >= at_most or (now.gaps[index] >= 0 and taken >= at_least):
            break
        for at, units, cost in model.options[index].offers:
            if now.prices[at] > cost:
                missing[at] -= units
    return missing
