"""Orders that compete for the same stock, decided one by one and together; the better of the two is the answer.

One by one: express first, then as placed; each takes the best of what is left. Together: within express, then within
standard, orders with the most to lose go first, and pairs of orders try to swap what one has and the other wants.
Express is never made to wait for standard: standard orders are decided on what express left.

Both answers are accounted for in the same way (in the order of one by one, each order's score on what was left then),
so that their figures can be compared. The lower one wins by: express units unfilled, units unfilled, total score.

A large batch takes a while: `deciding` is the same in slices, between which others may have the processor.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from connector_service.allocation.exact import Stop
from connector_service.allocation.ledger import Ledger
from connector_service.allocation.objective import terms_of, unfilled_units
from connector_service.allocation.peers import Plans, decide_left, together_of
from connector_service.allocation.problem import Problem
from connector_service.errors import InvalidInput

MOST_SWAPS = 2_000
"""How many pairs of orders try to swap."""
T = TypeVar("T")
Slices = Generator[None, None, T]
"""Work that may be interrupted where it yields, and what it comes to."""


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
    """Decide a batch both ways. When `stop` says so, one by one is brought to its end greedily, and together is what it
    has come to by then.

    Raises:
        InvalidInput: two orders have one id, or a problem cannot be decided.
    """
    return at_a_stretch(deciding(orders, stop))


def at_a_stretch(slices: Slices[T]) -> T:
    """What sliced work comes to, without a pause."""
    try:
        while True:
            next(slices)
    except StopIteration as ended:
        result: T = ended.value
        return result


def deciding(orders: Iterable[BatchOrder], stop: Stop) -> Slices[BatchChoice]:
    """As `decide_batch`, yielding after each decision."""
    queue = sorted(orders, key=lambda order: order.turn)
    _one_each(queue)
    alone = yield from _one_by_one(queue, stop)
    first = figures(queue, alone)
    together, swaps = yield from _together(queue, stop)
    second = figures(queue, together) if together is not None else first
    plans = together if together is not None and second.rank < first.rank else alone
    return BatchChoice(plans, first, second, swaps, stop())


def _one_by_one(queue: Sequence[BatchOrder], stop: Stop) -> Slices[Plans]:
    ledger, plans = Ledger(), Plans()
    for order in queue:
        plans[order.problem.order_id] = decide_left(ledger.left_for(order.problem), stop)[0]
        ledger.add(order.problem, plans[order.problem.order_id])
        yield
    return plans


def _together(queue: Sequence[BatchOrder], stop: Stop) -> Slices[tuple[Plans | None, int]]:
    """The plans and how many swaps were tried; no plans when the time was out before every order had one."""
    ledger, plans, swaps = Ledger(), Plans(), 0
    for express in (True, False):
        problems = [order.problem for order in queue if order.express is express]
        peers = yield from together_of([ledger.left_for(problem) for problem in problems], stop, MOST_SWAPS - swaps)
        if peers is None:
            return None, swaps
        swaps += peers.tried
        for problem in problems:
            plans[problem.order_id] = peers.plans[problem.order_id]
            ledger.add(problem, plans[problem.order_id])
    return plans, swaps


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
