"""Orders that compete for the same stock, decided one by one and together; the better of the two is the answer.

One by one: express first, then as placed; each takes the best of what is left. Together: within express, then within
standard, orders with the most to lose go first, and pairs of orders try to swap what one has and the other wants.
Express is never made to wait for standard: standard orders are decided on what express left.

Both answers are accounted for in the same way (in the order of one by one, each order's score on what was left then),
so that their figures can be compared. The lower one wins by: express units unfilled, units unfilled, total score.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from connector_service.allocation.exact import Stop
from connector_service.allocation.ledger import Ledger
from connector_service.allocation.objective import terms_of, unfilled_units
from connector_service.allocation.peers import Plans, decide_left, together_of
from connector_service.allocation.problem import Problem
from connector_service.errors import InvalidInput

MOST_SWAPS = 2_000
"""How many pairs of orders try to swap."""


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """One order of a batch. `locations` of all problems must show the same stock and capacity."""

    problem: Problem
    express: bool = False
    placed: int = 0
    """Its turn among its like: the lower, the earlier; equal ones go by order id."""

    @property
    def turn(self) -> tuple[bool, int, str]:
        """Express first, then as placed."""
        return (not self.express, self.placed, self.problem.order_id)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a way of deciding a batch comes to."""

    express_unfilled: int
    unfilled: int
    filled: int
    score: int
    """Total, thousandths of a minor unit."""

    @property
    def rank(self) -> tuple[int, int, int]:
        """The lower, the better."""
        return (self.express_unfilled, self.unfilled, self.score)

    @property
    def fill_rate(self) -> int:
        """Units filled per mille of those open, rounded down; 1,000 when nothing was open."""
        wanted = self.filled + self.unfilled
        return self.filled * 1000 // wanted if wanted else 1000


@dataclass(frozen=True, slots=True)
class BatchChoice:
    """The plans of the better way, and the figures of both."""

    plans: Plans
    one_by_one: Figures
    together: Figures
    swaps: int
    """Pairs of orders that tried to swap."""
    ended_early: bool
    """The time was out before everything was tried."""

    @property
    def decided_together(self) -> bool:
        """Whether deciding together was better."""
        return self.together.rank < self.one_by_one.rank


def decide_batch(orders: Iterable[BatchOrder], stop: Stop) -> BatchChoice:
    """Decide a batch both ways. When `stop` says so, what is left is decided greedily and no more swaps are tried.

    Raises:
        InvalidInput: two orders have one id, or a problem cannot be decided.
    """
    queue = sorted(orders, key=lambda order: order.turn)
    _one_each(queue)
    shared = Ledger()
    alone: Plans = {}
    together: Plans = {}
    for order in queue:
        alone[order.problem.order_id] = decide_left(shared.left_for(order.problem), stop)[0]
        shared.add(order.problem, alone[order.problem.order_id])
    ledger = Ledger()
    swaps = 0
    for express in (True, False):
        problems = [order.problem for order in queue if order.express is express]
        peers = together_of([ledger.left_for(problem) for problem in problems], stop, MOST_SWAPS - swaps)
        swaps += peers.tried
        for problem in problems:
            together[problem.order_id] = peers.plans[problem.order_id]
            ledger.add(problem, together[problem.order_id])
    first, second = figures(queue, alone), figures(queue, together)
    return BatchChoice(together if second.rank < first.rank else alone, first, second, swaps, stop())


def _one_each(queue: Sequence[BatchOrder]) -> None:
    seen: set[str] = set()
    for at, order in enumerate(queue):
        if order.problem.order_id in seen:
            words = f"Order {order.problem.order_id!r} is in the batch twice; it can be decided once."
            raise InvalidInput(words, pointer=f"/orders/{at}/problem/order_id")
        seen.add(order.problem.order_id)


def figures(queue: Sequence[BatchOrder], plans: Plans) -> Figures:
    """Account for plans in the order of the queue."""
    ledger = Ledger()
    express_unfilled = unfilled = filled = score = 0
    for order in queue:
        takes = plans[order.problem.order_id]
        score += terms_of(ledger.left_for(order.problem), takes).score
        ledger.add(order.problem, takes)
        missing = unfilled_units(order.problem, takes)
        unfilled += missing
        express_unfilled += missing if order.express else 0
        filled += sum(take.quantity for take in takes)
    return Figures(express_unfilled, unfilled, filled, score)
