"""The orders of one call that compete for stock, decided together: whose turn is when, and what each leaves to others.

Nothing is reserved here and no plan is binding. An order is allocated in its turn as any other is, on the stock that is
there then, less what is planned for those whose turn is later: so each gets what was planned for it or better, one that
fails gives its part to those after it, and a process killed in between leaves nothing half-done. Orders that do not
get all they want come last, and take what is really left.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence

from canonical_models import Order, Priority
from connector_service.allocation import BatchChoice, BatchOrder, Ledger, Slices, Take, deciding
from connector_service.allocation.objective import unfilled_units
from connector_service.errors import DocklineError
from connector_service.orders.batch_words import Batch, Turn
from connector_service.orders.choice_problem import ask
from connector_service.orders.closures import open_only
from connector_service.orders.competition import contested
from connector_service.orders.work import Work

BUDGET_S = 1.0
"""So long a call's orders are compared; then they are allocated one by one, express first."""


def turns(
    work: Work, order_ids: Sequence[str], monotonic: Callable[[], float] = time.perf_counter
) -> Slices[list[Turn]]:
    """The turns of the orders that compete, the first one first; none when no two orders want the same last units.

    It only reads, and yields every few milliseconds. `monotonic` gives seconds.
    """
    skus = contested(work, order_ids)
    if not skus:
        return []
    until = monotonic() + BUDGET_S

    def stop() -> bool:
        return monotonic() >= until

    orders: dict[str, Order] = {}
    queue: list[BatchOrder] = []
    for order_id in dict.fromkeys(order_id for each in skus for order_id in each.wanted):
        orders[order_id] = work.tx.get(Order, order_id)
        queue += [] if stop() else _asked(work, orders[order_id])
        yield
    queue.sort(key=lambda order: order.turn)
    numbers = {order_id: order.number for order_id, order in orders.items()}
    if stop():
        rest = sorted(orders.values(), key=_turn)
        batch = Batch(tuple(skus), numbers, None)
        return [Turn(order.id, place, Ledger(), batch) for place, order in enumerate(rest, 1)]
    choice = yield from deciding(queue, stop)
    leaving = _leaving(queue, choice)
    places = {order_id: place for place, (order_id, _) in enumerate(leaving, 1)}
    batch = Batch(tuple(skus), numbers, choice, _holders(queue, choice), places)
    return [Turn(order_id, places[order_id], ledger, batch) for order_id, ledger in leaving]


def _asked(work: Work, order: Order) -> list[BatchOrder]:
    """The order's problem; none when it cannot be put, which its own turn says."""
    try:
        problem = open_only(work, ask(work, order, frozenset()).problem)
    except DocklineError:
        return []
    return [BatchOrder(problem, order.priority == Priority.EXPRESS, _placed(order))]


def _placed(order: Order) -> int:
    return int(order.created_at.timestamp() * 1_000_000)


def _turn(order: Order) -> tuple[bool, int, str]:
    return (order.priority != Priority.EXPRESS, _placed(order), order.id)


def _leaving(queue: Sequence[BatchOrder], choice: BatchChoice) -> list[tuple[str, Ledger]]:
    """The orders in their turn, each with what it leaves to those after it: nothing, when one by one is as good."""
    if not choice.decided_together:
        return [(order.problem.order_id, Ledger()) for order in queue]
    plans = choice.plans
    # a stable sort: among those who get all they want, and among the others, the turn stays as it is
    queue = sorted(queue, key=lambda order: unfilled_units(order.problem, plans[order.problem.order_id]) > 0)
    after, found = Ledger(), list[tuple[str, Ledger]]()
    for order in reversed(queue):
        found.append((order.problem.order_id, Ledger(Counter(after.taken), Counter(after.made))))
        after.add(order.problem, plans[order.problem.order_id])
    return found[::-1]


def _holders(queue: Sequence[BatchOrder], choice: BatchChoice) -> dict[str, dict[str, tuple[Take, ...]]]:
    """By SKU, the orders that are planned to get some of it, in their turn, with what they take."""
    found: dict[str, dict[str, tuple[Take, ...]]] = {}
    for order in queue:
        sku_of = {line.line_id: line.sku for line in order.problem.lines}
        for take in choice.plans[order.problem.order_id]:
            of_sku = found.setdefault(sku_of[take.line_id], {})
            of_sku[order.problem.order_id] = (*of_sku.get(order.problem.order_id, ()), take)
    return found
