"""Choose warehouse and reserve, for the orders of a call that want the same last units together."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from connector_service.orders.allocation import allocate_order
from connector_service.orders.batch_choice import turns
from connector_service.orders.batch_words import Turn
from connector_service.orders.work import Work
from nodes.contract import OrderInput, Run, Together
from nodes.shapes import on_order


def _plan(work: Work, items: Sequence[OrderInput]) -> Generator[None, None, list[tuple[int, Run]]]:
    """The turns of the orders that compete; an order that the call names twice has its turn the first time."""
    places = {item.order_id: at for at, item in reversed(list(enumerate(items)))}
    found = yield from turns(work, list(places))
    return [(places[turn.order_id], _in_its(turn)) for turn in found]


def _in_its(turn: Turn) -> Run:
    return on_order(lambda work, order: allocate_order(work, order, turn=turn))


ALLOCATE = Together(on_order(allocate_order), _plan)
