"""A node of the search: some options open, some still free, and how good a plan below it can be at best."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import mul

from connector_service.allocation.bounds import Priced, gap_of
from connector_service.allocation.fill import Fill
from connector_service.allocation.model import Model

Rank = tuple[int, int]
"""Unfilled units, then search cost."""


@dataclass(slots=True)
class Node:
    """Everything below the options opened. `free` is in the order of the gaps at the root's prices."""

    model: Model
    opened: tuple[int, ...]
    here: Fill
    left: list[int]
    """By demand, the units beyond the reach of the options opened."""
    free: list[int]
    covers: dict[int, int] = field(default_factory=dict)
    """By free option, how many of the missing units it can fill; empty when nothing is missing."""
    choices: list[int] = field(default_factory=list)
    """By demand, how many free options can fill missing units of it."""
    within_reach: list[int] = field(default_factory=list)
    """By demand, how many units all free options have."""
    own: Priced | None = None
    """Prices of this node: the dearest units its open options use, elsewhere those of the whole problem."""

    def __post_init__(self) -> None:
        left = self.left
        choices, within_reach = [0] * len(left), [0] * len(left)
        for index in self.free if any(left) else ():
            covered = 0
            for at, units in self.model.options[index].reach:
                missing = left[at]
                if missing:
                    choices[at] += 1
                    within_reach[at] += units
                    covered += units if units < missing else missing
            self.covers[index] = covered
        self.choices, self.within_reach = choices, within_reach

    def close(self, closed: set[int]) -> None:
        """Take options out of the free ones."""
        self.free = [index for index in self.free if index not in closed]
        for index in closed if self.covers else ():
            del self.covers[index]
            for at, units in self.model.options[index].reach:
                if self.left[at]:
                    self.choices[at] -= 1
                    self.within_reach[at] -= units

    def outlook(self, tolerated: int) -> tuple[int, int]:
        """Units that stay open in every plan below, beyond what nobody has, and how many more shipments a plan needs
        at least to leave no more than the tolerated units open."""
        missing = sum(self.left)
        if not missing:
            return 0, 0
        short = sum([units - reach for units, reach in zip(self.left, self.within_reach, strict=True) if units > reach])
        most = sorted(self.covers.values(), reverse=True)[: self.model.most_shipments(self.opened, self.free)]
        needed, at_least = missing - tolerated, 0
        for covered in most:
            if needed <= 0:
                break
            needed -= covered
            at_least += 1
        return max(short, missing - sum(most)), at_least

    def cost_bound(self, root: tuple[Priced, ...], enough: int, tolerated: int, at_least: int) -> int:
        """The least that a plan below costs which leaves at most the tolerated units open.

        Free options that no plan below `enough` can use are closed on the way; from there on no bound is improved.
        """
        best = 0
        for prices in (*root, None):
            if prices is None:
                prices = self.own = self.own or self._price(root[0])
            most = self.model.most_shipments(self.opened, self.free)
            bound, least_dear = prices.bound(self.opened, self.free, at_least, most)
            bound -= prices.relief(self.model.most, tolerated)
            best = max(best, bound)
            if best >= enough:
                break
            dear = least_dear + enough - bound
            closed = {index for index in self.free if prices.gaps[index] >= dear}
            if closed:
                self.close(closed)
        return best

    def _price(self, root: Priced) -> Priced:
        prices = [
            price if missing or dearest is None else dearest
            for price, missing, dearest in zip(root.prices, self.left, self.here.dearest, strict=True)
        ]
        gaps = {index: gap_of(self.model.options[index], prices) for index in (*self.opened, *self.free)}
        return Priced(tuple(prices), gaps, sum(map(mul, prices, self.model.most)))

    def pick(self, root: Priced) -> int:
        """The free option to branch on: the most promising for the missing demand that fewest options carry."""
        rarest = min(((count, at) for at, count in enumerate(self.choices) if count), default=None)
        gaps = (self.own or root).gaps
        free = self.free
        if rarest is not None:
            free = [index for index in free if rarest[1] in self.model.options[index].segments]
        return min(free, key=lambda index: (gaps[index], index))
