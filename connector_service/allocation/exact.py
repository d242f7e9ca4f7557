"""The best plan, proven: branch and bound over the shipments to open, started from the greedy plan.

At a node the missing line that the fewest free options carry is picked, and one of these options is opened (first
branch) or closed (second branch). A node is cut off when no plan below it can be better than the best one known: it
cannot fill as much, or the bound of its costs (`bounds`) is not lower.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from connector_service.allocation.bounds import Priced, improve, plain_prices, priced
from connector_service.allocation.fill import Fill, fill
from connector_service.allocation.model import Model
from connector_service.allocation.node import Node, Rank

Stop = Callable[[], bool]
"""Asked at every node: is the time out?"""

_NO_LIMIT = 1 << 200
"""A search cost above that of any plan."""


@dataclass(frozen=True, slots=True)
class Found:
    """The best plan found, and what is proven: no plan has a lower rank than `floor`."""

    best: Fill
    floor: Rank
    nodes: int

    @property
    def proven(self) -> bool:
        """Whether no plan can be better."""
        return self.floor >= self.best.rank


def search(model: Model, start: Fill, stop: Stop) -> Found:
    """Improve a plan until it is proven to be the best one, or `stop` says so."""
    found = _Search(model, stop, start, (priced(model, plain_prices(model)),))
    free = [index for index in range(len(model.options)) if model.may_open((), index)]
    root = Node(model, (), fill(model, ()), list(model.most), free)
    if found.look(root) < start.rank:
        at_least = root.outlook(start.unfilled - model.unfillable)[1]
        at_most = model.most_shipments((), root.free)
        found.prices = (improve(model, start.cost, at_least, at_most), *found.prices)
        gaps = found.prices[0].gaps
        root.free.sort(key=lambda index: (gaps[index], index))
        found.explore(root)
    return Found(found.best, min([found.best.rank, *found.unexplored]), found.nodes)


@dataclass(slots=True)
class _Search:
    model: Model
    stop: Stop
    best: Fill
    prices: tuple[Priced, ...]
    """Prices for the whole problem, the best ones first."""
    nodes: int = 0
    unexplored: list[Rank] = field(default_factory=list)
    """The floors of what was left when the time was out."""

    def look(self, node: Node) -> Rank:
        """The least rank of a plan below the node; free options that cannot be part of a better plan are closed."""
        tolerated = self.best.unfilled - self.model.unfillable
        unfilled, at_least = node.outlook(tolerated)
        if unfilled > tolerated:
            return unfilled + self.model.unfillable, 0
        # when more may be filled below, a plan is better whatever it costs: no cost is high enough to cut off
        enough = self.best.cost if unfilled == tolerated else _NO_LIMIT
        return unfilled + self.model.unfillable, node.cost_bound(self.prices, enough, tolerated, at_least)

    def explore(self, node: Node) -> None:
        """Look for better plans below a node, the most promising option opened first, then closed."""
        while node.free:
            self.nodes += 1
            floor = self.look(node)
            if floor >= self.best.rank or not node.free:
                return
            if self.stop():
                self.unexplored.append(floor)
                return
            index = node.pick(self.prices[0])
            node.close({index})
            self.explore(self.opened(node, index))

    def opened(self, node: Node, index: int) -> Node:
        """The node with one more option open; its plan is kept when it is the best so far."""
        opened = (*node.opened, index)
        here = fill(self.model, opened)
        if here.rank < self.best.rank:
            self.best = here
        left = list(node.left)
        for at, units in self.model.options[index].reach:
            left[at] = max(0, left[at] - units)
        return Node(self.model, opened, here, left, self.model.may_still_open(opened, node.free))
