"""Choose warehouse and reserve, for the orders of a call that want the same last units together."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from canonical_models import Order
from connector_service.orders.allocation import allocate
from connector_service.orders.batch_choice import turns
from connector_service.orders.batch_words import Turn
from connector_service.orders.choice_view import AllocatedOrderView
from connector_service.orders.work import Work
from nodes.contract import Exceptional, OrderInput, Result, Run, Together


def _plan(work: Work, items: Sequence[OrderInput]) -> Generator[None, None, list[tuple[int, Run]]]:
    """The turns of the orders that compete; an order that the call names twice has its turn the first time."""
    places = {item.order_id: at for at, item in reversed(list(enumerate(items)))}
    found = yield from turns(work, list(places))
    return [(places[turn.order_id], _in_its(turn)) for turn in found]


def _in_its(turn: Turn | None) -> Run:
    def run(work: Work, item: OrderInput) -> Result:
        order = work.tx.get(Order, item.order_id)
        case, choice = allocate(work, order, turn=turn)
        view = AllocatedOrderView.with_choice(order, choice)
        return view if case is None else Exceptional(case, view)

    return run


ALLOCATE = Together(_in_its(None), _plan)
